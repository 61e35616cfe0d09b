import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { parse } from 'node-html-parser'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildApp } from '../../../src/app.ts'
import { signOutService } from '../../../src/features/identity/index.ts'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

const host = '127.0.0.1:8080'
let portal: TestPortal
/** the same portal, with a KAÜ that can be switched off */
let app: FastifyInstance
let kauIsAway = false

beforeAll(async () => {
  portal = await openTestPortal()
  const { db, seal, sessions, endings, kau } = portal.portal
  const standIn = {
    ...kau,
    endSessionUrl: async (_idToken: string, state: string) =>
      kauIsAway ? undefined : new URL(`https://kau.test/end?state=${state}`),
  }
  const signOut = signOutService({ db, seal, sessions, endings, kau: standIn })
  app = await buildApp({ ...portal.portal, signOut })
  await app.ready()
})

beforeEach(() => {
  kauIsAway = false
})

afterAll(async () => {
  await app.close()
  await portal.close()
})

let people = 0
/** A session of its own for each test. */
function somebody(person: CastPerson = anna) {
  people += 1
  return portal.session({ ...person, id: `${person.id}-${people}` as CastPerson['id'] })
}

async function post(url: string, cookie: string, fields: Record<string, string> = {}, headers = {}) {
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: { host, cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
  return {
    ...answer,
    status: answer.statusCode,
    location: String(answer.headers.location ?? ''),
    html: parse(answer.body),
  }
}

async function visit(url: string, cookie = '', headers = {}) {
  const answer = await app.inject({ method: 'GET', url, headers: { host, cookie, ...headers } })
  return {
    status: answer.statusCode,
    location: String(answer.headers.location ?? ''),
    text: parse(answer.body).textContent,
  }
}

async function stateOf(cookie: string): Promise<string> {
  const answer = await app.inject({ method: 'GET', url: '/munkamenet/allapot', headers: { host, cookie } })
  return answer.json<{ state: string }>().state
}

async function end(lineageId: string) {
  const [row] = await portal.admin<{ reason: string | null; known: number }>(
    'select end_reason as reason, length(identity) as known from session_lineages where id = $1',
    [lineageId],
  )
  return row
}

test('the button ends the portal’s session and leads to the KAÜ’s end; coming back, both have ended', async () => {
  const { cookie, token, lineageId } = await somebody()
  const answer = await post('/kijelentkezes', cookie, { _csrf: token })
  expect([answer.status, new URL(answer.location).host]).toEqual([303, 'kau.test'])
  expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
  expect(answer.headers['cache-control']).toBe('no-store')
  const gone = [answer.headers['set-cookie'] ?? []].flat().join('\n')
  for (const name of ['__Host-munkamenet', '__Host-belepes'])
    expect(gone).toMatch(new RegExp(`${name}=;.*Expires=Thu, 01 Jan 1970`))
  expect(await end(lineageId)).toEqual({ reason: 'signed-out', known: 0 })
  expect(await stateOf(cookie)).toBe('anonymous')
  expect((await visit('/sajat', cookie)).location).toBe('/belepes')

  const back = new URL(answer.location).searchParams.get('state') ?? ''
  expect((await visit(`/kijelentkezve?state=${back}`)).text).toContain('A portálról és a KAÜ-ből is kijelentkezett.')
})

test('that both have ended is believed of the KAÜ’s own answer only, and not for long', async () => {
  const { cookie, token } = await somebody()
  const mark =
    new URL((await post('/kijelentkezes', cookie, { _csrf: token })).location).searchParams.get('state') ?? ''
  const altered = `${mark.slice(0, -2)}${mark.endsWith('AA') ? 'BB' : 'AA'}`
  for (const forged of [
    '',
    `?state=${randomBytes(60).toString('base64url')}`,
    `?state=${altered}`,
    `?state=${mark}&state=${mark}`,
  ]) {
    const page = await visit(`/kijelentkezve${forged}`)
    expect([
      page.status,
      page.text.includes('A portálon nincs bejelentkezve.'),
      page.text.includes('KAÜ-ből is'),
    ]).toEqual([200, true, false])
    expect(page.text).toContain('Azt innen nem látjuk')
  }
  const old = portal.portal.seal
    .close(new Date(Date.now() - 600_000).toISOString(), 'ended-at-kau')
    .toString('base64url')
  expect((await visit(`/kijelentkezve?state=${old}`)).text).toContain('Azt innen nem látjuk')
  // somebody is signed in: nothing has ended
  const other = await somebody(bela)
  expect(await visit(`/kijelentkezve?state=${mark}`, other.cookie)).toMatchObject({
    status: 303,
    location: '/kijelentkezes',
  })
})

test('a link, a stale token or a stranger’s page ends nothing: a fresh button is offered', async () => {
  const { cookie, lineageId } = await somebody()
  const other = await somebody(bela)
  expect((await visit('/kijelentkezes', cookie)).text).toContain('Biztosan kijelentkezik?')
  for (const fields of [{}, { _csrf: 'stale' }, { _csrf: other.token }, { token: 'forged' }] as Record<
    string,
    string
  >[]) {
    const page = await post('/kijelentkezes', cookie, fields)
    expect([page.status, page.html.querySelector('form[action="/kijelentkezes"] input[name=token]') !== null]).toEqual([
      200,
      true,
    ])
  }
  expect((await post('/kijelentkezes', cookie, {}, { origin: 'https://elsewhere.test' })).status).toBe(403)
  expect((await end(lineageId))?.reason).toBeNull()

  const fresh =
    (await post('/kijelentkezes', cookie)).html.querySelector('input[name=token]')?.getAttribute('value') ?? ''
  expect((await post('/kijelentkezes', other.cookie, { token: fresh })).status).toBe(200)
  expect((await post('/kijelentkezes', cookie, { token: fresh })).status).toBe(303)
  expect((await end(lineageId))?.reason).toBe('signed-out')
  expect((await end(other.lineageId))?.reason).toBeNull()
})

test('with the KAÜ away the portal’s session ends all the same, and the page says what did not', async () => {
  const { cookie, token, lineageId } = await somebody()
  kauIsAway = true
  const failed = await post('/kijelentkezes', cookie, { _csrf: token })
  expect(failed.status).toBe(200)
  expect(failed.html.textContent).toContain('A KAÜ-ből nem sikerült')
  expect(failed.html.textContent).not.toContain('KAÜ-ből is kijelentkezett')
  expect(failed.body).not.toContain(anna.identity.familyName)
  expect(await end(lineageId)).toEqual({ reason: 'signed-out', known: 0 })

  const again =
    failed.html.querySelector('form[action="/kijelentkezes/kau"] input[name=jel]')?.getAttribute('value') ?? ''
  expect((await post('/kijelentkezes/kau', '', { jel: again })).html.textContent).toContain('A KAÜ-ből nem sikerült')
  kauIsAway = false
  expect(new URL((await post('/kijelentkezes/kau', '', { jel: again })).location).host).toBe('kau.test')
  for (const jel of ['', 'x', randomBytes(60).toString('base64url')]) {
    expect((await post('/kijelentkezes/kau', '', { jel })).location).toBe('/kijelentkezve')
  }
  await portal.admin(`update session_lineages set ended_at = ended_at - interval '10 minutes' where id = $1`, [
    lineageId,
  ])
  expect((await post('/kijelentkezes/kau', '', { jel: again })).location).toBe('/kijelentkezve')
})

test('a second click finds what the first one ended, and still reaches the KAÜ', async () => {
  const { cookie, token } = await somebody()
  await post('/kijelentkezes', cookie, { _csrf: token })
  expect(new URL((await post('/kijelentkezes', cookie, { _csrf: token })).location).host).toBe('kau.test')
  expect((await post('/kijelentkezes', '')).location).toBe('/kijelentkezve')
})

test('a session that waits to be continued can be signed out of as well', async () => {
  for (const [column, minutes, page] of [
    ['active_at', 30, '/munkamenet/szunet'],
    ['identified_at', 240, '/munkamenet/azonositas'],
  ]) {
    const { cookie, lineageId } = await somebody()
    await portal.admin(
      `update session_lineages set ${column} = ${column} - interval '${minutes} minutes' where id = $1`,
      [lineageId],
    )
    const answer = await app.inject({ method: 'GET', url: String(page), headers: { host, cookie } })
    const token =
      parse(answer.body).querySelector('form[action="/kijelentkezes"] input[name=token]')?.getAttribute('value') ?? ''
    expect(new URL((await post('/kijelentkezes', cookie, { token })).location).host).toBe('kau.test')
    expect((await end(lineageId))?.reason).toBe('signed-out')
  }
})

test('the end of a session is one row in the audit trail, without anything secret', async () => {
  const { cookie, token, lineageId, accountId } = await somebody()
  await Promise.all([1, 2, 3].map(() => post('/kijelentkezes', cookie, { _csrf: token })))
  const rows = await portal.admin<{ action: string; actor_id: string; detail: object }>(
    `select action, actor_id, detail from audit_trail where object_id = $1 and action like 'session.ended%'`,
    [lineageId],
  )
  expect(rows).toEqual([{ action: 'session.ended.signed-out', actor_id: accountId, detail: { account: accountId } }])
})
