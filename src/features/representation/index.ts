/**
 * Representation (képviselet): in which role and for whom somebody acts; the party is part of the address, so that two tabs
 * may work for two.
 *
 * The office of a settlement registers who may act for whom, in what and until when. A right is read from the store for each request,
 * and held in the transaction of an act; it is never kept in a session.
 *
 * Source: Ákr. (2016. évi CL. törvény) 13–14. §
 */
export { auditedAs } from './audited-as.ts'
export { givenMandates } from './given-mandates.ts'
export { givenMandatePages } from './given-routes.ts'
export { type ImportMandates, mandateImport } from './import-mandates.ts'
export {
  lineOf,
  type MandateTerms,
  readMandate,
  typedMandate,
} from './mandate-form.ts'
export { type Matters, mandateFieldsView, mandateRows, shownErrors } from './matters-in-words.ts'
export {
  findOfficeMandates,
  lockPaperMandate,
  type OfficeMandateRow,
  recordPaperMandate,
} from './paper-mandates.ts'
export {
  type Capacity,
  type HeldMandate,
  type MandateKind,
  type MandateMatter,
  type MandateScope,
  type MandateSource,
  mandateFor,
  mayReadSent,
  maySubmit,
  type OwnParty,
  type Party,
  type PartyKind,
  partyInWords,
  type RepresentedParty,
  type RightToAct,
  readableTaxTypes,
  type Seat,
  taxNumberInWords,
} from './party.ts'
export { newPartyLabel } from './party-label.ts'
export { partyScope } from './party-scope.ts'
export { type BirthData, type PersonMarks, personMarks } from './person-mark.ts'
export { letSeeParties, revokeMandate, revokeMandatesGivenBy } from './queries.ts'
export { actFor, actForAll, findRepresented, isMandateLiving, letSeeTaxOf, RightEnded, type Rights } from './rights.ts'
export { rightPages } from './routes.ts'
export { type Asker, type ListedRight, type Representation, representationService } from './service.ts'
export { saveTaxSystemMandates, type TaxMandateRow } from './tax-system-mandates.ts'
