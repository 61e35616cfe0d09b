import { z } from 'zod'
import type { AttachmentStores } from '../../adapters/attachment-store/contract.ts'
import type { VirusScanner } from '../../adapters/virus-scanner/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay } from '../../platform/clock.ts'
import { type Db, inScope, type Scope } from '../../platform/database.ts'
import type { JobHandlers } from '../../platform/jobs/index.ts'
import { announceEndingDraft } from '../notifications/index.ts'
import { scanJob } from './attachment.ts'
import { claimEndingDrafts, findAttachment, writeScan } from './queries.ts'
import { openStored, requireObjects } from './stored-file.ts'
import { forgetObject, giveUpObjects, takeObject } from './stored-object-queries.ts'

const payload = z.strictObject({ attachmentId: z.uuid(), settlementId: z.int().positive() })

interface Parts {
  db: Db
  virusScanner: VirusScanner
  attachmentStores: AttachmentStores
}

/** What the worker does for submissions. */
export function submissionJobs(parts: Parts): JobHandlers {
  return {
    [scanJob]: async (given) => scanAttachment(parts, payload.parse(given)),
    [warningJob]: () => warnOfEndingDrafts(parts),
    [deletionJob]: () => deleteObjectsOfNobody(parts),
  }
}

/** Name of the job of the timetable that tells people which of their drafts end soon. */
const warningJob = 'warn-of-ending-drafts'
const warnedAtOnce = 100

/** Name of the job of the timetable that empties the object store of what belongs to no attachment any more. */
const deletionJob = 'delete-objects-of-nobody'
const deletedAtOnce = 500

/** When it runs. How early each draft's letter goes out is not said here, but with the other limits of drafts. */
export const submissionTimetable = [
  { name: warningJob, match: '*/10 * * * *' },
  { name: deletionJob, match: '*/10 * * * *' },
]

/** Has a letter sent for every draft that ends soon, and writes down that this was done: both or neither, so each end has one. */
async function warnOfEndingDrafts({ db }: Parts): Promise<void> {
  let claimed: number
  do {
    claimed = await inScope(db, { role: 'worker' }, async (tx) => {
      const ending = await claimEndingDrafts(tx, warnedAtOnce)
      for (const { id, accountId, isForOther, keptUntil } of ending) {
        await announceEndingDraft(tx, { draftId: id, accountId, isForOther, keptUntilOn: budapestDay(keptUntil) })
      }
      return ending.length
    })
  } while (claimed === warnedAtOnce)
}

/**
 * Has an attachment looked at, and writes down what was found; the bytes of an infected one are deleted, its name and fingerprint
 * stay. The scanner is asked outside any transaction; asking twice does no harm. When it is away, or the store in which the bytes
 * lie, or they are not those that came in, the file stays in quarantine and the job comes again.
 */
async function scanAttachment(parts: Parts, { attachmentId, settlementId }: z.infer<typeof payload>): Promise<void> {
  const { db, virusScanner, attachmentStores: stores } = parts
  const scope: Scope = { role: 'worker', settlements: [settlementId] }
  const attachment = await inScope(db, scope, (tx) => findAttachment(tx, attachmentId))
  // The person has taken it away again, or somebody was faster.
  if (attachment?.scan !== 'pending') return
  const verdict = await virusScanner.scan(await openStored(stores, (work) => inScope(db, scope, work), attachment))
  const objectKey = await inScope(db, scope, async (tx) => {
    if (!(await writeScan(tx, attachmentId, verdict)) || verdict === 'clean') return undefined
    await recordAudit(tx, {
      action: verdict === 'infected' ? 'attachment.infected' : 'attachment.not-scanned',
      actor: { kind: 'system' },
      settlementId,
      partyId: attachment.partyId,
      purpose: 'virus-check',
      object: { kind: 'attachment', id: attachmentId },
    })
    if (verdict !== 'infected') return undefined
    const { partyId } = attachment
    await stores.inDatabase({ within: (work) => work(tx), settlementId, partyId }).delete(attachmentId)
    return takeObject(tx, attachmentId)
  })
  if (objectKey !== undefined) await deleteObject(parts, objectKey)
}

/** What cannot be deleted now stays written down, and is tried again with the next run. */
async function deleteObjectsOfNobody(parts: Parts): Promise<void> {
  if (parts.attachmentStores.objects === undefined) return
  const keys = await inScope(parts.db, { role: 'worker' }, (tx) => giveUpObjects(tx, deletedAtOnce))
  for (const key of keys) await deleteObject(parts, key)
}

async function deleteObject({ db, attachmentStores }: Parts, key: string): Promise<void> {
  await requireObjects(attachmentStores).delete(key)
  await inScope(db, { role: 'worker' }, (tx) => forgetObject(tx, key))
}
