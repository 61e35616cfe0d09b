import { and, asc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { caseCalls } from './tables.ts'

export type CallRow = typeof caseCalls.$inferSelect

/** All calls of a case, the first one first. */
export function findCalls(tx: Tx, caseId: string): Promise<CallRow[]> {
  return tx
    .select()
    .from(caseCalls)
    .where(eq(caseCalls.caseId, caseId))
    .orderBy(asc(caseCalls.sentAt), asc(caseCalls.id))
}

export async function insertCall(tx: Tx, call: typeof caseCalls.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(caseCalls).values(call).returning({ id: caseCalls.id })
  if (!inserted) throw new Error('the call was not written')
  return inserted.id
}

/** That somebody of the party has read it; only the first time counts. */
export async function markOpened(tx: Tx, id: string): Promise<boolean> {
  const marked = await tx
    .update(caseCalls)
    .set({ openedAt: sql`app_now()` })
    .where(and(eq(caseCalls.id, id), isNull(caseCalls.openedAt)))
    .returning({ id: caseCalls.id })
  return marked.length > 0
}

/** Ends the open call of a case. @returns false when none was open (any more) */
export async function endCall(
  tx: Tx,
  caseId: string,
  end: { endedAt: Date } & ({ outcome: 'lapsed' | 'dropped' } | { outcome: 'answered'; answerId: string }),
): Promise<boolean> {
  const ended = await tx
    .update(caseCalls)
    .set(end)
    .where(and(eq(caseCalls.caseId, caseId), isNull(caseCalls.endedAt)))
    .returning({ id: caseCalls.id })
  return ended.length > 0
}

/** As it is now; it stays so for whoever holds its case, since calls are ended by those who do. */
export async function findCall(tx: Tx, id: string): Promise<CallRow | undefined> {
  const [call] = await tx.select().from(caseCalls).where(eq(caseCalls.id, id))
  return call
}

/** For the worker: calls whose last day has passed without an answer; of one case only where it is named. */
export function findLapsedCalls(tx: Tx, { caseId, atMost }: { caseId?: string; atMost: number }): Promise<CallRow[]> {
  return tx
    .select()
    .from(caseCalls)
    .where(
      and(
        isNull(caseCalls.endedAt),
        lt(caseCalls.answerBy, sql`(app_now() at time zone 'Europe/Budapest')::date`),
        caseId === undefined ? undefined : eq(caseCalls.caseId, caseId),
      ),
    )
    .orderBy(asc(caseCalls.answerBy), asc(caseCalls.id))
    .limit(atMost)
}
