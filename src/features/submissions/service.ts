import type { AttachmentStores } from '../../adapters/attachment-store/contract.ts'
import type { Db, Tx } from '../../platform/database.ts'
import type { FormCatalogue, Sector } from '../forms/index.ts'
import type { ParkedWork } from '../parked-work/index.ts'
import type { Representation } from '../representation/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { actingVerbs } from './acting.ts'
import { attachmentVerbs } from './attachment.ts'
import { completionVerbs } from './completion.ts'
import { copyVerbs } from './copy.ts'
import { draftVerbs } from './draft.ts'
import { draftListVerbs } from './draft-list.ts'
import type { LimitOverride } from './limits.ts'
import { parkedVerbs } from './parked.ts'
import { receiptVerbs } from './receipt.ts'
import { submitVerb } from './submit.ts'

/** What a submission tells whoever goes on with it. */
export interface SentSubmission {
  submissionId: string
  settlementId: number
  partyId: string
  /** null: it came on paper */
  authorId: string | null
  /** the right under which it was sent for somebody else */
  mandateId: string | null
  /** name of the party */
  clientName: string
  sector: Sector
  formCode: string
  formVersion: number
  /** only where the person gave one */
  subject: string | null
  arrivalNumber: string
  submittedAt: Date
  /** calendar days the office has, by the form's definition */
  officeDays: number
  /** it answers a call for what is missing, and begins no case */
  completes?: { callId: string } | undefined
}

export interface SubmissionParts {
  db: Db
  forms: FormCatalogue
  directory: SettlementDirectory
  representation: Pick<Representation, 'marksOf' | 'find' | 'partiesIn'>
  parkedWork: ParkedWork
  /** where the bytes of attachments lie */
  attachmentStores: AttachmentStores
  /** Runs in the submission's own transaction: what comes of a submission stands if and only if the submission does. */
  onSubmitted: (tx: Tx, sent: SentSubmission) => Promise<unknown>
  limits?: readonly LimitOverride[]
}

export type Submissions = ReturnType<typeof submissionService>

/** Drafts, attachments, sending in and receipts of a party in a settlement. */
export function submissionService(parts: SubmissionParts) {
  const files = attachmentVerbs(parts)
  return {
    ...actingVerbs(parts),
    ...draftVerbs(parts),
    ...draftListVerbs(parts),
    ...copyVerbs(parts),
    ...completionVerbs(parts),
    ...files,
    ...submitVerb(parts),
    ...receiptVerbs(parts),
    ...parkedVerbs(parts, files),
  }
}
