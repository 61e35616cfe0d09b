import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Within } from '../../adapters/attachment-store/contract.ts'
import type { Tx } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import {
  type Answers,
  completionSections,
  type FormDefinition,
  type SummarySection,
  summarise,
} from '../forms/index.ts'
import { taxNumberInWords } from '../representation/index.ts'
import { type Settlement, settlementProfile } from '../settlements/index.ts'
import { type AskedInCall, askedIn, readSent } from './completion.ts'
import { canonicalContent } from './content.ts'
import { readingContext } from './form-context.ts'
import { inMatter, type Matter, recordLook, requireCovered, requireReadable } from './matter.ts'
import {
  type AttachmentRow,
  findAttachments,
  findCompletions,
  findDraft,
  findSubmission,
  findSubmissionById,
  type SubmissionRow,
} from './queries.ts'
import type { SubmissionParts } from './service.ts'
import { openStored } from './stored-file.ts'

/** What a receipt (nyugta, feladási igazolás) is made of. */
export interface Receipt {
  id: string
  arrivalNumber: string
  submittedAt: Date
  senderName: string
  /** the party the sender acted for, as it was at the time */
  actedFor: ActedFor | undefined
  settlement: Settlement
  office: { name: string; address: string } | undefined
  definition: FormDefinition
  /** how long the office had, as it was promised */
  officeDays: number
  answers: Answers
  /** it answers a call for what is missing: what that asked, and all the party's answers up to then */
  completes: { asked: AskedInCall; among: Answers } | undefined
  files: AttachmentRow[]
  contentSha256: string
}

const actedFor = z.object({
  kind: z.enum(['person', 'sole-trader', 'company', 'public-body']),
  name: z.string(),
  taxNumber: z.string().nullable(),
  /** by what right */
  capacity: z.enum(['statutory', 'permanent', 'single', 'employee', 'own']),
})
export type ActedFor = z.infer<typeof actedFor>

const storedSender = z.object({
  name: z.string(),
  actedFor: actedFor.optional(),
  contact: z.object({ email: z.string().optional(), phone: z.string().optional() }).default({}),
})

export function receiptVerbs({ db, forms, attachmentStores: stores }: SubmissionParts) {
  return {
    /** @throws NotFound when the party has no such submission in this settlement */
    receipt(matter: Matter, id: string): Promise<Receipt> {
      return inMatter(db, matter, { hold: false }, async (tx, now) => {
        const submission = await findSubmission(tx, now, id)
        const definition = submission && forms.definition(submission.formCode, submission.formVersion)
        if (submission === undefined || definition === undefined) throw new NotFound('submission')
        requireReadable(now, definition, submission)
        await recordLook(tx, now, 'submission.viewed', { kind: 'submission', id })
        const sender = storedSender.parse(submission.sender)
        const profile = await settlementProfile(tx, submission.settlementId)
        const office = profile.joined ? profile.office : undefined
        return {
          id: submission.id,
          arrivalNumber: submission.arrivalNumber,
          submittedAt: submission.submittedAt,
          senderName: sender.name,
          actedFor: sender.actedFor,
          settlement: matter.settlement,
          office: office && {
            name: office.name,
            address: `${office.postalCode} ${office.city}, ${office.streetAddress}`,
          },
          ...(await readSent(tx, definition, submission)),
          officeDays: submission.officeDays ?? definition.deadlineDays,
          files: await findAttachments(tx, { submissionId: submission.id }),
          contentSha256: submission.contentSha256,
        }
      })
    },

    /**
     * A file of a draft or a submission, once the virus check has found nothing in it.
     *
     * @throws NotFound for a file that is another's, or not (yet) to be handed out; OutsideSystemDown when its store is away
     */
    async download(
      matter: Matter,
      of: { draftId: string } | { submissionId: string },
      attachmentId: string,
    ): Promise<{ file: AttachmentRow; bytes: Readable }> {
      const within: Within = (work) =>
        inMatter(db, matter, { hold: false }, async (tx, now) => {
          await requireOpenFile(tx, now, of)
          return work(tx)
        })
      const file = await within(async (tx) => {
        const files = await findAttachments(tx, of)
        const found = files.find(
          ({ id, settlementId, partyId }) =>
            id === attachmentId && settlementId === matter.settlement.id && partyId === matter.partyId,
        )
        if (found?.scan === 'clean')
          await recordLook(tx, matter, 'attachment.opened', { kind: 'attachment', id: found.id })
        return found
      })
      if (file?.scan !== 'clean') throw new NotFound('attachment', 'submissions.attachments.not-handed-out')
      return { file, bytes: await openStored(stores, within, file) }
    },
  }

  /** @throws NotFound when there is no such draft or submission; RightEnded when the right does not cover its form */
  async function requireOpenFile(tx: Tx, matter: Matter, of: { draftId: string } | { submissionId: string }) {
    const draft = 'draftId' in of ? await findDraft(tx, matter, of.draftId) : undefined
    const sent = 'submissionId' in of ? await findSubmission(tx, matter, of.submissionId) : undefined
    const row = draft ?? sent
    const definition = row && forms.definition(row.formCode, row.formVersion)
    if (definition === undefined) throw new NotFound('attachment', 'submissions.attachments.not-handed-out')
    if (sent === undefined) requireCovered(matter, definition)
    else requireReadable(matter, definition, sent)
  }
}

