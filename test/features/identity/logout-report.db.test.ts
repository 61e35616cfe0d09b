import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NationalIdentity, ReportedEnd } from '../../../src/adapters/national-identity/contract.ts'
import { buildApp } from '../../../src/app.ts'
import { logoutReportService } from '../../../src/features/identity/index.ts'
import { inScope } from '../../../src/platform/database.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { openTestPortal, type TestPortal, testIssuer } from '../../support/portal.ts'

const host = '127.0.0.1:8080'
let portal: TestPortal
/** two processes on one database; a stand-in of the KAÜ reads what it says in clear */
let apps: FastifyInstance[]

const readLogoutToken: NationalIdentity['readLogoutToken'] = async (token) => {
  if (token === 'keys-away') throw new OutsideSystemDown('national identity')
  if (!token.startsWith('{')) return { ok: false, failed: 'signature' }
  return {
    ok: true,
    issuer: testIssuer,
    kauSession: undefined,
    subject: undefined,
    ...JSON.parse(token),
  } as ReportedEnd
}

beforeAll(async () => {
  portal = await openTestPortal()
  const { db, sessions, kau } = portal.portal
  const logoutReports = logoutReportService({ db, sessions, kau: { ...kau, readLogoutToken } })
  apps = await Promise.all([1, 2].map(() => buildApp({ ...portal.portal, logoutReports })))
  for (const app of apps) await app.ready()
})

afterAll(async () => {
  for (const app of apps) await app.close()
  await portal.close()
})

let people = 0
/** A session that came of a session of its own at the KAÜ. */
async function somebody(person: CastPerson = anna) {
  people += 1
  const session = await portal.session({ ...person, id: `${person.id}-${people}` as CastPerson['id'] })
  const [row] = await portal.admin<{ kau: string }>('select kau_session as kau from session_lineages where id = $1', [
    session.lineageId,
  ])
  return { ...session, kauSession: row?.kau ?? '' }
}

async function stateOf(cookie: string, node = 0): Promise<string> {
  const answer = await apps[node]?.inject({ method: 'GET', url: '/munkamenet/allapot', headers: { host, cookie } })
  return (answer?.json() as { state: string }).state
}

