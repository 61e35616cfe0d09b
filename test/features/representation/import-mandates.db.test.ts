import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { composeOfficeImport } from '../../../src/compose.ts'
import { personMarks } from '../../../src/features/representation/index.ts'
import { importOffice } from '../../../src/features/settlements/index.ts'
import { anna, bela } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let owner: pg.Client
const keys = [randomBytes(32)]

const officeData = z.looseObject({
  settlements: z.tuple([
    z.looseObject({
      parties: z.array(z.looseObject({ key: z.string(), name: z.string(), taxNumber: z.string() })),
      mandates: z.array(
        z.looseObject({ key: z.string(), party: z.string(), representative: z.unknown(), scope: z.unknown() }),
      ),
    }),
  ]),
})
type OfficeData = z.infer<typeof officeData>
type Register = OfficeData['settlements'][0]

/** Újhartyán’s file, changed. */
async function bringIn(
  change: (register: Register) => Partial<Register> = () => ({}),
  personKeys = keys,
): Promise<void> {
  const url = new URL('../../cast/offices/ujhartyan.json', import.meta.url)
  const office = officeData.parse(JSON.parse(readFileSync(url, 'utf8')))
  const [register] = office.settlements
  const changed = { ...office, settlements: [{ ...register, ...change(register) }] }
  await drizzle(owner, { casing: 'snake_case' }).transaction((tx) =>
    importOffice(tx, changed, composeOfficeImport({ personKeys }), 'https://kau.example.hu'),
  )
}

const only = (key: string, change: object) => (register: Register) => ({
  mandates: register.mandates.map((mandate) => (mandate.key === key ? { ...mandate, ...change } : mandate)),
})

interface Row {
  id: string
  registry_key: string
  representative_mark: string
  everything: boolean
  form_codes: string[]
  living: boolean
}
const mandates = async () =>
  (await owner.query<Row>('select *, revoked_at is null as living from mandates order by registered_at, id')).rows
const whole = async () =>
  JSON.stringify(
    (
      await owner.query(`select to_jsonb(m)::text as row, m.xmin::text from mandates m
        union all select to_jsonb(p)::text, null from represented_parties p order by 1`)
    ).rows,
  )
const byKey = async (key: string) => (await mandates()).filter((row) => row.registry_key === key)
const kenyer = 'kenyer-pelda-bela'

beforeAll(async () => {
  database = await copyOfDatabase()
  owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})
beforeEach(async () => {
  await owner.query('delete from mandates')
  await owner.query('delete from represented_parties')
  await bringIn()
})

test('the same file again changes nothing, not even a label', async () => {
  const before = await whole()
  await bringIn()
  expect(await whole()).toBe(before)
  expect(await mandates()).toHaveLength(3)
})

test('nothing of the representative is kept but the mark', async () => {
  const stored = await whole()
  for (const part of [
    bela.identity.birthFamilyName,
    bela.identity.motherGivenName,
    bela.identity.birthDate,
    'Kecskemét',
  ]) {
    expect(stored).not.toContain(`"${part}"`)
  }
  expect((await byKey(kenyer))[0]?.representative_mark).toBe(personMarks(keys)(bela.identity)[0])
})

test('a mandate that is not in the file any more is revoked and stays; back again it is a new one', async () => {
  const [before] = await byKey(kenyer)
  await bringIn(({ mandates }) => ({ mandates: mandates.filter(({ key }) => key !== kenyer) }))
  expect(await byKey(kenyer)).toEqual([expect.objectContaining({ id: before?.id, living: false })])
  expect((await mandates()).filter(({ living }) => living)).toHaveLength(2)
  await bringIn()
  const both = await byKey(kenyer)
  expect(both.map(({ living }) => living)).toEqual([false, true])
  expect(both[1]?.id).not.toBe(before?.id)
})

test('a narrower scope is the same mandate, narrower', async () => {
  const [before] = await byKey(kenyer)
  await bringIn(only(kenyer, { scope: { sectors: [], forms: ['adoigazolas-kerelem'] } }))
  expect(await byKey(kenyer)).toEqual([
    expect.objectContaining({ id: before?.id, living: true, everything: false, form_codes: ['adoigazolas-kerelem'] }),
  ])
})

test.each([
  ['another representative', { representative: birthDataOf(anna) }],
  ['another party', { party: 'delibab-epito' }],
])('%s: another mandate; the former is revoked', async (_what, change) => {
  const [before] = await byKey(kenyer)
  await bringIn(only(kenyer, change))
  const both = await byKey(kenyer)
  expect(both.map(({ living }) => living)).toEqual([false, true])
  expect(both[0]?.id).toBe(before?.id)
})

test('under a new key the mark is written anew, and the mandate stays the same as long as the old key is known', async () => {
  const [before] = await byKey(kenyer)
  const newKey = randomBytes(32)
  await bringIn(undefined, [newKey, ...keys])
  expect(await byKey(kenyer)).toEqual([
    expect.objectContaining({
      id: before?.id,
      living: true,
      representative_mark: personMarks([newKey])(bela.identity)[0],
    }),
  ])
})

test.each([
  [
    'a wrong tax number',
    ({ parties }: Register) => ({ parties: parties.map((one) => ({ ...one, taxNumber: '12345678-1-12' })) }),
    'tax number',
  ],
  ['a form that does not exist', only(kenyer, { scope: { sectors: [], forms: ['nincs-ilyen'] } }), 'nincs-ilyen'],
  ['a sector that does not exist', only(kenyer, { scope: { sectors: ['nincs-ilyen'], forms: [] } }), 'nincs-ilyen'],
  ['a scope of nothing', only(kenyer, { scope: { sectors: [], forms: [] } }), 'scope'],
  ['a party that does not stand there', only(kenyer, { party: 'senki' }), 'party'],
  [
    'a representative known by the name alone',
    only(kenyer, { representative: { birthFamilyName: 'Példa', birthGivenName: 'Béla' } }),
    'birthDate',
  ],
])('%s is refused, and nothing is changed', async (_what, change, named) => {
  const before = await whole()
  await expect(bringIn(change)).rejects.toThrow(named)
  expect(await whole()).toBe(before)
})

function birthDataOf({ identity }: typeof anna) {
  const { familyName: _family, givenName: _given, ...birth } = identity
  return birth
}
