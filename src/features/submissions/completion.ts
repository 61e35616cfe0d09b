import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { databaseNow } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import type { Posted } from '../../platform/http/posted-form.ts'
import {
  type Answers,
  checkCompletion,
  completionAnswers,
  completionDefinition,
  type FieldError,
  type FormContext,
  type FormDefinition,
  fileFieldsAsked,
  readCompletion,
  storedAnswers,
} from '../forms/index.ts'
import { contentSha256 } from './content.ts'
import { fillingContext, type ReadyContent } from './form-context.ts'
import { limitsFor, type SubmissionLimits } from './limits.ts'
import { inMatter, type Matter, mannerOf, requireCovered, requireStandingSession } from './matter.ts'
import {
  type AttachmentRow,
  type DraftRow,
  findAttachments,
  findCompletions,
  findDraft,
  findSubmission,
  findSubmissionById,
  findSubmissionOfDraft,
  insertCompletion,
  lockDraft,
  type SubmissionRow,
  updateDraft,
} from './queries.ts'
import type { SubmissionParts } from './service.ts'

/** What a call for what is missing (hiánypótlási felhívás) asks for, kept with the answer. */
const askedInCall = z.object({
  caseId: z.uuid(),
  /** questions of the form that are asked again */
  fields: z.array(z.string()),
  /** what is missing, in the office's words */
  text: z.string(),
  /** the last day for answering */
  answerBy: z.iso.date(),
})
export type AskedInCall = z.infer<typeof askedInCall>

/** A call, and the submission it is about. */
export interface CallToAnswer extends AskedInCall {
  callId: string
  submissionId: string
}

/** The draft of an answer, with all one needs to show and judge it. */
export interface OpenCompletion {
  id: string
  revision: number
  submissionKey: string
  asked: AskedInCall
  /** the form with its last page */
  definition: FormDefinition
  /** all of them: those asked as they are now, the others as they were sent */
  answers: Answers
  /** as they were before this answer */
  before: Answers
  context: FormContext
  files: AttachmentRow[]
  limits: SubmissionLimits
  content: ReadyContent
  errors: FieldError[]
  now: Date
}

export type SavingCompletion =
  | { outcome: 'saved'; draft: OpenCompletion; errors: FieldError[]; stayAt: string | undefined }
  /** saved elsewhere since the page was shown; nothing was overwritten */
  | { outcome: 'stale'; draft: OpenCompletion; answers: Answers }

/** Answering a call for what is missing: a draft and a submission of its own; what was sent first is never changed. */
export function completionVerbs({ db, forms, parkedWork, limits: overrides }: SubmissionParts) {
  return {
    /** Begins the answer; the one begun already is gone on with. @returns its draft, or the submission it has become */
    startCompletion(
      matter: Matter,
      { callId, submissionId, ...asked }: CallToAnswer,
    ): Promise<{ draftId: string } | { submissionId: string }> {
      return inMatter(db, answering(matter), { hold: true }, async (tx, held) => {
        await requireStandingSession(tx, held)
        const first = await findSubmission(tx, held, submissionId)
        const definition = first && forms.definition(first.formCode, first.formVersion)
        if (first === undefined || definition === undefined) throw new NotFound('submission')
        requireCovered(held, definition)
        const sent = (await findCompletions(tx, submissionId)).find((one) => one.callId === callId)
        if (sent !== undefined) return { submissionId: sent.id }
        const draftId = await insertCompletion(tx, held, {
          id: randomUUID(),
          formCode: first.formCode,
          formVersion: first.formVersion,
          actingAs: mannerOf(held.party),
          kept: limitsFor({ formCode: first.formCode, settlementId: held.settlement.id }, overrides).draft,
          answers: await answersSoFar(tx, definition, first),
          completes: submissionId,
          callId,
          asked,
        })
        return { draftId }
      })
    },

    /** @throws NotFound when there is neither such a draft nor a submission it has become */
    findCompletion(matter: Matter, id: string): Promise<OpenCompletion | { submissionId: string }> {
      return inMatter(db, answering(matter), { hold: false }, async (tx, now) => {
        const draft = await findDraft(tx, now, id)
        if (draft !== undefined) return openCompletion(tx, now, draft)
        const submission = await findSubmissionOfDraft(tx, now, id)
        if (submission === undefined) throw new NotFound('draft', 'submissions.draft.gone')
        return { submissionId: submission.id }
      })
    },

    /** Saves what was posted, right or wrong, unless it was saved elsewhere since the page was shown. */
    saveCompletion(
      matter: Matter,
      id: string,
      { revision, posted }: { revision: number; posted: Posted },
      parked?: string,
    ): Promise<SavingCompletion> {
      return inMatter(db, answering(matter), { hold: true }, async (tx, held) => {
        const row = await lockDraft(tx, held, id)
        if (row === undefined) throw new NotFound('draft', 'submissions.draft.gone')
        await requireStandingSession(tx, held)
        const draft = await openCompletion(tx, held, row)
        const { definition, context } = draft
        const reading = readCompletion(definition, draft.asked.fields, draft.answers, posted, context)
        const { answers, errors, stayAt } = reading
        const saved = isDeepStrictEqual(answers, draft.answers)
          ? draft.revision
          : await updateDraft(tx, held, { id, revision, answers, kept: draft.limits.draft })
        if (saved === undefined) return { outcome: 'stale', draft, answers }
        if (parked !== undefined) await parkedWork.takeWithin(tx, held.author.accountId, parked)
        return { outcome: 'saved', draft: { ...draft, answers, revision: saved }, errors, stayAt }
      })
    },
  }

  async function openCompletion(tx: Tx, matter: Matter, draft: DraftRow): Promise<OpenCompletion> {
    const pinned = forms.definition(draft.formCode, draft.formVersion)
    const first = draft.completes === null ? undefined : await findSubmissionById(tx, draft.completes)
    if (pinned === undefined || first === undefined) throw new Error('an answer to a call without what it is about')
    requireCovered(matter, pinned)
    const files = await findAttachments(tx, { draftId: draft.id })
    const now = await databaseNow(tx)
    const sendable = completionOf(pinned, draft, { matter, files, now })
    return {
      id: draft.id,
      revision: draft.revision,
      submissionKey: draft.submissionKey,
      ...sendable,
      before: await answersSoFar(tx, pinned, first),
      files,
      limits: limitsFor({ formCode: draft.formCode, settlementId: draft.settlementId }, overrides),
      now,
    }
  }
}

