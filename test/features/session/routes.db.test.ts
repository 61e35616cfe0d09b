import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})

afterAll(() => portal.close())

async function status(person: CastPerson | undefined) {
  const page = await portal.visit('/munkamenet/allapot', person === undefined ? {} : { as: person })
  expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store'])
  return JSON.parse(page.body) as { state: string; idleSeconds: number; identifiedSeconds: number; lineage: string }
}

/** Presence as a page's script sends it: the token in a header, no body. */
function present(cookie: string, headers: Record<string, string>) {
  return portal.app.inject({
    method: 'POST',
    url: '/munkamenet/jelenlet',
    headers: { host: '127.0.0.1:8080', cookie, ...headers },
  })
}

/** Moves a clock of a person's session into the past, which is the same as waiting. */
async function wait(lineageId: string, column: 'active_at' | 'identified_at', minutes: number) {
  await portal.admin(`update session_lineages set ${column} = ${column} - make_interval(mins => $2) where id = $1`, [
    lineageId,
    minutes,
  ])
}

async function activeAt(lineageId: string) {
  const [row] = await portal.admin<{ at: Date }>('select active_at as at from session_lineages where id = $1', [
    lineageId,
  ])
  return row?.at
}

test('a page learns what is left, without that keeping the session awake', async () => {
  expect(await status(undefined)).toEqual({ state: 'anonymous', idleSeconds: 0, identifiedSeconds: 0, lineage: null })
  const { lineageId } = await portal.session(anna)
  await wait(lineageId, 'active_at', 10)
  const before = await activeAt(lineageId)
  const told = await status(anna)
  expect(told).toMatchObject({ state: 'active', lineage: expect.stringMatching(/^[\w-]{16}$/) })
  expect(told.idleSeconds).toBeGreaterThan(19 * 60)
  expect(told.idleSeconds).toBeLessThanOrEqual(20 * 60)
  expect(await activeAt(lineageId)).toEqual(before)
})

test('presence keeps an active session awake, only with the session’s token and from our own script', async () => {
  const { cookie, token, lineageId } = await portal.session(anna)
  expect((await present(cookie, { 'x-portal': '1' })).statusCode).toBe(403)
  expect((await present(cookie, { 'x-portal': '1', 'x-csrf': (await portal.session(bela)).token })).statusCode).toBe(
    403,
  )
  expect((await present(cookie, { 'x-csrf': token })).statusCode).toBe(403)
  await wait(lineageId, 'active_at', 10)
  const answer = await present(cookie, { 'x-portal': '1', 'x-csrf': token })
  expect([answer.statusCode, answer.body, answer.headers['cache-control']]).toEqual([204, '', 'no-store'])
  expect((await status(anna)).idleSeconds).toBeGreaterThan(29 * 60)
  expect((await portal.post('/munkamenet/jelenlet', {}, { as: anna, headers: { 'x-portal': '1' } })).status).toBe(204)
})

test('presence revives nothing', async () => {
  const { cookie, token, lineageId } = await portal.session(bela)
  const refused = async () => {
    const answer = await present(cookie, { 'x-portal': '1', 'x-csrf': token })
    expect([answer.statusCode, answer.headers['www-authenticate'], answer.headers['content-type']]).toEqual([
      401,
      'Portal',
      'application/problem+json; charset=utf-8',
    ])
    return answer.json<{ state: string }>().state
  }
  await wait(lineageId, 'active_at', 30)
  expect(await refused()).toBe('paused')
  expect((await status(bela)).state).toBe('paused')
  await wait(lineageId, 'identified_at', 240)
  expect(await refused()).toBe('reidentify')
  expect((await status(bela)).state).toBe('reidentify')
  expect((await present('', { 'x-portal': '1' })).json()).toMatchObject({ state: 'anonymous' })
})
