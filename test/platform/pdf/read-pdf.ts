import { execFileSync } from 'node:child_process'
import { inflateSync } from 'node:zlib'

/** What a reader other than the writer finds in a PDF. */
export interface ReadPdf {
  pages: number
  tagged: boolean
  title: string
  /** the text of all pages in drawing order; spaces and line ends as the reader guesses them */
  text: string
  /** names of the structure's elements, in order */
  tags: string[]
  fonts: string[]
}

interface StoredObject {
  dictionary: string
  stream: string | undefined
}

/** A reader of its own, a few rules of ISO 32000 long: enough to find out whether what was written can be read. */
export function readPdf(bytes: Buffer): ReadPdf {
  const raw = bytes.toString('latin1')
  const objects = new Map<string, StoredObject>()
  for (const match of raw.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id = '', body = ''] = match
    const at = body.indexOf('\nstream\n')
    const dictionary = at < 0 ? body : body.slice(0, at)
    let stream = at < 0 ? undefined : body.slice(at + 8, body.lastIndexOf('\nendstream'))
    if (stream !== undefined && dictionary.includes('/FlateDecode')) {
      stream = inflateSync(Buffer.from(stream, 'latin1')).toString('latin1')
    }
    objects.set(id, { dictionary, stream })
  }
  const all = [...objects.values()]
  const pages = all.filter(({ dictionary }) => /\/Type \/Page\b/.test(dictionary))
  const catalogue = all.find(({ dictionary }) => dictionary.includes('/Type /Catalog'))
  const unicodeOf = new Map<string, Map<string, string>>()
  for (const [id, { dictionary }] of objects) {
    const cmap = /\/ToUnicode (\d+) 0 R/.exec(dictionary)?.[1]
    if (cmap) unicodeOf.set(id, readUnicodeMap(objects.get(cmap)?.stream ?? ''))
  }
  const text = pages.map((page) => {
    const contents = /\/Contents (\d+) 0 R/.exec(page.dictionary)?.[1] ?? ''
    const resources = /\/Resources (\d+) 0 R/.exec(page.dictionary)?.[1] ?? ''
    const fontNames = new Map(
      [...(objects.get(resources)?.dictionary ?? '').matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id = '']) => [
        name,
        id,
      ]),
    )
    return shownText(objects.get(contents)?.stream ?? '', (name) => unicodeOf.get(fontNames.get(name) ?? ''))
  })
  return {
    pages: pages.length,
    tagged:
      all.some(({ dictionary }) => /\/Marked true/.test(dictionary)) &&
      /\/StructTreeRoot/.test(catalogue?.dictionary ?? ''),
    title: readString(objects.get(/\/Title (\d+) 0 R/.exec(raw)?.[1] ?? '')?.dictionary.slice(1, -1) ?? ''),
    text: text.join('\n'),
    tags: all.flatMap(({ dictionary }) =>
      /\/P \d+ 0 R/.test(dictionary) ? (/\/S \/(\w+)/.exec(dictionary)?.[1] ?? []) : [],
    ),
    fonts: all.flatMap(({ dictionary }) => /\/FontName \/(\S+)/.exec(dictionary)?.[1] ?? []),
  }
}

/**
 * What a PDF would do or fetch by itself, by the names that stand for it in its dictionaries. The bytes of pictures and fonts
 * are anything at all, such a name too; dictionaries stand outside of streams and in streams of objects.
 */
export function deedsOf(bytes: Buffer): string[] {
  let outside = ''
  const raw = bytes.toString('latin1')
  let at = 0
  for (const match of raw.matchAll(/(?<=>>\s*)stream\r?\n/g)) {
    if (match.index < at) continue
    const dictionary = raw.slice(raw.lastIndexOf(' obj', match.index), match.index)
    outside += raw.slice(at, match.index)
    const from = match.index + match[0].length
    at = Math.max(raw.indexOf('endstream', from), from)
    if (/\/Type\s*\/ObjStm\b/.test(dictionary)) {
      const stored = Buffer.from(raw.slice(from, at), 'latin1')
      outside += `\n${(dictionary.includes('/FlateDecode') ? inflateSync(stored) : stored).toString('latin1')}\n`
    }
  }
  outside += raw.slice(at)
  // a name may be written with codes for its letters
  const names = outside.replaceAll(/#([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  const deeds =
    /\/(JavaScript|JS|Launch|OpenAction|AA|URI|GoToR|GoToE|SubmitForm|ImportData|EmbeddedFile|RichMedia|XFA)\b/g
  return [...new Set([...names.matchAll(deeds)].map(([, name = '']) => name))].sort()
}

/** Glyph (four hexadecimal digits) → text, from a ToUnicode map of ranges with lists. */
function readUnicodeMap(cmap: string): Map<string, string> {
  const glyphs = new Map<string, string>()
  for (const [, first = '0', , list = ''] of cmap.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/gi)) {
    for (const [index, [, units = '']] of [...list.matchAll(/<([^>]*)>/g)].entries()) {
      const text = units
        .split(' ')
        .filter(Boolean)
        .map((unit) => String.fromCharCode(Number.parseInt(unit, 16)))
      glyphs.set((Number.parseInt(first, 16) + index).toString(16).padStart(4, '0'), text.join(''))
    }
  }
  return glyphs
}

function shownText(content: string, fontNamed: (name: string) => Map<string, string> | undefined): string {
  let font: Map<string, string> | undefined
  let text = ''
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name) font = fontNamed(name)
    else {
      for (const [, glyphs = ''] of (shown ?? '').matchAll(/<([0-9a-f]*)>/g)) {
        for (const [glyph] of glyphs.matchAll(/.{4}/g)) text += font?.get(glyph) ?? '\uFFFD'
      }
      text += '\n'
    }
  }
  return text
}

function readString(stored: string): string {
  const bytes = Buffer.from(
    stored.replace(/\\([nrtbf()\\])/g, (_, sign: string) => escapes[sign] ?? sign),
    'latin1',
  )
  return bytes[0] === 0xfe && bytes[1] === 0xff
    ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le')
    : bytes.toString('latin1')
}
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** The same, read by poppler's tools. */
export function readPdfWithPoppler(bytes: Buffer): ReadPdf {
  const run = (tool: string, ...options: string[]) =>
    execFileSync(tool, options, { input: bytes, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
  const info = run('pdfinfo', '-')
  const structure = run('pdfinfo', '-struct', '-')
  return {
    pages: Number(/^Pages:\s+(\d+)$/m.exec(info)?.[1]),
    tagged: /^Tagged:\s+yes$/m.test(info),
    title: /^Title:\s+(.*)$/m.exec(info)?.[1] ?? '',
    text: run('pdftotext', '-', '-'),
    tags: [...structure.matchAll(/^ *(\w+)/gm)].map(([, tag = '']) => tag),
    fonts: [...run('pdffonts', '-').matchAll(/^(\w+\+\S+)/gm)].map(([, font = '']) => font),
  }
}

export function popplerIsHere(): boolean {
  try {
    execFileSync('pdfinfo', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
