import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { prepared, type Tx } from '../../platform/database.ts'
import type { Answers } from '../forms/index.ts'
import type { SubmissionLimits } from './limits.ts'
import type { Matter } from './matter.ts'
import { attachmentChunks, attachments, drafts, submissions } from './tables.ts'

export type DraftRow = typeof drafts.$inferSelect
export type AttachmentRow = typeof attachments.$inferSelect
export type SubmissionRow = typeof submissions.$inferSelect

/** The drafts of a matter that are still kept; each query for one goes through here. */
function ownDraft({ author, partyId, settlement, answersCalls }: Matter, id: string) {
  return and(
    eq(drafts.id, id),
    eq(drafts.authorId, author.accountId),
    eq(drafts.partyId, partyId),
    eq(drafts.settlementId, settlement.id),
    answersCalls ? isNotNull(drafts.callId) : isNull(drafts.callId),
    gt(drafts.keptUntil, sql`app_now()`),
  )
}

export async function findDraft(tx: Tx, matter: Matter, id: string): Promise<DraftRow | undefined> {
  const { author, partyId, settlement, answersCalls = false } = matter
  const [draft] = await keptDraft(tx).execute({
    id,
    authorId: author.accountId,
    partyId,
    settlementId: settlement.id,
    answersCalls,
  })
  return draft
}

const keptDraft = prepared((tx) =>
  tx
    .select()
    .from(drafts)
    .where(
      and(
        eq(drafts.id, sql.placeholder('id')),
        eq(drafts.authorId, sql.placeholder('authorId')),
        eq(drafts.partyId, sql.placeholder('partyId')),
        eq(drafts.settlementId, sql.placeholder('settlementId')),
        sql`(${drafts.callId} is not null) = ${sql.placeholder('answersCalls')}::boolean`,
        gt(drafts.keptUntil, sql`app_now()`),
      ),
    )
    .prepare('kept-draft'),
)

/** Waits for whoever holds the draft; undefined when it is gone by then. */
export async function lockDraft(tx: Tx, matter: Matter, id: string): Promise<DraftRow | undefined> {
  const [draft] = await tx.select().from(drafts).where(ownDraft(matter, id)).for('update')
  return draft
}

export interface NewDraft {
  id: string
  formCode: string
  formVersion: number
  actingAs: string
  kept: Keeping
}

/** An answer to a call, begun with the answers there are; the one that the person has begun already stays as it is. */
export async function insertCompletion(
  tx: Tx,
  { author, partyId, settlement }: Matter,
  draft: NewDraft & { answers: Answers; completes: string; callId: string; asked: unknown },
): Promise<string> {
  const { kept, ...row } = draft
  await tx
    .insert(drafts)
    .values({ ...row, settlementId: settlement.id, partyId, authorId: author.accountId, ...keptFor(kept) })
    .onConflictDoNothing({ target: [drafts.callId, drafts.authorId] })
  const [own] = await tx
    .select({ id: drafts.id })
    .from(drafts)
    .where(and(eq(drafts.callId, draft.callId), eq(drafts.authorId, author.accountId)))
  if (own === undefined) throw new Error('the draft of an answer was not written')
  return own.id
}

/** How long a draft is kept from a change on, and how long before its end the person is told. */
type Keeping = Pick<SubmissionLimits['draft'], 'days' | 'warnDays'>

/** The same id again is the same draft: pressing the button twice begins one. */
export async function insertDraft(tx: Tx, { author, partyId, settlement }: Matter, draft: NewDraft): Promise<void> {
  await tx
    .insert(drafts)
    .values({
      id: draft.id,
      settlementId: settlement.id,
      partyId,
      authorId: author.accountId,
      formCode: draft.formCode,
      formVersion: draft.formVersion,
      actingAs: draft.actingAs,
      answers: {},
      ...keptFor(draft.kept),
    })
    .onConflictDoNothing({ target: drafts.id })
}

interface DraftChange {
  id: string
  /** the one the answers were made from */
  revision: number
  answers: Answers
  kept: Keeping
  /** only where the draft goes over to another version of its form */
  formVersion?: number
}

