import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { settlementForms } from './tables.ts'

const publishedNow = and(lte(settlementForms.publishedAt, sql`app_now()`), isNull(settlementForms.closedAt))

const columns = {
  code: settlementForms.formCode,
  contact: settlementForms.contact,
  publishedAt: settlementForms.publishedAt,
}

/** The forms a settlement accepts now. */
export function findPublished(tx: Tx, settlementId: number) {
  return tx
    .select(columns)
    .from(settlementForms)
    .where(and(eq(settlementForms.settlementId, settlementId), publishedNow))
    .orderBy(asc(settlementForms.formCode))
}

export async function findPublishedForm(tx: Tx, settlementId: number, code: string) {
  const [row] = await tx
    .select(columns)
    .from(settlementForms)
    .where(and(eq(settlementForms.settlementId, settlementId), eq(settlementForms.formCode, code), publishedNow))
  return row
}
