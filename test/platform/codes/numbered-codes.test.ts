import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase45, toBase45 } from '../../../src/platform/codes/base45.ts'
import { type CodesRead, codeLimits, readCodes, writeCodes } from '../../../src/platform/codes/numbered-codes.ts'

const contents = fc.uint8Array({ maxLength: 9_000 }).map((bytes) => Buffer.from(bytes))
/** Random bytes do not pack: so many codes are needed. */
const ofSeveralCodes = fc
  .uint8Array({ minLength: 1_500, maxLength: 6_000 })
  .map((bytes) => Buffer.from(scattered(bytes)))

function scattered(seed: Uint8Array): Buffer {
  const blocks = Array.from({ length: Math.ceil(seed.length / 32) }, (_, at) =>
    createHash('sha256').update(seed).update(String(at)).digest(),
  )
  return Buffer.concat(blocks).subarray(0, seed.length)
}

function written(content: Buffer): string[] {
  const codes = writeCodes(content)
  if (codes === undefined) throw new Error('too long for the test')
  return codes
}

function contentOf(read: CodesRead): Buffer | string {
  return read.outcome === 'complete' ? read.content : read.outcome
}

describe('base45', () => {
  // the examples of RFC 9285, 4.3 and 4.4
  test.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('%s is written as %s', (text, signs) => {
    expect(toBase45(Buffer.from(text))).toBe(signs)
    expect(fromBase45(signs)?.toString()).toBe(text)
  })

  test('any bytes come back', () => {
    fc.assert(
      fc.property(contents, (bytes) => {
        expect(fromBase45(toBase45(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['A', 'GGW', ':::', '::', 'a00', 'Á00', '0000'])('nothing is written as %s', (signs) => {
    expect(fromBase45(signs)).toBeUndefined()
  })
})

describe('numbered codes', () => {
  test('whatever is written comes back, in any order, doubled, broken into lines and with other things between', () => {
    fc.assert(
      fc.property(contents, fc.infiniteStream(fc.nat(1_000)), fc.boolean(), (content, numbers, lines) => {
        const codes = written(content)
        const shuffled = [...codes, ...codes.filter((_, at) => at % 2 === 0)]
          .map((code) => ({ code, at: numbers.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ code }) => (lines ? code.replaceAll(/.{76}/g, '$&\n') : code))
        const read = readCodes(`valami: OHP ${shuffled.join('\nhttps://example.hu/OHP1:x ')} vége`)
        expect(contentOf(read)).toEqual(content)
        if (read.outcome !== 'complete') return
        expect(read.count).toBe(codes.length)
        expect(read.doubled).toEqual(codes.flatMap((_, at) => (at % 2 === 0 ? [at + 1] : [])))
      }),
    )
  })

  test('every code fits, in signs of the alphanumeric mode only, and edges that no program trims', () => {
    fc.assert(
      fc.property(contents, (content) => {
        for (const code of written(content)) {
          expect(code).toMatch(/^[0-9A-Z $%*+\-./:]+$/)
          expect(code.trim()).toBe(code)
          expect(code.length).toBeLessThan(codeLimits.signs + 50)
        }
      }),
    )
  })

  test('missing codes are named', () => {
    fc.assert(
      fc.property(ofSeveralCodes, fc.nat(), (content, choice) => {
        const codes = written(content)
        const gone = choice % codes.length
        expect(readCodes(codes.filter((_, at) => at !== gone).join('\n'))).toEqual({
          outcome: 'incomplete',
          count: codes.length,
          present: codes.flatMap((_, at) => (at === gone ? [] : [at + 1])),
          missing: [gone + 1],
          damaged: [],
        })
      }),
    )
  })

  test('a code that was damaged is named, and is none when the same came whole as well', () => {
    fc.assert(
      fc.property(ofSeveralCodes, fc.nat(), fc.nat(), (content, choice, place) => {
        const codes = written(content)
        const which = choice % codes.length
        const code = codes[which] ?? ''
        const from = code.length - 200
        const at = from + (place % 198)
        const spoilt = `${code.slice(0, at)}${code[at] === 'A' ? 'B' : 'A'}${code.slice(at + 1)}`
        const others = codes.filter((_, position) => position !== which)
        expect(readCodes([...others, spoilt].join('\n'))).toMatchObject({
          outcome: 'incomplete',
          missing: [which + 1],
          damaged: [which + 1],
        })
        expect(contentOf(readCodes([spoilt, ...codes].join('\n')))).toEqual(content)
      }),
    )
  })

  test('codes of two papers are told apart', () => {
    fc.assert(
      fc.property(ofSeveralCodes, ofSeveralCodes, (one, other) => {
        fc.pre(!one.equals(other))
        const ones = written(one)
        const others = written(other).slice(1)
        const read = readCodes([...ones, ...others].join('\n'))
        if (others.length === 0) expect(read.outcome).toBe('complete')
        else {
          expect(read).toMatchObject({ outcome: 'mixed' })
          expect(read.outcome === 'mixed' && read.papers.map(({ present }) => present)).toEqual([
            ones.map((_, at) => at + 1),
            others.map((_, at) => at + 2),
          ])
        }
      }),
    )
  })

  test('whatever somebody types is answered, and nothing is thrown', () => {
    const [code = ''] = written(Buffer.from('{}'))
    const pieces = fc.constantFrom(
      code,
      code.slice(0, 30),
      'OHP1:',
      'OHP1:1:1:',
      ':',
      '0:0',
      '\n',
      ' ',
      'Ő',
      'AAAAAAAAAAAA',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (texts) => {
        expect(readCodes(texts.join('')).outcome).toMatch(/^(complete|none|unknown-version|mixed|incomplete|broken)$/)
      }),
    )
  })

  test('what is no code of ours is none, and one of another format is known by its number', () => {
    const [code = ''] = written(Buffer.from('{}'))
    expect(readCodes('')).toEqual({ outcome: 'none' })
    expect(readCodes('https://example.hu/')).toEqual({ outcome: 'none' })
    expect(readCodes(code.replace('OHP1', 'OHP2'))).toEqual({ outcome: 'unknown-version', version: 2 })
    expect(readCodes(code.replace('OHP1:1:1', 'OHP1:2:1'))).toEqual({ outcome: 'none' })
    expect(readCodes(code.replace('OHP1:1:1', 'OHP1:1:99'))).toEqual({ outcome: 'none' })
    expect(readCodes(code.replace('OHP1:1:1', 'OHP1:0:1'))).toEqual({ outcome: 'none' })
  })

  test('what unpacks to more than any form holds is not unpacked', () => {
    const bomb = deflateRawSync(Buffer.alloc(codeLimits.contentBytes + 1), { level: 9 })
    expect(readCodes(forged(bomb))).toEqual({ outcome: 'broken' })
    expect(readCodes(forged(deflateRawSync(Buffer.alloc(codeLimits.contentBytes))))).toMatchObject({
      outcome: 'complete',
    })
    expect(readCodes(forged(Buffer.from('this is not packed')))).toEqual({ outcome: 'broken' })
  })

  test('codes that are each sound and are not the whole they name make nothing', () => {
    const packed = deflateRawSync(Buffer.from('{}'))
    expect(readCodes(forged(packed))).toMatchObject({ outcome: 'complete' })
    expect(readCodes(forged(packed, deflateRawSync(Buffer.from('[]'))))).toEqual({ outcome: 'broken' })
  })

  test('what is more than paper takes is not written', () => {
    const most = Math.floor((codeLimits.codes * codeLimits.signs) / 1.5)
    expect(writeCodes(scattered(Buffer.alloc(most + 200)))).toBeUndefined()
    expect(writeCodes(Buffer.alloc(codeLimits.contentBytes + 1))).toBeUndefined()
    expect(writeCodes(scattered(Buffer.alloc(most - 200)))).toHaveLength(codeLimits.codes)
  })
})

/** Codes as somebody else may make them: each is sound by itself, and names a whole, which need not be its own. */
function forged(packed: Buffer, named = packed): string {
  const check = (what: string | Buffer, digits: number) =>
    createHash('sha256').update(what).digest('hex').slice(0, digits).toUpperCase()
  const text = toBase45(packed)
  const size = 860
  const count = Math.ceil(text.length / size)
  return Array.from({ length: count }, (_, at) => {
    const piece = text.slice(at * size, (at + 1) * size)
    const head = `${String(at + 1)}:${String(count)}:${check(named, 12)}`
    return `OHP1:${head}:${check(`${head}:${piece}`, 6)}:${String(piece.length)}:${piece}:`
  }).join('\n')
}
