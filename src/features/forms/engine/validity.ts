import type { Fee, FormDefinition } from './definition.ts'

/** Whether a form is accepted on a day (benyújtási időszak). */
export type Opening = { state: 'open' } | { state: 'not-yet'; from: string } | { state: 'over'; to: string }

/** @param day calendar day in Budapest, YYYY-MM-DD */
export function openingOn({ open }: FormDefinition, day: string): Opening {
  if (open?.from !== undefined && day < open.from) return { state: 'not-yet', from: open.from }
  return open?.to !== undefined && day > open.to ? { state: 'over', to: open.to } : { state: 'open' }
}

/** The fees (díj, illeték) that hold on a day; none: nothing is known of fees. */
export function feesOn({ fees }: FormDefinition, day: string): Fee[] {
  return fees.filter(
    ({ source: { validFrom, validTo } }) => validFrom <= day && (validTo === undefined || day <= validTo),
  )
}
