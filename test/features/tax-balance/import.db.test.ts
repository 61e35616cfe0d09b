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

test('a newer register changes what it says, keeps the ids of whoever stays, and lets go of who is missing', async () => {
  await takeOver(taxFileOf(jsonlOf(register(new Date(now.getTime() - 7_200_000))), 'jsonl'))
  const ids = async () =>
    (await owner.query<{ register_key: string; id: string }>('select register_key, id from taxpayers order by 1')).rows
  const before = await ids()
  const newer = register()
  const [own, , kenyer] = newer.taxpayers
  newer.taxpayers = newer.taxpayers.filter(({ registerKey }) => registerKey !== 'UH-1002')
  own?.accounts.splice(1, 1)
  own?.accounts[0]?.bookings.pop()
  kenyer?.accounts[0]?.bookings.push({
    bookedOn: '2026-01-05',
    dueOn: null,
    valueOn: '2026-01-04',
    title: 'payment',
    document: 'Új',
    taxYear: 2026,
    amountHuf: -1_000,
  })
  newer.mandates = newer.mandates.slice(1)
  expect(await takeOver(taxFileOf(jsonlOf(newer), 'jsonl'))).toMatchObject({ taxpayers: 3, accounts: 6, mandates: 1 })
  expect(await ids()).toEqual(before.filter(({ register_key }) => register_key !== 'UH-1002'))
  const { rows } = await owner.query(
    `select tax_type, balance_huf::integer as balance, (select count(*)::integer from tax_bookings b where b.account_id = a.id) as bookings
     from tax_accounts a join taxpayers p on p.id = a.taxpayer_id where register_key = 'UH-1001' order by 1`,
  )
  expect(rows).toEqual([
    { tax_type: 'building-tax', balance: 24_000, bookings: 5 },
    { tax_type: 'plot-tax', balance: -3_500, bookings: 2 },
  ])
  const { rows: dropped } = await owner.query(
    'select registry_key, revoked_at is null as living from mandates order by 1',
  )
  expect(dropped).toEqual([
    { registry_key: 'M-1', living: false },
    { registry_key: 'M-2', living: true },
  ])
})

