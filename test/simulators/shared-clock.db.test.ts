import { parse } from 'node-html-parser'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { databaseNow } from '../../src/platform/clock.ts'
import { type Db, inScope, openDatabase } from '../../src/platform/database.ts'
import { copyOfDatabase, type TestDatabase } from '../support/database.ts'
import { type NationalIdentitySimulator, startNationalIdentitySimulator } from './national-identity/start.ts'

const addresses = {
  redirectUris: ['http://127.0.0.1:1/kau/visszateres'],
  postLogoutRedirectUris: ['http://127.0.0.1:1/kijelentkezve'],
}
let database: TestDatabase
let db: Db
let simulator: NationalIdentitySimulator

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl, connections: 1 })
  simulator = await startNationalIdentitySimulator(addresses)
})
afterAll(async () => {
  await simulator?.stop()
  await db?.pool.end()
  await database?.drop()
})
beforeEach(async () => {
  await simulator.shareClock(database.ownerUrl)
  await simulator.moveClock(0)
})

/** Whole minutes the portal's time is ahead of the real one. */
async function portalMinutes(): Promise<number> {
  const now = await inScope(db, { role: 'door' }, databaseNow)
  return Math.round((now.getTime() - Date.now()) / 60_000) + 0
}

/** How far the simulator's own time is ahead: what it signs carries it. */
async function simulatorMinutes(): Promise<number> {
  const { token } = await simulator.logoutToken({ subject: 'somebody' })
  const { iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }
  return Math.round((iat * 1000 - Date.now()) / 60_000) + 0
}

function move(minutes: string, origin = simulator.issuer): Promise<Response> {
  const body = new URLSearchParams({ perc: minutes })
  return fetch(`${simulator.issuer}/ora`, { method: 'POST', body, headers: { origin }, redirect: 'manual' })
}

test('one call moves the time of the KAÜ and of the portal', async () => {
  await simulator.moveClock(90 * 60)
  expect([await portalMinutes(), await simulatorMinutes()]).toEqual([90, 90])
  expect(await simulator.state()).toMatchObject({ offsetSeconds: 5400, clockShared: true })
})

test('a KAÜ that starts again takes over the time it left', async () => {
  await simulator.moveClock(240 * 60)
  const second = await startNationalIdentitySimulator(addresses)
  try {
    expect(await second.shareClock(database.ownerUrl)).toBe(14_400)
    expect((await second.state()).offsetSeconds).toBe(14_400)
  } finally {
    await second.stop()
  }
})

test('while the portal’s database is away, no time moves', async () => {
  const lost = await copyOfDatabase()
  await simulator.shareClock(lost.ownerUrl)
  await simulator.moveClock(60)
  await lost.drop()
  await expect(simulator.moveClock(120)).rejects.toThrow('400')
  await expect(simulator.shareClock(lost.ownerUrl)).rejects.toThrow(lost.name)
  expect((await simulator.state()).offsetSeconds).toBe(60)
  const answer = await move('25')
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('most nem érhető el')])
  expect((await simulator.state()).offsetSeconds).toBe(60)
})

test.each([25, 30, 230, 240])('the page moves the time of both by %i minutes, without scripts', async (minutes) => {
  const page = parse(await (await fetch(`${simulator.issuer}/ora`)).text())
  const form = page.querySelector('form[method=post][action="/ora"]')
  expect(form?.querySelectorAll('button[name=perc]').map((button) => button.getAttribute('value'))).toEqual([
    '25',
    '30',
    '230',
    '240',
  ])
  expect(page.querySelectorAll('script')).toEqual([])
  const moved = await move(String(minutes))
  expect([moved.status, new URL(moved.headers.get('location') ?? '', simulator.issuer).pathname]).toEqual([303, '/ora'])
  expect([await portalMinutes(), await simulatorMinutes()]).toEqual([minutes, minutes])
  const after = await (await fetch(`${simulator.issuer}/ora`)).text()
  expect(after).toContain(`<strong>${minutes} perccel</strong>`)
  await move('25')
  expect(await portalMinutes()).toBe(minutes + 25)
})

test.each(['-30', '0', '31', 'x', ''])('by „%s” minutes nothing moves, and the page says why', async (minutes) => {
  const answer = await move(minutes)
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('csak előre állítható')
  expect(await portalMinutes()).toBe(0)
})

test.each(['http://127.0.0.1:1', 'null', ''])('another page (%s) moves nothing', async (origin) => {
  const answer = await move('30', origin)
  expect(answer.status).toBe(403)
  expect(await portalMinutes()).toBe(0)
})

test('a KAÜ that shares its time with nobody has no such page', async () => {
  const alone = await startNationalIdentitySimulator(addresses)
  try {
    expect((await fetch(`${alone.issuer}/ora`)).status).toBe(404)
    expect(await (await fetch(alone.issuer)).text()).not.toContain('/ora')
    expect(await (await fetch(simulator.issuer)).text()).toContain('href="/ora"')
  } finally {
    await alone.stop()
  }
})
