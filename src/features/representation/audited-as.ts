import type { AuditRecord } from '../../platform/audit/index.ts'
import type { HeldMandate, Party } from './party.ts'

/**
 * Who does something for whom, as the audit trail keeps it: `...auditedAs(accountId, party)` in its record.
 *
 * @param mandate the right that is used; the strongest of the party's unless given
 */
export function auditedAs(
  accountId: string,
  party: Party,
  mandate?: Pick<HeldMandate, 'id' | 'kind'>,
): Pick<AuditRecord, 'actor' | 'partyId' | 'role' | 'purpose' | 'mandateId'> {
  const actor = { kind: 'citizen' as const, id: accountId }
  if (party.kind === 'self') return { actor, partyId: party.id, role: 'self', purpose: 'own-matter' }
  if (party.own) return { actor, partyId: party.id, role: 'self', purpose: 'own-matter' }
  const used = mandate ?? party.mandates[0]
  return {
    actor,
    partyId: party.id,
    purpose: 'representation',
    ...(used === undefined || used.id === null ? {} : { role: used.kind, mandateId: used.id }),
  }
}
