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

/** Whether any of the needles occurs; looked for piece by piece, across their borders too. Letters A–Z count as small ones. */
export async function contains(bytes: Bytes, needles: readonly string[], upTo = bytes.sizeBytes): Promise<boolean> {
  const piece = 262_144
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1
  for (let position = 0; position < upTo; position += piece) {
    const text = (await bytes.read(position, Math.min(piece + overlap, upTo - position)))
      .toString('latin1')
      .toLowerCase()
    if (needles.some((needle) => text.includes(needle))) return true
  }
  return false
}