async function report(
  says: Record<string, string> | string,
  more: { headers?: Record<string, string>; body?: string; node?: number } = {},
) {
  const token = typeof says === 'string' ? says : JSON.stringify({ jti: randomUUID(), ...says })
  const answer = await apps[more.node ?? 0]?.inject({
    method: 'POST',
    url: '/kau/kijelentkeztetes',
    headers: { host, 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
    payload: more.body ?? new URLSearchParams({ logout_token: token }).toString(),
  })
  if (answer === undefined) throw new Error('no such process')
  expect(answer.headers['set-cookie']).toBeUndefined()
  return { status: answer.statusCode, headers: answer.headers, body: answer.body, token }
}

/** Whether the KAÜ's token of this session would still open one. */
function endedAtKau(kauSession: string | undefined, subject = anna.subject, identifiedAt = new Date()) {
  const { db, sessions } = portal.portal
  const identification = { issuer: testIssuer, subject, kauSession, identifiedAt }
  return inScope(db, { role: 'door' }, (tx) =>
    sessions.endedAtKau(tx, identification as Parameters<typeof sessions.endedAtKau>[1]),
  )
}

test('a reported session must be identified again, on every process, and opens nothing any more', async () => {
  const named = await somebody()
  const other = await somebody()
  expect(await endedAtKau(named.kauSession)).toBe(false)
  const answer = await report({ kauSession: named.kauSession })
  expect([answer.status, answer.headers['cache-control'], answer.body]).toEqual([200, 'no-store', ''])
  for (const node of [0, 1])
    expect([await stateOf(named.cookie, node), await stateOf(other.cookie, node)]).toEqual(['reidentify', 'active'])
  expect([await endedAtKau(named.kauSession), await endedAtKau(other.kauSession), await endedAtKau(undefined)]).toEqual(
    [true, false, false],
  )
})

test('a report about a person concerns all of the person’s sessions, and nobody else’s', async () => {
  const annas = [await somebody(), await somebody()]
  const belas = await somebody(bela)
  expect((await report({ subject: anna.subject })).status).toBe(200)
  for (const { cookie } of annas) expect(await stateOf(cookie)).toBe('reidentify')
  expect(await stateOf(belas.cookie)).toBe('active')
  // a callback under way, of an identification before the report, comes too late; a later one does not
  expect(await endedAtKau('under-way', anna.subject, new Date(Date.now() - 5_000))).toBe(true)
  expect(await endedAtKau('afterwards', anna.subject, new Date(Date.now() + 5_000))).toBe(false)
  expect(await endedAtKau('under-way', bela.subject, new Date(Date.now() - 5_000))).toBe(false)
})

test('the same report may come twice and counts once; another one under its name is refused', async () => {
  const jti = randomUUID()
  const first = await report({ jti, subject: bela.subject })
  const after = await somebody(bela)
  expect((await report(first.token, { node: 1 })).status).toBe(200)
  expect(await stateOf(after.cookie)).toBe('active')
  expect((await report({ jti, kauSession: after.kauSession })).status).toBe(400)
  expect([await stateOf(after.cookie), await endedAtKau(after.kauSession, bela.subject)]).toEqual(['active', false])

  const together = JSON.stringify({ jti: randomUUID(), kauSession: after.kauSession })
  const answers = await Promise.all([0, 1, 0, 1].map((node) => report(together, { node })))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(await stateOf(after.cookie)).toBe('reidentify')
  const rows = await portal.admin('select 1 from audit_trail where object_id = $1 and action = $2', [
    after.lineageId,
    'session.ended-at-kau',
  ])
  expect(rows).toHaveLength(1)
})

test('one person’s report ends no session of another, whatever session it names', async () => {
  const belas = await somebody(bela)
  for (const subject of [anna.subject, 'nobody-we-know']) {
    const mixed = await report({ subject, kauSession: belas.kauSession })
    expect(mixed.status).toBe(400)
    expect((await report(mixed.token)).status).toBe(400)
  }
  expect([await stateOf(belas.cookie), await endedAtKau(belas.kauSession, bela.subject)]).toEqual(['active', false])
  expect((await report({ subject: bela.subject, kauSession: belas.kauSession })).status).toBe(200)
  expect(await stateOf(belas.cookie)).toBe('reidentify')
})

test('what proves nothing is refused, and changes nothing', async () => {
  const { cookie, kauSession } = await somebody()
  const good = JSON.stringify({ jti: randomUUID(), kauSession })
  const doubled = new URLSearchParams([
    ['logout_token', good],
    ['logout_token', good],
  ]).toString()
  for (const body of ['', 'logout_token=', 'logout_token=forged', `id_token=${encodeURIComponent(good)}`, doubled]) {
    const answer = await report('', { body })
    expect([body, answer.status, answer.headers['cache-control']]).toEqual([body, 400, 'no-store'])
  }
  expect((await report('', { body: `logout_token=${'x'.repeat(20_000)}` })).status).toBe(413)
  expect((await report(good, { headers: { 'content-type': 'application/json' } })).status).toBe(415)
  const away = await report('keys-away')
  expect([away.status, away.headers['retry-after']]).toEqual([503, '30'])
  expect(await stateOf(cookie)).toBe('active')
})

test('a report comes from elsewhere and needs no cookie; one that comes with it makes no difference', async () => {
  const { cookie, kauSession } = await somebody()
  const headers = { origin: 'https://kau.test', 'sec-fetch-site': 'cross-site', cookie }
  expect((await report({ subject: bela.subject }, { headers })).status).toBe(200)
  expect(await stateOf(cookie)).toBe('active')
  expect((await report({ kauSession }, { headers })).status).toBe(200)
  expect(await stateOf(cookie)).toBe('reidentify')
})

test('a report waits for a callback of the same session under way, and finds what came of it', async () => {
  const { accountId, lineageId } = await somebody()
  const { db, sessions } = portal.portal
  const kauSession = randomUUID()
  let reported: Promise<{ status: number }> | undefined
  await inScope(db, { role: 'door' }, async (tx) => {
    expect(
      await sessions.endedAtKau(tx, {
        issuer: testIssuer,
        subject: anna.subject,
        kauSession,
        identifiedAt: new Date(Date.now() + 60_000),
      } as never),
    ).toBe(false)
    reported = report({ kauSession })
    await waiting()
    await tx.execute(`update session_lineages set kau_session = '${kauSession}' where id = '${lineageId}'`)
  })
  expect((await reported)?.status).toBe(200)
  const [row] = await portal.admin<{ must: boolean }>(
    'select must_reidentify as must from session_lineages where account_id = $1 and kau_session = $2',
    [accountId, kauSession],
  )
  expect(row?.must).toBe(true)
})

/** Until somebody waits for an advisory lock of this database. */
async function waiting(): Promise<void> {
  for (;;) {
    const rows = await portal.admin(`select 1 from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`)
    if (rows.length > 0) return
  }
}
