import { Readable } from 'node:stream'
import type { Tx } from '../../platform/database.ts'
import { inspectFile, type Refusal } from '../../platform/files/file-kind.ts'
import { cleanFileName } from '../../platform/files/file-name.ts'
import type { ReceivedFile } from '../../platform/files/multipart-form.ts'
import type { SpooledFile } from '../../platform/files/spooled-file.ts'
import { NotFound } from '../../platform/http/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { SubmissionLimits } from './limits.ts'
import { inMatter, type Matter, requireCovered, requireStandingSession } from './matter.ts'
import {
  type AttachmentRow,
  deleteAttachment,
  findAttachments,
  findPiece,
  insertAttachment,
  insertPiece,
  lockDraft,
  unsubmittedBytes,
} from './queries.ts'
import type { SubmissionParts } from './service.ts'

/** Name of the job that has an attachment looked at for viruses. */
export const scanJob = 'scan-attachment'

export type AttachmentRefusal =
  | Refusal
  | 'unreadable-name'
  | 'no-name'
  | 'too-large'
  | 'too-many'
  | 'too-much-together'
  | 'too-much-unsubmitted'

export type Attaching = { ok: true; attachment: AttachmentRow } | { ok: false; because: AttachmentRefusal }

/** Files beside a draft (csatolmány). */
export function attachmentVerbs({ db, forms }: SubmissionParts) {
  return {
    /**
     * Looks at a file that came in and puts it beside the draft, in quarantine until the virus check has seen it. The same file
     * sent twice is kept once; in a field for one file the new one takes the place of the old.
     *
     * @throws NotFound when the draft is gone by now
     */
    async attach(matter: Matter, wish: Attachment, limits: SubmissionLimits['attachment']): Promise<Attaching> {
      const { content } = wish.file
      if (content === 'too-large') return { ok: false, because: 'too-large' }
      const name = cleanFileName(wish.file.fileName)
      if (!name.ok) return name
      const { extension } = name
      const inspected = await inspectFile(content, { extension, declaredType: wish.file.declaredType }, limits.kinds)
      if (!inspected.ok) return inspected
      const file = { name: name.name, mediaType: inspected.mediaType, content }
      return inMatter(db, matter, { hold: true }, async (tx, held) => {
        await lockOwnDraft(tx, held, wish.draftId)
        return keep(tx, held, wish, file, limits)
      })
    },

    /** @throws NotFound when the draft has no such file */
    async detach(matter: Matter, draftId: string, attachmentId: string): Promise<void> {
      await inMatter(db, matter, { hold: true }, async (tx, held) => {
        await lockOwnDraft(tx, held, draftId)
        if (!(await deleteAttachment(tx, draftId, attachmentId))) throw new NotFound('attachment')
      })
    },
  }

  /** Uploads to one draft go one after another, so that its limits hold. */
  async function lockOwnDraft(tx: Tx, matter: Matter, draftId: string): Promise<void> {
    const draft = await lockDraft(tx, matter, draftId)
    const definition = draft && forms.definition(draft.formCode, draft.formVersion)
    if (definition === undefined) throw new NotFound('draft')
    await requireStandingSession(tx, matter)
    requireCovered(matter, definition)
  }
}

interface Attachment {
  draftId: string
  fieldId: string
  /** the field takes several files */
  multiple: boolean
  file: ReceivedFile
}

async function keep(
  tx: Tx,
  matter: Matter,
  { draftId, fieldId, multiple }: Attachment,
  { name, mediaType, content }: { name: string; mediaType: string; content: SpooledFile },
  limits: SubmissionLimits['attachment'],
): Promise<Attaching> {
  const present = await findAttachments(tx, { draftId })
  const same = present.find(
    (one) => one.fieldId === fieldId && one.sha256 === content.sha256 && one.scan !== 'infected',
  )
  if (same !== undefined) return { ok: true, attachment: same }
  const replaced = multiple ? [] : present.filter((one) => one.fieldId === fieldId)
  const others = present.filter((one) => !replaced.includes(one))
  const because = await whyNotMore(tx, matter, others, content.sizeBytes, limits)
  if (because !== undefined) return { ok: false, because }
  for (const { id } of replaced) await deleteAttachment(tx, draftId, id)
  const { sizeBytes, sha256 } = content
  const attachment = await insertAttachment(tx, {
    settlementId: matter.settlement.id,
    partyId: matter.partyId,
    draftId,
    fieldId,
    fileName: freeName(name, others),
    mediaType,
    sizeBytes,
    sha256,
  })
  await store(tx, matter, attachment, content)
  await enqueue(tx, scanJob, { attachmentId: attachment.id, settlementId: matter.settlement.id })
  return { ok: true, attachment }
}

async function whyNotMore(
  tx: Tx,
  { partyId }: Matter,
  others: readonly AttachmentRow[],
  newBytes: number,
  limits: SubmissionLimits['attachment'],
): Promise<AttachmentRefusal | undefined> {
  if (others.length >= limits.files) return 'too-many'
  const together = others.reduce((sum, { sizeBytes }) => sum + sizeBytes, newBytes)
  if (together > limits.totalBytes) return 'too-much-together'
  if ((await unsubmittedBytes(tx, partyId)) + newBytes > limits.unsubmittedBytes) return 'too-much-unsubmitted'
  return undefined
}

/** Two files of one submission never have the same name: „lap.pdf”, „lap (2).pdf”. */
function freeName(name: string, others: readonly AttachmentRow[]): string {
  const taken = new Set(others.map(({ fileName }) => fileName.toLowerCase()))
  const dot = name.lastIndexOf('.')
  let free = name
  for (let number = 2; taken.has(free.toLowerCase()); number++) {
    free = `${name.slice(0, dot)} (${String(number)})${name.slice(dot)}`
  }
  return free
}

async function store(
  tx: Tx,
  { settlement, partyId }: Matter,
  { id }: AttachmentRow,
  content: SpooledFile,
): Promise<void> {
  let sequence = 0
  for await (const bytes of content.pieces()) {
    await insertPiece(tx, { attachmentId: id, sequence, settlementId: settlement.id, partyId, bytes })
    sequence += 1
  }
}

/** Runs work in a transaction with the rights of whoever reads, as they are at that moment. */
export type Within = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/**
 * The bytes of an attachment, each piece read in a transaction of its own: a slow reader holds no connection, and rights that
 * are withdrawn meanwhile end the download.
 *
 * @throws NotFound when it breaks off before its end
 */
export function attachmentBytes(within: Within, { id, sizeBytes }: Pick<AttachmentRow, 'id' | 'sizeBytes'>): Readable {
  async function* pieces() {
    let sent = 0
    for (let sequence = 0; sent < sizeBytes; sequence++) {
      const piece = await within((tx) => findPiece(tx, id, sequence))
      if (piece === undefined) throw new NotFound('attachment')
      sent += piece.length
      yield piece
    }
  }
  return Readable.from(pieces(), { objectMode: false })
}
