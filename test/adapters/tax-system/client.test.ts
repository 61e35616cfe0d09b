import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { taxSystemClient } from '../../../src/adapters/tax-system/client.ts'
import type { TaxBirthData, TaxSystem } from '../../../src/adapters/tax-system/contract.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela } from '../../cast/people.ts'
import { faultsBySchema, type Manner, startTaxSystemSimulator } from '../../simulators/tax-system/simulator.ts'

const token = 'a token of the tests, long enough for anything'
const kenyer = '99999906213'
let simulator: Awaited<ReturnType<typeof startTaxSystemSimulator>>
let client: TaxSystem

beforeAll(async () => {
  simulator = await startTaxSystemSimulator({ token })
})
afterAll(() => simulator?.stop())
beforeEach(() => {
  // patience enough for a busy machine
  client = taxSystemClient({ url: simulator.url, token, allowHttp: true, milliseconds: 60_000 })
})
afterEach(() => {
  simulator.asked.length = 0
  for (const whom of ['26408', '14535', 'mandates']) simulator.behave(whom, 'works')
})

const birthDataOf = ({ identity }: typeof bela): TaxBirthData => {
  const { familyName: _family, givenName: _given, ...birth } = identity
  return birth
}
const komlo = { settlementCode: '26408', taxNumber: kenyer }

test('the books under a number are told with their moment, accounts and bookings', async () => {
  const { asOf, taxpayers } = await client.findBooks(komlo)
  expect(asOf).toBeInstanceOf(Date)
  expect(taxpayers).toMatchObject([
    { kind: 'company', name: 'Kitalált Kenyér Kft.', birthData: null, accounts: [{ taxType: 'business-tax' }] },
  ])
  expect(taxpayers[0]?.accounts[0]?.bookings.length).toBe(3)
  expect((await client.findBooks({ ...komlo, taxNumber: bela.taxId })).taxpayers[0]?.birthData).toEqual(
    birthDataOf(bela),
  )
})

test('nobody is an answer like any other', async () => {
  expect((await client.findBooks({ ...komlo, taxNumber: '8416719918' })).taxpayers).toEqual([])
})

test('the rights of a representative are told by settlement; who a question is about is in no address', async () => {
  const found = await client.findMandates({ settlementCodes: ['26408', '14535'], representative: birthDataOf(bela) })
  expect(found).toMatchObject([
    { settlementCode: '26408', mandates: [{ party: { taxNumber: '99999906-2-13' }, rights: ['read-tax'] }] },
    { settlementCode: '14535', mandates: [] },
  ])
  expect(await client.findMandates({ settlementCodes: ['26408'], representative: birthDataOf(anna) })).toEqual([
    { settlementCode: '26408', mandates: [] },
  ])
  await client.findBooks(komlo)
  const addresses = simulator.asked.map(({ path }) => path)
  expect(addresses).toEqual(['/mandates/search', '/mandates/search', '/settlements/26408/taxpayers/search'])
})

test.each(['dead', 'garbage', 'huge'] as const)('one answer that is %s is asked for again', async (manner: Manner) => {
  simulator.behave('next', manner)
  expect((await client.findBooks(komlo)).taxpayers).toHaveLength(1)
  expect(simulator.asked).toHaveLength(2)
})

test.each(['dead', 'garbage', 'huge'] as const)('a system that stays %s is down after two tries', async (manner) => {
  simulator.behave('26408', manner)
  await expect(client.findBooks(komlo)).rejects.toThrow(OutsideSystemDown)
  expect(simulator.asked).toHaveLength(2)
})

test('a system that does not answer in time is down after two tries', async () => {
  const hasty = taxSystemClient({ url: simulator.url, token, allowHttp: true, milliseconds: 20 })
  simulator.behave('26408', 'slow')
  await expect(hasty.findBooks(komlo)).rejects.toMatchObject({ system: 'tax system', cause: { name: 'TimeoutError' } })
})

test('a refusal is not repeated', async () => {
  await expect(client.findBooks({ ...komlo, settlementCode: '05430' })).rejects.toThrow(OutsideSystemDown)
  expect(simulator.asked).toHaveLength(1)
  const stranger = taxSystemClient({ url: simulator.url, token: 'another', allowHttp: true })
  await expect(stranger.findBooks(komlo)).rejects.toMatchObject({ cause: { message: 'it answered 401' } })
})

test('an address without TLS is refused, but for the simulator', () => {
  expect(() => taxSystemClient({ url: simulator.url, token, allowHttp: false })).toThrow('https')
})

test('openapi.json describes what client and simulator really send', async () => {
  const sent: { question: unknown; answer: unknown; path: string }[] = []
  const real = globalThis.fetch
  globalThis.fetch = async (address, options) => {
    const response = await real(address, options)
    sent.push({
      path: (address as URL).pathname,
      question: JSON.parse(options?.body as string),
      answer: await response.clone().json(),
    })
    return response
  }
  try {
    await client.findBooks(komlo)
    await client.findBooks({ settlementCode: '14535', taxNumber: anna.taxId })
    await client.findMandates({ settlementCodes: ['26408'], representative: birthDataOf(bela) })
  } finally {
    globalThis.fetch = real
  }
  const described = JSON.parse(
    readFileSync(new URL('../../../src/adapters/tax-system/openapi.json', import.meta.url), 'utf8'),
  ) as { paths: Record<string, unknown> }
  expect(Object.keys(described.paths).sort()).toEqual([
    '/mandates/search',
    '/settlements/{settlementCode}/taxpayers/search',
  ])
  expect(
    sent.map(({ path }) => path.replace(/\d{5}/, '{settlementCode}')).every((path) => path in described.paths),
  ).toBe(true)
  for (const { path, question, answer } of sent) {
    const what = path === '/mandates/search' ? 'Mandates' : 'Books'
    expect(faultsBySchema(`${what}Question`, question)).toBeUndefined()
    expect(faultsBySchema(`${what}Answer`, answer)).toBeUndefined()
  }
  expect(faultsBySchema('BooksAnswer', { asOf: 'x', taxpayers: [{}] })).toBeDefined()
})
