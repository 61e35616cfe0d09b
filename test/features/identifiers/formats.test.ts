import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkCompanyRegisterNumber,
  checkEmail,
  checkParcelNumber,
  checkPhone,
  checkStatisticalNumber,
  checkTaj,
  checkTaxId,
  checkTaxNumber,
  groupCompanyRegisterNumber,
  groupPhone,
  groupStatisticalNumber,
  groupTaxNumber,
  liesOutsideBuiltUpArea,
} from '../../../src/features/identifiers/index.ts'

const ok = (value: string) => ({ ok: true, value })
const no = (reason: string) => ({ ok: false, reason })

test.each([
  ['123/4', ok('123/4')],
  ['123/4/A/5', ok('123/4/A/5')],
  ['123/0/a/5', ok('123/0/A/5')],
  ['045/12', ok('045/12')],
  [' 123 / 4 hrsz. ', ok('123/4')],
  ['Hrsz.: 123', ok('123')],
  ['', no('required')],
  ['0', no('format')],
  ['00123', no('format')],
  ['1234567', no('format')],
  ['123/4/5/6', no('format')],
  ['123-4', no('format')],
  ['123/ű', no('format')],
  ['1'.repeat(100_000), no('format')],
])('parcel number „%s”', (typed, verdict) => {
  expect(checkParcelNumber(typed)).toEqual(verdict)
})

test('a leading zero means land outside the built-up area', () => {
  expect(liesOutsideBuiltUpArea('045/12')).toBe(true)
  expect(liesOutsideBuiltUpArea('45/12')).toBe(false)
})

test.each([
  ['01-10-041585', ok('0110041585')],
  ['13 09 123456', ok('1309123456')],
  ['08-06-004321', ok('0806004321')],
  ['01-99-123456', ok('0199123456')],
  ['21-09-123456', no('court')],
  ['00-09-123456', no('court')],
  ['01-09-12345', no('format')],
  ['', no('required')],
])('company register number „%s”', (typed, verdict) => {
  expect(checkCompanyRegisterNumber(typed)).toEqual(verdict)
})

test.each([
  ['99746746-4711-113-01', ok('99746746471111301')],
  ['99661814-6201-113-13', ok('99661814620111313')],
  ['99311894-5610-117-08', ok('99311894561011708')],
  ['99746747-4711-113-01', no('check-digit')],
  ['99746746-4711-113-21', no('county')],
  ['99746746-4711-113-1', no('format')],
  ['', no('required')],
])('statistical number „%s”', (typed, verdict) => {
  expect(checkStatisticalNumber(typed)).toEqual(verdict)
})

test.each([
  ['+36 30 123 4567', ok('+36301234567')],
  ['06 (30) 123-45-67', ok('+36301234567')],
  ['06/1/234-5678', ok('+3612345678')],
  ['0036 29 123 456', ok('+3629123456')],
  ['+43 1 58858', ok('+43158858')],
  ['+1 415 555 2671', ok('+14155552671')],
  ['30 123 4567', no('prefix')],
  ['36301234567', no('prefix')],
  ['+36 30 123', no('length')],
  ['+36 30 123 4567 8', no('length')],
  ['telefon', no('format')],
  ['+36 30 12O 4567', no('format')],
  ['', no('required')],
])('telephone „%s”', (typed, verdict) => {
  expect(checkPhone(typed)).toEqual(verdict)
})

test.each([
  ['anna@pelda.hu', ok('anna@pelda.hu')],
  [' Anna.Minta+ado@PELDA.hu ', ok('Anna.Minta+ado@pelda.hu')],
  ['anna@al.domain.pelda.hu', ok('anna@al.domain.pelda.hu')],
  ['', no('required')],
  ['anna', no('format')],
  ['anna@pelda', no('format')],
  ['anna@@pelda.hu', no('format')],
  ['anna@pelda..hu', no('format')],
  ['.anna@pelda.hu', no('format')],
  ['an na@pelda.hu', no('format')],
  ['anna@pelda.123', no('format')],
  ['anna@-pelda.hu', no('format')],
  ['ánna@pelda.hu', no('accent')],
  [`${'a'.repeat(65)}@pelda.hu`, no('format')],
])('e-mail „%s”', (typed, verdict) => {
  expect(checkEmail(typed)).toEqual(verdict)
})

test('grouping is undone by reading', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
  fc.assert(
    fc.property(digits(11), digits(10), digits(17), (eleven, ten, seventeen) => {
      expect(groupTaxNumber(eleven).replaceAll('-', '')).toBe(eleven)
      expect(groupCompanyRegisterNumber(ten).replaceAll('-', '')).toBe(ten)
      expect(groupStatisticalNumber(seventeen).replaceAll('-', '')).toBe(seventeen)
    }),
  )
  expect(groupPhone('+36301234567')).toBe('+36 30 123 4567')
  expect(groupPhone('+3612345678')).toBe('+36 1 234 5678')
  expect(groupPhone('+3629123456')).toBe('+36 29 123 456')
  expect(groupPhone('+43158858')).toBe('+43158858')
})

const checks = {
  taxId: (typed: string) => checkTaxId(typed, '2026-11-22'),
  taxNumber: checkTaxNumber,
  taj: checkTaj,
  parcel: checkParcelNumber,
  company: checkCompanyRegisterNumber,
  statistical: checkStatisticalNumber,
  phone: checkPhone,
  email: checkEmail,
}

describe.each(Object.entries(checks))('%s', (_name, check) => {
  test('reading a canonical value again gives the same value', () => {
    const likely = fc.stringMatching(/^[0-9+/ @.A-Za-z-]{0,24}$/)
    fc.assert(
      fc.property(fc.oneof(likely, fc.string({ unit: 'binary', maxLength: 40 })), (typed) => {
        const verdict = check(typed)
        if (verdict.ok) expect(check(verdict.value)).toEqual(verdict)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['digits', '8'.repeat(1_000_000)],
    ['spaces', ' '.repeat(1_000_000)],
    ['separators', '1-'.repeat(500_000)],
    ['slashes', '1/'.repeat(500_000)],
    ['dots', `a@${'a.'.repeat(500_000)}`],
  ])('a million %s are refused; were each weighed against each, no test would wait for it', (_kind, typed) => {
    expect(check(typed).ok).toBe(false)
  })
})
