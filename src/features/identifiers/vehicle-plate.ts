import { type Verdict, withoutSeparators } from './verdict.ts'

export type VehiclePlateFault = 'required' | 'format' | 'accent'

/**
 * A number plate (forgalmi rendszám): of the old kind, `ABC-123` (chosen by its owner: `ABCD-12`, `ABCDE-1`), or the new one,
 * `AB CD-123`, given out since July 2022. Letters may be small, separators missing.
 */
export function checkVehiclePlate(typed: string): Verdict<VehiclePlateFault> {
  const bare = withoutSeparators(typed)?.toUpperCase()
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined) return { ok: false, reason: 'format' }
  const [, letters, digits] = /^([A-Z]{3,5})([0-9]{1,3})$/.exec(bare) ?? []
  if (letters === undefined || digits === undefined) {
    return { ok: false, reason: /^[\p{L}]{3,5}[0-9]{1,3}$/u.test(bare) ? 'accent' : 'format' }
  }
  if (letters.length === 4 && digits.length === 3) {
    return { ok: true, value: `${letters.slice(0, 2)} ${letters.slice(2)}-${digits}` }
  }
  return letters.length + digits.length === 6
    ? { ok: true, value: `${letters}-${digits}` }
    : { ok: false, reason: 'format' }
}
