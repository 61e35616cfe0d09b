import { and, asc, eq, isNotNull, isNull, lte, notInArray, sql } from 'drizzle-orm'
import { prepared, type Tx } from '../../platform/database.ts'
import type { LocalTerms } from './local-terms.ts'
import { settlementForms } from './tables.ts'

const publishedNow = and(lte(settlementForms.publishedAt, sql`app_now()`), isNull(settlementForms.closedAt))

const columns = {
  code: settlementForms.formCode,
  publishedAt: settlementForms.publishedAt,
  closedAt: settlementForms.closedAt,
  contact: settlementForms.contact,
  feeHuf: settlementForms.feeHuf,
  feeNote: settlementForms.feeNote,
  feeValidFrom: settlementForms.feeValidFrom,
  feeValidTo: settlementForms.feeValidTo,
  deadlineDays: settlementForms.deadlineDays,
}

/** How a form stands in a settlement. */
export interface SettlementForm {
  code: string
  publishedAt: Date
  closedAt: Date | null
  local: LocalTerms
}

const publishedForms = prepared((tx) =>
  tx
    .select(columns)
    .from(settlementForms)
    .where(and(eq(settlementForms.settlementId, sql.placeholder('settlementId')), publishedNow))
    .orderBy(asc(settlementForms.formCode))
    .prepare('published-forms'),
)
const publishedForm = prepared((tx) =>
  tx
    .select(columns)
    .from(settlementForms)
    .where(
      and(
        eq(settlementForms.settlementId, sql.placeholder('settlementId')),
        eq(settlementForms.formCode, sql.placeholder('code')),
        publishedNow,
      ),
    )
    .prepare('published-form'),
)

/** The forms a settlement accepts now. */
export async function findPublished(tx: Tx, settlementId: number): Promise<SettlementForm[]> {
  const rows = await publishedForms(tx).execute({ settlementId })
  return rows.map(settlementForm)
}

export async function findPublishedForm(
  tx: Tx,
  settlementId: number,
  code: string,
): Promise<SettlementForm | undefined> {
  const [row] = await publishedForm(tx).execute({ settlementId, code })
  return row && settlementForm(row)
}

/** Every form that was ever switched on or given terms of its own in the settlement. */
export async function findSettlementForms(tx: Tx, settlementId: number): Promise<SettlementForm[]> {
  const rows = await tx.select(columns).from(settlementForms).where(eq(settlementForms.settlementId, settlementId))
  return rows.map(settlementForm)
}

/** One of them; nobody else changes it until the transaction ends. */
export async function lockSettlementForm(
  tx: Tx,
  settlementId: number,
  code: string,
): Promise<SettlementForm | undefined> {
  const [row] = await tx.select(columns).from(settlementForms).where(isForm(settlementId, code)).for('update')
  return row && settlementForm(row)
}

/** @returns false when the settlement accepts the form already */
export async function openForm(tx: Tx, settlementId: number, code: string): Promise<boolean> {
  const opened = await tx
    .insert(settlementForms)
    .values({ settlementId, formCode: code, switchedAt: sql`app_now()` })
    .onConflictDoUpdate({
      target: [settlementForms.settlementId, settlementForms.formCode],
      set: { closedAt: null, publishedAt: sql`app_now()`, switchedAt: sql`app_now()` },
      setWhere: isNotNull(settlementForms.closedAt),
    })
    .returning({ code: settlementForms.formCode })
  return opened.length > 0
}

/** @returns false when the settlement does not accept the form anyway */
export async function closeForm(tx: Tx, settlementId: number, code: string): Promise<boolean> {
  const closed = await tx
    .update(settlementForms)
    .set({ closedAt: sql`app_now()`, switchedAt: sql`app_now()` })
    .where(and(isForm(settlementId, code), isNull(settlementForms.closedAt)))
    .returning({ code: settlementForms.formCode })
  return closed.length > 0
}

/** A form nobody has switched on yet stays off. */
export async function saveLocalTerms(tx: Tx, settlementId: number, code: string, local: LocalTerms): Promise<void> {
  const { contact, fee, deadlineDays } = local
  const terms = {
    contact,
    feeHuf: fee?.amountHuf ?? null,
    feeNote: fee?.note ?? null,
    feeValidFrom: fee?.validFrom ?? null,
    feeValidTo: fee?.validTo ?? null,
    deadlineDays,
  }
  await tx
    .insert(settlementForms)
    .values({ settlementId, formCode: code, closedAt: sql`app_now()`, ...terms })
    .onConflictDoUpdate({ target: [settlementForms.settlementId, settlementForms.formCode], set: terms })
}

/** Opens these forms and closes the others, as the office file says, but for those the office's administrator has switched. */
export async function openAsInOfficeFile(tx: Tx, settlementId: number, codes: readonly string[]): Promise<void> {
  const undecided = isNull(settlementForms.switchedAt)
  await tx
    .update(settlementForms)
    .set({ closedAt: sql`app_now()` })
    .where(
      and(
        eq(settlementForms.settlementId, settlementId),
        undecided,
        isNull(settlementForms.closedAt),
        codes.length > 0 ? notInArray(settlementForms.formCode, [...codes]) : undefined,
      ),
    )
  if (codes.length === 0) return
  await tx
    .insert(settlementForms)
    .values(codes.map((formCode) => ({ settlementId, formCode })))
    .onConflictDoUpdate({
      target: [settlementForms.settlementId, settlementForms.formCode],
      set: { closedAt: null, publishedAt: sql`app_now()` },
      setWhere: sql`${undecided} and ${isNotNull(settlementForms.closedAt)}`,
    })
}

function isForm(settlementId: number, code: string) {
  return and(eq(settlementForms.settlementId, settlementId), eq(settlementForms.formCode, code))
}

type Row = Pick<
  typeof settlementForms.$inferSelect,
  'publishedAt' | 'closedAt' | 'contact' | 'feeHuf' | 'feeNote' | 'feeValidFrom' | 'feeValidTo' | 'deadlineDays'
> & { code: string }

function settlementForm({ code, publishedAt, closedAt, contact, deadlineDays, ...row }: Row): SettlementForm {
  const { feeHuf, feeNote, feeValidFrom, feeValidTo } = row
  const fee =
    feeHuf === null || feeNote === null || feeValidFrom === null
      ? null
      : { amountHuf: feeHuf, note: feeNote, validFrom: feeValidFrom, validTo: feeValidTo }
  return { code, publishedAt, closedAt, local: { contact, fee, deadlineDays } }
}
