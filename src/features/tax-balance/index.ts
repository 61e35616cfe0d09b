/**
 * Tax balance (adóegyenleg): what somebody owes a settlement's tax authority, to which account and until when, for oneself and for
 * those one may act for. The books are the tax system's; this room keeps a copy with its moment and works out from it the open
 * items (nyitott tételek), the statement (adószámla kivonat), late interest (késedelmi pótlék) and what a transfer needs.
 */

export { clientDuesService } from './client-dues.ts'
export { clientPages } from './client-routes.ts'
export { saveTaxSource } from './delivered-queries.ts'
export { importTaxFile, type TaxFile, type TaxImportProgress, taxFileAt } from './import.ts'
export type { Booking, BookingTitle, OpenItem } from './ledger.ts'
export { ownTaxPages } from './own-routes.ts'
export { forgetNumbersOf } from './queries.ts'
export { type TaxRefresh, taxRefresh } from './refresh.ts'
export { rememberedNumbers } from './remembered.ts'
export { taxBalancePages } from './routes.ts'
export { type TaxBalances, taxBalanceService, wrongTaxNumbers } from './service.ts'
export { taxTypes } from './tax-types.ts'
