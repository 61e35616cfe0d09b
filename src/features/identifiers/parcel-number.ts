import type { Verdict } from './verdict.ts'

const longestTyped = 40

/**
 * Parcel number (helyrajzi szám): `123/4`, with a flat `123/4/A/5`; a leading 0 marks land outside the built-up area (külterület).
 * The abbreviation „hrsz.” after or before it is what people copy from their papers.
 */
export function checkParcelNumber(typed: string): Verdict<'required' | 'format'> {
  if (typed.length > longestTyped) return { ok: false, reason: 'format' }
  const bare = typed
    .toUpperCase()
    .replace(/\s/gu, '')
    .replace(/^HRSZ[.:]*/u, '')
    .replace(/HRSZ\.?$/u, '')
    .replace(/\.$/u, '')
  if (bare === '') return { ok: false, reason: 'required' }
  const right = /^0?[1-9][0-9]{0,5}(?:\/[0-9]{1,4}){0,2}(?:\/[A-Z](?:\/[0-9]{1,4})?)?$/.test(bare)
  return right ? { ok: true, value: bare } : { ok: false, reason: 'format' }
}

/** Whether a canonical parcel number is one of land outside the built-up area. */
export function liesOutsideBuiltUpArea(parcelNumber: string): boolean {
  return parcelNumber.startsWith('0')
}
