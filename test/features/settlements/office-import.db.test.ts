import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  findOfficeBySlug,
  findRegisterPrefix,
  findSettlementsOfOffice,
  importOffice,
  importSettlements,
  type OfficeClerk,
  officeFile,
  settlementDirectory,
  settlementService,
} from '../../../src/features/settlements/index.ts'
import { type Db, inScope, openDatabase, type Tx } from '../../../src/platform/database.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const offices = new URL('../../cast/offices/', import.meta.url)
const read = (slug: string) => officeFile.parse(JSON.parse(readFileSync(new URL(`${slug}.json`, offices), 'utf8')))
/** The office's file with each settlement it serves changed. */
const changed = (slug: string, settlement: object) => {
  const office = read(slug)
  return { ...office, settlements: office.settlements.map((served) => ({ ...served, ...settlement })) }
}
const ids = { ujhartyan: 6293, komlo: 26408, komloHeves: 14535, magyarhertelend: 5430, bodolyaber: 33002, abony: 27872 }

let database: TestDatabase
let owner: pg.Client
let db: Db
const directory = settlementDirectory()
const told: { clerks: Map<string, readonly OfficeClerk[]>; forms: Map<number, readonly string[] | 'all'> } = {
  clerks: new Map(),
  forms: new Map(),
}
const parts = {
  importClerks: async (_tx: Tx, officeId: string, clerks: readonly OfficeClerk[]) =>
    void told.clerks.set(officeId, clerks),
  publishForms: async (_tx: Tx, settlementId: number, codes: readonly string[] | 'all') =>
    void told.forms.set(settlementId, codes),
  saveTaxSource: async () => {},
  importMandates: async () => {},
}

const asOwner = <T>(work: (tx: Tx) => Promise<T>) => drizzle(owner, { casing: 'snake_case' }).transaction(work)
const bringIn = (office: unknown) => asOwner((tx) => importOffice(tx, office, parts, 'https://kau.example.hu'))
const asCitizen = <T>(work: (tx: Tx) => Promise<T>) => inScope(db, { role: 'citizen' }, work)

/** All rows of the tables the import writes, as text. */
async function everything(): Promise<string> {
  const { rows } = await owner.query(`
    select 'office' as kind, to_jsonb(offices)::text as row from offices
    union all select 'serves', to_jsonb(office_settlements)::text from office_settlements
    union all select 'profile', to_jsonb(settlement_profiles)::text from settlement_profiles
    union all select 'system', to_jsonb(settlement_systems)::text from settlement_systems order by 1, 2`)
  return JSON.stringify(rows)
}

beforeAll(async () => {
  database = await copyOfDatabase()
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  db = openDatabase({ url: database.appUrl, connections: 2 })
})

afterAll(async () => {
  await db?.pool.end()
  await owner?.end()
  await database?.drop()
})

beforeEach(async () => {
  for (const slug of ['ujhartyan', 'komlo', 'komlo-heves', 'magyarhertelend']) await bringIn(read(slug))
})

const settlements = () => settlementService({ db, directory })

test('all settlements of the country are in the database, and bringing them in again changes no row', async () => {
  const count = async () =>
    (await owner.query('select count(*)::int, max(xmin::text::bigint) from settlements')).rows[0]
  const before = await count()
  expect(before.count).toBe(3178)
  await asOwner((tx) => importSettlements(tx))
  expect(await count()).toEqual(before)
})

test('every office of the cast has its file', () => {
  expect(readdirSync(offices).sort()).toEqual([
    'komlo-heves.json',
    'komlo.json',
    'magyarhertelend.json',
    'ujhartyan.json',
  ])
})

test('a settlement that has joined shows its office and its systems', async () => {
  expect(await settlements().profile(ids.ujhartyan)).toMatchObject({
    joined: true,
    registerPrefix: 'UHT',
    office: { slug: 'ujhartyan', name: 'Újhartyáni Polgármesteri Hivatal', streetAddress: 'Minta utca 1.' },
    systems: ['tax', 'industry-trade', 'probate', 'possession', 'civil-registry', 'social', 'finance'],
  })
  expect(await settlements().profile(ids.komloHeves)).toMatchObject({ systems: ['tax', 'social'] })
  expect(await settlements().profile(ids.abony)).toEqual({ joined: false })
})

