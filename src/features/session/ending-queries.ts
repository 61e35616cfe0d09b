import { and, desc, eq, gt, inArray, isNotNull, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { formerIdentifiers, sessionLineages } from './tables.ts'
import type { EndReason } from './transitions.ts'

/** Which lineages end. */
export type Which = { id: string } | { accountId: string; label: string } | { accountId: string; except?: string }

export interface Ended {
  id: string
  accountId: string
}

/** A lineage as its owner sees it in the list of their own. */
export interface LivingLineage {
  id: string
  label: string
  /** kind of browser and of system, „Firefox · Linux” */
  device: string
  startedAt: Date
  activeAt: Date
}

/** Not ended, and still remembered. */
const living = and(
  isNull(sessionLineages.endedAt),
  gt(sessionLineages.identifiedAt, sql`app_now() - interval '24 hours'`),
)

/** Ends lineages for good; who it was is forgotten with it. @returns those that had not ended before */
export function endLineages(tx: Tx, which: Which, reason: EndReason): Promise<Ended[]> {
  return endWhere(tx, matching(which), reason)
}

/**
 * Ends the least recently used lineages of an account beyond `keep`, never the one just begun, which a clock that was set back
 * may show as older than the others. @returns those it ended
 */
export function endLeastUsed(tx: Tx, accountId: string, keep: number, begun: string): Promise<Ended[]> {
  const tooMany = tx
    .select({ id: sessionLineages.id })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.accountId, accountId), ne(sessionLineages.id, begun), living))
    .orderBy(desc(sessionLineages.activeAt))
    .offset(keep - 1)
  return endWhere(tx, inArray(sessionLineages.id, tooMany), 'too-many-sessions')
}

export function findLiving(tx: Tx, accountId: string): Promise<LivingLineage[]> {
  return tx
    .select({
      id: sessionLineages.id,
      label: sessionLineages.label,
      device: sessionLineages.device,
      startedAt: sessionLineages.startedAt,
      activeAt: sessionLineages.activeAt,
    })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.accountId, accountId), living))
    .orderBy(desc(sessionLineages.activeAt))
}

/** The lineage an identifier belonged to when it ended, and why; nothing of whose it was. */
export async function findEnded(
  tx: Tx,
  identifierHash: Buffer,
): Promise<{ id: string; reason: EndReason } | undefined> {
  const former = tx
    .select({ id: formerIdentifiers.lineageId })
    .from(formerIdentifiers)
    .where(eq(formerIdentifiers.identifierHash, identifierHash))
  const [row] = await tx
    .select({ id: sessionLineages.id, reason: sessionLineages.endReason })
    .from(sessionLineages)
    .where(
      and(
        sql`(${eq(sessionLineages.identifierHash, identifierHash)} or ${inArray(sessionLineages.id, former)})`,
        isNotNull(sessionLineages.endedAt),
      ),
    )
  return row === undefined || row.reason === null ? undefined : { id: row.id, reason: row.reason as EndReason }
}

/** The sealed ID token of a lineage that was signed out at most ten minutes ago: for ending the KAÜ's session as well. */
export async function findSignedOut(tx: Tx, id: string): Promise<Buffer | undefined> {
  const [row] = await tx
    .select({ idToken: sessionLineages.idToken })
    .from(sessionLineages)
    .where(
      and(
        eq(sessionLineages.id, id),
        eq(sessionLineages.endReason, 'signed-out'),
        gt(sessionLineages.endedAt, sql`app_now() - interval '10 minutes'`),
      ),
    )
  return row?.idToken
}

function endWhere(tx: Tx, where: SQL | undefined, reason: EndReason): Promise<Ended[]> {
  return tx
    .update(sessionLineages)
    .set({ endedAt: sql`app_now()`, endReason: reason, identity: Buffer.alloc(0), target: null })
    .where(and(where, isNull(sessionLineages.endedAt)))
    .returning({ id: sessionLineages.id, accountId: sessionLineages.accountId })
}

function matching(which: Which): SQL | undefined {
  if ('id' in which) return eq(sessionLineages.id, which.id)
  const own = eq(sessionLineages.accountId, which.accountId)
  if ('label' in which) return and(own, eq(sessionLineages.label, which.label))
  return which.except === undefined ? own : and(own, ne(sessionLineages.id, which.except))
}
