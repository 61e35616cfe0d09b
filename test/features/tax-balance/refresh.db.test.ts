import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TaxSystem } from '../../../src/adapters/tax-system/contract.ts'
import { type BirthData, personMarks } from '../../../src/features/representation/index.ts'
import { settlementDirectory } from '../../../src/features/settlements/index.ts'
import { taxRefresh } from '../../../src/features/tax-balance/index.ts'
import { databaseNow } from '../../../src/platform/clock.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { type CastRegister, castRegisters } from '../../cast/tax/books.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const marksOf = personMarks([randomBytes(32)])
const birthDataOf = ({ identity }: CastPerson): BirthData => {
  const { familyName: _family, givenName: _given, ...birth } = identity
  return birth
}
const marks = marksOf(birthDataOf(bela))
const directory = settlementDirectory()
const at = (code: string) => {
  const settlement = directory.all.find(({ kshCode }) => kshCode === code)
  if (settlement === undefined) throw new Error('no such settlement')
  return settlement
}
const certain = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the cast has it')
  return value
}
const komlo = at('26408')
const komloHeves = at('14535')
const ujhartyan = at('06293')
const kenyer = '99999906213'

let database: TestDatabase
let owner: pg.Client
let db: Db
/** what the tax system would say, and whether it says anything */
let register: CastRegister
let isDown: boolean
let asked: string[]
let time: number
let failures: unknown[]

const system: TaxSystem = {
  async findBooks({ settlementCode, taxNumber }) {
    asked.push(`${settlementCode} ${taxNumber}`)
    if (isDown) throw new OutsideSystemDown('tax system')
    const taxpayers = register.taxpayers.filter((one) => one.taxNumber?.replaceAll('-', '') === taxNumber)
    return { asOf: new Date(register.asOf), taxpayers }
  },
  async findMandates({ settlementCodes, representative }) {
    asked.push(`mandates ${settlementCodes.join()}`)
    if (isDown) throw new OutsideSystemDown('tax system')
    const mandates = register.mandates.filter((one) => one.representative.birthDate === representative.birthDate)
    return settlementCodes.map((settlementCode) => ({
      settlementCode,
      mandates: settlementCode === '26408' ? mandates : [],
    }))
  },
}
const parts = () => ({
  db,
  system,
  marksOf,
  onFailure: (failed: unknown) => void failures.push(failed),
  monotonic: () => time,
})

beforeAll(async () => {
  database = await copyOfDatabase()
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  db = openDatabase({ url: database.appUrl, connections: 3 })
})

afterAll(async () => {
  await db?.pool.end()
  await owner?.end()
  await database?.drop()
})

beforeEach(async () => {
  for (const table of ['tax_sources', 'taxpayers', 'mandates', 'represented_parties'])
    await owner.query(`delete from ${table}`)
  await owner.query(
    `insert into tax_sources (settlement_id, kind) values (6293, 'files'), (26408, 'system'), (14535, 'system')`,
  )
  register = castRegisters({ now: new Date() }).komlo
  isDown = false
  asked = []
  failures = []
  time = 0
})

const stored = async () =>
  (
    await owner.query<{ register_key: string; tax_type: string; balance: number }>(
      `select register_key, tax_type, balance_huf::integer as balance from taxpayers p join tax_accounts a on a.taxpayer_id = p.id order by 1, 2`,
    )
  ).rows
const grow = () => owner.query(`update taxpayers set taken_at = taken_at - interval '11 minutes'`)
const ofBela = { settlement: komlo, taxNumber: bela.taxId, reader: { marks } }

