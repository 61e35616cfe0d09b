import { checkTaxId, checkTaxNumber } from '../identifiers/index.ts'

/** A tax identifier as typed: the canonical number, or the key of the sentence that says what is wrong with it. */
export type TypedNumber = { ok: true; value: string } | { ok: false; error: string }

/**
 * Reads what a person typed as one's own number: adóazonosító jel (10 digits, begins with 8) or adószám (11 digits). Which of the two
 * was meant is told by its look, so that the sentence about a mistake fits.
 *
 * @param today calendar day in Budapest, YYYY-MM-DD
 */
export function readTypedNumber(typed: string, today: string): TypedNumber {
  const digits = typed.replaceAll(/\D/gu, '').length
  const asNumber = checkTaxNumber(typed)
  if (asNumber.ok) return asNumber
  const asId = checkTaxId(typed, today)
  if (asId.ok) return asId
  if (asId.reason === 'required') return { ok: false, error: 'tax-balance.ask.required' }
  if (asId.reason === 'not-digits') return { ok: false, error: 'tax-balance.ask.not-digits' }
  if (digits === 11 && asNumber.reason !== 'format' && asNumber.reason !== 'looks-like-tax-id') {
    return { ok: false, error: `identifiers.tax-number.${asNumber.reason}` }
  }
  if (digits === 10) return { ok: false, error: `identifiers.tax-id.${asId.reason}` }
  if (asId.reason === 'looks-like-taj') return { ok: false, error: 'identifiers.tax-id.looks-like-taj' }
  return { ok: false, error: 'tax-balance.ask.length' }
}

/** As it is shown where one is to know it again and nobody else to learn it: „8•••••••03”. */
export function maskNumber(number: string): string {
  const hidden = '•'.repeat(number.length - 3)
  return `${number.slice(0, 1)}${hidden}${number.slice(-2)}`
}
