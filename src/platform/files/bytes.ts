/** Bytes one can look into anywhere without holding them all. */
export interface Bytes {
  sizeBytes: number
  /** fewer than `length` only at the end */
  read(position: number, length: number): Promise<Buffer>
}

export function bytesOf(buffer: Buffer): Bytes {
  return {
    sizeBytes: buffer.length,
    read: async (position, length) => buffer.subarray(position, position + length),
  }
}

const piece = 65_536

/**
 * Whether any of the needles occurs before `upTo`; looked for piece by piece, across their borders too. Letters A–Z count as small
 * ones. No text is made of the bytes: many large files are looked at side by side.
 *
 * @param needles in small letters; all begin with the same sign
 */
export async function contains(bytes: Bytes, needles: readonly string[], upTo = bytes.sizeBytes): Promise<boolean> {
  const wanted = needles.map((needle) => Buffer.from(needle, 'latin1'))
  const beginning = wanted[0]?.[0] ?? 0
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1
  for (let position = 0; position < upTo; position += piece) {
    const read = await bytes.read(position, Math.min(piece + overlap, upTo - position))
    for (let at = read.indexOf(beginning); at >= 0; at = read.indexOf(beginning, at + 1)) {
      if (wanted.some((needle) => startsWith(read, at, needle))) return true
    }
  }
  return false
}

function startsWith(bytes: Buffer, at: number, needle: Buffer): boolean {
  if (at + needle.length > bytes.length) return false
  for (let index = 0; index < needle.length; index++) {
    const byte = bytes[at + index] ?? 0
    if ((byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte) !== needle[index]) return false
  }
  return true
}
