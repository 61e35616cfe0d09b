/**
 * Settlements (település) and the offices that serve them (polgármesteri hivatal, közös önkormányzati hivatal): finding one,
 * what each offers, and the guard of all addresses below `/{settlement}`.
 *
 * The list of settlements comes with the release and is held in memory; what an office tells of itself is in the database.
 * Source of the list: KSH, Magyarország helységnévtára; population register of 2026-01-01; GeoNames.
 */
export { type OfficeClerk, type OfficeMandate, type OfficeParty, officeFile } from './office-file.ts'
export { importOffice, importSettlements } from './office-import.ts'
export {
  findOfficeById,
  findOfficeBySlug,
  findRegisterPrefix,
  findSettlementsOfOffice,
  type Office,
} from './queries.ts'
export { type OfferedForms, settlementPages, settlementSearchPages } from './routes.ts'
export { settlementScope } from './scope.ts'
export { type SettlementService, settlementProfile, settlementService } from './service.ts'
export { type Settlement, type SettlementDirectory, settlementDirectory } from './settlement-directory.ts'