test('one’s own books are asked for, kept, and asked for again after ten minutes only', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  expect(await refreshTaxpayer(ofBela)).toBe('fresh')
  const first = await stored()
  expect(first).toEqual([
    { register_key: 'KO-78', tax_type: 'building-tax', balance: 31_000 },
    { register_key: 'KO-78', tax_type: 'communal-tax', balance: 5_000 },
  ])
  await refreshTaxpayer(ofBela)
  expect(asked).toHaveLength(1)

  await grow()
  const { rows: before } = await owner.query('select id from taxpayers')
  certain(register.taxpayers[1]?.accounts).pop()
  certain(register.taxpayers[1]?.accounts[0]?.bookings).pop()
  expect(await refreshTaxpayer(ofBela)).toBe('fresh')
  expect(asked).toHaveLength(2)
  expect(await stored()).toEqual([{ register_key: 'KO-78', tax_type: 'communal-tax', balance: 14_000 }])
  expect((await owner.query('select id from taxpayers')).rows).toEqual(before)
  const { rows } = await owner.query('select taken_at from tax_sources where settlement_id = 26408')
  expect(rows[0]?.taken_at).toBeInstanceOf(Date)
})

test('whoever is not known there any more is not here either', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  await refreshTaxpayer(ofBela)
  await grow()
  register.taxpayers = []
  expect(await refreshTaxpayer(ofBela)).toBe('fresh')
  expect(await stored()).toEqual([])
})

test('a stranger’s books are asked for every time like nobody’s, and never kept', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  const strangers = { ...ofBela, taxNumber: anna.taxId }
  const nobodys = { ...ofBela, taxNumber: '8416719918' }
  for (const one of [strangers, nobodys, strangers, nobodys]) expect(await refreshTaxpayer(one)).toBe('fresh')
  expect(asked).toHaveLength(4)
  expect(await stored()).toEqual([])
})

test('a representative’s client is kept; a copy another reader may see is no copy for a stranger', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  expect(await refreshTaxpayer({ settlement: komlo, taxNumber: kenyer, reader: 'representative' })).toBe('fresh')
  expect((await stored()).map(({ register_key }) => register_key)).toEqual(['KO-301'])
  await refreshTaxpayer({ settlement: komlo, taxNumber: kenyer, reader: { marks } })
  expect(asked).toHaveLength(2)
})

test('a settlement that delivers files, or offers nothing, is never asked', async () => {
  const { refreshTaxpayer, refreshMandates } = taxRefresh(parts())
  await owner.query(`delete from tax_sources where kind = 'system'`)
  for (const settlement of [ujhartyan, at('05430')]) {
    expect(await refreshTaxpayer({ ...ofBela, settlement })).toBe('fresh')
    expect(await refreshMandates(ofMandates)).toBe('fresh')
  }
  expect(asked).toEqual([])
})

test('when the system is down the copy stays, and for half a minute nobody tries; other settlements are asked', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  await refreshTaxpayer(ofBela)
  const before = await stored()
  await grow()
  isDown = true
  expect(await refreshTaxpayer(ofBela)).toBe('down')
  expect(await refreshTaxpayer(ofBela)).toBe('down')
  expect(await refreshTaxpayer({ ...ofBela, taxNumber: anna.taxId })).toBe('down')
  expect(asked).toHaveLength(2)
  expect(failures).toHaveLength(1)
  expect(await stored()).toEqual(before)
  await refreshTaxpayer({ ...ofBela, settlement: komloHeves })
  expect(asked).toHaveLength(3)

  isDown = false
  time += 29_999
  expect(await refreshTaxpayer(ofBela)).toBe('down')
  time += 1
  expect(await refreshTaxpayer(ofBela)).toBe('fresh')
})

test('without a system there is none to be asked', async () => {
  expect(await taxRefresh({ ...parts(), system: undefined }).refreshTaxpayer(ofBela)).toBe('down')
})

test('who asks for the same at the same time waits for one answer', async () => {
  // one connection, so that what was asked of the database later is answered later
  const narrow = openDatabase({ url: database.appUrl, connections: 1 })
  let answer: (() => void) | undefined
  const slow: TaxSystem = {
    ...system,
    async findBooks(question) {
      const found = await system.findBooks(question)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return found
    },
  }
  const { refreshTaxpayer } = taxRefresh({ ...parts(), db: narrow, system: slow })
  const all = [refreshTaxpayer(ofBela), refreshTaxpayer(ofBela), refreshTaxpayer(ofBela)]
  for (let looked = 0; looked < 2; looked += 1) await inScope(narrow, { role: 'worker' }, (tx) => databaseNow(tx))
  certain(answer)()
  expect(await Promise.all(all)).toEqual(['fresh', 'fresh', 'fresh'])
  expect(asked).toHaveLength(1)
  expect(await stored()).toHaveLength(2)
  await narrow.pool.end()
})

