import { isBaseNumber, isTaxOfficeArea, isVatCode, looksLikeTaxId } from './check-digits.ts'
import { type Verdict, withoutSeparators } from './verdict.ts'

export type TaxNumberFault = 'required' | 'format' | 'looks-like-tax-id' | 'check-digit' | 'vat-code' | 'area-code'

/**
 * An undertaking's tax number (adószám): base number (törzsszám, 8 digits with a check digit), VAT code, tax office area.
 * Unknown area codes are refused.
 */
export function checkTaxNumber(typed: string): Verdict<TaxNumberFault> {
  const bare = withoutSeparators(typed)
  if (bare === '') return { ok: false, reason: 'required' }
  if (bare === undefined) return { ok: false, reason: 'format' }
  if (looksLikeTaxId(bare)) return { ok: false, reason: 'looks-like-tax-id' }
  if (!/^[0-9]{11}$/.test(bare)) return { ok: false, reason: 'format' }
  if (!isBaseNumber(bare.slice(0, 8))) return { ok: false, reason: 'check-digit' }
  if (!isVatCode(bare.charAt(8))) return { ok: false, reason: 'vat-code' }
  if (!isTaxOfficeArea(bare.slice(9))) return { ok: false, reason: 'area-code' }
  return { ok: true, value: bare }
}

/** `12345678-1-12` */
export function groupTaxNumber(taxNumber: string): string {
  return `${taxNumber.slice(0, 8)}-${taxNumber.slice(8, 9)}-${taxNumber.slice(9)}`
}
