import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Within } from '../../adapters/attachment-store/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay } from '../../platform/clock.ts'
import { CommitUnknown, sqlState, type Tx } from '../../platform/database.ts'
import { Conflict, NotFound, NotSignedIn, OutsideSystemDown } from '../../platform/http/errors.ts'
import { checkForm, type FormDefinition, openingOn, promisedDays, storedAnswers } from '../forms/index.ts'
import { auditedAs, type Capacity, type HeldMandate, type Party } from '../representation/index.ts'
import { holdSession } from '../session/index.ts'
import { newArrivalNumber } from './arrival-number.ts'
import { completionOf } from './completion.ts'
import { contentOf, fillingContext, type ReadyContent } from './form-context.ts'
import { inMatter, type Matter, mannerOf, mayBegin, recordedMandate, requireCovered } from './matter.ts'
import {
  type DraftRow,
  deleteDraft,
  findAttachments,
  findSubmissionOfDraft,
  handOverAttachments,
  insertSubmission,
  lockDraft,
  type SubmissionRow,
  storedSha256,
} from './queries.ts'
import type { ActedFor } from './receipt.ts'
import type { SubmissionParts } from './service.ts'
import { NotAsItCame, requireSound } from './stored-file.ts'
import { findInObjects } from './stored-object-queries.ts'

/** What the person saw when pressing the button. */
export interface Submitting {
  draftId: string
  /** beküldési azonosító */
  submissionKey: string
  /** SHA-256 of the content that was shown */
  contentSha256: string
}

export type Submitted =
  | { outcome: 'submitted' | 'already-submitted'; submissionId: string }
  /** the draft is another one than was shown, or has been sent with other content */
  | { outcome: 'changed' }
  | { outcome: 'incomplete' }
  | { outcome: 'infected' }
  /** a newer version of the form has replaced this one at once */
  | { outcome: 'outdated' }
  /** the settlement does not accept this form any more */
  | { outcome: 'not-offered' }
  /** the form is accepted on other days only */
  | { outcome: 'not-open' }
  /** the connection was lost while committing and nobody can say yet */
  | { outcome: 'unknown' }

/** What has passed every check and is about to be written. */
interface Sendable {
  draft: DraftRow
  definition: FormDefinition
  content: ReadyContent
  submittedAt: Date
  /** null for an answer to a call, which promises nothing */
  officeDays: number | null
}

/** What came of looking at a draft: what is to be sent, or why it is not. */
type Judged =
  | { outcome: 'not-offered' | 'not-open' | 'outdated' }
  | { definition: FormDefinition; content: ReadyContent; complete: boolean; officeDays: number | null }

/** How long a request goes on asking what became of a lost commit. */
const askingMs = 10_000

/**
 * Sending a form in (beküldés): exactly once, whatever happens to the request, the process or the connection.
 *
 * Everything happens in one transaction behind the lock of the draft's row, and the database's unique keys on the draft and the
 * submission key hold what the code promises. Whoever presses twice, reloads, comes back later or asks another process finds the
 * draft gone and the submission there: the same receipt.
 */
