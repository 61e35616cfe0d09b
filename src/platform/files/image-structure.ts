import type { Bytes } from './bytes.ts'

/** A picture that large is no scan any more, but an attempt to fill the memory of whoever opens it. */
const mostPixels = 50_000_000
/** What its points take once they are unpacked: four bytes each, and fewer points where each takes more. */
const mostBytes = mostPixels * 4
/** How many numbers a point of a PNG has, by its colour type. */
const pngChannels = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
])

/** Header and size of a JPEG: its segments lead from the first byte to the picture, which is of a bearable size. */
export async function looksLikeJpeg(bytes: Bytes): Promise<boolean> {
  if ((await bytes.read(0, 2)).toString('hex') !== 'ffd8') return false
  let sized = false
  for (let at = 2, segments = 0; segments < 2_000; segments++) {
    const head = await bytes.read(at, 9)
    if (head.length < 4 || head[0] !== 0xff) return false
    const marker = head[1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xda) return sized && endsAsJpeg(bytes, at)
    const length = head.readUInt16BE(2)
    if (length < 2 || marker < 0xc0) return false
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) {
      if (head.length < 9 || !isBearable(head.readUInt16BE(7), head.readUInt16BE(5))) return false
      sized = true
    }
    at += 2 + length
  }
  return false
}

/** Cameras write their notes behind the picture's end; the end must be there all the same. */
async function endsAsJpeg(bytes: Bytes, from: number): Promise<boolean> {
  const piece = 65_536
  for (let end = bytes.sizeBytes; end > from; end -= piece) {
    const start = Math.max(from, end - piece - 1)
    if ((await bytes.read(start, end - start)).includes(Buffer.from([0xff, 0xd9]))) return true
  }
  return false
}

/** A PNG from its signature to its last chunk, with nothing behind. */
export async function looksLikePng(bytes: Bytes): Promise<boolean> {
  const head = await bytes.read(0, 33)
  if (head.length < 33) return false
  if (head.subarray(0, 8).toString('hex') !== '89504e470d0a1a0a' || head.toString('latin1', 12, 16) !== 'IHDR')
    return false
  const [width, height, depth] = [head.readUInt32BE(16), head.readUInt32BE(20), head.readUInt8(24)]
  const channels = pngChannels.get(head.readUInt8(25)) ?? 4
  if (!isBearable(width, height) || (width * height * channels * depth) / 8 > mostBytes) return false
  for (let at = 8, chunks = 0; chunks < 100_000; chunks++) {
    const chunk = await bytes.read(at, 8)
    if (chunk.length < 8) return false
    at += 12 + chunk.readUInt32BE(0)
    if (chunk.toString('latin1', 4, 8) === 'IEND') return at === bytes.sizeBytes
    if (at > bytes.sizeBytes) return false
  }
  return false
}

/** A TIFF whose pages are all there and of a bearable size. */
export async function looksLikeTiff(bytes: Bytes): Promise<boolean> {
  const head = await bytes.read(0, 8)
  const order = head.toString('latin1', 0, 2)
  if (head.length < 8 || (order !== 'II' && order !== 'MM')) return false
  const little = order === 'II'
  const short = (from: Buffer, at: number) => (little ? from.readUInt16LE(at) : from.readUInt16BE(at))
  const long = (from: Buffer, at: number) => (little ? from.readUInt32LE(at) : from.readUInt32BE(at))
  if (short(head, 2) !== 42) return false
  const seen = new Set<number>()
  for (let at = long(head, 4); at !== 0; ) {
    if (seen.has(at) || seen.size >= 1_000 || at < 8) return false
    seen.add(at)
    const counted = await bytes.read(at, 2)
    if (counted.length < 2) return false
    const count = short(counted, 0)
    const page = await bytes.read(at + 2, count * 12 + 4)
    if (count === 0 || page.length < count * 12 + 4) return false
    let width = 0
    let height = 0
    for (let entry = 0; entry < count; entry++) {
      const tag = short(page, entry * 12)
      const value = short(page, entry * 12 + 2) === 3 ? short(page, entry * 12 + 8) : long(page, entry * 12 + 8)
      if (tag === 256) width = value
      if (tag === 257) height = value
    }
    if (!isBearable(width, height)) return false
    at = long(page, count * 12)
  }
  return seen.size > 0
}

function isBearable(width: number, height: number): boolean {
  return width > 0 && height > 0 && width * height <= mostPixels
}
