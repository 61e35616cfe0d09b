import type { Tx } from '../database.ts'
import { auditTrail } from './tables.ts'

export interface AuditRecord {
  /** a verb and its object, for example 'case.registered' or 'submission.viewed' */
  action: string
  actor: { kind: 'citizen' | 'clerk' | 'system'; id?: string }
  object: { kind: string; id: string }
  settlementId?: number
  /** numbers and codes only: never names, identifiers of people or answers */
  detail?: Record<string, string | number | boolean>
  requestId?: string
}

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
  })
}
