import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { bytesOf } from '../../../src/platform/files/bytes.ts'
import { downloadHeaders } from '../../../src/platform/files/download-headers.ts'
import { acceptedExtensions, type FileKind, inspectFile, type Refusal } from '../../../src/platform/files/file-kind.ts'
import { cleanFileName } from '../../../src/platform/files/file-name.ts'
import { spool } from '../../../src/platform/files/spooled-file.ts'
import { asice, docx, docxParts, jpg, ods, odt, pdf, png, tif, xlsx, zip } from './sample-files.ts'

const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const inspect = (bytes: Buffer, extension: string, declaredType = 'application/octet-stream') =>
  inspectFile(bytesOf(bytes), { extension, declaredType })

/** With transparency: four numbers of so many bits for each point. */
function pngOf(width: number, height: number, bits: number): Buffer {
  const picture = png(width, height)
  picture[24] = bits
  picture[25] = 6
  return picture
}

describe('a file is taken when name, declared type and content agree', () => {
  const honest: [FileKind, string, string, Buffer][] = [
    ['pdf', 'pdf', 'application/pdf', pdf],
    ['jpg', 'jpeg', 'image/jpeg', jpg()],
    ['jpg', 'jpg', 'image/jpeg', jpg(640, 480, Buffer.from('the camera writes its notes behind the picture'))],
    ['png', 'png', 'image/png', png()],
    ['png', 'png', 'image/png', pngOf(7_000, 7_000, 8)],
    ['png', 'png', 'image/png', pngOf(4_000, 4_000, 16)],
    ['tif', 'tiff', 'image/tiff', tif()],
    ['docx', 'docx', word, docx({ name: 'word/media/image1.png', content: png(), stored: true })],
    ['docx', 'docx', '', docx()],
    ['xlsx', 'xlsx', 'application/zip', xlsx()],
    ['odt', 'odt', 'application/vnd.oasis.opendocument.text', odt()],
    ['ods', 'ods', 'application/octet-stream', ods()],
    [
      'asice',
      'asice',
      'application/vnd.etsi.asic-e+zip',
      asice({ name: 'kérelem.pdf', content: pdf }, { name: 'melléklet.docx', content: docx() }),
    ],
  ]
  test.each(honest)('%s as .%s, sent as %s', async (kind, extension, declared, bytes) => {
    expect(await inspect(bytes, extension, declared)).toMatchObject({ ok: true, kind })
  })
})

