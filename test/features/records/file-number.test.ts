import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFileNumber, parseFileNumber } from '../../../src/features/records/file-number.ts'

const fileNumber = fc.record({
  prefix: fc
    .array(fc.constantFrom(...'ABCÁÉÖŐÜŰabcáéőű012'), { minLength: 1, maxLength: 12 })
    .map((letters) => letters.join('')),
  mainNumber: fc.integer({ min: 1, max: 999_999_999 }),
  subNumber: fc.integer({ min: 1, max: 999_999 }),
  year: fc.integer({ min: 1990, max: 2199 }),
})

test('a file number is written as prefix, main number, subnumber and year', () => {
  expect(formatFileNumber({ prefix: 'Szk', mainNumber: 805, subNumber: 5, year: 2018 })).toBe('Szk/805-5/2018')
})

test('every file number reads back as itself', () => {
  fc.assert(
    fc.property(fileNumber, (number) => {
      expect(parseFileNumber(formatFileNumber(number))).toEqual(number)
    }),
  )
})

test('two different file numbers are never written alike', () => {
  fc.assert(
    fc.property(fileNumber, fileNumber, (one, other) => {
      const same = Object.entries(one).every(([key, value]) => other[key as keyof typeof other] === value)
      expect(formatFileNumber(one) === formatFileNumber(other)).toBe(same)
    }),
  )
})

test.each([
  [' ujh / 12 - 1 / 2026 ', { prefix: 'ujh', mainNumber: 12, subNumber: 1, year: 2026 }],
  ['UJH/12–3/2026', { prefix: 'UJH', mainNumber: 12, subNumber: 3, year: 2026 }],
  ['UJH/12/2026', { prefix: 'UJH', mainNumber: 12, subNumber: 1, year: 2026 }],
])('people may type %j', (typed, meant) => {
  expect(parseFileNumber(typed)).toEqual(meant)
})

test.each([
  '',
  'UJH',
  'UJH/12-1',
  'UJH/0-1/2026',
  'UJH/12-0/2026',
  'UJH/012-1/2026',
  'UJH/12-1/26',
  'UJH/12-1/1850',
  'U H/12-1/2026/1',
  'UJH/1e3-1/2026',
  'UJH/٣-1/2026',
  'UJH/-12-1/2026',
  `${'U'.repeat(13)}/1-1/2026`,
  `UJH/${'1'.repeat(200)}-1/2026`,
])('%j is no file number', (typed) => {
  expect(parseFileNumber(typed)).toBeUndefined()
})

test('no text makes reading fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (typed) => {
      const number = parseFileNumber(typed)
      if (number) expect(parseFileNumber(formatFileNumber(number))).toEqual(number)
    }),
  )
})
