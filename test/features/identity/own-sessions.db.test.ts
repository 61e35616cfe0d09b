import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceOf, deviceWords } from '../../../src/features/identity/device.ts'
import { translator } from '../../../src/platform/i18n/catalogue.ts'
import { anna, bela, type CastPerson, gabor } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})

afterAll(() => portal.close())

/** The same person in another browser. */
function inBrowser(person: CastPerson, name: string): CastPerson {
  return { ...person, id: `${person.id}-${name}` as CastPerson['id'] }
}

async function list(as: CastPerson) {
  const page = await portal.visit('/sajat/munkamenetek', { as })
  expect(page.status).toBe(200)
  return {
    page,
    labels: page.html.querySelectorAll('input[name=munkamenet]').map((field) => field.getAttribute('value') ?? ''),
  }
}

async function ending(lineageId: string) {
  const [row] = await portal.admin<{ reason: string | null }>(
    'select end_reason as reason from session_lineages where id = $1',
    [lineageId],
  )
  return row?.reason
}

/** What the browser of a session meets on a page of its own, and then on the page where one signs in. */
async function told(cookie: string): Promise<string> {
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  expect((await portal.visit('/sajat', { headers })).location).toBe('/belepes')
  const page = await portal.visit('/belepes', { headers })
  expect([page.status, page.html.querySelector('form[action="/belepes"] button') !== null]).toEqual([200, true])
  return page.text
}

test('one sees where one is signed in, this browser first, and nothing that tells machines apart', async () => {
  const here = await portal.session(inBrowser(anna, 'here'))
  const there = await portal.session(inBrowser(anna, 'there'))
  await portal.session(bela)
  await portal.admin(
    `update session_lineages set device = 'Firefox · Android', active_at = active_at - interval '40 minutes' where id = $1`,
    [there.lineageId],
  )
  const { page, labels } = await list(inBrowser(anna, 'here'))
  expect(labels).toHaveLength(1)
  const shown = page.html
    .querySelectorAll('.portal-own-sessions__device')
    .map(({ textContent }) => textContent.replaceAll(/\s+/g, ' ').trim())
  expect(shown).toEqual(['test ez a böngésző', 'Firefox, Android'])
  expect(page.text).not.toMatch(/127\.0\.0\.1|::1/)
  expect(page.body).not.toContain(here.lineageId)
  expect(
    (await portal.visit('/sajat/beallitasok', { as: inBrowser(anna, 'here') })).html.querySelector(
      'main a[href="/sajat/munkamenetek"]',
    ),
  ).not.toBeNull()
})

test('a session ended from another device is told so where one signs in, and nothing about whose it was', async () => {
  const there = await portal.session(inBrowser(anna, 'there'))
  const { labels } = await list(inBrowser(anna, 'here'))
  const ended = await portal.post(
    '/sajat/munkamenetek',
    { munkamenet: labels[0] ?? '' },
    { as: inBrowser(anna, 'here') },
  )
  expect([ended.status, ended.location]).toEqual([303, '/sajat/munkamenetek?lezarva'])
  expect(await ending(there.lineageId)).toBe('closed-from-another-device')
  const text = await told(there.cookie)
  expect(text).toContain('másik eszközről lezárták')
  expect(text).not.toContain(anna.identity.familyName)
  expect((await list(inBrowser(anna, 'here'))).labels).toHaveLength(0)
  const rows = await portal.admin(
    `select actor_kind, actor_id from audit_trail where object_id = $1 and action = 'session.ended.closed-from-another-device'`,
    [there.lineageId],
  )
  expect(rows).toEqual([{ actor_kind: 'citizen', actor_id: there.accountId }])
})

test('nobody ends somebody else’s session, nor this browser’s by this list', async () => {
  const belas = await portal.session(bela)
  const [row] = await portal.admin<{ label: string }>('select label from session_lineages where id = $1', [
    belas.lineageId,
  ])
  await portal.post('/sajat/munkamenetek', { munkamenet: row?.label ?? '' }, { as: inBrowser(anna, 'here') })
  expect(await ending(belas.lineageId)).toBeNull()
  const own = await portal.post('/sajat/munkamenetek', { munkamenet: row?.label ?? '' }, { as: bela })
  expect([own.location, await ending(belas.lineageId)]).toEqual(['/kijelentkezes', null])
  expect((await portal.post('/sajat/munkamenetek', { munkamenet: ['a', 'b'] }, { as: bela })).status).toBe(400)
})

test('all others end at once', async () => {
  const others = await Promise.all(['a', 'b', 'c'].map((name) => portal.session(inBrowser(bela, name))))
  await portal.post('/sajat/munkamenetek', {}, { as: bela })
  for (const { lineageId } of others) expect(await ending(lineageId)).toBe('closed-from-another-device')
  expect(await ending((await portal.session(bela)).lineageId)).toBeNull()
  expect((await list(bela)).labels).toHaveLength(0)
})

test('the eleventh session ends the one used longest ago, which is told so', async () => {
  const ten = []
  for (let count = 1; count <= 10; count += 1) ten.push(await portal.session(inBrowser(gabor, String(count))))
  const [first, second] = ten
  if (first === undefined || second === undefined) throw new Error('no sessions')
  await portal.admin(`update session_lineages set active_at = active_at - interval '1 hour' where id = $1`, [
    second.lineageId,
  ])
  await portal.session(inBrowser(gabor, '11'))
  expect([await ending(first.lineageId), await ending(second.lineageId)]).toEqual([null, 'too-many-sessions'])
  expect(await told(second.cookie)).toContain('egyszerre legfeljebb tíz munkamenet lehet')
  const rows = await portal.admin(
    `select actor_kind, detail from audit_trail where action = 'session.ended.too-many-sessions'`,
  )
  expect(rows).toEqual([{ actor_kind: 'system', detail: { account: second.accountId } }])
})

test('the session just begun is never the one that ends, also when the clock has been set back', async () => {
  await portal.session(inBrowser(gabor, '1'))
  await portal.admin(`update session_lineages set active_at = active_at + interval '1 hour' where ended_at is null`)
  const { lineageId } = await portal.session(inBrowser(gabor, 'after the clock was set back'))
  expect(await ending(lineageId)).toBeNull()
})

test('who signed out is not told anything, and goes straight on to the KAÜ', async () => {
  const { cookie, token } = await portal.session(inBrowser(anna, 'leaving'))
  await portal.post('/kijelentkezes', { _csrf: token }, { headers: { cookie } })
  // this portal’s KAÜ does not answer: the page of that failure, not the one that tells of an end
  expect((await portal.visit('/belepes', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).status).toBe(503)
})

test('a browser is named by kind, in words', () => {
  const hu = translator('hu')
  const named = (line: string | undefined) => deviceWords(deviceOf(line), hu)
  expect(named('Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0')).toBe('Firefox, Linux')
  expect(
    named(
      'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
    ),
  ).toBe('Chrome, Android')
  expect(
    named('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0'),
  ).toBe('Edge, Windows')
  expect(
    named(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari, iOS')
  expect(named('curl/8')).toBe('Ismeretlen böngésző')
  expect(named(undefined)).toBe('Ismeretlen böngésző')
  expect(deviceWords('test', hu)).toBe('test')
})
