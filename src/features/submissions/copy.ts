import type { Tx } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import {
  type Answers,
  type Carrying,
  carryAnswers,
  type FieldDefinition,
  type FormCatalogue,
  type FormDefinition,
  storedAnswers,
} from '../forms/index.ts'
import { readingContext } from './form-context.ts'
import { inMatter, type Matter, recordLook, requireReadable } from './matter.ts'
import { type AttachmentRow, findAttachments, findSubmission, type SubmissionRow } from './queries.ts'
import type { SubmissionParts } from './service.ts'

/** A submission that a new form may begin with (űrlap másolat). */
export interface Original {
  id: string
  arrivalNumber: string
  submittedAt: Date
  /** as it was sent */
  definition: FormDefinition
  answers: Answers
  files: AttachmentRow[]
  /** the form as it is filled in today */
  newest: FormDefinition
  /** what the copy begins with */
  carrying: Carrying
}

/** Beginning a form with what was sent before. */
export function copyVerbs({ db, forms }: SubmissionParts) {
  return {
    /** @throws NotFound when the party has no such submission in this settlement; RightEnded when the right does not cover it */
    original(matter: Matter, submissionId: string): Promise<Original> {
      return inMatter(db, matter, { hold: false }, async (tx, now) => {
        const original = await findOriginal(tx, now, forms, submissionId)
        await recordLook(tx, now, 'submission.viewed', { kind: 'submission', id: submissionId })
        return original
      })
    },
  }
}

/** Within the transaction that begins the draft. @throws as `original` */
export async function copiedAnswers(
  tx: Tx,
  matter: Matter,
  forms: FormCatalogue,
  submissionId: string,
  newest: FormDefinition,
): Promise<Answers> {
  const { definition, carrying } = await findOriginal(tx, matter, forms, submissionId)
  if (definition.code !== newest.code) throw new NotFound('submission')
  return carrying.answers
}

async function findOriginal(tx: Tx, matter: Matter, forms: FormCatalogue, submissionId: string): Promise<Original> {
  const submission = await findSubmission(tx, matter, submissionId)
  const definition = submission && forms.definition(submission.formCode, submission.formVersion)
  const newest = definition && forms.latest(definition.code)
  if (submission === undefined || definition === undefined || newest === undefined) throw new NotFound('submission')
  requireReadable(matter, definition, submission)
  const files = await findAttachments(tx, { submissionId: submission.id })
  const answers = storedAnswers(definition, submission.answers)
  const context = readingContext(matter.settlement, files, submission.submittedAt)
  return {
    id: submission.id,
    arrivalNumber: submission.arrivalNumber,
    submittedAt: submission.submittedAt,
    definition,
    answers,
    files,
    newest,
    carrying: carryAnswers(definition, newest, answers, context, notCopied(matter, submission)),
  }
}

/**
 * What every form must be asked anew: declarations, which are made for one submission; files; the day. What is somebody's own (their
 * e-mail address, where they live) does not pass to another who acts for the same party.
 */
function notCopied({ author }: Matter, { authorId }: SubmissionRow): (field: FieldDefinition) => boolean {
  const isOwn = author.accountId === authorId
  return (field) => {
    if (field.type === 'declaration' || field.type === 'attachment' || field.prefill?.from === 'today') return true
    return !isOwn && (('own' in field && field.own) || isOfPerson(field))
  }
}

function isOfPerson({ prefill }: FieldDefinition): boolean {
  return prefill !== undefined && /^(?:identity|contact)\./.test(prefill.from)
}