test('one office serves two settlements, each with its own register', async () => {
  const served = await asCitizen(async (tx) => {
    const office = await findOfficeBySlug(tx, 'magyarhertelend')
    return office && findSettlementsOfOffice(tx, office.id)
  })
  expect(served).toEqual([ids.magyarhertelend, ids.bodolyaber])
  expect(await asCitizen((tx) => findRegisterPrefix(tx, ids.magyarhertelend))).toBe('MHD')
  expect(await asCitizen((tx) => findRegisterPrefix(tx, ids.bodolyaber))).toBe('BOD')
  expect(await asCitizen((tx) => findRegisterPrefix(tx, ids.abony))).toBeUndefined()
})

test('who has joined is told for many at once', async () => {
  expect(await settlements().joinedAmong(Object.values(ids))).toEqual(
    new Set([ids.ujhartyan, ids.komlo, ids.komloHeves, ids.magyarhertelend, ids.bodolyaber]),
  )
  expect(await settlements().joinedAmong([])).toEqual(new Set())
})

test('without the database nobody knows who has joined, and nothing fails', async () => {
  const away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/nothing', connections: 1 })
  expect(await settlementService({ db: away, directory }).joinedAmong([ids.ujhartyan])).toBeUndefined()
  await away.pool.end()
})

test('the same file again changes nothing, not even a key', async () => {
  const before = await everything()
  await bringIn(read('magyarhertelend'))
  await bringIn(read('ujhartyan'))
  expect(await everything()).toBe(before)
})

test('clerks and forms go to the rooms that keep them; the KAÜ identifies the clerks', async () => {
  const { officeId } = await bringIn(read('ujhartyan'))
  expect(told.forms.get(ids.ujhartyan)).toBe('all')
  expect(told.clerks.get(officeId)?.map(({ issuer, name, roles }) => ({ issuer, name, roles }))).toEqual([
    { issuer: 'https://kau.example.hu', name: 'Iktató Cecília', roles: ['records_clerk'] },
    { issuer: 'https://kau.example.hu', name: 'Ügyintéző Dénes', roles: ['case_worker'] },
    { issuer: 'https://kau.example.hu', name: 'Űrlapos Hanna', roles: ['administrator'] },
  ])
  const { forms: _all, ...unsaid } = read('ujhartyan').settlements[0] ?? {}
  await bringIn({ ...read('ujhartyan'), settlements: [unsaid] })
  expect(told.forms.get(ids.ujhartyan)).toBe('all')
  await bringIn(read('komlo-heves'))
  expect(told.forms.get(ids.komloHeves)).toContain('altalanos-kerelem')
})

describe('a changed file', () => {
  test('that no longer names a settlement ends the service from today on', async () => {
    const office = read('magyarhertelend')
    await bringIn({ ...office, settlements: office.settlements.slice(0, 1) })
    expect(await settlements().profile(ids.bodolyaber)).toEqual({ joined: false })
    expect(await settlements().profile(ids.magyarhertelend)).toMatchObject({ joined: true })
    await bringIn(read('magyarhertelend'))
    expect(await settlements().profile(ids.bodolyaber)).toMatchObject({ joined: true })
  })

  test('of another office takes the settlement over', async () => {
    const office = read('komlo')
    const taken = read('magyarhertelend').settlements.slice(1)
    await bringIn({
      ...office,
      settlements: [...office.settlements, ...taken.map((served) => ({ ...served, servedFrom: '2024-06-01' }))],
    })
    expect(await settlements().profile(ids.bodolyaber)).toMatchObject({ office: { slug: 'komlo' } })
    await bringIn(read('magyarhertelend'))
    await bringIn(read('komlo'))
    expect(await settlements().profile(ids.bodolyaber)).toMatchObject({ office: { slug: 'magyarhertelend' } })
  })

  test('with other systems and another first day says so', async () => {
    const probate = [{ system: 'probate', introducedOn: '2024-01-01' }]
    await bringIn(changed('komlo-heves', { systems: probate, servedFrom: '2023-05-01' }))
    expect(await settlements().profile(ids.komloHeves)).toMatchObject({ systems: ['probate'] })
    const { rows } = await owner.query(
      `select valid_from::text, valid_to from office_settlements where settlement_id = $1`,
      [ids.komloHeves],
    )
    expect(rows).toEqual([{ valid_from: '2023-05-01', valid_to: null }])
  })

  test('whose systems come later does not offer them yet', async () => {
    await bringIn(changed('komlo-heves', { systems: [{ system: 'tax', introducedOn: '2999-01-01' }] }))
    expect(await settlements().profile(ids.komloHeves)).toMatchObject({ joined: true, systems: [] })
  })

  test('that joins later has not joined yet', async () => {
    await bringIn(changed('komlo-heves', { joinedOn: '2999-01-01' }))
    expect(await settlements().profile(ids.komloHeves)).toEqual({ joined: false })
    expect(await settlements().joinedAmong([ids.komloHeves])).toEqual(new Set())
  })
})

