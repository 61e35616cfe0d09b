/** Signing in attacked from all sides: planted cookies, somebody else's answers of the KAÜ, answers that were tampered with. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PersonId } from '../cast/people.ts'
import {
  type NationalIdentitySimulator,
  startNationalIdentitySimulator,
} from '../simulators/national-identity/start.ts'
import { agentVisitor } from '../simulators/national-identity/visitor.ts'
import { openTestPortal, type TestPortal } from '../support/portal.ts'

const host = '127.0.0.1:8080'
const origin = `http://${host}`

let kau: NationalIdentitySimulator
let portal: TestPortal

beforeAll(async () => {
  kau = await startNationalIdentitySimulator({
    redirectUris: [`${origin}/kau/visszateres`],
    postLogoutRedirectUris: [`${origin}/kijelentkezve`],
  })
  portal = await openTestPortal({
    KAU_ISSUER: kau.issuer,
    KAU_CLIENT_ID: kau.clientId,
    KAU_CLIENT_SECRET: kau.clientSecret,
  })
}, 60_000)
afterAll(async () => {
  await portal.close()
  await kau.stop()
})

/** A browser with cookies of its own, and with a person before it. */
function browser(cookies = new Map<string, string>()) {
  const agent = agentVisitor(kau.issuer)
  async function ask(method: 'GET' | 'POST', url: string, more: Record<string, string> = {}) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await portal.app.inject({
      method,
      url,
      headers: {
        host,
        ...(cookie !== '' && { cookie }),
        ...(method === 'POST' && { origin, 'content-type': 'application/x-www-form-urlencoded' }),
        ...more,
      },
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
  /** Up to where the KAÜ is asked. */
  async function depart(): Promise<URL> {
    return new URL(String((await ask('POST', '/belepes')).headers.location))
  }
  /** Up to the address with which the KAÜ sends the browser back. */
  async function identify(person: PersonId): Promise<URL> {
    return agent.signIn(await depart(), person)
  }
  return {
    cookies,
    agent,
    ask,
    depart,
    identify,
    arrive: ({ pathname, search }: URL) => ask('GET', `${pathname}${search}`),
    async signIn(person: PersonId) {
      return this.arrive(await identify(person))
    },
    async whoIs(): Promise<string> {
      const page = await ask('GET', '/sajat/elso-belepes')
      return page.statusCode === 200 ? (/Minta Anna|Példa Béla/.exec(page.body)?.[0] ?? '?') : 'nobody'
    },
  }
}

async function sessions(): Promise<number> {
  const [row] = await portal.admin<{ count: string }>('select count(*) from session_lineages where ended_at is null')
  return Number(row?.count)
}

test('a browser signs in, and gets an identifier nobody has seen', async () => {
  const annas = browser()
  const arrived = await annas.signIn('anna')
  expect(arrived.statusCode).toBe(303)
  expect(arrived.headers.location).toBe('/sajat')
  expect(await annas.whoIs()).toBe('Minta Anna')
  const set = [arrived.headers['set-cookie'] ?? []].flat().filter((line) => line.startsWith('__Host-munkamenet='))
  expect(set).toHaveLength(1)
  expect(set[0]).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  expect(arrived.headers['cache-control']).toBe('no-store')
})

test('an identifier that was planted before signing in is worth nothing afterwards', async () => {
  const attackers = browser()
  await attackers.signIn('bela')
  const planted = new Map(attackers.cookies)
  const annas = browser(new Map(planted))
  await annas.signIn('anna')
  expect(await annas.whoIs()).toBe('Minta Anna')
  expect(annas.cookies.get('__Host-munkamenet')).not.toBe(planted.get('__Host-munkamenet'))
  // The one who planted it has neither Anna’s session nor the own one back.
  expect(await attackers.whoIs()).toBe('nobody')
})

test('an identifier made up beforehand is not taken over', async () => {
  const annas = browser(new Map([['__Host-munkamenet', 'planted.signature']]))
  await annas.signIn('anna')
  expect(annas.cookies.get('__Host-munkamenet')).not.toContain('planted')
  expect(await browser(new Map([['__Host-munkamenet', 'planted.signature']])).whoIs()).toBe('nobody')
})

test('a name of a browser that was planted, or is none of ours, is not taken over', async () => {
  for (const planted of ['', 'x', 'A'.repeat(40), `${'A'.repeat(31)}!`]) {
    const annas = browser(new Map([['__Host-belepes', planted]]))
    await annas.depart()
    expect(annas.cookies.get('__Host-belepes')).not.toBe(planted)
    expect(annas.cookies.get('__Host-belepes')).toMatch(/^[\w-]{32}$/)
  }
})

test('somebody else’s answer of the KAÜ signs nobody in', async () => {
  const attackers = browser()
  const answer = await attackers.identify('bela')
  for (const victim of [browser(), browser(new Map([['__Host-belepes', 'x'.repeat(32)]]))]) {
    expect((await victim.arrive(answer)).statusCode).toBe(400)
    expect(await victim.whoIs()).toBe('nobody')
  }
  // With an attempt of their own open, too.
  const annas = browser()
  await annas.depart()
  expect((await annas.arrive(answer)).statusCode).toBe(400)
  expect(await annas.whoIs()).toBe('nobody')
  // And somebody signed in stays who they are.
  await annas.signIn('anna')
  expect((await annas.arrive(answer)).statusCode).toBe(400)
  expect(await annas.whoIs()).toBe('Minta Anna')
})

test('the code of one answer with the state of another signs nobody in', async () => {
  const attackers = browser()
  const theirs = await attackers.identify('bela')
  const annas = browser()
  const departed = await annas.depart()
  const mixed = new URL(theirs)
  mixed.searchParams.set('state', departed.searchParams.get('state') ?? '')
  const before = await sessions()
  expect((await annas.arrive(mixed)).statusCode).toBe(400)
  expect(await annas.whoIs()).toBe('nobody')
  expect(await sessions()).toBe(before)
})

test('an answer serves once', async () => {
  const annas = browser()
  const answer = await annas.identify('anna')
  const both = await Promise.all([annas.arrive(answer), annas.arrive(answer)])
  expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([303, 400])
  expect((await annas.arrive(answer)).statusCode).toBe(400)
})

test('swapped, doubled and cut cookies are nobody’s', async () => {
  const annas = browser()
  await annas.signIn('anna')
  const belas = browser()
  await belas.signIn('bela')
  const [identifier = '', signature = ''] = decodeURIComponent(annas.cookies.get('__Host-munkamenet') ?? '').split('.')
  const [theirs = '', theirSignature = ''] = decodeURIComponent(belas.cookies.get('__Host-munkamenet') ?? '').split('.')
  const tried = [
    `${identifier}.${theirSignature}`,
    `${theirs}.${signature}`,
    identifier,
    `${identifier}.`,
    `.${signature}`,
    `${identifier}.${signature.slice(0, -1)}`,
    `${identifier}..${signature}`,
    `${identifier}.${signature}x`,
    `${identifier}=.${signature}`,
    `s:${identifier}.${signature}`,
    identifier.toUpperCase() + `.${signature}`,
  ]
  for (const value of tried) {
    expect([value, await browser(new Map([['__Host-munkamenet', encodeURIComponent(value)]])).whoIs()]).toEqual([
      value,
      'nobody',
    ])
  }
  // Another cookie’s signed value is no session either.
  expect(await browser(new Map([['__Host-munkamenet', annas.cookies.get('__Host-belepes') ?? '']])).whoIs()).toBe(
    'nobody',
  )
})

test('no tampering with the KAÜ’s answer makes a session or a failure of ours', async () => {
  const before = await sessions()
  const clicking = browser()
  await clicking.depart()
  const [made] = await portal.admin<{ count: string }>('select count(*) from audit_trail')
  const junk = fc.oneof(
    fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((text) => encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, '?'))),
    fc
      .constantFrom(
        '',
        '%00',
        '%zz',
        '%',
        '%ff%fe',
        '+',
        '%2B',
        '[]',
        '%5B%5D',
        "' or 1=1--",
        '{{7*7}}',
        '%0d%0aSet-Cookie:%20a=b',
        '//gonosz.example',
        'null',
        'undefined',
        '__proto__',
        '-1',
        '9'.repeat(60),
        'a'.repeat(1_500),
      )
      .map((text) => text.replaceAll(' ', '%20').replaceAll('{', '%7B').replaceAll('}', '%7D')),
  )
  const name = fc.oneof(
    fc.constantFrom(
      'state',
      'code',
      'iss',
      'error',
      'error_description',
      'session_state',
      'id_token',
      'response',
      'access_token',
      'state%5B%5D',
      'state.x',
      'STATE',
      '__proto__',
      'constructor',
      '',
    ),
    junk,
  )
  const tampering = fc.record({
    knows: fc.boolean(),
    realCode: fc.constantFrom('none', 'made-up', 'of-another'),
    iss: fc.constantFrom('right', 'wrong', 'none', 'twice'),
    error: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'access_denied',
      'login_required',
      'invalid_request',
      'server_error',
      'temporarily_unavailable',
      'consent_required',
      'x',
    ),
    extra: fc.array(fc.tuple(name, junk), { maxLength: 4 }),
    cut: fc.nat(30),
    cookie: fc.constantFrom('own', 'own', 'own', 'none', 'other', 'junk'),
    method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'POST', 'HEAD'),
  })
  const others = browser()
  const theirs = await others.identify('bela')
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(tampering, async ({ knows, realCode, iss, error, extra, cut, cookie, method }) => {
      const state = knows
        ? ((await clicking.depart()).searchParams.get('state') ?? '')
        : 'abcdefghijklmnopqrstuvwxyz0123456789'
      const parts = [
        `state=${state}`,
        ...(realCode === 'none'
          ? []
          : [`code=${realCode === 'made-up' ? 'abcdefghijklmnop' : (theirs.searchParams.get('code') ?? '')}`]),
        ...(iss === 'none'
          ? []
          : [`iss=${encodeURIComponent(iss === 'wrong' ? 'https://gonosz.example' : kau.issuer)}`]),
        ...(iss === 'twice' ? [`iss=${encodeURIComponent(kau.issuer)}`] : []),
        ...(error === undefined ? [] : [`error=${error}`]),
        ...extra.map(([key, value]) => `${key}=${value}`),
      ]
      const query = parts.join('&')
      const shown =
        cookie === 'own'
          ? clicking.cookies
          : new Map(
              cookie === 'none'
                ? []
                : [['__Host-belepes', cookie === 'other' ? (others.cookies.get('__Host-belepes') ?? '') : 'junk']],
            )
      const answer = await browser(new Map(shown)).ask(
        method as 'GET',
        `/kau/visszateres?${cut > 24 ? query.slice(0, -cut) : query}`,
      )
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
      // The KAÜ said that it cannot: that is passed on. Turned back, or with nothing valid there: a page, or where one came from.
      const allowed = error === undefined ? [303, 400, 404, 405, 414] : [200, 303, 400, 404, 405, 414, 503]
      expect(allowed).toContain(answer.statusCode)
      expect(String(answer.headers['set-cookie'] ?? '')).not.toContain('__Host-munkamenet')
      if (answer.headers.location !== undefined) expect(answer.headers.location).toMatch(/^\/(?![/\\])/)
    }),
    { numRuns: 600 },
  )
  expect(seen.get(400)).toBeGreaterThan(100)
  expect(await sessions()).toBe(before)
  expect(await clicking.whoIs()).toBe('nobody')
  const [now] = await portal.admin<{ count: string }>(
    "select count(*) from audit_trail where action = 'sign-in.refused'",
  )
  expect(Number(now?.count)).toBeGreaterThan(Number(made?.count) > 0 ? 50 : 0)
}, 180_000)
