import { budapestDay } from '../../platform/clock.ts'
import {
  type Answers,
  type AttachedFile,
  cleanAnswers,
  type FormContext,
  type FormDefinition,
  summarise,
} from '../forms/index.ts'
import type { Settlement } from '../settlements/index.ts'
import { contentSha256, type SubmissionContent } from './content.ts'
import { type Author, type Matter, mannerOf, recordedMandate } from './matter.ts'
import type { AttachmentRow } from './queries.ts'

/** What a form may know of the person who fills it in, and of the party it is filled in for. */
export function fillingContext(
  { author, party, settlement }: Matter,
  definition: Pick<FormDefinition, 'sector' | 'code'>,
  files: readonly AttachmentRow[],
  now: Date,
): FormContext {
  const known = context(settlement, author, files, now)
  if (party.kind === 'self') return known
  const { name, taxNumber, seat } = party
  const { kind: capacity } = recordedMandate(party, definition)
  const represented = {
    kind: party.kind === 'person' ? ('person' as const) : ('organisation' as const),
    name,
    taxNumber: taxNumber ?? undefined,
    seat: seat === null ? undefined : { ...seat },
    // nobody needs a proof for acting as the sole trader one is
    capacity: capacity === 'own' ? 'statutory' : capacity,
  }
  return { ...known, actingAs: mannerOf(party), represented }
}

/**
 * What a form may know when sent answers are shown: names and birth data are among the answers, and nothing is judged any more, so
 * a file that turned out infected is shown as well.
 */
export function readingContext(settlement: Settlement, files: readonly FileInForm[], submittedAt: Date): FormContext {
  const shown = files.map((file) => ({ ...file, scan: 'clean' as const }))
  return { ...context(settlement, { identity: null, contact: {} }, shown, submittedAt), asSubmitted: true }
}

type FileInForm = Pick<AttachmentRow, 'id' | 'fieldId' | 'fileName' | 'sizeBytes' | 'scan'>

function context(
  settlement: Settlement,
  { identity, contact }: { identity: Author['identity'] | null; contact: Author['contact'] },
  files: readonly FileInForm[],
  now: Date,
): FormContext {
  const attachments = new Map<string, AttachedFile[]>()
  for (const { id, fieldId, fileName, sizeBytes, scan } of files) {
    const file = { id, name: fileName, sizeBytes, scan }
    attachments.set(fieldId, [...(attachments.get(fieldId) ?? []), file])
  }
  return {
    today: budapestDay(now),
    settlement: { id: settlement.id, name: settlement.name, postalCodes: settlement.postalCodes },
    identity,
    contact,
    actingAs: 'self',
    attachments: Object.fromEntries(attachments),
  }
}

export interface ReadyContent extends SubmissionContent {
  sha256: string
  /** the files that are part of it */
  files: AttachmentRow[]
}

/** What would be sent now. Files of fields that are not asked for any more are no part of it. */
export function contentOf(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
  { settlement, files: kept }: { settlement: Settlement; files: readonly AttachmentRow[] },
): ReadyContent {
  const asked = new Set(
    summarise(definition, answers, context, 'hu').flatMap(({ rows }) => rows.map((row) => row.fieldId)),
  )
  const files = kept.filter(({ fieldId }) => asked.has(fieldId))
  const content: SubmissionContent = {
    settlementCode: settlement.kshCode,
    formCode: definition.code,
    formVersion: definition.version,
    answers: cleanAnswers(definition, answers, context),
    attachments: files.map(({ fieldId, fileName, sizeBytes, sha256 }) => ({
      fieldId,
      name: fileName,
      sizeBytes,
      sha256,
    })),
  }
  return { ...content, sha256: contentSha256(content), files }
}