test('older books never follow newer ones, and what cannot be right is not kept', async () => {
  const { refreshTaxpayer } = taxRefresh(parts())
  await refreshTaxpayer(ofBela)
  const before = await stored()
  await grow()
  register = castRegisters({ now: new Date(Date.now() - 86_400_000) }).komlo
  certain(register.taxpayers[1]?.accounts).pop()
  await refreshTaxpayer(ofBela)
  expect(await stored()).toEqual(before)

  register = castRegisters({ now: new Date() }).komlo
  certain(register.taxpayers[1]?.accounts[0]).bankAccount = '99900016-11111112'
  expect(await refreshTaxpayer(ofBela)).toBe('down')
  expect(await stored()).toEqual(before)
  expect(failures).toHaveLength(1)
})

const living = async () =>
  (
    await owner.query<{ registry_key: string; source: string; tax_types: string[]; tax_number: string }>(
      `select registry_key, source, tax_types, tax_number from mandates m join represented_parties p on p.id = m.party_id
       where revoked_at is null order by source, registry_key`,
    )
  ).rows
const ofMandates = { representative: birthDataOf(bela) }

test('mandates are asked for at most once a minute; narrowed, they are narrowed, and what is not told any more is revoked', async () => {
  const { refreshMandates } = taxRefresh(parts())
  expect(await refreshMandates(ofMandates)).toBe('fresh')
  const given = { registry_key: 'KM-1', source: 'tax-system', tax_types: [], tax_number: kenyer }
  expect(await living()).toEqual([given])
  const { rows: before } = await owner.query(
    'select m.id, registered_at, label from mandates m join represented_parties p on p.id = m.party_id',
  )
  await refreshMandates(ofMandates)
  expect(asked).toEqual(['mandates 14535,26408'])

  certain(register.mandates[0]).taxTypes = ['business-tax']
  time += 60_000
  await refreshMandates(ofMandates)
  expect(await living()).toEqual([{ ...given, tax_types: ['business-tax'] }])
  const { rows: after } = await owner.query(
    'select m.id, registered_at, label from mandates m join represented_parties p on p.id = m.party_id',
  )
  expect(after).toEqual(before)

  register.mandates = []
  time += 60_000
  await refreshMandates(ofMandates)
  expect(await living()).toEqual([])
})

test('rights of other sources and of other people stay; a system that is down takes nothing away', async () => {
  const { refreshMandates } = taxRefresh(parts())
  await refreshMandates(ofMandates)
  const { rows } = await owner.query<{ id: string }>('select id from represented_parties')
  await owner.query(
    `insert into mandates (settlement_id, party_id, source, registry_key, representative_mark, kind, everything, valid_from)
     values (26408, $1, 'office', 'KM-1', $2, 'permanent', true, '2024-01-01'),
       (26408, $1, 'tax-system', 'KM-2', 'somebody else', 'permanent', true, '2024-01-01')`,
    [rows[0]?.id, marks[0]],
  )
  isDown = true
  time += 60_000
  expect(await refreshMandates(ofMandates)).toBe('down')
  expect(await living()).toHaveLength(3)
  isDown = false
  register.mandates = []
  time += 60_000
  expect(await refreshMandates(ofMandates)).toBe('fresh')
  expect((await living()).map(({ source, registry_key }) => `${source} ${registry_key}`)).toEqual([
    'office KM-1',
    'tax-system KM-2',
  ])
})

test('a mandate of another person is not believed', async () => {
  const { refreshMandates } = taxRefresh(parts())
  certain(register.mandates[0]).representative.motherGivenName = 'Más'
  expect(await refreshMandates(ofMandates)).toBe('down')
  expect(await living()).toEqual([])
})
