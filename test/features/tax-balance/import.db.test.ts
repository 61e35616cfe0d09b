import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { personMarks } from '../../../src/features/representation/index.ts'
import { importTaxFile, type TaxFile } from '../../../src/features/tax-balance/index.ts'
import { anna, bela } from '../../cast/people.ts'
import { type CastRegister, castRegisters } from '../../cast/tax/books.ts'
import { csvOf, jsonlOf } from '../../cast/tax/files.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'
import { taxFileOf } from '../../support/tax-books.ts'

const personKey = randomBytes(32)
const marksOf = personMarks([personKey])
const now = new Date()
const emptied = ['tax_sources', 'taxpayers', 'mandates', 'represented_parties']
const hourAgo = new Date(now.getTime() - 3_600_000)

let database: TestDatabase
let owner: pg.Client

const register = (moment = hourAgo): CastRegister => castRegisters({ now: moment }).ujhartyan
const takeOver = (file: TaxFile, more: { anyway?: boolean; settlementCode?: string } = {}) =>
  importTaxFile(owner, { settlementCode: '06293', file, marksOf, ...more })

/** Everything an import writes, but for the moments. */
async function everything(): Promise<string[]> {
  const { rows } = await owner.query<{ row: string }>(`
    select to_jsonb(t) - 'as_of' - 'taken_at' as row from taxpayers t
    union all select to_jsonb(a) from tax_accounts a
    union all select to_jsonb(b) from tax_bookings b
    union all select to_jsonb(p) from represented_parties p
    union all select to_jsonb(m) from mandates m`)
  return rows.map(({ row }) => JSON.stringify(row)).sort()
}

beforeAll(async () => {
  database = await copyOfDatabase()
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
})

afterAll(async () => {
  await owner?.end()
  await database?.drop()
})

beforeEach(async () => {
  for (const table of emptied) await owner.query(`delete from ${table}`)
  await owner.query(`insert into tax_sources (settlement_id, kind) values (6293, 'files'), (26408, 'system')`)
})

test('a register is there with accounts, bookings, open items and mandates, and without anybody’s birth data', async () => {
  const taken = await takeOver(taxFileOf(jsonlOf(register()), 'jsonl'))
  expect(taken).toEqual({ outcome: 'taken-over', taxpayers: 4, accounts: 8, bookings: 35, mandates: 2 })
  const { rows } = await owner.query(
    `select name, tax_number, person_mark, tax_type, bank_account, balance_huf::integer, open_items,
       (select count(*)::integer from tax_bookings b where b.account_id = a.id) as bookings
     from taxpayers p join tax_accounts a on a.taxpayer_id = p.id where register_key = 'UH-1001' order by tax_type`,
  )
  expect(rows).toMatchObject([
    { tax_type: 'building-tax', balance_huf: 48_000, bookings: 6, bank_account: '999000169990002302440000' },
    { tax_type: 'communal-tax', balance_huf: 12_000, bookings: 5 },
    { tax_type: 'plot-tax', balance_huf: -3_500, bookings: 2, open_items: [] },
  ])
  expect(rows[0]).toMatchObject({ name: anna.name, tax_number: anna.taxId, person_mark: marksOf(anna.identity)[0] })
  expect(rows[0].open_items).toMatchObject([{ amountHuf: 24_000 }, { amountHuf: 24_000 }])
  const { rows: mandates } = await owner.query(
    `select source, rights, tax_types, representative_name, representative_mark, tax_number from mandates m
     join represented_parties p on p.id = m.party_id order by registry_key`,
  )
  expect(mandates).toMatchObject([
    {
      source: 'tax-system',
      rights: ['read-tax'],
      tax_types: [],
      tax_number: '99999906213',
      representative_name: bela.name,
    },
    { tax_types: ['building-tax'], tax_number: '99999913213', representative_mark: marksOf(bela.identity)[0] },
  ])
  const stored = (await everything()).join()
  for (const secret of [anna.identity.motherGivenName, anna.identity.birthDate, bela.identity.motherFamilyName]) {
    expect(stored).not.toContain(secret)
  }
})

test('both formats say the same, packed or not', async () => {
  const ids = (rows: string[]) => rows.map((row) => row.replaceAll(/"(id|label|[a-z]+_(id|at))":"[^"]*"/g, '')).sort()
  await takeOver(taxFileOf(jsonlOf(register()), 'jsonl'))
  const first = ids(await everything())
  for (const table of emptied) if (table !== 'tax_sources') await owner.query(`delete from ${table}`)
  await takeOver(taxFileOf(`\ufeff${csvOf(register()).replaceAll('\n', '\r\n')}`, 'csv', { packed: true }))
  expect(ids(await everything())).toEqual(first)
})

test('the same file again changes nothing; the same register in another file keeps every row and id', async () => {
  const file = taxFileOf(jsonlOf(register()), 'jsonl')
  await takeOver(file)
  const before = await everything()
  const stamps = async () =>
    (await owner.query('select as_of, taken_at, file_sha256 from tax_sources where settlement_id = 6293')).rows
  const stamped = await stamps()
  expect((await takeOver(file)).outcome).toBe('same-file')
  expect(await stamps()).toEqual(stamped)
  const written = async () =>
    (await owner.query('select ctid, xmin from tax_bookings union all select ctid, xmin from tax_accounts')).rows
  const rows = await written()
  expect((await takeOver(taxFileOf(csvOf(register()), 'csv'))).outcome).toBe('taken-over')
  expect(await everything()).toEqual(before)
  expect(await written()).toEqual(rows)
  expect(await stamps()).not.toEqual(stamped)
})