describe('a file is refused', () => {
  const html = Buffer.from('<html><script>alert(1)</script></html>')
  // Compresses well, but not as well as a bomb: by itself it may be attached.
  const large = Buffer.alloc(40_000_000)
  for (let at = 0; at + 128 < large.length; at += 8_192) randomFillSync(large, at, 128)
  const largeDocx = docx({ name: 'word/large.xml', content: large })
  const bomb = docx({ name: 'word/bomb.xml', content: Buffer.alloc(120_000_000) })
  const dishonest: [string, Refusal, Buffer, string, string?][] = [
    ['a page', 'kind-not-allowed', html, 'html'],
    ['a drawing with scripts', 'kind-not-allowed', Buffer.from('<svg onload="x"/>'), 'svg'],
    ['an archive', 'kind-not-allowed', zip([{ name: 'a.txt', content: 'a' }]), 'zip'],
    ['a macro document by its name', 'kind-not-allowed', docx(), 'docm'],
    ['an empty file', 'empty', Buffer.alloc(0), 'pdf'],
    ['a page called a document', 'not-what-it-says', html, 'pdf'],
    ['a document sent as a page', 'not-what-it-says', pdf, 'pdf', 'text/html'],
    ['a moving picture that is a script', 'not-what-it-says', Buffer.from('GIF89a/*\x01\x00*/=alert(1)'), 'jpg'],
    [
      'a document that begins as a page',
      'not-what-it-says',
      Buffer.concat([Buffer.from('%PDF-1.4 <html><script>x</script>\n'), pdf]),
      'pdf',
    ],
    ['a document behind something else', 'not-what-it-says', Buffer.concat([Buffer.from('MZ'), pdf]), 'pdf'],
    [
      'a document with an archive behind it',
      'damaged',
      Buffer.concat([pdf, zip([{ name: 'a.exe', content: 'MZ' }])]),
      'pdf',
    ],
    ['half a document', 'damaged', pdf.subarray(0, 80), 'pdf'],
    [
      'a picture with a program in its comment',
      'not-what-it-says',
      jpg(9, 9, undefined, '<?php system($_GET[0]) ?>'),
      'jpg',
    ],
    ['a picture with an archive behind it', 'not-what-it-says', jpg(9, 9, zip([{ name: 'a', content: 'a' }])), 'jpg'],
    ['a picture that fills the memory', 'not-what-it-says', jpg(60_000, 60_000), 'jpg'],
    ['a drawing that fills the memory', 'not-what-it-says', png(4_000_000_000, 4_000_000_000), 'png'],
    ['a drawing whose points take eight bytes each', 'not-what-it-says', pngOf(7_000, 7_000, 16), 'png'],
    ['a drawing with something behind it', 'not-what-it-says', png(1, 1, Buffer.from('x')), 'png'],
    ['a TIFF that fills the memory', 'not-what-it-says', tif(100_000, 100_000), 'tif'],
    ['a spreadsheet called a document', 'not-what-it-says', xlsx(), 'docx'],
    ['a text called a spreadsheet', 'not-what-it-says', odt(), 'ods'],
    ['macros in a part', 'macros', docx({ name: 'word/vbaProject.bin', content: 'x' }), 'docx'],
    [
      'macros by content type',
      'macros',
      zip([
        {
          name: '[Content_Types].xml',
          content: 'wordprocessingml.document.main+xml application/vnd.ms-word.document.macroEnabled.main+xml',
        },
        { name: 'word/document.xml', content: 'x' },
      ]),
      'docx',
    ],
    ['Basic macros', 'macros', odt([{ name: 'Basic/Standard/Module1.xml', content: 'x' }]), 'odt'],
    ['an encrypted OpenDocument', 'encrypted', odt([], '<manifest:encryption-data/>'), 'odt'],
    ['an encrypted archive', 'encrypted', docx({ name: 'word/x.xml', content: 'x', flags: 1 }), 'docx'],
    [
      'an archive in a document',
      'not-what-it-says',
      docx({ name: 'word/embeddings/a.bin', content: zip([{ name: 'a', content: 'a' }]) }),
      'docx',
    ],
    [
      'a program in a document',
      'not-what-it-says',
      docx({ name: 'word/media/image1.png', content: 'MZ\x90\x00' }),
      'docx',
    ],
    ['a bomb', 'unpacks-to-too-much', bomb, 'docx'],
    [
      'too many entries',
      'unpacks-to-too-much',
      docx(...Array.from({ length: 1_000 }, (_, index) => ({ name: `word/${index}`, content: 'x' }))),
      'docx',
    ],
    ['a way out of the folder', 'damaged', docx({ name: '../../etc/passwd', content: 'x' }), 'docx'],
    ['an absolute name', 'damaged', docx({ name: '/etc/passwd', content: 'x' }), 'docx'],
    ['a link', 'damaged', docx({ name: 'word/link', content: '/etc/passwd', unixMode: 0o120777 }), 'docx'],
    [
      'two opinions about a name',
      'damaged',
      docx({ name: 'word/a.xml', nameInEntry: 'word/b.xml', content: 'x' }),
      'docx',
    ],
    ['a wrong sum', 'damaged', docx({ name: 'word/a.xml', content: 'x', crc: 1 }), 'docx'],
    [
      'something before the first entry',
      'not-what-it-says',
      zip(docxParts, { before: Buffer.from('%PDF-1.4\n') }),
      'docx',
    ],
    ['something between the entries', 'damaged', zip(docxParts, { between: Buffer.alloc(64, 'x') }), 'docx'],
    ['something behind the directory', 'damaged', zip(docxParts, { after: Buffer.from('x') }), 'docx'],
    [
      'a signed container without a signature',
      'not-what-it-says',
      zip([
        { name: 'mimetype', content: 'application/vnd.etsi.asic-e+zip', stored: true },
        { name: 'a.pdf', content: pdf },
      ]),
      'asice',
    ],
    [
      'several documents in one container that unpack to too much together',
      'unpacks-to-too-much',
      asice(...['a', 'b', 'c'].map((name) => ({ name: `${name}.docx`, content: largeDocx, stored: true }))),
      'asice',
    ],
    ['a signed program', 'kind-not-allowed', asice({ name: 'setup.exe', content: 'MZ' }), 'asice'],
    [
      'signed macros',
      'macros',
      asice({ name: 'a.docx', content: docx({ name: 'word/vbaProject.bin', content: 'x' }) }),
      'asice',
    ],
  ]
  test.each(dishonest)('%s: %s', async (_what, because, bytes, extension, declared) => {
    expect(await inspect(bytes, extension, declared)).toEqual({ ok: false, because })
  })

  test('a document that unpacks to much, by itself', async () => {
    expect(await inspect(largeDocx, 'docx')).toMatchObject({ ok: true, kind: 'docx' })
  })

  test('when the form allows fewer kinds', async () => {
    expect(await inspectFile(bytesOf(png()), { extension: 'png', declaredType: 'image/png' }, ['pdf'])).toEqual({
      ok: false,
      because: 'kind-not-allowed',
    })
    expect(acceptedExtensions(['pdf', 'jpg'])).toEqual(['.pdf', '.jpg', '.jpeg'])
  })
})

