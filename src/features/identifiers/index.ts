/**
 * Identifiers (azonosítók): check digits and formats. Spaces and hyphens between digits are tolerated; what comes back is canonical.
 * A right check digit proves that a number was typed right, never whose it is. Reasons are the last part of a catalogue key
 * (`identifiers.tax-id.check-digit`).
 */
export { checkBankAccount, groupBankAccount, hungarianIban } from './bank-account.ts'
export { checkCompanyRegisterNumber, groupCompanyRegisterNumber } from './company-register-number.ts'
export { checkEmail } from './email.ts'
export { checkParcelNumber, liesOutsideBuiltUpArea } from './parcel-number.ts'
export { checkPhone, groupPhone } from './phone.ts'
export { checkStatisticalNumber, groupStatisticalNumber } from './statistical-number.ts'
export { checkTaj, groupTaj } from './taj.ts'
export { birthDateInTaxId, checkTaxId } from './tax-id.ts'
export { checkTaxNumber, groupTaxNumber } from './tax-number.ts'
export { checkVehiclePlate } from './vehicle-plate.ts'
export type { Verdict } from './verdict.ts'