describe('a file that is wrong', () => {
  test.each([
    ['an unknown system', { systems: [{ system: 'magic', introducedOn: '2024-01-01' }] }, /systems\.0\.system/],
    ['an impossible day', { joinedOn: '2024-02-30' }, /settlements\.0\.joinedOn/],
    [
      'a system twice',
      { systems: ['2024-01-01', '2024-02-01'].map((day) => ({ system: 'tax', introducedOn: day })) },
      /twice/,
    ],
    ['a prefix with a slash', { registerPrefix: 'A/B' }, /registerPrefix/],
  ])('%s is named and nothing changes', async (_, settlement, message) => {
    const before = await everything()
    await expect(bringIn({ ...changed('komlo', settlement), name: 'Más név' })).rejects.toThrow(message)
    expect(await everything()).toBe(before)
  })

  test.each([
    ['nothing', null],
    ['text', 'office'],
    ['an unknown key', { ...read('komlo'), colour: 'blue' }],
    [
      'a settlement twice',
      { ...read('komlo'), settlements: [read('komlo').settlements[0], read('komlo').settlements[0]] },
    ],
    ['a slug with accents', { ...read('komlo'), slug: 'komló' }],
    ['a postal code of five digits', { ...read('komlo'), postalCode: '73000' }],
  ])('%s is refused', async (_, office) => {
    await expect(bringIn(office)).rejects.toThrow('The office file is wrong')
  })

  test('a settlement that does not exist is refused, and nothing of the office stays', async () => {
    const before = await everything()
    await expect(bringIn({ ...changed('komlo', { kshCode: '99999' }), name: 'Más név' })).rejects.toThrow()
    expect(await everything()).toBe(before)
  })

  test('when another room refuses its part, nothing of the office stays', async () => {
    const before = await everything()
    const refusing = { ...parts, publishForms: () => Promise.reject(new Error('no such form')) }
    await expect(
      asOwner((tx) => importOffice(tx, { ...read('komlo'), name: 'Más név' }, refusing, 'https://kau.example.hu')),
    ).rejects.toThrow('no such form')
    expect(await everything()).toBe(before)
  })
})

test('nobody but the owner brings an office in', async () => {
  for (const role of ['citizen', 'clerk', 'worker', 'door'] as const) {
    const attempt = inScope(db, { role }, (tx) => importOffice(tx, read('komlo'), parts, 'https://kau.example.hu'))
    await expect(attempt, role).rejects.toMatchObject({ cause: { code: '42501' } })
  }
})

describe('the operator’s command', () => {
  const file = fileURLToPath(new URL('komlo.json', offices))
  const personKeys = randomBytes(32).toString('base64')
  const command = (environment: Record<string, string>, ...files: string[]) => {
    const program = fileURLToPath(new URL('../../../src/office-import.ts', import.meta.url))
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, ...environment }
    return spawnSync(process.execPath, ['--import', 'tsx', program, ...files], { env, encoding: 'utf8' })
  }

  test('brings a file in and says what it brought', async () => {
    await owner.query(`update offices set name = 'Régi név' where slug = 'komlo'`)
    const { status, stdout } = command(
      { DATABASE_OWNER_URL: database.ownerUrl, KAU_ISSUER: 'https://kau.example.hu', PERSON_KEYS: personKeys },
      file,
    )
    expect(status).toBe(0)
    expect(stdout).toBe('Komlói Polgármesteri Hivatal: settlements 1, clerks 1, mandates 1\n')
    expect(await settlements().profile(ids.komlo)).toMatchObject({ office: { name: 'Komlói Polgármesteri Hivatal' } })
  })

  test('names what is missing and never the address it was given', () => {
    const nothing = command({ KAU_ISSUER: 'https://kau.example.hu', PERSON_KEYS: personKeys }, file)
    expect(nothing.status).toBe(1)
    expect(nothing.stderr).toContain('DATABASE_OWNER_URL')
    const noFile = command({
      DATABASE_OWNER_URL: database.ownerUrl,
      KAU_ISSUER: 'https://kau.example.hu',
      PERSON_KEYS: personKeys,
    })
    expect(noFile.status).toBe(1)
    expect(noFile.stderr).toContain('office file')
    expect(noFile.stderr).not.toContain('postgres')
  })
})
