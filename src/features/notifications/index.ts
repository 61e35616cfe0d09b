/**
 * Notices (értesítés): telling people by e-mail that something happened in their case, in their language and without a word of
 * what it is about. Whoever wants to know signs in.
 */

export { notificationJobs } from './jobs.ts'
export { announce, announceEndingDraft, type CaseNotice } from './notice.ts'
