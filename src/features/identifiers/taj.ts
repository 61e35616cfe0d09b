import { looksLikeTaxId, tajCheckDigit } from './check-digits.ts'
import { type Verdict, withoutSeparators } from './verdict.ts'

export type TajFault = 'required' | 'not-digits' | 'looks-like-tax-id' | 'length' | 'all-zero' | 'check-digit'

/**
 * Social security number (TAJ-szám): nine digits, the last one checking the others. Asked for only in welfare matters.
 *
 * Source: 1996. évi XX. törvény, melléklet
 */
export function checkTaj(typed: string): Verdict<TajFault> {
  const bare = withoutSeparators(typed)
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined) return { ok: false, reason: 'length' }
  if (!/^[0-9]+$/.test(bare)) return { ok: false, reason: 'not-digits' }
  if (looksLikeTaxId(bare)) return { ok: false, reason: 'looks-like-tax-id' }
  if (bare.length !== 9) return { ok: false, reason: 'length' }
  if (bare === '000000000') return { ok: false, reason: 'all-zero' }
  if (tajCheckDigit(bare) !== Number(bare.charAt(8))) return { ok: false, reason: 'check-digit' }
  return { ok: true, value: bare }
}

/** `123 456 788` */
export function groupTaj(taj: string): string {
  return `${taj.slice(0, 3)} ${taj.slice(3, 6)} ${taj.slice(6)}`
}