/** What would be sent as the answer, and what is still wrong with it. */
export function completionOf(
  pinned: FormDefinition,
  draft: Pick<DraftRow, 'answers' | 'asked'>,
  { matter, files, now }: { matter: Matter; files: AttachmentRow[]; now: Date },
) {
  const asked = askedInCall.parse(draft.asked)
  const { fields } = asked
  const definition = completionDefinition(pinned, fields)
  const answers = storedAnswers(definition, draft.answers)
  const context = fillingContext(matter, pinned, files, now)
  const takesFiles = fileFieldsAsked(definition, fields).map(({ id }) => id)
  const content = {
    settlementCode: matter.settlement.kshCode,
    formCode: definition.code,
    formVersion: definition.version,
    answers: completionAnswers(definition, fields, answers, context),
    attachments: files
      .filter(({ fieldId }) => takesFiles.includes(fieldId))
      .map(({ fieldId, fileName, sizeBytes, sha256 }) => ({ fieldId, name: fileName, sizeBytes, sha256 })),
  }
  return {
    asked,
    definition,
    answers,
    context,
    content: { ...content, sha256: contentSha256(content), files },
    errors: checkCompletion(definition, fields, answers, context),
  }
}

/** The form of a submission with its answers; of an answer to a call also what it stands among. */
export async function readSent(tx: Tx, pinned: FormDefinition, submission: SubmissionRow) {
  const asked = askedIn(submission)
  const first = submission.completes === null ? undefined : await findSubmissionById(tx, submission.completes)
  if (asked === undefined || first === undefined) {
    return { definition: pinned, answers: storedAnswers(pinned, submission.answers), completes: undefined }
  }
  const definition = completionDefinition(pinned, asked.fields)
  const answers = storedAnswers(definition, submission.answers)
  const among = { ...(await answersSoFar(tx, pinned, first, submission)), ...answers }
  return { definition, answers, completes: { asked, among } }
}

/** Of a submission that answers a call. */
export function askedIn({ asked }: Pick<SubmissionRow, 'asked'>): AskedInCall | undefined {
  return asked === null ? undefined : askedInCall.parse(asked)
}

/** What the party has answered by now: the first submission, with each answer to a call laid over it. */
async function answersSoFar(
  tx: Tx,
  definition: FormDefinition,
  first: SubmissionRow,
  upTo?: SubmissionRow,
): Promise<Answers> {
  const later = (await findCompletions(tx, first.id)).filter(
    ({ submittedAt }) => upTo === undefined || submittedAt <= upTo.submittedAt,
  )
  return [first, ...later].reduce<Answers>(
    (answers, { answers: sent }) => ({ ...answers, ...storedAnswers(definition, sent) }),
    {},
  )
}

/** The matter as one in which calls are answered. */
export function answering(matter: Matter): Matter {
  return { ...matter, answersCalls: true }
}
