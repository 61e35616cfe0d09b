/** Small honest files of every kind, and a writer of archives that can also lie. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  name: string
  content: Buffer | string
  stored?: boolean
  /** lies, for files that are up to something */
  flags?: number
  unixMode?: number
  crc?: number
  nameInEntry?: string
}

export function zip(parts: ZipPart[], around: { before?: Buffer; between?: Buffer; after?: Buffer } = {}): Buffer {
  const before = around.before ?? Buffer.alloc(0)
  const pieces: Buffer[] = [before]
  const directory: Buffer[] = []
  let at = before.length
  for (const part of parts) {
    const content = Buffer.from(part.content)
    const packed = part.stored ? content : deflateRawSync(content)
    const name = Buffer.from(part.name)
    const entryName = Buffer.from(part.nameInEntry ?? part.name)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(part.flags ?? 0, 6)
    head.writeUInt16LE(part.stored ? 0 : 8, 8)
    head.writeUInt32LE(part.crc ?? crc32(content), 14)
    head.writeUInt32LE(packed.length, 18)
    head.writeUInt32LE(content.length, 22)
    head.writeUInt16LE(entryName.length, 26)
    const listed = Buffer.alloc(46)
    listed.writeUInt32LE(0x02014b50, 0)
    listed.writeUInt8(20, 4)
    listed.writeUInt8(3, 5)
    listed.writeUInt16LE(20, 6)
    listed.writeUInt16LE(part.flags ?? 0, 8)
    listed.writeUInt16LE(part.stored ? 0 : 8, 10)
    listed.writeUInt32LE(part.crc ?? crc32(content), 16)
    listed.writeUInt32LE(packed.length, 20)
    listed.writeUInt32LE(content.length, 24)
    listed.writeUInt16LE(name.length, 28)
    listed.writeUInt32LE(((part.unixMode ?? 0o100644) << 16) >>> 0, 38)
    listed.writeUInt32LE(at, 42)
    const between = around.between ?? Buffer.alloc(0)
    pieces.push(head, entryName, packed, between)
    directory.push(listed, name)
    at += head.length + entryName.length + packed.length + between.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...pieces, list, end, around.after ?? Buffer.alloc(0)])
}

export const pdf = Buffer.from(
  '%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n' +
    'xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n110\n%%EOF\n',
)

export function jpg(width = 640, height = 480, after: Buffer = Buffer.alloc(0), comment = 'kép'): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  const text = Buffer.from(comment)
  const note = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), text])
  note.writeUInt16BE(text.length + 2, 2)
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x12, 0x34, 0xff, 0xd9])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), note, frame, scan, after])
}

export function png(width = 10, height = 10, after: Buffer = Buffer.alloc(0)): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from('x')),
    chunk('IEND', Buffer.alloc(0)),
    after,
  ])
}

export function tif(width = 100, height = 100): Buffer {
  const file = Buffer.alloc(8 + 2 + 24 + 4)
  file.write('II', 0, 'latin1')
  file.writeUInt16LE(42, 2)
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(2, 8)
  for (const [index, [tag, value]] of [
    [256, width],
    [257, height],
  ].entries()) {
    file.writeUInt16LE(tag ?? 0, 10 + index * 12)
    file.writeUInt16LE(4, 12 + index * 12)
    file.writeUInt32LE(1, 14 + index * 12)
    file.writeUInt32LE(value ?? 0, 18 + index * 12)
  }
  return file
}

const wordTypes =
  '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
const sheetTypes =
  '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'

export const docxParts: ZipPart[] = [
  { name: '[Content_Types].xml', content: wordTypes },
  { name: 'word/document.xml', content: '<w:document/>' },
]
export const docx = (...more: ZipPart[]) => zip([...docxParts, ...more])
export const xlsx = (...more: ZipPart[]) =>
  zip([
    { name: '[Content_Types].xml', content: sheetTypes },
    { name: 'xl/workbook.xml', content: '<workbook/>' },
    ...more,
  ])

const openDocument = (type: string, more: ZipPart[], manifest: string) =>
  zip([
    { name: 'mimetype', content: type, stored: true },
    { name: 'content.xml', content: '<office/>' },
    { name: 'META-INF/manifest.xml', content: manifest },
    ...more,
  ])
export const odt = (more: ZipPart[] = [], manifest = '<manifest/>') =>
  openDocument('application/vnd.oasis.opendocument.text', more, manifest)
export const ods = (more: ZipPart[] = [], manifest = '<manifest/>') =>
  openDocument('application/vnd.oasis.opendocument.spreadsheet', more, manifest)
export const asice = (...more: ZipPart[]) =>
  zip([
    { name: 'mimetype', content: 'application/vnd.etsi.asic-e+zip', stored: true },
    { name: 'META-INF/signatures0.xml', content: '<asic:XAdESSignatures/>' },
    ...more,
  ])
