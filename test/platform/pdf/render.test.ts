import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import PDFDocument from 'pdfkit'
import { describe, expect, test } from 'vitest'
import type { Block, PrintedDocument } from '../../../src/platform/pdf/document.ts'
import { breakLine } from '../../../src/platform/pdf/line-breaks.ts'
import { printableLines } from '../../../src/platform/pdf/printable-text.ts'
import { renderDocument } from '../../../src/platform/pdf/render.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { cutFonts } from './cut-fonts.ts'
import { deedsOf, popplerIsHere, readPdf, readPdfWithPoppler } from './read-pdf.ts'

const readers = [{ name: 'a reader of our own', read: readPdf }]
if (popplerIsHere()) readers.push({ name: 'poppler', read: readPdfWithPoppler })
else process.emitWarning('poppler-utils is not installed: printed documents are read by our own reader only')

const receipt: PrintedDocument = {
  language: 'hu',
  title: 'Adatbejelentés a magánszemélyek kommunális adójáról',
  subtitle: 'Újhartyán Város Önkormányzata',
  reference: 'Érkeztetési szám: 2611-4K7M-2P9T-X',
  footer: 'Önkormányzati hivatali portál',
  blocks: [
    { kind: 'notice', title: 'Megkaptuk', text: 'Beküldve: 2026. november 22. 14:05' },
    { kind: 'heading', text: 'Az adatbejelentő' },
    {
      kind: 'keyValues',
      rows: [
        { label: 'Név', values: ['Őrségi Tűzkő Ődön Árvíztűrő'] },
        { label: 'Üres', values: [] },
      ],
    },
    {
      kind: 'table',
      caption: 'Ingatlanok',
      head: [{ text: 'Helyrajzi szám' }, { text: 'Adó', numeric: true }],
      rows: [['123/4', '17 000 Ft']],
    },
    {
      kind: 'files',
      caption: 'Csatolmányok',
      files: [{ name: 'tulajdoni-lap.pdf', details: [{ label: 'SHA-256', values: ['ab12'] }] }],
    },
    { kind: 'address', label: 'Postacím', lines: ['Újhartyáni Hivatal', '2367 Újhartyán'] },
    { kind: 'paragraph', text: 'Egy.\nKettő.\n\nHárom.' },
    { kind: 'signature', place: 'Hely', date: 'Dátum', name: 'aláírás' },
  ],
}

const withBlocks = (...blocks: Block[]): PrintedDocument => ({ language: 'hu', title: 'Cím', blocks })

describe.each(readers)('read by $name', ({ read }) => {
  test('a receipt has its title, its language, its own fonts, and every word in it', async () => {
    const bytes = await renderDocument(receipt)
    const pdf = read(bytes)
    expect(pdf.title).toBe(receipt.title)
    expect(pdf.tagged).toBe(true)
    expect(pdf.pages).toBe(1)
    expect(bytes.toString('latin1')).toContain('/Lang (hu)')
    expect(pdf.fonts.every((font) => /^[A-Z]{6}\+Inter-/.test(font))).toBe(true)
    for (const words of [
      'Őrségi Tűzkő Ődön Árvíztűrő',
      '17 000 Ft',
      'tulajdoni-lap.pdf',
      'SHA-256: ab12',
      '2367 Újhartyán',
      '1/1',
    ]) {
      expect(pdf.text.replaceAll('\u00a0', ' ')).toContain(words)
    }
  })

  test('its structure names headings, tables with their heads, and the list of files', async () => {
    const { tags } = read(await renderDocument(receipt))
    for (const tag of ['Document', 'H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD', 'L', 'LI', 'LBody'])
      expect(tags).toContain(tag)
  })

  test('a text of ten thousand letters goes on over pages, and every page says which it is', async () => {
    const word = 'megszentségteleníthetetlenség '
    const pdf = read(
      await renderDocument(withBlocks({ kind: 'keyValues', rows: [{ label: 'Leírás', values: [word.repeat(400)] }] })),
    )
    expect(pdf.pages).toBeGreaterThan(2)
    expect(pdf.text.split('megszentségteleníthetetlenség').length - 1).toBe(400)
    for (let page = 1; page <= pdf.pages; page++) expect(pdf.text).toContain(`${page}/${pdf.pages}`)
  })

  test('what means something to a program is only text', async () => {
    const hostile = ') Tj ET (\\ << /JS (app.alert(1)) >> file:///etc/passwd <img src=x> {{ 7*7 }}'
    const bytes = await renderDocument({
      ...withBlocks({ kind: 'paragraph', text: hostile }),
      title: `${hostile} & <x>`,
    })
    const pdf = read(bytes)
    expect(pdf.text.replace(/\s+/g, ' ')).toContain('file:///etc/passwd')
    expect(deedsOf(bytes)).toEqual([])
    const metadata = bytes.toString('utf8')
    expect(metadata.slice(metadata.indexOf('<dc:title>'), metadata.indexOf('</dc:title>'))).not.toContain('<img')
  })
})

