import { type AuditRecord, recordAudit } from '../../platform/audit/index.ts'
import type { Tx } from '../../platform/database.ts'
import type { Sector } from '../forms/index.ts'
import { caseDeadline } from './case-deadline.ts'
import { recordEvent } from './case-history.ts'
import { insertCase } from './queries.ts'

/** What a case needs to know of the submission it begins with. */
export interface SentIn {
  submissionId: string
  settlementId: number
  partyId: string
  /** the account that sent it in; null: it came on paper */
  authorId: string | null
  /** the right under which it was sent for somebody else */
  mandateId: string | null
  /** name of the party, for the office's lists */
  clientName: string
  sector: Sector
  formCode: string
  formVersion: number
  /** only where the person gave one */
  subject: string | null
  arrivalNumber: string
  submittedAt: Date
  /** the office's time by the form's definition */
  officeDays: number
  /** who took it over and read it, where it came on paper */
  onPaper?: { clerk: { id: string; name: string }; officeName: string; takenAt: Date }
}

/** Opens the case of a submission, in the submission's own transaction. */
export async function openCase(tx: Tx, sent: SentIn): Promise<{ caseId: string }> {
  const { submissionId, settlementId, partyId, authorId, mandateId, clientName, sector } = sent
  const { formCode, formVersion, subject, arrivalNumber, submittedAt } = sent
  const deadline = caseDeadline(submittedAt, sent.officeDays)
  const caseId = await insertCase(tx, {
    settlementId,
    partyId,
    authorId,
    mandateId,
    clientName,
    submissionId,
    state: 'submitted',
    sector,
    formCode,
    formVersion,
    subject,
    arrivalNumber,
    submittedAt,
    changedAt: submittedAt,
    cleanDueOn: deadline.plainOn,
    dueOn: deadline.dueOn ?? null,
  })
  const matter = { id: caseId, settlementId, partyId, authorId, mandateId }
  const { onPaper } = sent
  const detail = { arrivalNumber }
  if (onPaper === undefined) await recordEvent(tx, matter, { kind: 'submitted', at: submittedAt, detail })
  else {
    const { clerk, officeName, takenAt } = onPaper
    await recordEvent(tx, matter, { kind: 'arrived-on-paper', at: takenAt, officeName, clerk, detail })
  }
  await recordAudit(tx, {
    action: 'case.opened',
    actor: openedBy(sent),
    settlementId,
    partyId,
    ...(mandateId === null ? {} : { mandateId }),
    object: { kind: 'case', id: caseId },
  })
  return { caseId }
}

function openedBy({ authorId, onPaper }: SentIn): AuditRecord['actor'] {
  if (onPaper !== undefined) return { kind: 'clerk', id: onPaper.clerk.id }
  if (authorId === null) throw new Error('a case that nobody opens')
  return { kind: 'citizen', id: authorId }
}