describe('a file that is not as it has to be is refused with its lines, and the last good state stays', () => {
  const good = jsonlOf(register())
  const lines = good.trimEnd().split('\n')
  const withLine = (number: number, text: string | undefined): string =>
    lines.flatMap((line, place) => (place + 1 !== number ? [line] : text === undefined ? [] : [text])).join('\n')
  const csv = csvOf(register())

  test.each<[string, string | Buffer, TaxFile['format'], RegExp]>([
    ['of another settlement', good.replace('"06293"', '"26408"'), 'jsonl', /line 1: settlement/],
    ['from the future', jsonlOf(register(new Date(now.getTime() + 3_600_000))), 'jsonl', /line 1: asOf/],
    ['cut off', lines.slice(0, -1).join('\n'), 'jsonl', /line 8: the closing line is missing/],
    ['with a taxpayer less than it counts', withLine(3, undefined), 'jsonl', /line 7: taxpayers: there were 3/],
    ['going on after its end', `${good}{}\n`, 'jsonl', /line 9/],
    ['without an opening line', lines.slice(1).join('\n'), 'jsonl', /line 1: the opening line is missing/],
    ['empty', '', 'jsonl', /line 1: the closing line is missing/],
    ['with an empty line', withLine(3, ''), 'jsonl', /line 3: is empty/],
    ['that is not JSON', withLine(3, '{"taxpayer":Etelka}'), 'jsonl', /line 3: line: is not JSON/],
    ['with a NUL', good.replace('Etelka', 'Etel\0ka'), 'jsonl', /line 3: holds a NUL/],
    ['with an escaped NUL', good.replace('Képzelt Etelka', 'Etel\\u0000ka'), 'jsonl', /line 3: name: control/],
    ['in another encoding', Buffer.from(good, 'latin1'), 'jsonl', /line 2: is not in UTF-8/],
    ['in sixteen bits', Buffer.from(good, 'utf16le'), 'jsonl', /line 1: holds a NUL/],
    ['with a line without end', `${lines[0] ?? ''}\n${' '.repeat(17_000_000)}`, 'jsonl', /line 2: is longer/],
    [
      'with a taxpayer twice',
      good.replace('"UH-1002"', '"UH-1001"'),
      'jsonl',
      /line 3: registerKey: stands already in line 2/,
    ],
    ['with a mandate twice', good.replace('"M-2"', '"M-1"'), 'jsonl', /line 7: key: stands already in line 6/],
    [
      'with an account twice',
      good.replace('plot-tax', 'building-tax'),
      'jsonl',
      /line 2: accounts\.2\.taxType: stands there twice/,
    ],
    ['with an unknown tax', good.replace('plot-tax', 'window-tax'), 'jsonl', /line 2: accounts\.2\.taxType/],
    [
      'with a wrong account number',
      good.replace('99900016-99900023', '99900016-99900024'),
      'jsonl',
      /line 2: accounts\.0\.bankAccount/,
    ],
    ['with a wrong tax number', good.replace('8255559973', '8255559974'), 'jsonl', /line 3: taxNumber/],
    ['with a day there is not', good.replace('"1936-12-20"', '"1936-12-32"'), 'jsonl', /line 3: birthData\.birthDate/],
    [
      'with a field nobody knows',
      good.replace('"registerKey"', '"anyja neve":"","registerKey"'),
      'jsonl',
      /line 2: line: has unknown fields/,
    ],
    ['with half a forint', good.replace('"amountHuf":22000', '"amountHuf":22000.5'), 'jsonl', /amountHuf/],
    [
      'with a payment that is owed',
      good.replace('"amountHuf":-22000', '"amountHuf":22000'),
      'jsonl',
      /bookings\.1\.amountHuf: the sign/,
    ],
    [
      'with a booking below no account',
      csv.replace(/^account;.*\n/m, ''),
      'csv',
      /line 3: a booking stands before any account/,
    ],
    ['with a field too much', csv.replace(/^(booking;.*)$/m, '$1;'), 'csv', /line 4: has 8 fields instead of 7/],
    ['with a word nobody knows', csv.replace(/^booking/m, 'Booking'), 'csv', /line 4: begins with none of/],
    ['with a quotation mark that does not end', csv.replace(/^booking;/m, 'booking;"'), 'csv', /quotation marks/],
    ['with words for an amount', csv.replace(';22000\n', ';sok\n'), 'csv', /line 4: amountHuf/],
  ])('%s', async (_, content, format, message) => {
    await takeOver(taxFileOf(good, 'jsonl'))
    const before = await everything()
    const refusal = await takeOver(taxFileOf(content, format), { anyway: true }).then(
      () => 'taken over',
      (error: Error) => error.message,
    )
    expect(refusal).toMatch(message)
    expect(refusal).not.toMatch(/Etelka|Anna|825555/)
    expect(await everything()).toEqual(before)
  })

  test('twenty faults are told at once, and no more', async () => {
    const many = good.replaceAll('"taxYear":20', '"taxYear":10')
    const refusal = await takeOver(taxFileOf(many, 'jsonl')).then(
      () => 'taken over',
      (error: Error) => error.message,
    )
    expect(refusal.match(/taxYear/g)).toHaveLength(20)
    expect(refusal).toContain('reading ended here')
  })

  test('a packed file that is cut off, no packed file at all, and one that unpacks to far too much', async () => {
    const packed = gzipSync(good)
    const as = (content: Buffer): TaxFile => ({ ...taxFileOf(content, 'jsonl'), isPacked: true })
    await expect(takeOver(as(packed.subarray(0, -20)))).rejects.toThrow('is no whole gzip file')
    await expect(takeOver(as(Buffer.from(good)))).rejects.toThrow('is no whole gzip file')
    const bomb = gzipSync(Buffer.alloc(40_000_000, `${'x'.repeat(9_999_999)}\n`))
    await expect(takeOver(as(bomb))).rejects.toThrow('unpacks to far too much')
  })

  test('an older register, unless it is wanted', async () => {
    await takeOver(taxFileOf(good, 'jsonl'))
    const older = taxFileOf(jsonlOf(register(new Date(now.getTime() - 86_400_000))), 'jsonl')
    await expect(takeOver(older)).rejects.toThrow(/the books here are newer/)
    expect((await takeOver(older, { anyway: true })).outcome).toBe('taken-over')
  })

  test('a settlement that takes no files, or offers no balance', async () => {
    await expect(takeOver(taxFileOf(good, 'jsonl'), { settlementCode: '26408' })).rejects.toThrow('from its tax system')
    await expect(takeOver(taxFileOf(good, 'jsonl'), { settlementCode: '14535' })).rejects.toThrow(
      'offers no tax balance',
    )
  })

  test('a file that changes while it is read', async () => {
    let read = 0
    const file = taxFileOf(good, 'jsonl')
    const changing: TaxFile = {
      ...file,
      read: () => {
        read += 1
        return read === 1 ? file.read() : taxFileOf(good.replace('22000', '23000'), 'jsonl').read()
      },
    }
    await expect(takeOver(changing)).rejects.toThrow('changed while it was read')
    expect((await owner.query('select from taxpayers')).rowCount).toBe(0)
  })
})

test('a register is never held in memory: each taxpayer is let go before the next is read', async () => {
  const register = jsonlOf(castRegisters({ now: hourAgo }).ujhartyan).split('\n')
  let given = 0
  const file: TaxFile = {
    format: 'jsonl',
    isPacked: false,
    sizeBytes: 1,
    async *read() {
      yield Buffer.from(`${register[0] ?? ''}\n`)
      const filler = 'x'.repeat(280)
      for (let place = 0; place < 4_000; place += 1) {
        given = place
        yield Buffer.from(
          `${JSON.stringify({ taxpayer: { registerKey: `N-${place}`, kind: 'company', name: 'Kitalált Kft.', address: filler, taxNumber: null, birthData: null, accounts: [] } })}\n`,
        )
      }
      yield Buffer.from('{"end":{"taxpayers":4000,"mandates":0}}\n')
    },
  }
  let largestLead = 0
  let taken = 0
  await importTaxFile(owner, {
    settlementCode: '06293',
    file,
    marksOf,
    onProgress: ({ step }) => {
      if (step === 'reading') taken += 1
      largestLead = Math.max(largestLead, given - taken)
    },
  })
  expect(taken).toBe(4_000)
  expect(largestLead).toBeLessThan(1_000)
})
