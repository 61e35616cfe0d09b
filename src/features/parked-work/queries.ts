import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { parkedWork } from './tables.ts'

export type ParkedRow = typeof parkedWork.$inferSelect

/** A clean-up that is late makes nothing last longer. */
function kept(hours: number) {
  return gt(parkedWork.parkedAt, sql`app_now() - make_interval(hours => ${hours})`)
}

/** Waits until no other transaction parks in this lineage, so that counting and adding are one. */
export async function lockLineage(tx: Tx, lineageLabel: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`parked-work:${lineageLabel}`}, 0))`)
}

/** The newest first. */
export async function findOfLineage(tx: Tx, accountId: string, lineageLabel: string, hours: number) {
  return tx
    .select()
    .from(parkedWork)
    .where(and(eq(parkedWork.accountId, accountId), eq(parkedWork.lineageLabel, lineageLabel), kept(hours)))
    .orderBy(desc(parkedWork.parkedAt), desc(parkedWork.id))
}

/** The newest first. */
export async function findOfAccount(tx: Tx, accountId: string, hours: number): Promise<ParkedRow[]> {
  return tx
    .select()
    .from(parkedWork)
    .where(and(eq(parkedWork.accountId, accountId), kept(hours)))
    .orderBy(desc(parkedWork.parkedAt), desc(parkedWork.id))
}

export async function findParked(tx: Tx, accountId: string, id: string, hours: number): Promise<ParkedRow | undefined> {
  const [row] = await tx
    .select()
    .from(parkedWork)
    .where(and(eq(parkedWork.id, id), eq(parkedWork.accountId, accountId), kept(hours)))
  return row
}

export async function insertParked(tx: Tx, row: typeof parkedWork.$inferInsert): Promise<void> {
  await tx.insert(parkedWork).values(row)
}

/** The same item with later contents. */
export async function replaceParked(tx: Tx, accountId: string, id: string, contents: Buffer): Promise<void> {
  await tx
    .update(parkedWork)
    .set({ contents, parkedAt: sql`app_now()` })
    .where(and(eq(parkedWork.id, id), eq(parkedWork.accountId, accountId)))
}

/** False: somebody was faster. */
export async function deleteParked(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(parkedWork)
    .where(and(eq(parkedWork.id, id), eq(parkedWork.accountId, accountId)))
    .returning({ id: parkedWork.id })
  return gone.length > 0
}
