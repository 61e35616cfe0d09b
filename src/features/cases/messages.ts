import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { type MessageKind, settledBy } from './conversation.ts'
import { caseMessages } from './tables.ts'

export type MessageRow = typeof caseMessages.$inferSelect

interface NewMessage {
  /** chosen by the page that shows the form, so that pressing twice writes once */
  id: string
  kind: MessageKind
  writerId: string
  writerName: string
  officeName: string | null
  text: string
  wantsAnswer: boolean
  writtenAt: Date
}

/** What was written in a case, in order; the office's notes only where they are asked for. */
export function findMessages(tx: Tx, caseId: string, { notesToo }: { notesToo: boolean }): Promise<MessageRow[]> {
  return tx
    .select()
    .from(caseMessages)
    .where(and(eq(caseMessages.caseId, caseId), notesToo ? undefined : ne(caseMessages.kind, 'note')))
    .orderBy(asc(caseMessages.writtenAt), asc(caseMessages.id))
}

/**
 * Writes a message, and settles what it answers.
 *
 * @returns false when it has been written already
 */
export async function writeMessage(
  tx: Tx,
  matter: { id: string; settlementId: number; partyId: string },
  message: NewMessage,
): Promise<boolean> {
  const { id: caseId, settlementId, partyId } = matter
  const written = await tx
    .insert(caseMessages)
    .values({ ...message, caseId, settlementId, partyId })
    .onConflictDoNothing({ target: caseMessages.id })
    .returning({ id: caseMessages.id })
  if (written.length === 0) return false
  const other = settledBy(message.kind)
  if (other !== undefined) await settle(tx, caseId, other, message.writtenAt)
  return true
}

/** That nothing more is wanted of what one side wrote. @returns false when nothing was */
export async function settle(tx: Tx, caseId: string, kind: MessageKind, at: Date): Promise<boolean> {
  const settled = await tx
    .update(caseMessages)
    .set({ settledAt: at })
    .where(
      and(
        eq(caseMessages.caseId, caseId),
        eq(caseMessages.kind, kind),
        eq(caseMessages.wantsAnswer, true),
        isNull(caseMessages.settledAt),
      ),
    )
    .returning({ id: caseMessages.id })
  return settled.length > 0
}

/** That somebody of the other side has seen what one side wrote; only the first time counts. */
export async function markRead(tx: Tx, caseId: string, kind: 'from-client' | 'from-office'): Promise<void> {
  await tx
    .update(caseMessages)
    .set({ readAt: sql`app_now()` })
    .where(and(eq(caseMessages.caseId, caseId), eq(caseMessages.kind, kind), isNull(caseMessages.readAt)))
}

/** Which of these cases hold something from one side that nobody of the other has read. */
export async function findUnread(
  tx: Tx,
  caseIds: readonly string[],
  kind: 'from-client' | 'from-office',
): Promise<ReadonlySet<string>> {
  if (caseIds.length === 0) return new Set()
  const rows = await tx
    .selectDistinct({ caseId: caseMessages.caseId })
    .from(caseMessages)
    .where(and(inArray(caseMessages.caseId, [...caseIds]), eq(caseMessages.kind, kind), isNull(caseMessages.readAt)))
  return new Set(rows.map(({ caseId }) => caseId))
}
