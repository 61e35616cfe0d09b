import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { DeliveredRow } from './delivered.ts'

/** Where a settlement's tax data come from; undefined: it offers no tax balance. */
export async function saveTaxSource(tx: Tx, settlementId: number, kind: 'files' | 'system' | undefined): Promise<void> {
  await tx.execute(
    kind === undefined
      ? sql`delete from tax_sources where settlement_id = ${settlementId}`
      : sql`insert into tax_sources as known (settlement_id, kind) values (${settlementId}, ${kind})
          on conflict (settlement_id) do update set kind = excluded.kind, file_sha256 = null where known.kind <> excluded.kind`,
  )
}

/** The columns of a delivered row, as a table or a record is described. */
export const describedColumns = sql`record text, line integer, register_key text, kind text, name text, address text, tax_number text,
  person_mark text, as_of timestamptz, tax_type text, bank_account text, payee text, bic text, interest_booked_until date,
  balance_huf bigint, open_items jsonb, bookings integer, position integer, booked_on date, due_on date, value_on date, title text,
  document text, tax_year smallint, amount_huf bigint, mandate jsonb`

/** Their names, in the same order. */
export const deliveredColumns = [
  'record',
  'line',
  'register_key',
  'kind',
  'name',
  'address',
  'tax_number',
  'person_mark',
  'as_of',
  'tax_type',
  'bank_account',
  'payee',
  'bic',
  'interest_booked_until',
  'balance_huf',
  'open_items',
  'bookings',
  'position',
  'booked_on',
  'due_on',
  'value_on',
  'title',
  'document',
  'tax_year',
  'amount_huf',
  'mandate',
] as const satisfies readonly (keyof DeliveredRow)[]

/** Rows as something a statement can read from; few of them, since they travel with each statement. */
export function deliveredAsSource(rows: readonly DeliveredRow[]): SQL {
  const written = rows.map(({ open_items, mandate, ...row }) => ({
    ...row,
    ...(open_items === undefined ? {} : { open_items: JSON.parse(open_items) as unknown }),
    ...(mandate === undefined ? {} : { mandate: JSON.parse(mandate) as unknown }),
  }))
  return sql`jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as delivered(${describedColumns})`
}

/**
 * Makes the books in the database those of a delivery: of the whole register, or of one tax number. Rows that are there already keep
 * their ids, and bookings and accounts that are the same are not written again; what is not delivered any more goes.
 *
 * @param source table or function that yields delivered rows as `delivered`
 */
export async function saveDelivered(
  tx: Tx,
  settlementId: number,
  source: SQL,
  extent: 'whole register' | { taxNumber: string },
): Promise<void> {
  await tx.execute(sql`
    insert into taxpayers (settlement_id, register_key, kind, name, address, tax_number, person_mark, as_of, taken_at)
    select ${settlementId}::integer, register_key, kind, name, address, tax_number, person_mark, as_of, app_now()
      from ${source} where record = 'taxpayer' order by line
    on conflict (settlement_id, register_key) do update set kind = excluded.kind, name = excluded.name,
      address = excluded.address, tax_number = excluded.tax_number, person_mark = excluded.person_mark,
      as_of = excluded.as_of, taken_at = excluded.taken_at`)
  const ofExtent = extent === 'whole register' ? sql`true` : sql`p.tax_number = ${extent.taxNumber}`
  await tx.execute(sql`
    delete from taxpayers p where p.settlement_id = ${settlementId} and ${ofExtent}
      and not exists (select from ${source} where record = 'taxpayer' and register_key = p.register_key)`)
  await tx.execute(sql`
    delete from tax_accounts a using taxpayers p, ${source}
    where record = 'taxpayer' and p.settlement_id = ${settlementId} and p.register_key = delivered.register_key
      and a.taxpayer_id = p.id and not exists (
        select from ${source} where record = 'account' and register_key = p.register_key and tax_type = a.tax_type)`)
  await tx.execute(sql`
    insert into tax_accounts as known (settlement_id, taxpayer_id, tax_type, bank_account, payee, bic, balance_huf, open_items,
      interest_booked_until)
    select p.settlement_id, p.id, d.tax_type, d.bank_account, d.payee, d.bic, d.balance_huf, d.open_items,
      d.interest_booked_until
    from (select * from ${source} where record = 'account') d
      join taxpayers p on p.settlement_id = ${settlementId} and p.register_key = d.register_key
    on conflict (taxpayer_id, tax_type) do update set bank_account = excluded.bank_account, payee = excluded.payee,
      bic = excluded.bic, balance_huf = excluded.balance_huf, open_items = excluded.open_items,
      interest_booked_until = excluded.interest_booked_until
    where (known.bank_account, known.payee, known.bic, known.balance_huf, known.open_items, known.interest_booked_until)
      is distinct from (excluded.bank_account, excluded.payee, excluded.bic, excluded.balance_huf, excluded.open_items,
        excluded.interest_booked_until)`)
  await tx.execute(sql`
    delete from tax_bookings b using (select * from ${source} where record = 'account') d, taxpayers p, tax_accounts a
    where p.settlement_id = ${settlementId} and p.register_key = d.register_key and a.taxpayer_id = p.id
      and a.tax_type = d.tax_type and b.account_id = a.id and b.position > d.bookings`)
  await tx.execute(sql`
    insert into tax_bookings as known (account_id, position, settlement_id, taxpayer_id, booked_on, due_on, value_on, title,
      document, tax_year, amount_huf)
    select a.id, d.position, a.settlement_id, a.taxpayer_id, d.booked_on, d.due_on, d.value_on, d.title, d.document, d.tax_year,
      d.amount_huf
    from (select * from ${source} where record = 'booking') d
      join taxpayers p on p.settlement_id = ${settlementId} and p.register_key = d.register_key
      join tax_accounts a on a.taxpayer_id = p.id and a.tax_type = d.tax_type
    on conflict (account_id, position) do update set booked_on = excluded.booked_on, due_on = excluded.due_on,
      value_on = excluded.value_on, title = excluded.title, document = excluded.document, tax_year = excluded.tax_year,
      amount_huf = excluded.amount_huf
    where (known.booked_on, known.due_on, known.value_on, known.title, known.document, known.tax_year, known.amount_huf)
      is distinct from (excluded.booked_on, excluded.due_on, excluded.value_on, excluded.title, excluded.document,
        excluded.tax_year, excluded.amount_huf)`)
}
