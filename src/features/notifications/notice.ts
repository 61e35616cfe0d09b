import type { Tx } from '../../platform/database.ts'
import { enqueue } from '../../platform/jobs/index.ts'

/** Name of the job that sends a notice. */
export const noticeJob = 'notify-case-event'

/** What a notice may say of an event: a step was made, something is missing, a message waits, it was withdrawn, it is over. */
export const caseNotices = ['step', 'missing', 'message', 'withdrawn', 'over'] as const
export type CaseNotice = (typeof caseNotices)[number]

export interface AnnouncedEvent {
  eventId: number
  about: CaseNotice
  accountId: string
  /** the right under which the person acts for somebody else in the case; when it has ended, nothing is sent */
  mandateId?: string
  settlementId?: number
}

/** Name of the job that tells somebody that a saved form will be deleted. */
export const endingDraftJob = 'notify-ending-draft'

export interface EndingDraft {
  draftId: string
  accountId: string
  /** it is filled in for somebody else */
  isForOther: boolean
  /** its last calendar day in Budapest, YYYY-MM-DD */
  keptUntilOn: string
}

/** Has the letter sent that a draft ends, once the transaction that notes so stands; one letter for a draft and its last day. */
export async function announceEndingDraft(tx: Tx, { isForOther, ...draft }: EndingDraft): Promise<void> {
  const key = `${endingDraftJob}:${draft.draftId}:${draft.keptUntilOn}`
  await enqueue(tx, endingDraftJob, { ...draft, forOther: isForOther ? 'yes' : 'no' }, key)
}

/** Has a notice sent for an event, once the transaction that holds the event stands; one letter per event. */
export async function announce(tx: Tx, notice: AnnouncedEvent): Promise<void> {
  await enqueue(tx, noticeJob, { ...notice }, `${noticeJob}:${notice.eventId}`)
}
