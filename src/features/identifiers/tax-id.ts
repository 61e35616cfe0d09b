import { looksLikeTaj, looksLikeTaxNumber, taxIdRemainder } from './check-digits.ts'
import { type Verdict, withoutSeparators } from './verdict.ts'

export type TaxIdFault =
  | 'required'
  | 'not-digits'
  | 'length'
  | 'looks-like-tax-number'
  | 'looks-like-taj'
  | 'prefix'
  | 'remainder-10'
  | 'check-digit'
  | 'future-birth-date'

/**
 * A person's tax id (adóazonosító jel): 8, five digits of the birth date, three of the serial, a check digit.
 * It proves only that it was typed right.
 *
 * @param today calendar day, YYYY-MM-DD; nobody with a tax id is born later
 * Source: 1996. évi XX. törvény, melléklet
 */
export function checkTaxId(typed: string, today: string): Verdict<TaxIdFault> {
  const bare = withoutSeparators(typed)
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined) return { ok: false, reason: 'length' }
  if (!/^[0-9]+$/.test(bare)) return { ok: false, reason: 'not-digits' }
  if (looksLikeTaxNumber(bare)) return { ok: false, reason: 'looks-like-tax-number' }
  if (looksLikeTaj(bare)) return { ok: false, reason: 'looks-like-taj' }
  if (bare.length !== 10) return { ok: false, reason: 'length' }
  if (!bare.startsWith('8')) return { ok: false, reason: 'prefix' }
  if (taxIdRemainder(bare) === 10) return { ok: false, reason: 'remainder-10' }
  if (taxIdRemainder(bare) !== Number(bare.charAt(9))) return { ok: false, reason: 'check-digit' }
  if (birthDateInTaxId(bare) > today) return { ok: false, reason: 'future-birth-date' }
  return { ok: true, value: bare }
}

/** The birth date a tax id carries, YYYY-MM-DD: days counted from 1867-01-01. */
export function birthDateInTaxId(taxId: string): string {
  return new Date(Date.UTC(1867, 0, 1 + Number(taxId.slice(1, 6)))).toISOString().slice(0, 10)
}
