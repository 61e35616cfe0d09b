import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { caseVisits } from './tables.ts'

/** When the person looked at these cases last. */
export async function findVisits(
  tx: Tx,
  accountId: string,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  if (caseIds.length === 0) return new Map()
  const rows = await tx
    .select({ caseId: caseVisits.caseId, visitedAt: caseVisits.visitedAt })
    .from(caseVisits)
    .where(and(eq(caseVisits.accountId, accountId), inArray(caseVisits.caseId, [...caseIds])))
  return new Map(rows.map(({ caseId, visitedAt }) => [caseId, visitedAt]))
}

export async function writeVisit(
  tx: Tx,
  accountId: string,
  { id: caseId, settlementId, partyId }: { id: string; settlementId: number; partyId: string },
): Promise<void> {
  await tx
    .insert(caseVisits)
    .values({ accountId, caseId, settlementId, partyId, visitedAt: sql`app_now()` })
    .onConflictDoUpdate({ target: [caseVisits.accountId, caseVisits.caseId], set: { visitedAt: sql`app_now()` } })
}