/** On whose behalf something was sent in, and by what right; each on a line of its own. */
export function actingInWords({ actedFor }: { actedFor?: ActedFor | undefined }, t: Translate): string[] {
  if (actedFor === undefined) return [t('submissions.manner.self')]
  const { kind, name, capacity } = actedFor
  return [
    t('submissions.manner.for', { name }),
    t(`representation.party.${kind}`, { number: taxNumberInWords(actedFor) }),
    t(`representation.capacity.${capacity}`),
  ]
}

/** The sent answers in words. */
export function receiptSections(receipt: Receipt, language: Language): SummarySection[] {
  const { settlement, files, submittedAt, definition, answers, completes } = receipt
  const context = readingContext(settlement, files, submittedAt)
  if (completes === undefined) return summarise(definition, answers, context, language)
  return completionSections(definition, completes.asked.fields, completes.among, context, language)
}

/** The very text whose SHA-256 the receipt names. */
export function receiptContent({ settlement, definition, answers, files }: Receipt): string {
  return canonicalContent({
    settlementCode: settlement.kshCode,
    formCode: definition.code,
    formVersion: definition.version,
    answers,
    attachments: files.map(({ fieldId, fileName, sizeBytes, sha256 }) => ({
      fieldId,
      name: fileName,
      sizeBytes,
      sha256,
    })),
  })
}

/** A submission as the office and its systems get it. */
export interface OfficeSubmission extends Omit<SubmissionRow, 'answers' | 'sender' | 'draftId' | 'submissionKey'> {
  /** as stored; `storedAnswers` of the forms feature reads them */
  answers: unknown
  sender: {
    name: string
    contact: { email?: string | undefined; phone?: string | undefined }
    actedFor?: ActedFor | undefined
  }
  attachments: Omit<AttachmentRow, 'draftId' | 'submissionId'>[]
}

/** An answer to a call, as the office reads it. */
export interface OfficeCompletion extends OfficeSubmission {
  callId: string
  fields: readonly string[]
}

/** For the clerk, in their own transaction: the answers to calls, in the order they came. */
export async function completionsForOffice(tx: Tx, submissionId: string): Promise<OfficeCompletion[]> {
  const rows = await findCompletions(tx, submissionId)
  return Promise.all(
    rows.map(async (row) => {
      const { draftId: _draft, submissionKey: _key, ...facts } = row
      return {
        ...facts,
        sender: storedSender.parse(row.sender),
        attachments: await findAttachments(tx, { submissionId: row.id }),
        callId: row.callId ?? '',
        fields: askedIn(row)?.fields ?? [],
      }
    }),
  )
}

/** For the clerk and the worker, in their own transaction: the caller has found the case among those it may see. */
export async function submissionForOffice(tx: Tx, submissionId: string): Promise<OfficeSubmission | undefined> {
  const submission = await findSubmissionById(tx, submissionId)
  if (submission === undefined) return undefined
  const { draftId: _draft, submissionKey: _key, ...facts } = submission
  return {
    ...facts,
    sender: storedSender.parse(submission.sender),
    attachments: await findAttachments(tx, { submissionId }),
  }
}
