import { and, asc, eq, isNull } from 'drizzle-orm'
import { addDays } from '../../platform/calendar/working-days.ts'
import { budapestDay } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { endCall } from './call-queries.ts'
import { clockTurn, officeDaysOf } from './case-clock.ts'
import { type ClockStop, caseDeadline } from './case-deadline.ts'
import type { CaseState } from './case-state.ts'
import type { CaseRecord } from './queries.ts'
import { clockStops } from './tables.ts'

export type StopRow = typeof clockStops.$inferSelect

/** The days on which the clock of a case stood or stands, in order. */
export function findStops(tx: Tx, caseId: string): Promise<StopRow[]> {
  return tx.select().from(clockStops).where(eq(clockStops.caseId, caseId)).orderBy(asc(clockStops.id))
}

/**
 * Lets the clock of a case follow its state, in the transaction that changes it and before it does: it stops with a ground, or runs
 * again. A call for what is missing ends with the state in which the client owes an answer.
 *
 * @param before the case as it was
 * @returns what is to be changed of the case with its state: its last day
 * @param runsAgainOn for a call whose last day has passed unanswered: the day after it, however late that is noticed
 */
export async function followClock(
  tx: Tx,
  before: CaseRecord,
  { state, now, runsAgainOn }: { state: CaseState; now: Date; runsAgainOn?: string },
): Promise<{ dueOn?: string | null }> {
  const today = budapestDay(now)
  if (before.state === 'waiting_client' && state !== 'waiting_client') {
    await endCall(tx, before.id, { endedAt: now, outcome: 'dropped' })
  }
  const { ends, begins } = clockTurn(before.state, state)
  if (!ends && begins === undefined) return {}
  const { id: caseId, settlementId, partyId } = before
  if (ends) {
    await tx
      .update(clockStops)
      .set({ untilOn: runsAgainOn ?? today })
      .where(and(eq(clockStops.caseId, caseId), isNull(clockStops.untilOn)))
  }
  if (begins !== undefined) {
    await tx.insert(clockStops).values({ caseId, settlementId, partyId, ground: begins, fromOn: today })
  }
  const { dueOn } = caseDeadline(before.submittedAt, officeDaysOf(before), asStops(await findStops(tx, caseId)))
  return { dueOn: dueOn ?? null }
}

export function asStops(rows: readonly Pick<StopRow, 'fromOn' | 'untilOn'>[]): ClockStop[] {
  return rows.map(({ fromOn, untilOn }) => ({ from: fromOn, until: untilOn ?? undefined }))
}

/** The day from which the clock runs again when nobody answered. */
export function dayAfter(answerBy: string): string {
  return addDays(answerBy, 1)
}
