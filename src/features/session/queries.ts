import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { formerIdentifiers, sessionEpoch, sessionLineages } from './tables.ts'

export type LineageRow = typeof sessionLineages.$inferSelect
export type NewLineage = typeof sessionLineages.$inferInsert

export interface Found {
  now: Date
  epoch: number
  lineage: LineageRow | undefined
  presented: 'current' | 'former'
}

/** The store's time and epoch, and the lineage an identifier belongs or once belonged to; one statement. */
export async function findByIdentifier(tx: Tx, identifierHash: Buffer | undefined): Promise<Found> {
  const lineageId =
    identifierHash === undefined
      ? sql`null::uuid`
      : sql`coalesce(
          (select ${sessionLineages.id} from ${sessionLineages} where ${sessionLineages.identifierHash} = ${identifierHash}),
          (select ${formerIdentifiers.lineageId} from ${formerIdentifiers}
             where ${formerIdentifiers.identifierHash} = ${identifierHash}))`
  const [row] = await tx
    .select({
      now: sql<string>`app_now()`,
      epoch: sessionEpoch.epoch,
      lineage: sessionLineages,
    })
    .from(sessionEpoch)
    .leftJoin(sessionLineages, eq(sessionLineages.id, lineageId))
  if (row === undefined) throw new Error('the session store has no epoch')
  const current = identifierHash !== undefined && row.lineage?.identifierHash.equals(identifierHash) === true
  return {
    now: new Date(row.now),
    epoch: row.epoch,
    lineage: row.lineage ?? undefined,
    presented: current ? 'current' : 'former',
  }
}

export async function insertLineage(tx: Tx, lineage: NewLineage): Promise<void> {
  await tx.insert(sessionLineages).values(lineage)
}

/**
 * Counts an activity, unless the lineage ended, was renamed or fell idle in the meantime; written at most once a second.
 */
export async function markActive(tx: Tx, id: string, identifierHash: Buffer, idleMinutes: number): Promise<void> {
  await tx
    .update(sessionLineages)
    .set({ activeAt: sql`app_now()` })
    .where(
      and(
        eq(sessionLineages.id, id),
        eq(sessionLineages.identifierHash, identifierHash),
        isNull(sessionLineages.endedAt),
        lt(sessionLineages.activeAt, sql`app_now() - interval '1 second'`),
        gt(sessionLineages.activeAt, sql`app_now() - make_interval(mins => ${idleMinutes})`),
      ),
    )
}

/** Remembers that a limit was found passed, so that a clock set back cannot undo it. */
export async function markLimitPassed(tx: Tx, id: string, seenAt: Date): Promise<void> {
  await tx
    .update(sessionLineages)
    .set({ lastSeenAt: sql`greatest(${sessionLineages.lastSeenAt}, ${seenAt})` })
    .where(eq(sessionLineages.id, id))
}

/** Gives a living lineage a new identifier and new times; the former identifier keeps no authority. False: it had ended. */
export async function renewLineage(
  tx: Tx,
  id: string,
  renewed: Pick<
    NewLineage,
    'identifierHash' | 'identifiedAt' | 'kauSession' | 'idToken' | 'identity' | 'assurance' | 'epoch'
  >,
): Promise<boolean> {
  const [before] = await tx
    .select({ identifierHash: sessionLineages.identifierHash })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
    .for('update')
  if (before === undefined) return false
  await tx.insert(formerIdentifiers).values({ identifierHash: before.identifierHash, lineageId: id })
  await tx
    .update(sessionLineages)
    .set({ ...renewed, activeAt: sql`app_now()`, lastSeenAt: sql`app_now()`, mustReidentify: false, target: null })
    .where(eq(sessionLineages.id, id))
  return true
}

/** Final: an ended lineage never comes back. */
export async function endLineage(tx: Tx, id: string, reason: string): Promise<boolean> {
  const { rowCount } = await tx
    .update(sessionLineages)
    .set({ endedAt: sql`app_now()`, endReason: reason })
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
  return (rowCount ?? 0) > 0
}

/** Ends the least recently used lineages of an account beyond the newest `keep`. */
export async function endBeyond(tx: Tx, accountId: string, keep: number, reason: string): Promise<void> {
  await tx.execute(sql`
    update ${sessionLineages} set ended_at = app_now(), end_reason = ${reason}
    where ended_at is null and id in (
      select id from ${sessionLineages}
      where account_id = ${accountId} and ended_at is null and identified_at > app_now() - interval '24 hours'
      order by active_at desc offset ${keep})`)
}

export async function rememberTarget(tx: Tx, id: string, target: string): Promise<void> {
  await tx
    .update(sessionLineages)
    .set({ target })
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
}

/** Waits for, or keeps away, whoever wants to end the lineage until this transaction is over. False: it has ended. */
export async function holdLineage(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: sessionLineages.id })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
    .for('share')
  return rows.length > 0
}
