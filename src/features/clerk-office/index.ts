/**
 * The office's side (ügyintézés): who of an office may do what, the inbox and the desk, and the steps of a case: érkeztetés,
 * iktatás, szignálás, handing over to a specialist system, ügyintézés, lezárás. Who administers the office's forms (űrlapgazda)
 * decides which of them its settlements accept, and on which terms.
 *
 * Roles are the municipality's assignment, read at each request; every change and every look at personal data leaves a row in
 * the audit trail.
 */

export type { ClerkActing } from './case-acts.ts'
export { caseWorkPages } from './case-work-routes.ts'
export { type CaseWorking, caseWorking } from './case-working.ts'
export { actingClerk, officeHome } from './clerk-request.ts'
export { formPublishingService } from './form-publishing.ts'
export { formPublishingPages } from './form-publishing-routes.ts'
export { caseClerksOnly, clerksOnly, formAdministratorsOnly, recordsClerksOnly } from './guard.ts'
export { importClerks } from './import-clerks.ts'
export { mandateRecords } from './mandate-records.ts'
export { mandateRecordPages } from './mandate-routes.ts'
export {
  asClerk,
  asRecordsClerk,
  auditedAsClerk,
  type Clerk,
  type ClerkAddress,
  findClerk,
  scopeOf,
} from './rights.ts'
export { clerkOfficeChoice, clerkOfficeHome, clerkOfficePages } from './routes.ts'
export { type ClerkOffice, clerkOfficeService } from './service.ts'
