import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { MandateKind, PartyKind } from './party.ts'

/** A mandate as the tax system (adó szakrendszer) has it, as the database takes it; days YYYY-MM-DD. */
export interface TaxMandateRow {
  registry_key: string
  /** becomes part of addresses if the party is new */
  label: string
  party_kind: PartyKind
  party_name: string
  /** canonical */
  tax_number: string
  /** the representative's fingerprints; the first is the one written down */
  representative_marks: string[]
  representative_name: string
  kind: MandateKind
  /** sorted */
  rights: string[]
  /** sorted; empty: all */
  tax_types: string[]
  valid_from: string
  valid_until: string | null
}

/**
 * Brings in what the tax system says of representatives of a settlement, for all of them or for one. The same again changes
 * nothing. A mandate that is not there any more is revoked and stays as such; one that names another party or another
 * representative is another mandate. It covers matters of the tax sector; rights of other sources are left alone.
 *
 * @param rows a query for the JSON of each TaxMandateRow, in a column `mandate`
 * @param whose the fingerprints of the representative whose rights these are, or everybody's
 */
export async function saveTaxSystemMandates(
  tx: Tx,
  settlementId: number,
  rows: SQL,
  whose: 'everybody' | readonly string[],
): Promise<void> {
  const delivered = sql`
    delivered as (
      select r.* from (${rows}) as given, jsonb_to_record(given.mandate) as r(
        registry_key text, label text, party_kind text, party_name text, tax_number text, representative_marks text[],
        representative_name text, kind text, rights text[], tax_types text[], valid_from date, valid_until date)
    )`
  // What the office's own register says of a party counts for more: it knows the seat.
  await tx.execute(sql`
    with ${delivered}
    insert into represented_parties as known (settlement_id, label, kind, name, tax_number)
    select distinct on (party_kind, tax_number) ${settlementId}::integer, label, party_kind, party_name, tax_number
      from delivered order by party_kind, tax_number, registry_key
    on conflict (settlement_id, kind, tax_number) do update set name = excluded.name
      where known.seat is null and known.name <> excluded.name`)
  const ofThem =
    whose === 'everybody'
      ? sql`true`
      : sql`m.representative_mark in (select jsonb_array_elements_text(${JSON.stringify(whose)}::jsonb))`
  await tx.execute(sql`
    with ${delivered}
    update mandates m set revoked_at = app_now()
    where m.settlement_id = ${settlementId} and m.source = 'tax-system' and m.revoked_at is null
      and (${ofThem} or m.registry_key in (select registry_key from delivered))
      and not exists (
        select from delivered d join represented_parties p
          on p.settlement_id = ${settlementId} and p.kind = d.party_kind and p.tax_number = d.tax_number
        where d.registry_key = m.registry_key and p.id = m.party_id and m.representative_mark = any (d.representative_marks))`)
  await tx.execute(sql`
    with ${delivered}
    insert into mandates as living (settlement_id, party_id, source, registry_key, representative_mark, kind, everything,
      sectors, rights, tax_types, representative_name, valid_from, valid_until)
    select ${settlementId}::integer, p.id, 'tax-system', d.registry_key, d.representative_marks[1], d.kind,
      false, '{tax}', d.rights, d.tax_types, d.representative_name, d.valid_from, d.valid_until
    from delivered d join represented_parties p
      on p.settlement_id = ${settlementId} and p.kind = d.party_kind and p.tax_number = d.tax_number
    on conflict (settlement_id, source, registry_key) where revoked_at is null do update set
      kind = excluded.kind, rights = excluded.rights, tax_types = excluded.tax_types,
      representative_name = excluded.representative_name, valid_from = excluded.valid_from, valid_until = excluded.valid_until
    where (living.kind, living.rights, living.tax_types, living.representative_name, living.valid_from, living.valid_until)
      is distinct from (excluded.kind, excluded.rights, excluded.tax_types, excluded.representative_name, excluded.valid_from,
        excluded.valid_until)`)
}
