import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'

/**
 * The chain over the audit trail: each link is the SHA-256 over the link before and the row as text, so that no sealed row can be
 * altered, left out, brought in or moved without every later link being another. Each settlement has a chain of its own, and
 * the rows of no settlement have one.
 *
 * Rows stand in the order of the transactions that wrote them, then of their numbers. Numbers alone would not do: a transaction that
 * commits late brings in a low number after higher ones. See sealing.ts.
 */

/** A row of `audit_trail t` as the text that is sealed, in SQL. A later column would change what was sealed: add it only where it is not null. */
export const sealedText = sql<string>`json_build_array(t.id, (extract(epoch from t.at) * 1000000)::bigint, t.action, t.actor_kind, t.actor_id,
  t.settlement_id, t.object_kind, t.object_id, t.detail::text, t.request_id, t.party_id, t.office_id, t.role, t.purpose, t.mandate_id,
  t.cluster, t.written_in::text)::text`

/** What the first link of a chain follows. */
export function beginningOf(settlementId: number): Buffer {
  return createHash('sha256')
    .update(`audit trail of settlement ${String(settlementId)}`)
    .digest()
}

export function nextLink(before: Buffer, row: string): Buffer {
  return createHash('sha256').update(before).update(row).digest()
}
