/**
 * Submissions (beküldés): a signed-in person fills in a form page by page (piszkozat), attaches files (csatolmány), sends it in exactly
 * once and gets a receipt (nyugta, feladási igazolás) with the arrival number (érkeztetési szám).
 *
 * Source: 2023. évi CIII. törvény (Dáptv.); 321/2024. (XI. 6.) Korm. rendelet
 */
export { readArrivalNumber } from './arrival-number.ts'
export { type BalanceForm, type BeginsFromBalance, beginsFromBalance } from './begin-from-balance.ts'
export type { CallToAnswer } from './completion.ts'
export { draftListPages } from './draft-list-routes.ts'
export { readingContext } from './form-context.ts'
export { submissionJobs, submissionTimetable } from './jobs.ts'
export { type LimitOverride, largestUpload } from './limits.ts'
export { acceptPaper, type PaperSubmission, paperSha256 } from './paper.ts'
export { parkedListPages } from './parked-list-routes.ts'
export { resumesWork } from './parked-routes.ts'
export { findDraftEnd, findSubmissionByKey } from './queries.ts'
export {
  actingInWords,
  completionsForOffice,
  type OfficeCompletion,
  type OfficeSubmission,
  submissionForOffice,
} from './receipt.ts'
export { matterOf } from './request-matter.ts'
export { submissionPages } from './routes.ts'
export { type SentSubmission, type Submissions, submissionService } from './service.ts'
export { openStored } from './stored-file.ts'
