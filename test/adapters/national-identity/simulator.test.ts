import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nationalIdentityClient } from '../../../src/adapters/national-identity/client.ts'
import type { Identification, NationalIdentity } from '../../../src/adapters/national-identity/contract.ts'
import { anna, bela, people } from '../../cast/people.ts'
import { close, listen } from '../../simulators/listen.ts'
import {
  type NationalIdentitySimulator,
  startNationalIdentitySimulator,
} from '../../simulators/national-identity/start.ts'
import { agentVisitor } from '../../simulators/national-identity/visitor.ts'
import { freePort } from '../../support/postgres.ts'

let simulator: NationalIdentitySimulator
let kau: NationalIdentity
let portalOrigin: string
const reported: URLSearchParams[] = []
let offsetSeconds = 0

/** Only what the KAÜ itself calls: the address for ends of sessions. */
const portal = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  reported.push(new URLSearchParams(text))
  response.end()
})

beforeAll(async () => {
  portalOrigin = `http://127.0.0.1:${await listen(portal, 0)}`
  simulator = await startNationalIdentitySimulator({
    redirectUris: [`${portalOrigin}/belepes/vissza`],
    postLogoutRedirectUris: [`${portalOrigin}/kijelentkezve`],
  })
  kau = clientOf(simulator)
}, 30_000)

afterAll(async () => {
  await simulator?.stop()
  await close(portal)
})

beforeEach(async () => {
  reported.length = 0
  await moveClock(0)
})

/** Moves the clock of the KAÜ, and that by which the portal judges tokens. */
async function moveClock(seconds: number): Promise<void> {
  offsetSeconds = seconds
  await simulator.moveClock(seconds)
}

/** The portal's clock. */
function now(): Date {
  return new Date(Date.now() + offsetSeconds * 1000)
}

function clientOf({ issuer, clientId, clientSecret }: NationalIdentitySimulator, more = {}): NationalIdentity {
  return nationalIdentityClient({
    issuer,
    clientId,
    clientSecret,
    redirectUri: `${portalOrigin}/belepes/vissza`,
    postLogoutRedirectUri: `${portalOrigin}/kijelentkezve`,
    allowHttp: true,
    ...more,
  })
}

async function signIn(
  visitor = agentVisitor(simulator.issuer),
  person = anna,
  kind: 'sign-in' | 'reidentify' = 'sign-in',
) {
  const trip = kau.newRoundTrip()
  const cameBack = await visitor.signIn(await kau.authorizationUrl(kind, trip), person.id)
  const outcome = await kau.redeem(cameBack.searchParams, trip, now())
  if (!outcome.ok) throw new Error(`refused: ${outcome.because}`)
  return { visitor, trip, cameBack, identification: outcome.identification }
}

async function goOn(visitor: ReturnType<typeof agentVisitor>, { idToken }: Identification) {
  const trip = kau.newRoundTrip()
  const cameBack = await visitor.pass(await kau.authorizationUrl('continue', trip, idToken))
  return kau.redeem(cameBack.searchParams, trip, now())
}

test.each(people.map((person) => [person.name, person] as const))('%s signs in and is known', async (_name, person) => {
  const before = Math.floor(Date.now() / 1000) * 1000
  const { identification, cameBack } = await signIn(undefined, person)
  expect(identification).toMatchObject({
    issuer: simulator.issuer,
    subject: person.subject,
    identity: person.identity,
    assurance: 'substantial',
  })
  expect(identification.kauSession).toMatch(/.{16,}/)
  expect(identification.identifiedAt.getTime()).toBeGreaterThanOrEqual(before)
  expect(identification.identifiedAt.getTime()).toBeLessThanOrEqual(Date.now())
  expect(cameBack.origin + cameBack.pathname).toBe(`${portalOrigin}/belepes/vissza`)
  expect(cameBack.searchParams.get('iss')).toBe(simulator.issuer)
})

test('the request carries everything the rules ask for, and fresh secrets each time', async () => {
  const [first, second] = [kau.newRoundTrip(), kau.newRoundTrip()]
  for (const key of ['state', 'nonce', 'codeVerifier'] as const) {
    expect(first[key]).not.toBe(second[key])
    expect(first[key]).toMatch(/^[\w-]{43,}$/)
  }
  const asked = Object.fromEntries((await kau.authorizationUrl('sign-in', first)).searchParams)
  expect(asked).toMatchObject({
    client_id: 'portal',
    redirect_uri: `${portalOrigin}/belepes/vissza`,
    response_type: 'code',
    response_mode: 'query',
    scope: 'openid natural_identity',
    state: first.state,
    nonce: first.nonce,
    code_challenge_method: 'S256',
    max_age: '14400',
    acr_values: 'jelentos magas',
  })
  expect(asked).not.toHaveProperty('prompt')
  expect(JSON.stringify(asked)).not.toContain(first.codeVerifier)
  const silent = (await kau.authorizationUrl('continue', first, 'hint')).searchParams
  expect([silent.get('prompt'), silent.get('max_age'), silent.get('id_token_hint')]).toEqual(['none', '14400', 'hint'])
  const again = (await kau.authorizationUrl('reidentify', first, 'hint')).searchParams
  expect([again.get('prompt'), again.get('max_age'), again.get('id_token_hint')]).toEqual(['login', '14400', null])
})

