import { isBaseNumber } from './check-digits.ts'
import { type Verdict, withoutSeparators } from './verdict.ts'

/**
 * Statistical number (statisztikai számjel) `12345678-1234-123-12`: base number, activity class, legal form, county.
 */
export function checkStatisticalNumber(typed: string): Verdict<'required' | 'format' | 'check-digit' | 'county'> {
  const bare = withoutSeparators(typed)
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined || !/^[0-9]{17}$/.test(bare)) return { ok: false, reason: 'format' }
  if (!isBaseNumber(bare.slice(0, 8))) return { ok: false, reason: 'check-digit' }
  const county = Number(bare.slice(15))
  return county >= 1 && county <= 20 ? { ok: true, value: bare } : { ok: false, reason: 'county' }
}

/** `99746746-4711-113-01` */
export function groupStatisticalNumber(number: string): string {
  return `${number.slice(0, 8)}-${number.slice(8, 12)}-${number.slice(12, 15)}-${number.slice(15)}`
}
