import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { birthDateInTaxId, checkTaj, checkTaxId, checkTaxNumber } from '../../../src/features/identifiers/index.ts'

const today = '2026-11-22'

type Kind = 'adoazonosito_jel' | 'adoszam' | 'taj'
const check = {
  adoazonosito_jel: (typed: string) => checkTaxId(typed, today),
  adoszam: checkTaxNumber,
  taj: checkTaj,
}

/** The table's reason codes in our own words. Where its code is WRONG_KIND we say which kind it looks like. */
const reasons: Record<string, readonly string[]> = {
  CHECK_DIGIT: ['check-digit'],
  PREFIX: ['prefix'],
  REMAINDER_10: ['remainder-10'],
  LENGTH: ['length'],
  NOT_DIGITS: ['not-digits'],
  REQUIRED: ['required'],
  FUTURE_BIRTH_DATE: ['future-birth-date'],
  WRONG_KIND: ['looks-like-tax-number', 'looks-like-taj', 'looks-like-tax-id'],
  VAT_CODE: ['vat-code'],
  AREA_CODE: ['area-code'],
  FORMAT: ['format'],
  ALL_ZERO: ['all-zero'],
}

const examples = readFileSync(new URL('taxpayer-id-examples.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [kind = '', value = '', valid = '', reason = ''] = line.split(',')
    return { kind: kind as Kind, value, valid: valid === 'true', reason }
  })

test('the table of examples is whole', () => {
  expect(examples.length).toBe(80)
  expect(examples.filter((example) => example.valid).length).toBe(40)
})

describe.each(examples)('$kind „$value”', ({ kind, value, valid, reason }) => {
  test(valid ? 'is right' : `is refused: ${reason}`, () => {
    const verdict = check[kind](value)
    expect(verdict.ok).toBe(valid)
    if (verdict.ok) expect(verdict.value).toBe(value.replace(/[ -]/g, ''))
    else expect(reasons[reason]).toContain(verdict.reason)
  })
})

const right = (kind: Kind) => examples.filter((example) => example.valid && example.kind === kind)
const separators = fc.constantFrom('', ' ', '-', '\u00a0', '\u2013', '\u202f')

describe.each(['adoazonosito_jel', 'adoszam', 'taj'] as const)('any %s', (kind) => {
  const anyRight = fc.constantFrom(...right(kind)).map((example) => example.value.replace(/[ -]/g, ''))

  test('reads the same however its digits are grouped', () => {
    fc.assert(
      fc.property(anyRight, fc.array(separators, { minLength: 11, maxLength: 11 }), (number, between) => {
        const typed = Array.from(number, (digit, position) => digit + (between[position] ?? '')).join('')
        expect(check[kind](typed)).toEqual({ ok: true, value: number })
      }),
    )
  })

  test('with one checked digit mistyped is never taken for right', () => {
    // The last three digits of a tax number carry no check, the area code is only a list.
    const checked = kind === 'adoszam' ? 8 : 99
    fc.assert(
      fc.property(anyRight, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, where, shift) => {
        const position = where % Math.min(checked, number.length)
        const mistyped = (Number(number.charAt(position)) + shift) % 10
        const typed = number.slice(0, position) + String(mistyped) + number.slice(position + 1)
        expect(check[kind](typed).ok).toBe(false)
      }),
    )
  })

  test('written with digits of another script is refused', () => {
    fc.assert(
      fc.property(anyRight, (number) => {
        const typed = Array.from(number, (digit) => String.fromCodePoint(0x0660 + Number(digit))).join('')
        expect(check[kind](typed).ok).toBe(false)
      }),
    )
  })
})

test.each([
  ['8300439994', '1949-04-04'],
  ['8328029901', '1956-10-23'],
  ['8474819946', '1996-12-31'],
  ['8504779955', '2005-03-15'],
  ['8000009900', '1867-01-01'],
])('%s carries the birth date %s', (taxId, birthDate) => {
  expect(birthDateInTaxId(taxId)).toBe(birthDate)
})

test('a tax id is right from the day of birth on, not the day before', () => {
  expect(checkTaxId('8504779955', '2005-03-15').ok).toBe(true)
  expect(checkTaxId('8504779955', '2005-03-14')).toEqual({ ok: false, reason: 'future-birth-date' })
})

test('a tax number typed for a tax id is named as what it is, and the other way round', () => {
  expect(checkTaxId('99746746-2-42', today)).toEqual({ ok: false, reason: 'looks-like-tax-number' })
  expect(checkTaxId('995220892', today)).toEqual({ ok: false, reason: 'looks-like-taj' })
  expect(checkTaxNumber('8300439994')).toEqual({ ok: false, reason: 'looks-like-tax-id' })
})