/** Saves answers over the revision they were made from. Undefined: somebody saved another one meanwhile. */
export async function updateDraft(
  tx: Tx,
  matter: Matter,
  { id, revision, answers, kept, formVersion }: DraftChange,
): Promise<number | undefined> {
  const [saved] = await tx
    .update(drafts)
    .set({
      answers,
      revision: revision + 1,
      changedAt: sql`app_now()`,
      ...keptFor(kept),
      ...(formVersion === undefined ? {} : { formVersion }),
    })
    .where(and(ownDraft(matter, id), eq(drafts.revision, revision)))
    .returning({ revision: drafts.revision })
  return saved?.revision
}

/** Its files go with it. */
export async function deleteDraft(tx: Tx, matter: Matter, id: string): Promise<boolean> {
  const gone = await tx.delete(drafts).where(ownDraft(matter, id)).returning({ id: drafts.id })
  return gone.length > 0
}

export async function deleteOwnDraft(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(drafts)
    .where(and(eq(drafts.id, id), eq(drafts.authorId, accountId)))
    .returning({ id: drafts.id })
  return gone.length > 0
}

/** All drafts of an author, in all settlements; the last changed first. */
export function listDrafts(tx: Tx, accountId: string): Promise<DraftRow[]> {
  return tx
    .select()
    .from(drafts)
    .where(and(eq(drafts.authorId, accountId), isNull(drafts.callId), gt(drafts.keptUntil, sql`app_now()`)))
    .orderBy(desc(drafts.changedAt), desc(drafts.id))
}

function keptFor({ days, warnDays }: Keeping) {
  return {
    keptUntil: sql`app_now() + make_interval(days => ${days})`,
    warnAt: sql`app_now() + make_interval(days => ${days - warnDays})`,
    warnedAt: null,
  }
}

/** Whose drafts end soon without their having been told; from now on they have been. At most so many at a time. */
export function claimEndingDrafts(tx: Tx, atMost: number) {
  const ending = tx
    .select({ id: drafts.id })
    .from(drafts)
    .where(
      and(
        isNull(drafts.warnedAt),
        isNull(drafts.callId),
        lte(drafts.warnAt, sql`app_now()`),
        gt(drafts.keptUntil, sql`app_now()`),
      ),
    )
    .orderBy(asc(drafts.warnAt), asc(drafts.id))
    .limit(atMost)
    .for('update', { skipLocked: true })
  return tx
    .update(drafts)
    .set({ warnedAt: sql`app_now()` })
    .where(inArray(drafts.id, ending))
    .returning({
      id: drafts.id,
      accountId: drafts.authorId,
      isForOther: sql<boolean>`${drafts.partyId} <> ${drafts.authorId}`,
      keptUntil: drafts.keptUntil,
    })
}

/** For the worker, who sees a draft only while it ends soon: until when it is kept. Undefined: saved again, sent or deleted. */
export async function findDraftEnd(tx: Tx, id: string): Promise<Date | undefined> {
  const [draft] = await tx
    .select({ keptUntil: drafts.keptUntil })
    .from(drafts)
    .where(and(eq(drafts.id, id), gt(drafts.keptUntil, sql`app_now()`)))
  return draft?.keptUntil
}

