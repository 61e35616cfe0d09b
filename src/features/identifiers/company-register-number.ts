import { type Verdict, withoutSeparators } from './verdict.ts'

/**
 * Company register number (cégjegyzékszám) `CC-FF-NNNNNN`: court, legal form, serial. It has no check digit; the legal form is
 * not checked, since the list of forms grows.
 */
export function checkCompanyRegisterNumber(typed: string): Verdict<'required' | 'format' | 'court'> {
  const bare = withoutSeparators(typed)
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined || !/^[0-9]{10}$/.test(bare)) return { ok: false, reason: 'format' }
  const court = Number(bare.slice(0, 2))
  return court >= 1 && court <= 20 ? { ok: true, value: bare } : { ok: false, reason: 'court' }
}

/** `01-10-041585` */
export function groupCompanyRegisterNumber(number: string): string {
  return `${number.slice(0, 2)}-${number.slice(2, 4)}-${number.slice(4)}`
}
