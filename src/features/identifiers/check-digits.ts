/**
 * The bare rules of check digits, on digits without separators. Each kind of number must be recognisable while another is being
 * checked, so that „this looks like a tax number” can be said.
 */

/** Sum of digits times weights; digits without a weight count nothing. */
function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, position) => sum + weight * Number(digits.charAt(position)), 0)
}

/** What the last digit of a tax id must be; 10 means that such a number is never issued. */
export function taxIdRemainder(digits: string): number {
  return weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11
}

/** Ten digits that pass as a tax id (adóazonosító jel), whenever its bearer was born. */
export function looksLikeTaxId(digits: string): boolean {
  return /^8[0-9]{9}$/.test(digits) && taxIdRemainder(digits) === Number(digits.charAt(9))
}

/** Base number of an organisation (törzsszám): eight digits, the last one checking the others. */
export function isBaseNumber(digits: string): boolean {
  return (10 - (weightedSum(digits, [9, 7, 3, 1, 9, 7, 3]) % 10)) % 10 === Number(digits.charAt(7))
}

export function isVatCode(digit: string): boolean {
  return /^[1-5]$/.test(digit)
}

/** Counties (02–20, and the same again from 22), the areas of North, East and South Budapest, large taxpayers, special cases. */
export function isTaxOfficeArea(twoDigits: string): boolean {
  const code = Number(twoDigits)
  return (code >= 2 && code <= 20) || (code >= 22 && code <= 44) || code === 51
}

/** Eleven digits that pass as a tax number (adószám). */
export function looksLikeTaxNumber(digits: string): boolean {
  return (
    /^[0-9]{11}$/.test(digits) &&
    isBaseNumber(digits.slice(0, 8)) &&
    isVatCode(digits.charAt(8)) &&
    isTaxOfficeArea(digits.slice(9))
  )
}

export function tajCheckDigit(digits: string): number {
  return weightedSum(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10
}

/** Nine digits that pass as a social security number (TAJ-szám). */
export function looksLikeTaj(digits: string): boolean {
  return /^[0-9]{9}$/.test(digits) && digits !== '000000000' && tajCheckDigit(digits) === Number(digits.charAt(8))
}

/** Digits of a payment account, eight or sixteen of them with their check digit at the end: weights 9, 7, 3, 1 over and over. */
export function isCheckedByEights(digits: string): boolean {
  const weights = Array.from(digits, (_digit, position) => [9, 7, 3, 1][position % 4] ?? 0)
  return weightedSum(digits, weights) % 10 === 0
}

/** Of the account number with country and check digits moved to the end and letters as 10 to 35; 1 when they are right. */
export function ibanRemainder(iban: string): number {
  const moved = iban.slice(4) + iban.slice(0, 4)
  const digits = Array.from(moved, (sign) => String(Number.parseInt(sign, 36))).join('')
  return Number(BigInt(digits) % 97n)
}
