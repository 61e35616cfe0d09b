import type { Text } from '../../platform/i18n/language.ts'
import type { FormDefinition } from './engine/definition.ts'
import { feesOn } from './engine/validity.ts'

/** What differs in a settlement from what a form says of itself (helyi adatok); null where nothing does. */
export interface LocalTerms {
  /** whom to ask */
  contact: string | null
  fee: LocalFee | null
  /** calendar days the office takes at most, from the day of submission */
  deadlineDays: number | null
}

export interface LocalFee {
  amountHuf: number
  /** by which decree, how to pay; the English one may be empty */
  note: Text
  validFrom: string
  /** the last day; null: until further notice */
  validTo: string | null
}

export const noLocalTerms: LocalTerms = { contact: null, fee: null, deadlineDays: null }

/** What is to be paid on a day. */
export interface FeeOnDay {
  amountHuf: number
  note: Text
  verified: boolean
  validFrom: string
  /** the last day; null: until further notice */
  validTo: string | null
  /** decided by the settlement */
  local: boolean
}

/**
 * The settlement's own fee while it holds, else those of the form; none when nothing is known for that day.
 *
 * @param day calendar day in Budapest
 */
export function feesToPay(definition: FormDefinition, { fee }: LocalTerms, day: string): FeeOnDay[] {
  if (fee !== null && fee.validFrom <= day && (fee.validTo === null || day <= fee.validTo)) {
    return [{ ...fee, verified: true, local: true }]
  }
  return feesOn(definition, day).map(({ amountHuf, note, source: { verified, validFrom, validTo } }) => ({
    amountHuf,
    note,
    verified,
    validFrom,
    validTo: validTo ?? null,
    local: false,
  }))
}

/** The office's time: what the settlement promises, else what the form says. */
export function promisedDays({ deadlineDays }: Pick<FormDefinition, 'deadlineDays'>, local: LocalTerms): number {
  return local.deadlineDays ?? deadlineDays
}
