import { type FieldErrors, hasControlCharacters, type Posted } from '../../platform/http/posted-form.ts'
import { type DayParts, type LocalFee, type LocalTerms, readTypedDecimal, readTypedParts } from '../forms/index.ts'

/** In characters, forints and days. */
export const termLimits = { contact: 200, note: 300, feeHuf: 10_000_000 }

/** What was typed, as it was typed. */
export interface TypedTerms {
  contact: string
  fee: string
  note: string
  noteInEnglish: string
  from: DayParts
  to: DayParts
  days: string
}

/** The names of the fields are their ids on the page. */
export function typedTerms(posted: Posted): TypedTerms {
  const line = (name: string) => {
    const value = posted[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const parts = (name: string) => ({
    year: line(`${name}.year`),
    month: line(`${name}.month`),
    day: line(`${name}.day`),
  })
  return {
    contact: line('kapcsolat'),
    fee: line('dij')
      .replace(/ft\.?$/i, '')
      .trim(),
    note: line('dij-megjegyzes'),
    noteInEnglish: line('dij-megjegyzes-en'),
    from: parts('dij-tol'),
    to: parts('dij-ig'),
    days: line('hatarido'),
  }
}

/**
 * The settlement's own terms as an administrator types them; empty fields mean that the form's own hold.
 *
 * @param centralDays a local decree can only shorten what the law allows the office (Ákr. 50. §)
 * @returns errors as catalogue keys by field
 */
export function readLocalTerms(
  typed: TypedTerms,
  centralDays: number,
): { ok: true; value: LocalTerms } | { ok: false; errors: FieldErrors } {
  const errors: FieldErrors = {}
  const words = (field: string, text: string, limit: number) => {
    if ([...text].length > limit) errors[field] = 'clerk-office.forms.errors.too-long'
    else if (hasControlCharacters(text)) errors[field] = 'clerk-office.errors.control-characters'
  }
  words('kapcsolat', typed.contact, termLimits.contact)
  words('dij-megjegyzes', typed.note, termLimits.note)
  words('dij-megjegyzes-en', typed.noteInEnglish, termLimits.note)
  const fee = readFee(typed, errors)
  const deadlineDays = typed.days === '' ? null : Number(typed.days)
  if (deadlineDays !== null && (!/^[1-9][0-9]{0,3}$/.test(typed.days) || deadlineDays > centralDays)) {
    errors['hatarido'] = 'clerk-office.forms.errors.days'
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors }
  return { ok: true, value: { contact: typed.contact || null, fee, deadlineDays } }
}

function readFee(typed: TypedTerms, errors: FieldErrors): LocalFee | null {
  const { fee, note, noteInEnglish, from, to } = typed
  const validTo = readTypedParts(to)
  if (fee === '') {
    const rest = [note, noteInEnglish, ...[from, to].flatMap(({ year, month, day }) => [year, month, day])]
    if (rest.some((text) => text !== '')) errors['dij'] = 'clerk-office.forms.errors.fee-missing'
    return null
  }
  const amount = readTypedDecimal(fee, 0)
  const amountHuf = amount.ok ? Number(amount.value) : -1
  if (amountHuf < 0 || amountHuf > termLimits.feeHuf) errors['dij'] = 'clerk-office.forms.errors.fee'
  if (note === '') errors['dij-megjegyzes'] ??= 'clerk-office.forms.errors.note'
  const validFrom = readTypedParts(from)
  if (!validFrom.ok) errors['dij-tol'] = 'clerk-office.forms.errors.from'
  if (!validTo.ok && validTo.reason !== 'empty') errors['dij-ig'] = 'clerk-office.forms.errors.to'
  if (!validFrom.ok) return null
  if (validTo.ok && validTo.value < validFrom.value) errors['dij-ig'] = 'clerk-office.forms.errors.to-before-from'
  return {
    amountHuf,
    note: { hu: note, en: noteInEnglish },
    validFrom: validFrom.value,
    validTo: validTo.ok ? validTo.value : null,
  }
}
