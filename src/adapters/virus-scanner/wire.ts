/** ClamAV's INSTREAM command and the answers we understand; `z` at its beginning: the answer ends with a zero byte. */
import type { ScanVerdict } from './contract.ts'

export const command = Buffer.from('zINSTREAM\0')
export const endOfStream = Buffer.alloc(4)

/** What stands before each piece of the stream. A piece without content would end it. */
export function lengthOf(piece: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(piece.length)
  return length
}

/** @param reply what the scanner said, without the zero byte */
export function verdictOf(reply: string): ScanVerdict {
  if (reply === 'stream: OK') return 'clean'
  // with AlertExceedsMax clamd reports as found what it did not look at to the end
  if (/^stream: Heuristics\.Limits\.Exceeded\S* FOUND$/.test(reply)) return 'not-scanned'
  if (/^stream: \S.* FOUND$/.test(reply)) return 'infected'
  return 'not-scanned'
}
