/** The database goes away, or loses the answer to a commit; the KAÜ goes away. */
import type { PoolClient } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal
let connect: TestPortal['portal']['db']['pool']['connect']

beforeAll(async () => {
  portal = await openTestPortal()
  await portal.session(anna)
  connect = portal.portal.db.pool.connect.bind(portal.portal.db.pool)
})

afterEach(() => {
  portal.portal.db.pool.connect = connect
})

afterAll(() => portal.close())

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
}

function databaseGoesAway(): void {
  portal.portal.db.pool.connect = (async () => {
    throw refused()
  }) as typeof connect
}

/** Whatever is committed from now on is committed, but nobody hears of it. */
function answersToCommitsGetLost(): void {
  const connected: () => Promise<PoolClient> = connect
  portal.portal.db.pool.connect = (async () => {
    const client = await connected()
    const query = client.query.bind(client) as unknown as (...asked: unknown[]) => Promise<unknown>
    client.query = (async (...asked: unknown[]) => {
      const answer = await query(...asked)
      if (asked[0] === 'commit') throw new Error('Connection terminated unexpectedly')
      return answer
    }) as unknown as typeof client.query
    return client
  }) as typeof connect
}

test('with the database away, public pages are served to everybody', async () => {
  databaseGoesAway()
  for (const path of ['/', '/tajekoztato', '/munkamenetrol', '/onkormanyzatok?q=ujhartyan', '/kijelentkezve']) {
    expect([path, (await portal.visit(path)).status]).toEqual([path, 200])
  }
  for (const path of ['/', '/tajekoztato', '/munkamenetrol']) {
    const page = await portal.visit(path, { as: anna })
    expect([path, page.status, page.text.includes(anna.identity.familyName)]).toEqual([path, 200, false])
    expect(page.html.querySelectorAll('header a[href="/belepes"]')).toHaveLength(0)
    expect(page.headers['set-cookie']).toBeUndefined()
  }
})

test('nobody is sent to sign in, signed out or renamed because the database is away', async () => {
  databaseGoesAway()
  for (const path of [
    '/sajat',
    '/sajat/munkamenetek',
    '/munkamenet/allapot',
    '/munkamenet/szunet',
    '/belepes',
    '/kijelentkezes',
  ]) {
    const page = await portal.visit(path, { as: anna })
    expect([path, page.status, page.headers['retry-after'], page.headers['set-cookie'], page.location]).toEqual([
      path,
      503,
      '30',
      undefined,
      '',
    ])
    expect(page.headers['cache-control']).toBe('no-store')
  }
  portal.portal.db.pool.connect = connect
  expect((await portal.visit('/sajat', { as: anna })).status).toBe(200)
})

test('what is posted meanwhile is said not to be stored, and sending it again to be safe', async () => {
  await portal.session(anna)
  databaseGoesAway()
  for (const path of ['/sajat/beallitasok', '/sajat/munkamenetek', '/kijelentkezes', '/munkamenet/folytatas']) {
    const page = await portal.post(path, { email: 'x' }, { as: anna })
    expect([path, page.status, page.headers['retry-after'], page.headers['set-cookie']]).toEqual([
      path,
      503,
      '30',
      undefined,
    ])
    expect(page.text).toContain('nem mentettük el, és nem hajtottuk végre')
    expect(page.text).toContain('küldje el újra')
  }
  const english = await portal.post('/sajat/beallitasok', {}, { as: anna, language: 'en' })
  expect(english.text).toContain('was not stored and not carried out')
  const script = await portal.post('/munkamenet/jelenlet', {}, { as: anna, headers: { 'x-portal': '1' } })
  expect([script.status, script.headers['content-type']]).toEqual([503, 'application/problem+json; charset=utf-8'])
})

test('an answer lost while storing is not called a failure: nobody knows', async () => {
  const { cookie, token } = await portal.session(anna)
  await portal.visit('/sajat', { headers: { cookie } })
  answersToCommitsGetLost()
  const page = await portal.post('/kijelentkezes/kau', {
    jel: portal.portal.seal.close('00000000-0000-4000-8000-000000000000', 'end-at-kau-again').toString('base64url'),
    _csrf: token,
  })
  expect([page.status, page.text.includes('Nem tudjuk, hogy'), page.text.includes('nem mentettük el')]).toEqual([
    503,
    true,
    false,
  ])
})

test('an answer lost while looking who is there costs no public page, and leaves nothing uncertain', async () => {
  await portal.session(anna)
  answersToCommitsGetLost()
  expect((await portal.visit('/tajekoztato', { as: anna })).status).toBe(200)
  const page = await portal.post('/sajat/beallitasok', {}, { as: anna })
  expect([page.status, page.text.includes('nem mentettük el')]).toEqual([503, true])
})

test('with the KAÜ away, public pages and active sessions go on; who has to go there is told to try again', async () => {
  const page = await portal.visit('/belepes', { headers: { 'sec-fetch-site': 'none' } })
  expect([page.status, page.headers['retry-after'], page.text.includes('A KAÜ most nem érhető el')]).toEqual([
    503,
    '30',
    true,
  ])
  expect(page.html.querySelector('main a[href="/belepes"]')).not.toBeNull()
  expect((await portal.visit('/sajat', { as: anna })).status).toBe(200)

  const { cookie, lineageId } = await portal.session(anna)
  await portal.admin(`update session_lineages set active_at = active_at - interval '30 minutes' where id = $1`, [
    lineageId,
  ])
  const paused = await portal.visit('/munkamenet/szunet', { headers: { cookie } })
  const token =
    paused.html.querySelector('form[action="/munkamenet/folytatas"] input[name=token]')?.getAttribute('value') ?? ''
  const refusedTrip = await portal.post('/munkamenet/folytatas', { token }, { headers: { cookie } })
  expect([refusedTrip.status, refusedTrip.headers['retry-after']]).toEqual([503, '30'])
  expect(refusedTrip.html.querySelector('main a[href="/munkamenet/szunet"]')).not.toBeNull()
  expect(refusedTrip.text).not.toContain(anna.identity.familyName)
  expect(JSON.parse((await portal.visit('/munkamenet/allapot', { headers: { cookie } })).body)).toMatchObject({
    state: 'paused',
  })
})