describe('what a PDF would do by itself', () => {
  async function pdf(draw: (document: PDFKit.PDFDocument) => void): Promise<Buffer> {
    const document = new PDFDocument()
    draw(document)
    document.end()
    return buffer(document)
  }
  const objectStream = (content: string) => {
    const packed = deflateSync(content).toString('latin1')
    return `%PDF-1.7\n1 0 obj\n<</Type/ObjStm/Filter/FlateDecode/Length ${packed.length}>>\nstream\r\n${packed}\nendstream\nendobj\n`
  }

  test.each<[string, string[], Promise<Buffer> | Buffer]>([
    ['a link', ['URI'], pdf((document) => document.text('x', { link: 'https://gonosz.example' }))],
    ['a file in it', ['EmbeddedFile'], pdf((document) => document.file(Buffer.from('x'), { name: 'x.txt' }))],
    [
      'a script run at opening',
      ['JS', 'JavaScript', 'OpenAction'],
      Buffer.from('%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>\nendobj\n'),
    ],
    ['a name in codes', ['Launch'], Buffer.from('%PDF-1.7\n1 0 obj\n<</S/L#61unch>>\nendobj\n')],
    [
      'one after a stream',
      ['AA'],
      Buffer.from('1 0 obj\n<<>>\nstream\n/JS \nendstream\nendobj\n2 0 obj\n<</AA 3 0 R>>'),
    ],
    ['one in a packed object', ['SubmitForm'], Buffer.from(objectStream('2 0 <</S /SubmitForm>>'), 'latin1')],
  ])('%s is seen', async (_what, deeds, bytes) => {
    expect(deedsOf(await bytes)).toEqual(deeds)
  })

  test('letters and pictures that happen to have such bytes are not taken for it', () => {
    expect(deedsOf(Buffer.from('1 0 obj\n<</Length 9>>\nstream\n/AA /JS \x00\nendstream\nendobj\n', 'latin1'))).toEqual(
      [],
    )
  })
})

test('the same document with the same date gives the same bytes', async () => {
  const madeAt = new Date('2026-11-22T13:05:00Z')
  expect((await renderDocument(receipt, { madeAt })).equals(await renderDocument(receipt, { madeAt }))).toBe(true)
})

test('whatever people type, a document comes out that can be read', async () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constant('x'.repeat(3000)),
  )
  const anyBlock: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ kind: fc.constant('heading' as const), text: anyText, level: fc.constantFrom(2 as const, 3 as const) }),
    fc.record({ kind: fc.constant('paragraph' as const), text: anyText }),
    fc.record({ kind: fc.constant('notice' as const), title: anyText, text: anyText }),
    fc.record({
      kind: fc.constant('keyValues' as const),
      rows: fc.array(fc.record({ label: anyText, values: fc.array(anyText, { maxLength: 3 }) }), { maxLength: 5 }),
    }),
    fc.record({
      kind: fc.constant('table' as const),
      caption: anyText,
      head: fc.array(fc.record({ text: anyText, numeric: fc.boolean() }), { minLength: 1, maxLength: 8 }),
      rows: fc.array(fc.array(anyText, { maxLength: 9 }), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('address' as const), label: anyText, lines: fc.array(anyText, { maxLength: 4 }) }),
  )
  await fc.assert(
    fc.asyncProperty(anyText, fc.array(anyBlock, { maxLength: 6 }), async (title, blocks) => {
      const pdf = readPdf(await renderDocument({ language: 'en', title, blocks }))
      expect(pdf.pages).toBeGreaterThan(0)
      expect(pdf.text).not.toContain('\uFFFD')
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a very long word costs no more than prose: each of its letters is measured a few times', async () => {
  const word = 'ű'.repeat(100_000)
  let measured = 0
  const lines = breakLine(word, 80, (text) => {
    measured += text.length
    return text.length
  })
  expect(lines.join('')).toBe(word)
  expect(measured).toBeLessThan(4 * word.length)
  expect(readPdf(await renderDocument(withBlocks({ kind: 'paragraph', text: word }))).pages).toBeGreaterThan(20)
})

test('signs that work unseen are written out', () => {
  expect(printableLines('a\u202Egnp.exe\u0000 😀\r\nb\tc')).toEqual(['a[U+202E]gnp.exe[U+0000] [U+1F600]', 'b    c'])
  expect(printableLines('o\u030B')).toEqual(['ő'])
})

test('broken lines fit the width and together say what was typed', () => {
  const widthOf = (text: string) => [...text].length
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 40 }), (line, width) => {
      const lines = breakLine(line, width, widthOf)
      expect(lines.join('')).toBe(line)
      for (const part of lines) expect(widthOf(part.replace(/ $/, ''))).toBeLessThanOrEqual(width)
    }),
  )
})

test('the printed fonts are cut from the package in use', async () => {
  const { files, coverage } = await cutFonts()
  const folder = new URL('src/platform/pdf/fonts/', projectRoot)
  for (const { name, bytes } of files) {
    const kept = createHash('sha256')
      .update(readFileSync(new URL(name, folder)))
      .digest('hex')
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(kept)
  }
  expect(JSON.parse(readFileSync(new URL('coverage.json', folder), 'utf8'))).toEqual(coverage)
})