/** Whoever begins the same form for the same party in the same settlement waits until this transaction is over. */
export async function lockBeginning(tx: Tx, { author, partyId, settlement }: Matter, formCode: string): Promise<void> {
  const what = ['begin', author.accountId, partyId, settlement.id, formCode].join('/')
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`)
}

export function findAttachments(tx: Tx, of: { draftId: string } | { submissionId: string }): Promise<AttachmentRow[]> {
  return 'draftId' in of ? attachmentsOfDraft(tx).execute(of) : attachmentsOfSubmission(tx).execute(of)
}

const attachmentsOfDraft = prepared((tx) =>
  selectAttachments(tx, eq(attachments.draftId, sql.placeholder('draftId'))).prepare('attachments-of-draft'),
)
const attachmentsOfSubmission = prepared((tx) =>
  selectAttachments(tx, eq(attachments.submissionId, sql.placeholder('submissionId'))).prepare(
    'attachments-of-submission',
  ),
)

function selectAttachments(tx: Tx, of: SQL) {
  return tx.select().from(attachments).where(of).orderBy(asc(attachments.createdAt), asc(attachments.id))
}

export async function insertAttachment(tx: Tx, row: typeof attachments.$inferInsert): Promise<AttachmentRow> {
  const [attachment] = await tx.insert(attachments).values(row).returning()
  if (attachment === undefined) throw new Error('an attachment vanished while it was stored')
  return attachment
}

export async function deleteAttachment(tx: Tx, draftId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(attachments)
    .where(and(eq(attachments.id, id), eq(attachments.draftId, draftId)))
    .returning({ id: attachments.id })
  return gone.length > 0
}

/** SHA-256 of what is really stored, computed where it lies. */
export async function storedSha256(tx: Tx, attachmentId: string): Promise<string | undefined> {
  const { rows } = await tx.execute<{ sha256: string | null }>(sql`
    select encode(sha256(string_agg(bytes, ''::bytea order by sequence)), 'hex') as sha256
    from ${attachmentChunks} where attachment_id = ${attachmentId}`)
  return rows[0]?.sha256 ?? undefined
}

export async function unsubmittedBytes(tx: Tx, partyId: string): Promise<number> {
  const [sum] = await tx
    .select({ bytes: sql<string>`coalesce(sum(${attachments.sizeBytes}), 0)` })
    .from(attachments)
    .where(and(eq(attachments.partyId, partyId), isNotNull(attachments.draftId)))
  return Number(sum?.bytes ?? 0)
}

/** From the draft to its submission. */
export async function handOverAttachments(tx: Tx, ids: readonly string[], submissionId: string): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(attachments)
    .set({ draftId: null, submissionId })
    .where(inArray(attachments.id, [...ids]))
}

/** False: the number is taken already, by chance. Every other key that is taken is a failure. */
export async function insertSubmission(tx: Tx, row: typeof submissions.$inferInsert): Promise<boolean> {
  const inserted = await tx
    .insert(submissions)
    .values(row)
    .onConflictDoNothing({ target: submissions.arrivalNumber })
    .returning({ id: submissions.id })
  return inserted.length > 0
}

function ownSubmission({ partyId, settlement }: Matter) {
  return and(eq(submissions.partyId, partyId), eq(submissions.settlementId, settlement.id))
}

export async function findSubmission(tx: Tx, matter: Matter, id: string): Promise<SubmissionRow | undefined> {
  const [submission] = await tx
    .select()
    .from(submissions)
    .where(and(eq(submissions.id, id), ownSubmission(matter)))
  return submission
}

export async function findSubmissionOfDraft(
  tx: Tx,
  matter: Matter,
  draftId: string,
): Promise<SubmissionRow | undefined> {
  const [submission] = await tx
    .select()
    .from(submissions)
    .where(and(eq(submissions.draftId, draftId), ownSubmission(matter)))
  return submission
}

/** What completed a submission, in the order it came. */
export function findCompletions(tx: Tx, submissionId: string): Promise<SubmissionRow[]> {
  return tx
    .select()
    .from(submissions)
    .where(eq(submissions.completes, submissionId))
    .orderBy(asc(submissions.submittedAt), asc(submissions.id))
}

/** Whose it is, is for the caller's policy to say. */
export async function findSubmissionByKey(tx: Tx, submissionKey: string): Promise<{ id: string } | undefined> {
  const [submission] = await tx
    .select({ id: submissions.id })
    .from(submissions)
    .where(eq(submissions.submissionKey, submissionKey))
  return submission
}

/** For the office: whoever asks must have found the case among those of its settlements. */
export async function findSubmissionById(tx: Tx, id: string): Promise<SubmissionRow | undefined> {
  const [submission] = await tx.select().from(submissions).where(eq(submissions.id, id))
  return submission
}

export async function findAttachment(tx: Tx, id: string): Promise<AttachmentRow | undefined> {
  const [attachment] = await tx.select().from(attachments).where(eq(attachments.id, id))
  return attachment
}

/** False: it has been looked at already. */
export async function writeScan(tx: Tx, id: string, scan: AttachmentRow['scan']): Promise<boolean> {
  const written = await tx
    .update(attachments)
    .set({ scan, scannedAt: sql`app_now()` })
    .where(and(eq(attachments.id, id), eq(attachments.scan, 'pending')))
    .returning({ id: attachments.id })
  return written.length > 0
}