export function submitVerb({ db, forms, attachmentStores: stores, onSubmitted }: SubmissionParts) {
  return {
    /**
     * @throws NotSignedIn when the session has ended meanwhile; RightEnded when the right to act for the party has; NotFound when there
     *   is no such draft
     * @throws OutsideSystemDown when the database, or the store of a file, is away and certainly nothing was sent
     */
    async submit(matter: Matter, wish: Submitting): Promise<Submitted> {
      const until = performance.now() + askingMs
      let unknown = false
      const sound = await soundObjects(matter, wish.draftId)
      for (;;) {
        try {
          return await inMatter(db, matter, { hold: true }, (tx, held) => once(tx, held, wish, sound))
        } catch (failure) {
          // After a lost commit the same question is put again, on a new connection: the row tells. Asking is harmless, since it
          // finds either the submission or the draft as it was.
          unknown ||= failure instanceof CommitUnknown
          // A submission that is not of this matter has the draft's name already: an address was put together by hand.
          if (sqlState(failure) === uniqueViolation) throw new Conflict('submissions.submit.sent-otherwise')
          const isBusy = sqlState(failure) === lockNotAvailable
          if (!isBusy && !(unknown && isNoAnswer(failure))) throw failure
          if (performance.now() > until) {
            if (unknown) return { outcome: 'unknown' }
            throw new OutsideSystemDown('database', failure)
          }
          await setTimeout(300)
        }
      }
    },
  }

  /** The draft's files that lie outside the database, each read to its end; no transaction waits for another system. */
  async function soundObjects(matter: Matter, draftId: string): Promise<ReadonlySet<string>> {
    if (stores.objects === undefined) return new Set()
    const within: Within = (work) => inMatter(db, matter, { hold: false }, work)
    const files = await within(async (tx) => {
      const kept = await findAttachments(tx, { draftId })
      const inObjects = await findInObjects(tx, idsOf(kept))
      return kept.filter(({ id, scan }) => scan !== 'infected' && inObjects.has(id))
    })
    for (const file of files) await requireSound(stores, within, file)
    return new Set(idsOf(files))
  }

  async function once(tx: Tx, matter: Matter, wish: Submitting, soundObjects: ReadonlySet<string>): Promise<Submitted> {
    const draft = await lockDraft(tx, matter, wish.draftId)
    if (draft === undefined) {
      const before = await findSubmissionOfDraft(tx, matter, wish.draftId)
      if (before === undefined) throw new NotFound('draft', 'submissions.draft.gone')
      const same = before.submissionKey === wish.submissionKey && before.contentSha256 === wish.contentSha256
      return same ? { outcome: 'already-submitted', submissionId: before.id } : { outcome: 'changed' }
    }
    // The time of the submission is the time at the lock: it decides deadlines even if the commit falls after midnight.
    const submittedAt = await momentOf(tx)
    if (!(await holdSession(tx, 'citizen', matter.author.lineageId)))
      throw new NotSignedIn('submissions.submit.session-over')
    if (draft.submissionKey !== wish.submissionKey) return { outcome: 'changed' }
    const judged = await (draft.callId === null ? judgeNew : judgeAnswer)(tx, matter, draft, submittedAt)
    if ('outcome' in judged) return judged
    const { definition, content, complete, officeDays } = judged
    if (content.files.some(({ scan }) => scan === 'infected')) return { outcome: 'infected' }
    if (!complete) return { outcome: 'incomplete' }
    if (content.sha256 !== wish.contentSha256) return { outcome: 'changed' }
    if (!(await areStored(tx, content, soundObjects))) return { outcome: 'changed' }

    const { party } = matter
    const mandate = party.kind === 'self' ? undefined : recordedMandate(party, definition)
    const submission = await write(tx, matter, { draft, definition, content, submittedAt, officeDays }, mandate)
    await handOverAttachments(tx, idsOf(content.files), submission.id)
    await onSubmitted(tx, {
      submissionId: submission.id,
      settlementId: submission.settlementId,
      partyId: submission.partyId,
      authorId: submission.authorId,
      mandateId: submission.mandateId,
      clientName: matter.party.kind === 'self' ? matter.author.name : matter.party.name,
      sector: definition.sector,
      formCode: submission.formCode,
      formVersion: submission.formVersion,
      subject: typeof content.answers['subject'] === 'string' ? content.answers['subject'] : null,
      arrivalNumber: submission.arrivalNumber,
      submittedAt,
      officeDays: officeDays ?? 0,
      completes: draft.completes === null || draft.callId === null ? undefined : { callId: draft.callId },
    })
    await recordAudit(tx, {
      action: 'submission.sent',
      ...auditedAs(matter.author.accountId, party, mandate),
      settlementId: submission.settlementId,
      object: { kind: 'submission', id: submission.id },
      detail: {
        formCode: submission.formCode,
        formVersion: submission.formVersion,
        attachments: content.files.length,
        ...(submission.mandateId === null ? {} : { mandateId: submission.mandateId }),
      },
    })
    // What is left beside the draft belongs to questions that are not asked any more.
    await deleteDraft(tx, matter, draft.id)
    return { outcome: 'submitted', submissionId: submission.id }
  }

  /** A form that begins a matter: accepted, open and not replaced at this moment. */
  async function judgeNew(tx: Tx, matter: Matter, draft: DraftRow, submittedAt: Date): Promise<Judged> {
    const definition = forms.definition(draft.formCode, draft.formVersion)
    const local = await forms.accepted(tx, draft.settlementId, draft.formCode, submittedAt)
    if (definition === undefined) return { outcome: 'not-offered' }
    const newest = forms.latest(draft.formCode) ?? definition
    if (openingOn(newest, budapestDay(submittedAt)).state !== 'open') return { outcome: 'not-open' }
    if (local === undefined) return { outcome: 'not-offered' }
    requireCovered(matter, definition)
    if (!mayBegin(matter.party, definition)) throw new Conflict('submissions.start.not-in-this-manner')
    if (forms.currency(definition) === 'replaced') return { outcome: 'outdated' }

    const files = await findAttachments(tx, { draftId: draft.id })
    const context = fillingContext(matter, definition, files, submittedAt)
    const answers = storedAnswers(definition, draft.answers)
    const content = contentOf(definition, answers, context, { settlement: matter.settlement, files })
    const { complete } = checkForm(definition, answers, context)
    return { definition, content, complete, officeDays: promisedDays(definition, local) }
  }

  /** An answer to a call: whether the form is accepted today is no matter, the office has asked for it. */
  async function judgeAnswer(tx: Tx, matter: Matter, draft: DraftRow, submittedAt: Date): Promise<Judged> {
    const pinned = forms.definition(draft.formCode, draft.formVersion)
    if (pinned === undefined) return { outcome: 'not-offered' }
    requireCovered(matter, pinned)
    const files = await findAttachments(tx, { draftId: draft.id })
    const { definition, content, errors } = completionOf(pinned, draft, { matter, files, now: submittedAt })
    return { definition, content, complete: errors.length === 0, officeDays: null }
  }

  async function write(
    tx: Tx,
    matter: Matter,
    { draft, content, submittedAt, officeDays }: Sendable,
    mandate: HeldMandate | undefined,
  ): Promise<Omit<SubmissionRow, 'answers' | 'sender'>> {
    const { party } = matter
    const row = {
      id: randomUUID(),
      settlementId: draft.settlementId,
      partyId: draft.partyId,
      authorId: draft.authorId,
      draftId: draft.id,
      submissionKey: draft.submissionKey,
      formCode: draft.formCode,
      formVersion: draft.formVersion,
      actingAs: mannerOf(party),
      mandateId: mandate?.id ?? null,
      contentSha256: content.sha256,
      submittedAt,
      officeDays,
      completes: draft.completes,
      callId: draft.callId,
      asked: draft.asked,
    }
    const { name, identity, contact } = matter.author
    const sender = { name, identity, contact, ...actedFor(party, mandate?.kind) }
    const year = Number(budapestDay(submittedAt).slice(0, 4))
    for (;;) {
      const arrivalNumber = newArrivalNumber(year, (below) => randomInt(below))
      if (await insertSubmission(tx, { ...row, arrivalNumber, answers: content.answers, sender })) {
        return { ...row, arrivalNumber }
      }
    }
  }
}

