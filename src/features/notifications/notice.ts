import type { Tx } from '../../platform/database.ts'
import { enqueue } from '../../platform/jobs/index.ts'

/** Name of the job that sends a notice. */
export const noticeJob = 'notify-case-event'

export interface AnnouncedEvent {
  eventId: number
  accountId: string
  /** the right under which the person acts for somebody else in the case; when it has ended, nothing is sent */
  mandateId?: string
  settlementId?: number
}

/** Has a notice sent for an event, once the transaction that holds the event stands; one letter per event. */
export async function announce(tx: Tx, notice: AnnouncedEvent): Promise<void> {
  await enqueue(tx, noticeJob, { ...notice }, `${noticeJob}:${notice.eventId}`)
}
