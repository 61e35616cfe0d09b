import type { Tx } from '../../platform/database.ts'
import { enqueue } from '../../platform/jobs/index.ts'

/** Name of the job that sends a notice. */
export const noticeJob = 'notify-case-event'

/** Has a notice sent for an event, once the transaction that holds the event stands; one letter per event. */
export async function announce(tx: Tx, { eventId, accountId }: { eventId: number; accountId: string }): Promise<void> {
  await enqueue(tx, noticeJob, { eventId, accountId }, `${noticeJob}:${eventId}`)
}