test('whoever goes on is not asked, and the time of identification stays what it was', async () => {
  const { visitor, identification } = await signIn()
  await moveClock(1900)
  const outcome = await goOn(visitor, identification)
  expect(outcome).toMatchObject({ ok: true, identification: { subject: anna.subject } })
  expect(outcome.ok && outcome.identification.identifiedAt).toEqual(identification.identifiedAt)
  expect(outcome.ok && outcome.identification.kauSession).toBe(identification.kauSession)
})

test('a second sign-in within the session is not asked for credentials either', async () => {
  const { visitor, identification } = await signIn()
  const trip = kau.newRoundTrip()
  const cameBack = await visitor.pass(await kau.authorizationUrl('sign-in', trip))
  const outcome = await kau.redeem(cameBack.searchParams, trip, now())
  expect(outcome.ok && outcome.identification.identifiedAt).toEqual(identification.identifiedAt)
})

test('the session of the KAÜ ends 240 minutes after signing in, however often it was used', async () => {
  const { visitor, identification } = await signIn()
  for (const minutes of [60, 120, 180, 239]) {
    await moveClock(minutes * 60)
    expect(await goOn(visitor, identification)).toMatchObject({ ok: true })
  }
  await moveClock(240 * 60)
  expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
  const trip = kau.newRoundTrip()
  expect(await visitor.visit(await kau.authorizationUrl('sign-in', trip))).toMatchObject({ status: 200 })
})

test('identifying again asks although the session lives, and moves the time of identification', async () => {
  const { visitor, identification } = await signIn()
  await moveClock(600)
  const again = await signIn(visitor, anna, 'reidentify')
  const later = again.identification.identifiedAt.getTime() - identification.identifiedAt.getTime()
  expect(later).toBeGreaterThanOrEqual(599_000)
  expect(later).toBeLessThan(630_000)
})

test('somebody else may identify in the same browser; the former session is reported ended', async () => {
  const { visitor, identification } = await signIn()
  const other = await signIn(visitor, bela, 'reidentify')
  expect(other.identification.subject).toBe(bela.subject)
  expect(other.identification.kauSession).not.toBe(identification.kauSession)
  expect(reported).toHaveLength(1)
  expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
})

test('nobody signed in at the KAÜ: going on is refused without a page', async () => {
  const visitor = agentVisitor(simulator.issuer)
  const { identification } = await signIn()
  expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
})

test('a session ended at another service is noticed when going on, and reported if the KAÜ does so', async () => {
  const { visitor, identification } = await signIn(undefined, people[6])
  expect(await simulator.endSessions(identification.subject, { report: true })).toBeGreaterThanOrEqual(1)
  expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
  const tokens = reported.map((form) => form.get('logout_token') ?? '')
  const claims = tokens.map((token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))
  expect(claims).toContainEqual(
    expect.objectContaining({ sid: identification.kauSession, sub: identification.subject }),
  )
})

test('turning back at the KAÜ is told apart from failing', async () => {
  const trip = kau.newRoundTrip()
  const cameBack = await agentVisitor(simulator.issuer).turnBack(await kau.authorizationUrl('sign-in', trip))
  expect(await kau.redeem(cameBack.searchParams, trip, now())).toEqual({ ok: false, because: 'turned-back' })
})

test('signing out leads back to the portal without a page, and the session of the KAÜ is over', async () => {
  const { visitor, identification } = await signIn()
  const url = await kau.endSessionUrl(identification.idToken, 'ki-123')
  const cameBack = await visitor.pass(url ?? '')
  expect(cameBack.href).toBe(`${portalOrigin}/kijelentkezve?state=ki-123`)
  expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
  expect(reported).toHaveLength(1)
  // once more, nobody being signed in: still back to the portal
  expect((await visitor.pass(url ?? '')).pathname).toBe('/kijelentkezve')
})

test('signing out with the token of somebody else asks first', async () => {
  const { identification } = await signIn()
  const { visitor } = await signIn(undefined, bela)
  const page = await visitor.visit((await kau.endSessionUrl(identification.idToken, 'x')) ?? '')
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('Kijelentkezik a KAÜ-ből?') })
})

