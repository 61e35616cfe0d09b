import { ibanRemainder, isCheckedByEights } from './check-digits.ts'
import { type Verdict, withoutSeparators } from './verdict.ts'

export type BankAccountFault =
  | 'required'
  | 'format'
  | 'length'
  | 'all-zero'
  | 'bank-check-digit'
  | 'account-check-digit'
  | 'iban-length'
  | 'iban-check-digits'

/**
 * A payment account (pénzforgalmi jelzőszám, GIRO): bank and branch with a check digit (8 digits), account with a check digit (8 or
 * 16 digits); or an IBAN. Written either way, a Hungarian account is the same one: eight zeros at its end say nothing.
 *
 * @returns canonical `12345678-12345678` or `12345678-12345678-12345678`, for accounts abroad the IBAN without spaces
 * Source: ISO 13616 for the IBAN
 */
export function checkBankAccount(typed: string): Verdict<BankAccountFault> {
  const bare = withoutSeparators(typed)?.toUpperCase()
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined) return { ok: false, reason: 'length' }
  if (/^[A-Z]{2}[0-9]{2}/.test(bare)) return checkIban(bare)
  return /^[0-9]+$/.test(bare) ? checkGiro(bare) : { ok: false, reason: 'format' }
}

function checkIban(iban: string): Verdict<BankAccountFault> {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]*$/.test(iban)) return { ok: false, reason: 'format' }
  const isHungarian = iban.startsWith('HU')
  if (isHungarian ? iban.length !== 28 : iban.length < 15 || iban.length > 34)
    return { ok: false, reason: 'iban-length' }
  if (ibanRemainder(iban) !== 1) return { ok: false, reason: 'iban-check-digits' }
  if (!isHungarian) return { ok: true, value: iban }
  // Right as an IBAN, it may still hold a number that is no account.
  return /^[0-9]+$/.test(iban.slice(4)) ? checkGiro(iban.slice(4)) : { ok: false, reason: 'format' }
}

function checkGiro(digits: string): Verdict<BankAccountFault> {
  if (digits.length !== 16 && digits.length !== 24) return { ok: false, reason: 'length' }
  const account = digits.slice(8)
  if (/^0+$/.test(digits.slice(0, 8)) || /^0+$/.test(account)) return { ok: false, reason: 'all-zero' }
  if (!isCheckedByEights(digits.slice(0, 8))) return { ok: false, reason: 'bank-check-digit' }
  if (!isCheckedByEights(account)) return { ok: false, reason: 'account-check-digit' }
  const eights = [digits.slice(0, 8), digits.slice(8, 16), digits.slice(16)]
  return { ok: true, value: eights.filter((eight, place) => place < 2 || /[1-9]/.test(eight)).join('-') }
}

/**
 * The IBAN of a Hungarian payment account written either way: HU, two check digits, 24 digits.
 *
 * @returns undefined for what is no payment account, and for accounts abroad
 */
export function hungarianIban(account: string): string | undefined {
  const checked = checkBankAccount(account)
  if (!checked.ok || /^[A-Z]/.test(checked.value)) return undefined
  const digits = checked.value.replaceAll('-', '').padEnd(24, '0')
  return `HU${String(98 - ibanRemainder(`HU00${digits}`)).padStart(2, '0')}${digits}`
}

/** An IBAN in fours, as on bank statements; a Hungarian account stays in eights. */
export function groupBankAccount(account: string): string {
  return /^[A-Z]/.test(account) ? (account.match(/.{1,4}/g) ?? []).join(' ') : account
}