test('no damage to a file makes the inspection fail, only refuse', async () => {
  const samples: [Buffer, string][] = [
    [pdf, 'pdf'],
    [jpg(), 'jpg'],
    [png(), 'png'],
    [tif(), 'tif'],
    [docx(), 'docx'],
    [odt(), 'odt'],
    [asice({ name: 'a.pdf', content: pdf }), 'asice'],
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { maxLength: 8 }),
      fc.nat(60),
      async ([sample, extension], changes, cut) => {
        const damaged = Buffer.from(sample.subarray(0, Math.max(1, sample.length - (cut % sample.length))))
        for (const [at, value] of changes) damaged[at % damaged.length] = value
        expect((await inspect(damaged, extension)).ok).toBeTypeOf('boolean')
      },
    ),
    { numRuns: 1_500 },
  )
})

describe('names of files', () => {
  test.each([
    ['számla_ű.pdf', 'számla_ű.pdf'],
    ['sza\u0301mla.PDF', 'számla.pdf'],
    ['C:\\Users\\Anna\\lap.pdf', 'lap.pdf'],
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['  a   b .pdf', 'a b.pdf'],
    ['a"b;c%d.jpg', 'a_b;c%d.jpg'],
    [`${'ő'.repeat(300)}.docx`, `${'ő'.repeat(115)}.docx`],
  ])('%s becomes %s', (sent, kept) => {
    expect(cleanFileName(sent)).toMatchObject({ ok: true, name: kept })
  })

  test.each(['számla\u202Efdp.exe', 'a\u0000.pdf', 'a\nb.pdf', 'a\u200Bb.pdf', '\ud800.pdf'])(
    'unseen signs are refused (%j)',
    (sent) => {
      expect(cleanFileName(sent)).toEqual({ ok: false, because: 'unreadable-name' })
    },
  )

  test.each(['', '.', '..', '.pdf', 'pdf', 'a.', '/', 'a.b\\'])('no name at all is refused (%j)', (sent) => {
    expect(cleanFileName(sent)).toEqual({ ok: false, because: 'no-name' })
  })

  test('blanks and dots at its ends are left off, and a million of them inside are not weighed against each other', () => {
    expect(cleanFileName(' .. a b .pdf. . ')).toMatchObject({ ok: true, name: 'a b.pdf' })
    expect(cleanFileName(`${'. '.repeat(500_000)}x${'. '.repeat(500_000)}x.pdf`)).toMatchObject({
      ok: true,
      extension: 'pdf',
    })
  })

  test('whatever is kept can be kept again, is short, and makes a header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `${text}.pdf`),
        ),
        (sent) => {
          const clean = cleanFileName(sent)
          if (!clean.ok) return
          expect([...clean.name].length).toBeLessThanOrEqual(120)
          expect(cleanFileName(clean.name)).toEqual(clean)
          expect(downloadHeaders(clean.name, 'application/pdf')['content-disposition']).toMatch(
            /^attachment; [\x20-\x7e]+$/,
          )
        },
      ),
    )
  })
})

describe('a file on its way in', () => {
  const coming = (...pieces: Buffer[]) => Readable.from(pieces)

  test('is measured and hashed while it comes, and read back in pieces', async () => {
    const content = Buffer.alloc(600_000, 'portál')
    const file = await spool(coming(content.subarray(0, 100_001), content.subarray(100_001)), { maxBytes: 1_000_000 })
    if (file === 'too-large') throw new Error('it is not')
    expect(file.sizeBytes).toBe(600_000)
    expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'))
    const pieces: Buffer[] = []
    for await (const piece of file.pieces()) pieces.push(piece)
    expect(pieces.map(({ length }) => length)).toEqual([262_144, 262_144, 75_712])
    expect(Buffer.concat(pieces).equals(content)).toBe(true)
    await file.discard()
  })

  test('is stopped at the limit, to the byte', async () => {
    const exact = await spool(coming(Buffer.alloc(10)), { maxBytes: 10 })
    expect(exact).not.toBe('too-large')
    if (exact !== 'too-large') await exact.discard()
    expect(await spool(coming(Buffer.alloc(10), Buffer.alloc(1)), { maxBytes: 10 })).toBe('too-large')
  })

  test('leaves nothing behind, not even while it is here or when it breaks off', async () => {
    // a folder of its own: others on this machine take files in at the same time
    const folder = mkdtempSync(join(tmpdir(), 'files-test-'))
    vi.stubEnv('TMPDIR', folder)
    const left = () => readdirSync(folder)
    const broken = new Readable({
      read() {
        this.destroy(new Error('the visitor went away'))
      },
    })
    await expect(spool(broken, { maxBytes: 10 })).rejects.toThrow('went away')
    const file = await spool(coming(Buffer.from('abc')), { maxBytes: 10 })
    expect(left()).toEqual([])
    if (file !== 'too-large') await file.discard()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })
})
