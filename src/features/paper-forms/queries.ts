import { and, asc, eq, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { papers } from './tables.ts'

/** The papers of a settlement that say the same, the first one first. */
export function findSamePapers(tx: Tx, settlementId: number, contentSha256: string) {
  return tx
    .select({ submissionId: papers.submissionId, copy: papers.copy, takenAt: papers.takenAt })
    .from(papers)
    .where(and(eq(papers.settlementId, settlementId), eq(papers.contentSha256, contentSha256)))
    .orderBy(asc(papers.copy))
}

export async function insertPaper(tx: Tx, paper: typeof papers.$inferInsert): Promise<void> {
  await tx.insert(papers).values(paper)
}

/** The first moment of a calendar day in Budapest. */
export async function beginningOf(tx: Tx, day: string): Promise<Date> {
  const { rows } = await tx.execute<{ moment: Date | string }>(
    sql`select ${day}::date::timestamp at time zone 'Europe/Budapest' as moment`,
  )
  const moment = rows[0]?.moment
  if (moment === undefined) throw new Error('the database gave no time')
  return new Date(moment)
}