test('the assurance of the chosen method is told, and too little is refused', async () => {
  const visitor = agentVisitor(simulator.issuer)
  const card = kau.newRoundTrip()
  const byCard = await visitor.signIn(await kau.authorizationUrl('sign-in', card), 'anna', 'eszemelyi')
  expect(await kau.redeem(byCard.searchParams, card, now())).toMatchObject({
    ok: true,
    identification: { assurance: 'high' },
  })

  const password = kau.newRoundTrip()
  const byPassword = await visitor.signIn(await kau.authorizationUrl('reidentify', password), 'anna', 'ugyfelkapu')
  expect(await kau.redeem(byPassword.searchParams, password, now())).toEqual({ ok: false, because: 'invalid-answer' })

  const lenient = clientOf(simulator, { minimumAssurance: 'low' })
  const again = lenient.newRoundTrip()
  const accepted = await visitor.signIn(await lenient.authorizationUrl('reidentify', again), 'anna', 'ugyfelkapu')
  expect(await lenient.redeem(accepted.searchParams, again, now())).toMatchObject({
    identification: { assurance: 'low' },
  })
})

test('a code serves once, and only with the verifier of its own round trip', async () => {
  const { cameBack, trip } = await signIn()
  expect(await kau.redeem(cameBack.searchParams, trip, now())).toEqual({ ok: false, because: 'invalid-answer' })

  const own = kau.newRoundTrip()
  const back = await agentVisitor(simulator.issuer).signIn(await kau.authorizationUrl('sign-in', own), 'anna')
  const { codeVerifier } = kau.newRoundTrip()
  const stolen = await kau.redeem(back.searchParams, { ...own, codeVerifier }, now())
  expect(stolen).toEqual({ ok: false, because: 'invalid-answer' })
})

test('a wrong secret of the portal is not blamed on the person', async () => {
  const impostor = clientOf({ ...simulator, clientSecret: 'x'.repeat(43) })
  const trip = impostor.newRoundTrip()
  const back = await agentVisitor(simulator.issuer).signIn(await impostor.authorizationUrl('sign-in', trip), 'anna')
  expect(await impostor.redeem(back.searchParams, trip, now())).toEqual({ ok: false, because: 'agent-failed' })
})

test('the simulator refuses a request without PKCE, and an address that is not registered', async () => {
  const url = await kau.authorizationUrl('sign-in', kau.newRoundTrip())
  url.searchParams.delete('code_challenge')
  url.searchParams.delete('code_challenge_method')
  const left = await agentVisitor(simulator.issuer).pass(url)
  expect(left.searchParams.get('error')).toBe('invalid_request')

  const elsewhere = await kau.authorizationUrl('sign-in', kau.newRoundTrip())
  elsewhere.searchParams.set('redirect_uri', `${portalOrigin}/belepes/mashova`)
  const page = await agentVisitor(simulator.issuer).visit(elsewhere)
  expect(page).toMatchObject({ status: 400, text: expect.stringContaining('Az azonosítás nem sikerült') })
})

test('the pages carry no script and say that they are a simulator', async () => {
  const page = await agentVisitor(simulator.issuer).visit(await kau.authorizationUrl('sign-in', kau.newRoundTrip()))
  if ('left' in page) throw new Error('no page')
  expect(page.text).not.toMatch(/<script|\son\w+=|style=/i)
  expect(page.text).toContain('Szimulátor')
  for (const person of people) expect(page.text).toContain(`>${person.name}</button>`)
})

test('where pushed requests are offered the browser carries only a reference', async () => {
  const options = {
    redirectUris: [`${portalOrigin}/belepes/vissza`],
    postLogoutRedirectUris: [`${portalOrigin}/kijelentkezve`],
    pushedRequests: true,
  }
  const other = await startNationalIdentitySimulator(options)
  try {
    const client = clientOf(other)
    const trip = client.newRoundTrip()
    const url = await client.authorizationUrl('sign-in', trip)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const cameBack = await agentVisitor(other.issuer).signIn(url, 'anna')
    expect(await client.redeem(cameBack.searchParams, trip, now())).toMatchObject({ ok: true })
  } finally {
    await other.stop()
  }
}, 30_000)

test('with a seed the simulator knows its tokens again after a restart', async () => {
  const port = await freePort()
  const options = {
    redirectUris: [`${portalOrigin}/belepes/vissza`],
    postLogoutRedirectUris: [`${portalOrigin}/kijelentkezve`],
    keySeed: 'a seed for this test',
    port,
  }
  const first = await startNationalIdentitySimulator(options)
  const before = clientOf(first)
  const trip = before.newRoundTrip()
  const cameBack = await agentVisitor(first.issuer).signIn(await before.authorizationUrl('sign-in', trip), 'anna')
  const outcome = await before.redeem(cameBack.searchParams, trip, now())
  await first.stop()

  const second = await startNationalIdentitySimulator(options)
  try {
    const url = await clientOf(second).endSessionUrl(outcome.ok ? outcome.identification.idToken : '', 's')
    expect((await agentVisitor(second.issuer).pass(url ?? '')).pathname).toBe('/kijelentkezve')
  } finally {
    await second.stop()
  }
}, 30_000)
