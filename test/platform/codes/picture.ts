import { crc32, deflateSync } from 'node:zlib'
import type { DrawnCode } from '../../../src/platform/codes/drawn-code.ts'

/** Codes below one another as a PNG in shades of grey, so many points a square: what a scanner would make of paper. */
export function pictureOf(codes: readonly DrawnCode[], points: number): Buffer {
  const white = 8
  const width = (Math.max(...codes.map(({ size }) => size)) + 2 * white) * points
  const rows: Buffer[] = []
  const blank = (squares: number) => {
    for (let at = 0; at < squares * points; at++) rows.push(Buffer.concat([Buffer.of(0), Buffer.alloc(width, 255)]))
  }
  for (const { size, path } of codes) {
    blank(white)
    const from = rows.length
    blank(size)
    for (const [, column = '', row = '', length = ''] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let at = 0; at < points; at++) {
        const start = 1 + (white + Number(column)) * points
        rows[from + Number(row) * points + at]?.fill(0, start, start + Number(length) * points)
      }
    }
    blank(white)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(rows.length, 4)
  head[8] = 8
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, bytes: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), bytes])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
