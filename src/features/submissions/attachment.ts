import { randomUUID } from 'node:crypto'
import type { AttachmentStore } from '../../adapters/attachment-store/contract.ts'
import type { Tx } from '../../platform/database.ts'
import { inspectFile, type Refusal } from '../../platform/files/file-kind.ts'
import { cleanFileName } from '../../platform/files/file-name.ts'
import type { ReceivedFile } from '../../platform/files/multipart-form.ts'
import type { SpooledFile } from '../../platform/files/spooled-file.ts'
import { NotFound, OutsideSystemDown } from '../../platform/http/errors.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { SubmissionLimits } from './limits.ts'
import { inMatter, type Matter, requireCovered, requireStandingSession } from './matter.ts'
import {
  type AttachmentRow,
  deleteAttachment,
  findAttachments,
  insertAttachment,
  lockDraft,
  unsubmittedBytes,
} from './queries.ts'
import type { SubmissionParts } from './service.ts'
import { announceObject, giveObject } from './stored-object-queries.ts'

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
  | 'store-away'

export type Attaching = { ok: true; attachment: AttachmentRow } | { ok: false; because: AttachmentRefusal }

/** Files beside a draft (csatolmány). */
export function attachmentVerbs({ db, forms, attachmentStores: stores }: SubmissionParts) {
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
      if (stores.objects === undefined) return keepWith(undefined)
      try {
        return await keepInObjects(stores.objects)
      } catch (failure) {
        // Nothing but this file is lost, and the person still has it.
        if (failure instanceof OutsideSystemDown && failure.system === 'attachment store')
          return { ok: false, because: 'store-away' }
        throw failure
      }

      function keepWith(objectKey: string | undefined): Promise<Attaching> {
        return inMatter(db, matter, { hold: true }, async (tx, held) => {
          await lockOwnDraft(tx, held, wish.draftId)
          return keep(tx, held, wish, file, limits, objectKey)
        })
      }

      /**
       * First the key is written down, then the bytes are put there, then the attachment stands: at no moment does a row point at
       * nothing, or something lie there that no row knows of.
       */
      async function keepInObjects(objects: AttachmentStore): Promise<Attaching> {
        const key = randomUUID()
        const judged = await inMatter(db, matter, { hold: true }, async (tx, held) => {
          await lockOwnDraft(tx, held, wish.draftId)
          const judgement = await judge(tx, held, wish, file.content, limits)
          if (judgement.outcome === 'new') await announceObject(tx, held, key)
          return judgement
        })
        if (judged.outcome === 'refused') return { ok: false, because: judged.because }
        if (judged.outcome === 'same') return { ok: true, attachment: judged.same }
        await objects.put(key, file.content)
        return keepWith(key)
      }
    },

    /** @throws NotFound when the draft has no such file */
    async detach(matter: Matter, draftId: string, attachmentId: string): Promise<void> {
      await inMatter(db, matter, { hold: true }, async (tx, held) => {
        await lockOwnDraft(tx, held, draftId)
        if (!(await deleteAttachment(tx, draftId, attachmentId))) throw new NotFound('attachment')
      })
    },
  }

  /** @param objectKey under which its bytes lie in the object store; else they are put into the database with its row */
  async function keep(
    tx: Tx,
    matter: Matter,
    wish: Attachment,
    { name, mediaType, content }: { name: string; mediaType: string; content: SpooledFile },
    limits: SubmissionLimits['attachment'],
    objectKey: string | undefined,
  ): Promise<Attaching> {
    const judged = await judge(tx, matter, wish, content, limits)
    if (judged.outcome === 'refused') return { ok: false, because: judged.because }
    if (judged.outcome === 'same') return { ok: true, attachment: judged.same }
    const { draftId, fieldId } = wish
    const { sizeBytes, sha256 } = content
    for (const { id } of judged.replaced) await deleteAttachment(tx, draftId, id)
    const attachment = await insertAttachment(tx, {
      settlementId: matter.settlement.id,
      partyId: matter.partyId,
      draftId,
      fieldId,
      fileName: freeName(name, judged.others),
      mediaType,
      sizeBytes,
      sha256,
    })
    const { id, settlementId, partyId } = attachment
    if (objectKey === undefined) {
      await stores.inDatabase({ within: (work) => work(tx), settlementId, partyId }).put(id, content)
    } else if (!(await giveObject(tx, objectKey, id))) {
      throw new OutsideSystemDown('attachment store', new Error('it took longer than an object waits'))
    }
    await enqueue(tx, scanJob, { attachmentId: id, settlementId })
    return { ok: true, attachment }
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

type Judgement =
  | { outcome: 'new'; replaced: AttachmentRow[]; others: AttachmentRow[] }
  | { outcome: 'same'; same: AttachmentRow }
  | { outcome: 'refused'; because: AttachmentRefusal }

async function judge(
  tx: Tx,
  matter: Matter,
  { draftId, fieldId, multiple }: Attachment,
  { sha256, sizeBytes }: SpooledFile,
  limits: SubmissionLimits['attachment'],
): Promise<Judgement> {
  const present = await findAttachments(tx, { draftId })
  const same = present.find((one) => one.fieldId === fieldId && one.sha256 === sha256 && one.scan !== 'infected')
  if (same !== undefined) return { outcome: 'same', same }
  const replaced = multiple ? [] : present.filter((one) => one.fieldId === fieldId)
  const others = present.filter((one) => !replaced.includes(one))
  const because = await whyNotMore(tx, matter, others, sizeBytes, limits)
  return because === undefined ? { outcome: 'new', replaced, others } : { outcome: 'refused', because }
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
