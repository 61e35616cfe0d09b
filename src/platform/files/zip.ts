import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import type { Bytes } from './bytes.ts'

/** One file inside an archive, as its directory names it. */
export interface ZipEntry {
  name: string
  folder: boolean
  stored: boolean
  compressedBytes: number
  dataAt: number
  crc: number
}

export interface ZipLimits {
  entries: number
  /** all entries together, counted while inflating: declared sizes lie */
  inflatedBytes: number
  /** inflated bytes per compressed byte, of the archive as a whole */
  ratio: number
}

export class NotAZip extends Error {}

/**
 * Reads the directory of an archive as strictly as it was written by an honest program: nothing before the first entry, nothing
 * after the directory, nothing between entries, no overlapping entries, directory and entries of one mind, no encryption, no links,
 * no names that lead elsewhere.
 *
 * @throws NotAZip with the first thing that is not so
 */
export async function readZip(bytes: Bytes, limits: ZipLimits): Promise<ZipEntry[]> {
  const end = await bytes.read(Math.max(0, bytes.sizeBytes - 22), 22)
  if (end.length < 22 || end.readUInt32LE(0) !== 0x06054b50) throw new NotAZip('no directory at the very end')
  const count = end.readUInt16LE(10)
  const directoryBytes = end.readUInt32LE(12)
  const directoryAt = end.readUInt32LE(16)
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0 || end.readUInt16LE(8) !== count) {
    throw new NotAZip('in several parts')
  }
  if (count === 0 || count > limits.entries) throw new NotAZip('too many entries, or none')
  if (directoryAt + directoryBytes + 22 !== bytes.sizeBytes) throw new NotAZip('the directory is not where it says')
  if (directoryBytes > 1_048_576) throw new NotAZip('the directory is too large')
  const directory = await bytes.read(directoryAt, directoryBytes)
  const entries: (ZipEntry & { startsAt: number })[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw new NotAZip('the directory is broken')
    const flags = directory.readUInt16LE(at + 8)
    const method = directory.readUInt16LE(at + 10)
    const nameBytes = directory.readUInt16LE(at + 28)
    const next = at + 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    if (next > directory.length) throw new NotAZip('the directory is broken')
    const rawName = directory.subarray(at + 46, at + 46 + nameBytes)
    const name = rawName.toString('utf8')
    const unixMode = directory.readUInt8(at + 5) === 3 ? directory.readUInt32LE(at + 38) >>> 16 : 0
    if (flags & 0x2041) throw new NotAZip('encrypted')
    if (method !== 0 && method !== 8) throw new NotAZip('an unknown method')
    if ((unixMode & 0xf000) === 0xa000) throw new NotAZip('a link')
    if (leadsElsewhere(name)) throw new NotAZip('a name that leads elsewhere')
    const startsAt = directory.readUInt32LE(at + 42)
    const head = await bytes.read(startsAt, 30 + nameBytes)
    if (head.length < 30 + nameBytes || head.readUInt32LE(0) !== 0x04034b50) throw new NotAZip('an entry is missing')
    if (head.readUInt16LE(6) & 0x2041) throw new NotAZip('encrypted')
    if (head.readUInt16LE(8) !== method || head.readUInt16LE(26) !== nameBytes || !head.subarray(30).equals(rawName)) {
      throw new NotAZip('directory and entry differ')
    }
    entries.push({
      name,
      folder: name.endsWith('/'),
      stored: method === 0,
      compressedBytes: directory.readUInt32LE(at + 20),
      crc: directory.readUInt32LE(at + 16),
      dataAt: startsAt + 30 + nameBytes + head.readUInt16LE(28),
      startsAt,
    })
    at = next
  }
  if (at !== directory.length) throw new NotAZip('the directory is broken')
  if (new Set(entries.map(({ name }) => name.toLowerCase())).size !== entries.length) throw new NotAZip('a name twice')
  requireSideBySide(entries, directoryAt)
  return entries
}

/** Entries lie one after another from the first byte to the directory; between two at most a data descriptor. */
function requireSideBySide(entries: readonly (ZipEntry & { startsAt: number })[], directoryAt: number): void {
  let expected = 0
  for (const entry of [...entries].sort((one, other) => one.startsAt - other.startsAt)) {
    const gap = entry.startsAt - expected
    if (gap < 0 || gap > (expected === 0 ? 0 : 24)) throw new NotAZip('entries overlap, or something lies between them')
    expected = entry.dataAt + entry.compressedBytes
  }
  const gap = directoryAt - expected
  if (gap < 0 || gap > 24) throw new NotAZip('something lies before the directory')
}

function leadsElsewhere(name: string): boolean {
  return (
    name === '' ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
    /[\u0000-\u001f\\:]|^\//.test(name) ||
    name.split('/').some((part) => part === '..' || part === '.')
  )
}

/** Counts what comes out of all entries of an archive, and of the archives inside it. */
export class InflationBudget {
  private left: number

  constructor(limits: ZipLimits, archiveBytes: number) {
    this.left = Math.min(limits.inflatedBytes, limits.ratio * archiveBytes)
  }

  spend(bytes: number): void {
    this.left -= bytes
    if (this.left < 0) throw new NotAZip('unpacks to too much')
  }
}

/**
 * Unpacks one entry piece by piece and checks its sum.
 *
 * @throws NotAZip when it is broken or the budget is used up
 */
export async function inflate(
  bytes: Bytes,
  entry: ZipEntry,
  budget: InflationBudget,
  onPiece: (piece: Buffer) => void,
): Promise<void> {
  let sum = 0
  const take = (piece: Buffer) => {
    budget.spend(piece.length)
    sum = crc32(piece, sum)
    onPiece(piece)
  }
  const stored = async function* () {
    const end = entry.dataAt + entry.compressedBytes
    for (let at = entry.dataAt; at < end; at += 65_536) yield await bytes.read(at, Math.min(65_536, end - at))
  }
  if (entry.stored) {
    for await (const piece of stored()) take(piece)
  } else {
    const inflater = createInflateRaw()
    try {
      await pipeline(stored, inflater, async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) take(piece)
      })
    } catch (failure) {
      throw failure instanceof NotAZip ? failure : new NotAZip('an entry cannot be unpacked')
    }
    if (inflater.bytesWritten !== entry.compressedBytes) throw new NotAZip('something lies behind an entry')
  }
  if (sum !== entry.crc) throw new NotAZip('an entry is not what its sum says')
}
