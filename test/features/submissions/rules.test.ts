import { createHash, randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newArrivalNumber, readArrivalNumber } from '../../../src/features/submissions/arrival-number.ts'
import {
  canonicalContent,
  canonicalJson,
  contentSha256,
  type SubmissionContent,
} from '../../../src/features/submissions/content.ts'
import { sizeInWords } from '../../../src/features/submissions/file-size.ts'
import { defaultLimits, limitsFor } from '../../../src/features/submissions/limits.ts'

const anyNumber = fc
  .record({ year: fc.integer({ min: 2024, max: 2120 }), draws: fc.array(fc.nat(22), { minLength: 8, maxLength: 8 }) })
  .map(({ year, draws }) => newArrivalNumber(year, () => draws.shift() ?? 0))

describe('arrival numbers (érkeztetési szám)', () => {
  test('carry the year and signs that are not taken for each other', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        expect(number).toMatch(
          /^\d\d-[2346789ACDEFHJKMNPRTWXY]{4}-[2346789ACDEFHJKMNPRTWXY]{4}-[2346789ACDEFHJKMNPRTWXY]$/,
        )
        expect(number.slice(2)).not.toMatch(/[01OQILZSGBUV5]/)
      }),
    )
    expect(newArrivalNumber(2026, () => 0)).toMatch(/^26-2222-2222-/)
  })

  test('are read as people write them', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        for (const written of [
          number,
          number.toLowerCase(),
          number.replaceAll('-', ''),
          ` ${number.replaceAll('-', ' – ')} `,
        ]) {
          expect(readArrivalNumber(written)).toBe(number)
        }
      }),
    )
  })

  test('one wrong sign is found, whichever it is', () => {
    fc.assert(
      fc.property(
        anyNumber,
        fc.nat(13),
        fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
        (number, at, sign) => {
          const place = number[at] === '-' ? at + 1 : at
          fc.pre(number[place] !== sign)
          expect(readArrivalNumber(number.slice(0, place) + sign + number.slice(place + 1))).toBeUndefined()
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('two signs that changed places are found, next to each other or not', () => {
    fc.assert(
      fc.property(anyNumber, fc.nat(10), fc.nat(10), (number, first, second) => {
        const bare = [...number.replaceAll('-', '')]
        const one = bare[first] ?? ''
        const other = bare[second] ?? ''
        fc.pre(one !== other)
        bare[first] = other
        bare[second] = one
        expect(readArrivalNumber(bare.join(''))).toBeUndefined()
      }),
      { numRuns: 2_000 },
    )
  })

  test('whatever somebody types is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        expect(['string', 'undefined']).toContain(typeof readArrivalNumber(typed))
      }),
    )
    expect(readArrivalNumber('')).toBeUndefined()
  })

  test('ten thousand of them are all different', () => {
    const numbers = new Set(Array.from({ length: 10_000 }, () => newArrivalNumber(2026, (below) => randomInt(below))))
    expect(numbers.size).toBe(10_000)
  })
})

describe('the content that is hashed', () => {
  const content: SubmissionContent = {
    settlementCode: '06293',
    formCode: 'altalanos-kerelem',
    formVersion: 1,
    answers: { targy: 'Kátyú', 'sender-name': { given: 'Anna', family: 'Minta' } },
    attachments: [{ fieldId: 'files', name: 'lap.pdf', sizeBytes: 3, sha256: 'ab' }],
  }

  test('is written in one way only', () => {
    expect(canonicalContent(content)).toBe(
      '{"answers":{"sender-name":{"family":"Minta","given":"Anna"},"targy":"Kátyú"},' +
        '"attachments":[{"field":"files","name":"lap.pdf","sha256":"ab","size":3}],' +
        '"form":{"code":"altalanos-kerelem","version":1},"format":"portal-submission/1","settlement":"06293"}',
    )
    expect(contentSha256(content)).toBe(createHash('sha256').update(canonicalContent(content)).digest('hex'))
  })

  test('follows the examples of RFC 8785', () => {
    expect(
      canonicalJson({ numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] }),
    ).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')
    const sorted = canonicalJson({
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Emoji',
      '\u0080': 'Control',
      '\u00f6': 'ö',
    })
    expect([...sorted.matchAll(/":"(\w+|ö)"/g)].map(([, word]) => word)).toEqual([
      'CR',
      'One',
      'Control',
      'ö',
      'Euro',
      'Emoji',
      'Dalet',
    ])
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, '\ud800']) {
      expect(() => canonicalJson(wrong)).toThrow(TypeError)
    }
  })

  test('is the same however keys are ordered and however often it is stored and read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned)).toBe(text)
      }),
    )
  })

  test('another letter, file or version is another fingerprint', () => {
    const others: SubmissionContent[] = [
      { ...content, formVersion: 2 },
      { ...content, settlementCode: '26408' },
      { ...content, answers: { ...content.answers, targy: 'Kátyu' } },
      { ...content, attachments: [] },
      { ...content, attachments: [{ fieldId: 'files', name: 'lap.pdf', sizeBytes: 3, sha256: 'ac' }] },
    ]
    expect(new Set([content, ...others].map(contentSha256)).size).toBe(6)
  })
})

test('limits can be set for a form, a settlement, or both', () => {
  const overrides = [
    { formCode: 'a', attachment: { files: 3 } },
    { settlementId: 7, draft: { days: 30 } },
    { formCode: 'a', settlementId: 7, attachment: { files: 1 } },
  ]
  expect(limitsFor({ formCode: 'b', settlementId: 1 }, overrides)).toEqual(defaultLimits)
  expect(limitsFor({ formCode: 'a', settlementId: 1 }, overrides).attachment.files).toBe(3)
  expect(limitsFor({ formCode: 'a', settlementId: 7 }, overrides)).toMatchObject({
    attachment: { files: 1, fileBytes: 10_485_760 },
    draft: { days: 30 },
  })
})

test('sizes are told as people say them, and never smaller than they are', () => {
  expect(sizeInWords(1, 'hu')).toBe('1\u00A0kB')
  expect(sizeInWords(10_485_760, 'hu')).toBe('10\u00A0MB')
  expect(sizeInWords(10_485_761, 'hu')).toBe('10,1\u00A0MB')
  expect(sizeInWords(1_572_864, 'en')).toBe('1.5\u00A0MB')
})
