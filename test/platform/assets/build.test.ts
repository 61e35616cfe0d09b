/** What the browser gets besides pages: complete, named by content, light, and of our own house. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAssets } from '../../../src/platform/assets/build.ts'
import { manifestSchema, readAssets } from '../../../src/platform/assets/manifest.ts'
import { lettersOf } from './font-letters.ts'

const names = [
  'icon.svg',
  'inter-license.txt',
  'inter-regular.woff2',
  'inter-semibold.woff2',
  'portal.css',
  'portal.js',
  'skyline.svg',
  'uploads.js',
]
let folder: URL

beforeAll(async () => {
  folder = pathToFileURL(`${await mkdtemp(join(tmpdir(), 'portal-assets-'))}/`)
  expect(await buildAssets(folder)).toBe(true)
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

const manifest = () => manifestSchema.parse(JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')))
const contentOf = (name: string) => readFileSync(new URL(manifest().files[name]?.file ?? '', folder))
const sizeOf = (name: string, suffix: string) =>
  statSync(new URL(`${manifest().files[name]?.file}${suffix}`, folder)).size

test('every file is there, under a name with the hash of its content', () => {
  expect(Object.keys(manifest().files).sort()).toEqual(names)
  for (const name of names) {
    const hash = createHash('sha256').update(contentOf(name)).digest('hex').slice(0, 12)
    const [stem, ending] = name.split('.')
    expect(manifest().files[name]?.file).toBe(`${stem}.${hash}.${ending}`)
  }
})

test('pages are given address and hash by the plain name', () => {
  const { asset, integrity } = readAssets(folder)
  expect(asset('portal.css')).toBe(`/assets/${manifest().files['portal.css']?.file}`)
  const hash = createHash('sha384').update(contentOf('portal.css')).digest('base64')
  expect(integrity('portal.css')).toBe(`sha384-${hash}`)
  expect(() => asset('portal.gif')).toThrow('portal.gif')
})

test('nobody starts without built files: the error says what to do', () => {
  expect(() => readAssets(new URL('nowhere/', folder))).toThrow('npm run build:assets')
})

test('texts lie there compressed as well, and the same', () => {
  for (const name of names.filter((name) => !name.endsWith('.woff2'))) {
    const { file } = manifest().files[name] ?? { file: '' }
    expect(brotliDecompressSync(readFileSync(new URL(`${file}.br`, folder))).equals(contentOf(name))).toBe(true)
    expect(gunzipSync(readFileSync(new URL(`${file}.gz`, folder))).equals(contentOf(name))).toBe(true)
  }
})

test('the fonts have every letter of Hungarian names, and of the neighbours’', async () => {
  for (const name of ['inter-regular.woff2', 'inter-semibold.woff2']) {
    const letters = await lettersOf(contentOf(name))
    for (const letter of 'árvíztűrő tükörfúrógép ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP 0123456789 „”–… \u00a0 šžčćđľťňřŠŽČĆĐ äßșțăâî §%+@') {
      expect(letters.has(letter.codePointAt(0) ?? 0), letter).toBe(true)
    }
  }
})

test('the styles are complete, begin with a rule, and name only our own files', () => {
  const styles = contentOf('portal.css').toString('utf8')
  expect(styles).toMatch(/^[@.:a-z]/)
  expect(styles).not.toContain('asset:')
  const named = [...styles.matchAll(/url\(["']?([^"')]+)/g)]
  expect(named.length).toBeGreaterThan(1)
  for (const [, address = ''] of named) {
    expect(existsSync(new URL(address, folder)), address).toBe(true)
  }
  // not ours to serve
  expect(styles).not.toMatch(/GDS Transport|crown|crest/i)
  // the ring, in the package's components too, instead of their yellow ground
  expect(styles).toMatch(/\.govuk-link:focus[^}]*outline:3px solid var\(--portal-focus\)/)
})

test.each(['portal.js', 'uploads.js'])('%s works under our policy: no markup from text, no code from text', (name) => {
  const scripts = contentOf(name).toString('utf8')
  expect(scripts).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/)
  expect(scripts).not.toMatch(/localStorage|sessionStorage|indexedDB|serviceWorker/)
  // tabs of this portal speak over a channel of their own; other windows are neither told nor heard
  expect(scripts).not.toMatch(/(window|parent|opener|top)\??\.postMessage|["']message["']/)
})

test('a first visit is light', () => {
  const page = 5_000 // compressed, with room: a form page is held to 4,000
  const drawn = sizeOf('icon.svg', '.gz') + sizeOf('skyline.svg', '.gz')
  const read = page + drawn + sizeOf('portal.css', '.gz') + sizeOf('portal.js', '.gz')
  expect(read).toBeLessThanOrEqual(30_000)
  // uploads.js comes with a later page, for those who attach something
  expect(sizeOf('uploads.js', '.gz')).toBeLessThanOrEqual(2_500)
  expect(read + sizeOf('inter-regular.woff2', '') + sizeOf('inter-semibold.woff2', '')).toBeLessThanOrEqual(65_000)
})

test('unchanged, nothing is built again; a lost file brings it back', async () => {
  expect(await buildAssets(folder)).toBe(false)
  const { file } = manifest().files['portal.css'] ?? { file: '' }
  await rm(new URL(file, folder))
  expect(await buildAssets(folder)).toBe(true)
  expect(existsSync(new URL(file, folder))).toBe(true)
}, 60_000)

test('changed, it is built again; files of an older build go, those of the last stay for pages already sent', async () => {
  const before = manifest()
  await writeFile(new URL('portal.000000000000.css', folder), 'of an older build')
  await writeFile(new URL('portal.111111111111.js', folder), 'of the last build')
  const last = { ...before.files, 'portal.js': { file: 'portal.111111111111.js', integrity: 'sha384-x' } }
  await writeFile(new URL('manifest.json', folder), JSON.stringify({ inputs: 'other', files: last }))
  expect(await buildAssets(folder)).toBe(true)
  expect(manifest()).toEqual(before)
  const left = readdirSync(folder)
  expect(left).not.toContain('portal.000000000000.css')
  expect(left).toContain('portal.111111111111.js')
}, 60_000)
