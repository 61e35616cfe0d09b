/**
 * Cuts the fonts of printed documents out of the Inter package (SIL Open Font License) into src/platform/pdf/fonts.
 *
 * Run it by hand when the package or the alphabets change: `npx tsx test/platform/pdf/cut-fonts.ts`. The results are kept in the
 * repository, so that neither the package (5 MB) nor the cutter is needed in production; a test cuts again and compares.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import subsetFont from 'subset-font'
import { projectRoot } from '../../../src/platform/project-root.ts'

const packageFolder = new URL('node_modules/@expo-google-fonts/inter/', projectRoot)
const fontFolder = new URL('src/platform/pdf/fonts/', projectRoot)

export const printedFonts = [
  { source: '400Regular/Inter_400Regular.ttf', target: 'inter-regular.ttf' },
  { source: '600SemiBold/Inter_600SemiBold.ttf', target: 'inter-semibold.ttf' },
]

/**
 * The alphabets of Europe, since names and addresses come from everywhere, and the signs people type between words.
 * Written with code points, not glyphs: what the font lacks stays out by itself.
 */
const alphabets: [first: number, last: number][] = [
  [0x20, 0x7e],
  [0xa0, 0x24f], // Latin with all its marks
  [0x370, 0x3ff], // Greek
  [0x400, 0x4ff], // Cyrillic
  [0x1e00, 0x1eff], // Latin, further marks
  [0x2010, 0x2027],
  [0x202f, 0x205f], // punctuation
  [0x2070, 0x209f], // raised and lowered digits
  [0x20a0, 0x20bf], // currencies
  [0x2100, 0x218f], // letter-like signs, fractions
  [0x2190, 0x21ff], // arrows
  [0x2200, 0x22ff], // mathematics
  [0x25a0, 0x25ff], // shapes
  [0x2600, 0x27bf], // ticks and boxes
]

/** Every code point of the alphabets for which the font has a glyph, by its own character map (format 4: the plane in use here). */
function coverageOf(font: Buffer): number[] {
  const tableCount = font.readUInt16BE(4)
  const records = Array.from({ length: tableCount }, (_, index) => 12 + 16 * index)
  const record = records.find((at) => font.toString('latin1', at, at + 4) === 'cmap')
  if (record === undefined) throw new Error('the font has no character map')
  const cmap = font.subarray(font.readUInt32BE(record + 8))
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.readUInt32BE(8 + 8 * index))
  const at = offsets.find((offset) => cmap.readUInt16BE(offset) === 4)
  if (at === undefined) throw new Error('the font has no character map of format 4')
  const map = cmap.subarray(at)
  const doubledSegments = map.readUInt16BE(6)
  const points: number[] = []
  for (let segment = 0; segment < doubledSegments; segment += 2) {
    const last = map.readUInt16BE(14 + segment)
    const first = map.readUInt16BE(16 + doubledSegments + segment)
    const delta = map.readUInt16BE(16 + 2 * doubledSegments + segment)
    const rangeAt = 16 + 3 * doubledSegments + segment
    const range = map.readUInt16BE(rangeAt)
    for (let point = first; point <= last; point++) {
      if (!alphabets.some(([from, to]) => from <= point && point <= to)) continue
      const stored = range === 0 ? point : map.readUInt16BE(rangeAt + range + 2 * (point - first))
      if (stored !== 0 && ((stored + delta) & 0xffff) !== 0) points.push(point)
    }
  }
  return points.sort((one, other) => one - other)
}

/** Consecutive code points as ranges, both ends included. */
function asRanges(points: number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const point of points) {
    const open = ranges.at(-1)
    if (open && open[1] === point - 1) open[1] = point
    else ranges.push([point, point])
  }
  return ranges
}

/** The cut fonts and the code points that all of them have. */
export async function cutFonts(): Promise<{ files: { name: string; bytes: Buffer }[]; coverage: [number, number][] }> {
  const sources = await Promise.all(
    printedFonts.map(async ({ source, target }) => ({ target, bytes: await readFile(new URL(source, packageFolder)) })),
  )
  const [first = [], ...others] = sources.map(({ bytes }) => coverageOf(bytes))
  const points = first.filter((point) => others.every((other) => other.includes(point)))
  const text = String.fromCodePoint(...points)
  const files = []
  for (const { target, bytes } of sources) {
    // No substitutions: a legal document shows „2x3” and „->” as they were typed, not as Inter's pretty signs.
    const cut = await subsetFont(bytes, text, {
      targetFormat: 'truetype',
      keepFeatures: ['kern'],
      dropTables: ['GSUB'],
      noLayoutClosure: true,
      noHinting: true,
    })
    files.push({ name: target, bytes: cut })
  }
  return { files, coverage: asRanges(points) }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { files, coverage } = await cutFonts()
  for (const { name, bytes } of files) await writeFile(new URL(name, fontFolder), bytes)
  await writeFile(
    new URL('coverage.json', fontFolder),
    `[\n${coverage.map((range) => `  ${JSON.stringify(range).replace(',', ', ')}`).join(',\n')}\n]\n`,
  )
  await copyFile(new URL('LICENSE_FONT', packageFolder), new URL('LICENSE', fontFolder))
}