/** The represented party as it is at the time, kept with the submission. */
function actedFor(party: Party, capacity: Capacity | undefined): { actedFor?: ActedFor } {
  if (party.kind === 'self' || capacity === undefined) return {}
  const { kind, name, taxNumber } = party
  return { actedFor: { kind, name, taxNumber, capacity } }
}

/**
 * False when a file came meanwhile that nobody has read yet; the person looks at the form once more.
 *
 * @param soundObjects ids of those outside the database that are known to be as they came
 * @throws NotAsItCame when a file is not stored as it came; then nothing is sent
 */
async function areStored(tx: Tx, { files }: ReadyContent, soundObjects: ReadonlySet<string>): Promise<boolean> {
  const inObjects = await findInObjects(tx, idsOf(files))
  for (const { id, sha256 } of files) {
    if (inObjects.has(id)) {
      if (!soundObjects.has(id)) return false
    } else if ((await storedSha256(tx, id)) !== sha256) throw new NotAsItCame()
  }
  return true
}

function idsOf(files: readonly { id: string }[]): string[] {
  return files.map(({ id }) => id)
}

async function momentOf(tx: Tx): Promise<Date> {
  const { rows } = await tx.execute<{ moment: Date | string }>(sql`select app_clock() as moment`)
  const moment = rows[0]?.moment
  if (moment === undefined) throw new Error('the database gave no time')
  return new Date(moment)
}

const lockNotAvailable = '55P03'
const uniqueViolation = '23505'

function isNoAnswer(failure: unknown): boolean {
  return failure instanceof CommitUnknown || failure instanceof OutsideSystemDown
}
