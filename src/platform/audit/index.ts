import type { Tx } from '../database.ts'
import { auditTrail } from './tables.ts'

export interface AuditRecord {
  /** a verb and its object, for example 'case.registered' or 'submission.viewed' */
  action: string
  actor: { kind: 'citizen' | 'clerk' | 'system'; id?: string }
  object: { kind: string; id: string }
  settlementId?: number
  /** whose data it concerns, an account or a represented party: that person can read of it where the action has words */
  partyId?: string
  /** the actor's office */
  officeId?: string
  /** in which role: that of a clerk, `self`, or the kind of a representative's mandate */
  role?: string
  /** a code, for example 'case-handling' */
  purpose?: AuditPurpose
  /** the right under which a representative acted */
  mandateId?: string
  /** numbers and codes only: never names, identifiers of people or answers */
  detail?: Record<string, string | number | boolean>
  requestId?: string
}

/** For which purpose data are looked at or changed; each has its words in the catalogues. */
export const auditPurposes = [
  'own-matter',
  'representation',
  'case-handling',
  'records',
  'specialist-system',
  'virus-check',
  'mandate-register',
  'tax-balance',
] as const
export type AuditPurpose = (typeof auditPurposes)[number]

/** Writes a row of the audit trail in the transaction of what it records. */
export async function recordAudit(tx: Tx, record: AuditRecord): Promise<void> {
  await tx.insert(auditTrail).values({
    action: record.action,
    actorKind: record.actor.kind,
    actorId: record.actor.id ?? null,
    settlementId: record.settlementId ?? null,
    objectKind: record.object.kind,
    objectId: record.object.id,
    detail: record.detail ?? {},
    requestId: record.requestId ?? null,
    partyId: record.partyId ?? null,
    officeId: record.officeId ?? null,
    role: record.role ?? null,
    purpose: record.purpose ?? null,
    mandateId: record.mandateId ?? null,
  })
}
