import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { fromBase45, toBase45 } from './base45.ts'

/**
 * A content that does not fit one 2D code, as the texts of several numbered ones:
 *
 *     OHP1:2:3:8C1F00D2A9B4:4F7A10:812:…:
 *
 * The format with its version, which of how many, the beginning of the SHA-256 of the packed whole, that of this text itself, the
 * length of the piece, and a piece of the whole, which is packed by deflate (RFC 1951) and written in base45. Every sign belongs
 * to the alphanumeric mode of a 2D code, and neither edge is a blank, so that a hand scanner can type it. Nothing but the texts
 * is needed to read them.
 */
const format = { name: 'OHP', version: 1 }
const header = /OHP(\d{1,3}):(\d{1,2}):(\d{1,2}):([0-9A-F]{12}):([0-9A-F]{6}):(\d{1,4}):/g

export const codeLimits = {
  /** of one content, before packing */
  contentBytes: 524_288,
  /** with so many signs a code of about 4 cm is read safely from a scan of 200 dots an inch */
  signs: 860,
  codes: 30,
}

/** @returns undefined when it is more than `codeLimits` lets on paper */
export function writeCodes(content: Buffer): string[] | undefined {
  if (content.length > codeLimits.contentBytes) return undefined
  const packed = deflateRawSync(content, { level: 9 })
  const text = toBase45(packed)
  const count = Math.max(1, Math.ceil(text.length / codeLimits.signs))
  if (count > codeLimits.codes) return undefined
  const size = Math.ceil(text.length / count)
  const whole = checkOf(packed, 12)
  return Array.from({ length: count }, (_, at) => {
    const number = String(at + 1)
    const piece = text.slice(at * size, (at + 1) * size)
    const part = { number, count: String(count), whole, piece }
    return `${format.name}${format.version}:${number}:${count}:${whole}:${partCheck(part)}:${piece.length}:${piece}:`
  })
}

/** What came of the texts of codes; numbers count from 1. */
export type CodesRead =
  /** `doubled`: codes that came more than once, which does no harm */
  | { outcome: 'complete'; content: Buffer; count: number; doubled: number[] }
  /** no code of ours is among it */
  | { outcome: 'none' }
  | { outcome: 'unknown-version'; version: number }
  /** codes of several papers, each with how many it has and which of them are here */
  | { outcome: 'mixed'; papers: { count: number; present: number[] }[] }
  /** `damaged`: among the missing ones, those that are here but not as they were written */
  | { outcome: 'incomplete'; count: number; present: number[]; missing: number[]; damaged: number[] }
  /** every code is there and says something else than they say together, or says what nobody may unpack */
  | { outcome: 'broken' }

interface Part {
  number: number
  count: number
  whole: string
  piece: string
  sound: boolean
}

/**
 * Reads what a scanner typed or what was found in a picture: any number of codes, in any order, one after another, with anything
 * else between them.
 */
export function readCodes(text: string): CodesRead {
  const { parts, otherVersion } = partsIn(text)
  if (parts.length === 0) {
    return otherVersion === undefined ? { outcome: 'none' } : { outcome: 'unknown-version', version: otherVersion }
  }
  const papers = new Map<string, Part[]>()
  for (const part of parts.filter(({ sound }) => sound)) {
    const key = `${part.whole}/${String(part.count)}`
    papers.set(key, [...(papers.get(key) ?? []), part])
  }
  if (papers.size > 1) {
    return {
      outcome: 'mixed',
      papers: [...papers.values()].map((those) => ({ count: those[0]?.count ?? 0, present: numbersOf(those) })),
    }
  }
  const [sound = []] = papers.values()
  const count = Math.max(...(sound.length > 0 ? sound : parts).map((part) => part.count))
  const present = numbersOf(sound)
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !present.includes(number))
  if (missing.length > 0) {
    const spoilt = numbersOf(parts.filter((part) => !part.sound))
    return { outcome: 'incomplete', count, present, missing, damaged: missing.filter((one) => spoilt.includes(one)) }
  }
  const content = unpack(sound, count)
  if (content === undefined) return { outcome: 'broken' }
  const doubled = present.filter((number) => sound.filter((part) => part.number === number).length > 1)
  return { outcome: 'complete', content, count, doubled }
}

function partsIn(text: string): { parts: Part[]; otherVersion: number | undefined } {
  const written = text.toUpperCase()
  const heads = [...written.matchAll(header)]
  const parts: Part[] = []
  let otherVersion: number | undefined
  for (const [at, head] of heads.entries()) {
    const [all, version, number = '', count = '', whole = '', check, length] = head
    if (Number(version) !== format.version) {
      otherVersion ??= Number(version)
      continue
    }
    const rest = written.slice(head.index + all.length, heads[at + 1]?.index)
    // A text that was broken into lines on its way is put together; what follows its last sign is not its own.
    const part = { number, count, whole, piece: rest.replaceAll(/[\n\r\t]/g, '').slice(0, Number(length)) }
    const numbers = { number: Number(number), count: Number(count) }
    const possible = numbers.number >= 1 && numbers.number <= numbers.count && numbers.count <= codeLimits.codes
    if (!possible) continue
    parts.push({ ...part, ...numbers, sound: partCheck(part) === check })
  }
  return { parts, otherVersion }
}

function unpack(parts: readonly Part[], count: number): Buffer | undefined {
  const pieces = Array.from({ length: count }, (_, at) => parts.find(({ number }) => number === at + 1)?.piece ?? '')
  const packed = fromBase45(pieces.join(''))
  if (packed === undefined || checkOf(packed, 12) !== parts[0]?.whole) return undefined
  try {
    return inflateRawSync(packed, { maxOutputLength: codeLimits.contentBytes })
  } catch {
    return undefined
  }
}

function numbersOf(parts: readonly Part[]): number[] {
  return [...new Set(parts.map(({ number }) => number))].sort((a, b) => a - b)
}

function partCheck({ number, count, whole, piece }: Record<'number' | 'count' | 'whole' | 'piece', string>): string {
  return checkOf([number, count, whole, piece].join(':'), 6)
}

function checkOf(what: string | Buffer, digits: number): string {
  return createHash('sha256').update(what).digest('hex').slice(0, digits).toUpperCase()
}
