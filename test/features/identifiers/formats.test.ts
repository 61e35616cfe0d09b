import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkBankAccount,
  checkCompanyRegisterNumber,
  checkEmail,
  checkParcelNumber,
  checkPhone,
  checkStatisticalNumber,
  checkTaj,
  checkTaxId,
  checkTaxNumber,
  checkVehiclePlate,
  groupBankAccount,
  groupCompanyRegisterNumber,
  groupPhone,
  groupStatisticalNumber,
  groupTaj,
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

describe('a bank account', () => {
  test.each([
    ['99900016-12345676', ok('99900016-12345676')],
    ['99900016 12345676 00000000', ok('99900016-12345676')],
    ['999010249974674603540000', ok('99901024-99746746-03540000')],
    ['99902032-99746746-02820000', ok('99902032-99746746-02820000')],
    ['11773016-11111018', ok('11773016-11111018')],
    ['HU15 9990 0016 1234 5676 0000 0000', ok('99900016-12345676')],
    ['hu70999010249974674603540000', ok('99901024-99746746-03540000')],
    ['DE89 3704 0044 0532 0130 00', ok('DE89370400440532013000')],
    ['GB29 NWBK 6016 1331 9268 19', ok('GB29NWBK60161331926819')],
    ['', no('required')],
    ['99900016', no('length')],
    ['99900016-1234567', no('length')],
    ['9990001612345676000000001', no('length')],
    ['99900017-12345676', no('bank-check-digit')],
    ['99900016-12345677', no('account-check-digit')],
    ['99901024-99746746-03540001', no('account-check-digit')],
    ['00000000-00000000', no('all-zero')],
    ['99900016-00000000-00000000', no('all-zero')],
    ['HU16 9990 0016 1234 5676 0000 0000', no('iban-check-digits')],
    ['HU15 9990 0016 1234 5676', no('iban-length')],
    ['DE89 3704 0044 0532 0130 01', no('iban-check-digits')],
    ['DE89', no('iban-length')],
    ['99900016/12345676', no('format')],
    ['számlaszám', no('format')],
    ['1'.repeat(100_000), no('length')],
  ])('„%s”', (typed, verdict) => {
    expect(checkBankAccount(typed)).toEqual(verdict)
  })

  test('that is right as an IBAN may still be none inside', () => {
    // the check digits of HU over an account whose own check digit is wrong
    expect(checkBankAccount('HU87 9990 0017 1234 5676 0000 0000')).toEqual(no('bank-check-digit'))
  })

  test('with one digit mistyped is never taken', () => {
    const position = fc.integer({ min: 0, max: 15 })
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = Array.from('9990001612345676', Number)
        digits[at] = ((digits[at] ?? 0) + by) % 10
        expect(checkBankAccount(digits.join('')).ok).toBe(false)
      }),
    )
  })

  test('is shown in eights, an IBAN in fours, and read again as it is shown', () => {
    expect(groupBankAccount('99900016-12345676')).toBe('99900016-12345676')
    expect(groupBankAccount('DE89370400440532013000')).toBe('DE89 3704 0044 0532 0130 00')
    expect(checkBankAccount(groupBankAccount('DE89370400440532013000'))).toEqual(ok('DE89370400440532013000'))
  })
})

test.each([
  ['abc-123', ok('ABC-123')],
  ['ABC 123', ok('ABC-123')],
  ['ABC123', ok('ABC-123')],
  ['aabc123', ok('AA BC-123')],
  ['AA BC-123', ok('AA BC-123')],
  ['ABCD-12', ok('ABCD-12')],
  ['abcde1', ok('ABCDE-1')],
  ['', no('required')],
  ['AB-1234', no('format')],
  ['ABC-12', no('format')],
  ['ABCDE-123', no('format')],
  ['123-ABC', no('format')],
  ['ÁBC-123', no('accent')],
  ['A'.repeat(100_000), no('format')],
])('number plate „%s”', (typed, verdict) => {
  expect(checkVehiclePlate(typed)).toEqual(verdict)
})

test('a social security number is shown in threes', () => {
  expect(groupTaj('995220892')).toBe('995 220 892')
  expect(checkTaj(groupTaj('995220892'))).toEqual(ok('995220892'))
})
