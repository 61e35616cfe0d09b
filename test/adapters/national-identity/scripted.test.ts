/** What the simulated KAÜ does when it is told to, and what the portal's client makes of it. */
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nationalIdentityClient } from '../../../src/adapters/national-identity/client.ts'
import type { AttemptKind, Identification, NationalIdentity } from '../../../src/adapters/national-identity/contract.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, bela } from '../../cast/people.ts'
import { close, listen } from '../../simulators/listen.ts'
import { forgedIdTokens, forgedLogoutTokens } from '../../simulators/national-identity/forged-tokens.ts'
import type { Behaviour, Endpoint } from '../../simulators/national-identity/script.ts'
import { claimsOf, signingPair } from '../../simulators/national-identity/signed-tokens.ts'
import {
  type NationalIdentitySimulator,
  startNationalIdentitySimulator,
} from '../../simulators/national-identity/start.ts'
import { agentVisitor } from '../../simulators/national-identity/visitor.ts'

let simulator: NationalIdentitySimulator
let pushing: NationalIdentitySimulator
let portalOrigin: string
const reported: string[] = []
let offsetSeconds = 0

/** Only what the KAÜ itself calls: the address for ends of sessions. */
const portal = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  reported.push(new URLSearchParams(text).get('logout_token') ?? '')
  response.end()
})

beforeAll(async () => {
  portalOrigin = `http://127.0.0.1:${await listen(portal, 0)}`
  const addresses = {
    redirectUris: [`${portalOrigin}/kau/visszateres`],
    postLogoutRedirectUris: [`${portalOrigin}/kijelentkezve`],
  }
  simulator = await startNationalIdentitySimulator(addresses)
  pushing = await startNationalIdentitySimulator({ ...addresses, pushedRequests: true })
}, 60_000)

afterAll(async () => {
  await Promise.all([simulator?.stop(), pushing?.stop()])
  await close(portal)
})

beforeEach(async () => {
  reported.length = 0
  for (const one of [simulator, pushing]) {
    await one.behave()
    await one.forgetAsked()
  }
  await moveClock(0)
})

async function moveClock(seconds: number): Promise<void> {
  offsetSeconds = seconds
  await simulator.moveClock(seconds)
}

function now(): Date {
  return new Date(Date.now() + offsetSeconds * 1000)
}

/** A client that has asked nothing yet; @param patience in milliseconds: short only where an outage is to be met. */
function client({ issuer, clientId, clientSecret } = simulator, patience = 15_000): NationalIdentity {
  return nationalIdentityClient({
    issuer,
    clientId,
    clientSecret,
    redirectUri: `${portalOrigin}/kau/visszateres`,
    postLogoutRedirectUri: `${portalOrigin}/kijelentkezve`,
    allowHttp: true,
    healthMilliseconds: patience,
    requestMilliseconds: patience,
  })
}

type Visitor = ReturnType<typeof agentVisitor>

/** A round trip in which the KAÜ asks nothing. */
async function trip(kind: AttemptKind, visitor: Visitor, kau = client(), hint?: string) {
  const secrets = kau.newRoundTrip()
  const cameBack = await visitor.pass(await kau.authorizationUrl(kind, secrets, hint))
  return kau.redeem(cameBack.searchParams, secrets, now())
}

async function signedIn(visitor = agentVisitor(simulator.issuer), person = anna, kau = client()) {
  const secrets = kau.newRoundTrip()
  const cameBack = await visitor.signIn(await kau.authorizationUrl('sign-in', secrets), person.id)
  const outcome = await kau.redeem(cameBack.searchParams, secrets, now())
  if (!outcome.ok) throw new Error(`refused: ${outcome.because}`)
  return { visitor, kau, identification: outcome.identification }
}

const goOn = (visitor: Visitor, { idToken }: Identification, kau = client()) => trip('continue', visitor, kau, idToken)

describe('who answers', () => {
  test('a person set as the answer signs in once without a page, and then a page asks again', async () => {
    await simulator.answerAs('bela')
    const visitor = agentVisitor(simulator.issuer)
    expect(await trip('sign-in', visitor)).toMatchObject({ ok: true, identification: { subject: bela.subject } })
    const kau = client()
    const page = await visitor.visit(await kau.authorizationUrl('reidentify', kau.newRoundTrip()))
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('Azonosítsa magát újra') })
  })

  test('each browser may have its own person, always', async () => {
    await simulator.answerAs('anna', { browser: 'egyes', method: 'eszemelyi' })
    await simulator.answerAs('bela', { browser: 'kettes' })
    const [first, second] = [agentVisitor(simulator.issuer, 'egyes'), agentVisitor(simulator.issuer, 'kettes')]
    for (const kind of ['sign-in', 'reidentify'] as const) {
      expect(await trip(kind, first)).toMatchObject({ identification: { subject: anna.subject, assurance: 'high' } })
      expect(await trip(kind, second)).toMatchObject({ identification: { subject: bela.subject } })
    }
    await simulator.askAgain()
    await expect(trip('reidentify', first)).rejects.toThrow('still at the simulator')
  })

  test('somebody else who signed in to another service is who the KAÜ knows, and the former session is reported', async () => {
    const { visitor, identification } = await signedIn()
    await visitor.signInElsewhere('bela')
    expect(reported.map(claimsOf)).toMatchObject([{ sid: identification.kauSession, sub: anna.subject }])
    expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
    await simulator.follow({ ignores: { hint: true } })
    expect(await goOn(visitor, identification)).toMatchObject({ ok: true, identification: { subject: bela.subject } })
  })

  test('the same person who signed in to another service goes on with a newer identification', async () => {
    const { visitor, identification } = await signedIn()
    await moveClock(600)
    await visitor.signInElsewhere('anna')
    const outcome = await goOn(visitor, identification)
    const later = outcome.ok ? outcome.identification.identifiedAt.getTime() - identification.identifiedAt.getTime() : 0
    expect(later).toBeGreaterThanOrEqual(599_000)
  })

  test('signing out at the KAÜ itself ends the session', async () => {
    const { visitor, identification } = await signedIn()
    await visitor.signOutElsewhere()
    expect(reported.map(claimsOf)).toMatchObject([{ sid: identification.kauSession }])
    expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
  })
})

describe('wishes that are not heard', () => {
  const both = () => [simulator, pushing].map((one) => [one, client(one)] as const)

  test('identifying again is answered from the living session', async () => {
    for (const [one, kau] of both()) {
      const { visitor, identification } = await signedIn(agentVisitor(one.issuer), anna, kau)
      await one.follow({ ignores: { promptLogin: true } })
      const outcome = await trip('reidentify', visitor, kau)
      expect(outcome.ok && outcome.identification.identifiedAt).toEqual(identification.identifiedAt)
    }
  })

  test('going on without a page asks all the same', async () => {
    for (const [one, kau] of both()) {
      const { visitor, identification } = await signedIn(agentVisitor(one.issuer), anna, kau)
      await one.follow({ ignores: { promptNone: 'always-asks' } })
      await expect(goOn(visitor, identification, kau)).rejects.toThrow('Azonosítsa magát újra')
      await one.follow({ ignores: { promptNone: 'asks' } })
      expect(await goOn(visitor, identification, kau)).toMatchObject({ ok: true })
      await expect(goOn(agentVisitor(one.issuer), identification, kau)).rejects.toThrow('Kiként lép be?')
    }
  })

  test('an identification lives on beyond 240 minutes, and says how old it is', async () => {
    const { visitor, identification } = await signedIn()
    await simulator.liveFor(86_400)
    expect(await goOn(visitor, identification)).toMatchObject({ ok: true })
    await moveClock(300 * 60)
    expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
    await simulator.follow({ ignores: { maxAge: true } })
    const outcome = await goOn(visitor, identification)
    expect(outcome.ok && outcome.identification.identifiedAt).toEqual(identification.identifiedAt)
  })

  test('sessions may live shorter', async () => {
    const { visitor, identification } = await signedIn()
    await simulator.liveFor(600)
    await moveClock(600)
    expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
  })
})

describe('what is told otherwise', () => {
  test('the time of identification is missing, long ago, or in the future', async () => {
    const { visitor, identification } = await signedIn()
    await simulator.tellAuthTime('missing')
    expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'invalid-answer' })
    for (const secondsFromNow of [-36_000, 3600]) {
      await simulator.tellAuthTime({ secondsFromNow })
      const outcome = await goOn(visitor, identification)
      const told = outcome.ok ? outcome.identification.identifiedAt.getTime() : 0
      expect(Math.abs(told - now().getTime() - secondsFromNow * 1000)).toBeLessThan(10_000)
    }
    await simulator.behave()
    expect(await goOn(visitor, identification)).toMatchObject({ ok: true })
  })

  test('any claim can be told otherwise, rightly signed', async () => {
    const { visitor } = await signedIn()
    await simulator.follow({ claims: { sub: 'somebody-else', sid: null } })
    const outcome = await trip('sign-in', visitor)
    expect(outcome).toMatchObject({ ok: true, identification: { subject: 'somebody-else' } })
    expect(outcome.ok && outcome.identification.kauSession).toBeUndefined()
  })

  const names = (list: typeof forgedIdTokens) =>
    list({ pair: signingPair('x'), claims: { iss: 'x', iat: 1 }, clientId: 'x', clientSecret: 'x' }).map(
      ({ what }) => what,
    )

  test('every forgery of an ID token is given on demand, and none is accepted', async () => {
    const { visitor, kau, identification } = await signedIn()
    const forgeries = names(forgedIdTokens)
    expect(forgeries.length).toBeGreaterThanOrEqual(50)
    const accepted: string[] = []
    for (const forgery of forgeries) {
      await simulator.forgeIdTokens(forgery)
      const outcome = await goOn(visitor, identification, kau)
      if (outcome.ok || outcome.because !== 'invalid-answer') accepted.push(forgery)
    }
    expect(accepted).toEqual([])
    await simulator.forgeIdTokens(null)
    expect(await goOn(visitor, identification, kau)).toMatchObject({ ok: true })
  }, 60_000)

  test('every forgery of a logout token is made on demand, and none is believed', async () => {
    const kau = client()
    const report = { subject: anna.subject, kauSession: 'session-1' }
    const faithful = await simulator.logoutToken(report)
    expect(faithful.answer).toBeNull()
    expect(await kau.readLogoutToken(faithful.token, now())).toMatchObject({ ok: true, ...report })
    const forgeries = names(forgedLogoutTokens)
    expect(forgeries.length).toBeGreaterThanOrEqual(40)
    const believed: string[] = []
    for (const forgery of forgeries) {
      const { token } = await simulator.logoutToken({ ...report, forgery })
      if ((await kau.readLogoutToken(token, now())).ok) believed.push(forgery)
    }
    expect(believed).toEqual([])
    await expect(simulator.logoutToken({ forgery: 'no such' })).rejects.toThrow('no such forgery')
  }, 60_000)
})

describe('reports of ended sessions', () => {
  test('are sent at once, kept for later, lost, or sent twice', async () => {
    const ways = { sent: 1, 'sent-twice': 2, kept: 0, lost: 0 } as const
    for (const [way, times] of Object.entries(ways)) {
      reported.length = 0
      const { visitor, identification } = await signedIn()
      await simulator.follow({ reports: way as keyof typeof ways })
      expect(await simulator.endSessions({ kauSession: identification.kauSession ?? '' }, { report: true })).toBe(1)
      expect(reported).toHaveLength(times)
      expect(await goOn(visitor, identification)).toEqual({ ok: false, because: 'no-valid-identification' })
    }
    expect(await simulator.deliverReports()).toEqual([200])
    expect(reported).toHaveLength(1)
    expect(await client().readLogoutToken(reported[0] ?? '', now())).toMatchObject({ ok: true })
    expect(await simulator.deliverReports()).toEqual([])
  })

  test('the same report twice carries the same name of its own', async () => {
    const { identification } = await signedIn()
    await simulator.follow({ reports: 'sent-twice' })
    await simulator.endSessions({ kauSession: identification.kauSession ?? '' }, { report: true })
    expect(reported[0]).toBe(reported[1])
    expect((await simulator.state()).reports.at(-1)).toEqual({ token: reported[0], answers: [200, 200] })
  })

  test('only the session that is named ends, and without a report nobody hears of it', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    expect(await simulator.endSessions({ kauSession: one.identification.kauSession ?? '' })).toBe(1)
    expect(reported).toEqual([])
    expect(await goOn(one.visitor, one.identification)).toMatchObject({ ok: false })
    expect(await goOn(other.visitor, other.identification)).toMatchObject({ ok: true })
  })

  test('one can be made for anybody and sent', async () => {
    const { token, answer } = await simulator.logoutToken({ subject: anna.subject, send: true })
    expect([answer, reported]).toEqual([200, [token]])
    expect(claimsOf(token)).not.toHaveProperty('sid')
  })

  test('one that waited for longer than two minutes and the tolerance is too old', async () => {
    const { token } = await simulator.logoutToken({ subject: anna.subject })
    await moveClock(100)
    expect(await client().readLogoutToken(token, now())).toMatchObject({ ok: true })
    await moveClock(160)
    expect(await client().readLogoutToken(token, now())).toEqual({ ok: false, failed: 'exp' })
  })
})

describe('outages', () => {
  const short: Behaviour[] = [
    { how: 'hangs-up' },
    { how: 'page' },
    { how: 'half' },
    { how: 'list' },
    { how: 'elsewhere' },
  ]
  const long: Behaviour[] = [{ how: 'silent' }, { how: 'slow', milliseconds: 3000 }, { how: 'endless' }]
  const down = 'down' as const

  /** Where the fault shows: nothing may be accepted, and nothing may be blamed on the person. */
  async function outcomeAt(endpoint: Endpoint, patience?: number): Promise<unknown> {
    const one = endpoint === 'pushed-request' ? pushing : simulator
    const visitor = agentVisitor(one.issuer)
    await one.answerAs('anna')
    return trip('sign-in', visitor, client(one, patience)).then(
      (outcome) => (outcome.ok ? 'accepted' : outcome.because),
      (failure: unknown) => (failure instanceof OutsideSystemDown ? down : failure),
    )
  }

  test.each([...short, ...long])(
    'an endpoint that is broken ($how) is never taken for an answer',
    async (behaviour) => {
      const fault = { how: 'error', error: 'x', status: 400 } as const
      expect(fault.how).toBe('error')
      for (const endpoint of ['discovery', 'keys', 'pushed-request', 'token'] as const) {
        const one = endpoint === 'pushed-request' ? pushing : simulator
        await one.misbehave(endpoint, behaviour)
        const outcome = await outcomeAt(endpoint, 500)
        expect([endpoint, outcome]).toEqual([endpoint, expect.stringMatching(/^(?:down|agent-failed)$/)])
        await one.misbehave(endpoint, null)
        expect(await outcomeAt(endpoint)).toBe('accepted')
      }
    },
    60_000,
  )

  test('an endpoint may misbehave a number of times', async () => {
    await simulator.misbehave('token', { how: 'error', error: 'server_error', status: 500, times: 1 })
    expect(await outcomeAt('token')).toBe('agent-failed')
    expect(await outcomeAt('token')).toBe('accepted')
    expect((await simulator.state()).asked.token).toBe(2)
  })

  test('any error of the token endpoint is told apart from a code that is not good', async () => {
    await simulator.misbehave('token', { how: 'error', error: 'invalid_grant', status: 400 })
    expect(await outcomeAt('token')).toBe('invalid-answer')
    await simulator.misbehave('token', { how: 'error', error: 'invalid_client', status: 401 })
    expect(await outcomeAt('token')).toBe('agent-failed')
  })

  test.each([
    ['login_required', 'no-valid-identification'],
    ['access_denied', 'turned-back'],
    ['temporarily_unavailable', 'agent-failed'],
    ['server_error', 'agent-failed'],
    ['invalid_scope', 'invalid-answer'],
  ])('the error %s comes back by way of the browser, once if so told', async (error, because) => {
    await simulator.follow({ authorizationError: { error, times: 1 } })
    expect(await outcomeAt('authorization')).toBe(because)
    expect(await outcomeAt('authorization')).toBe('accepted')
  })

  test.each(['refuses', 'silent'] as const)('a KAÜ that is down (%s) is soon used again', async (how) => {
    const { visitor, kau, identification } = await signedIn()
    await simulator.follow({ down: how })
    const impatient = client(simulator, 500)
    await expect(impatient.authorizationUrl('sign-in', kau.newRoundTrip())).rejects.toThrow(OutsideSystemDown)
    expect(await impatient.endSessionUrl(identification.idToken, 's')).toBeUndefined()
    await simulator.behave()
    expect(await goOn(visitor, identification)).toMatchObject({ ok: true })
  })
})

describe('keys', () => {
  test('a new key is asked for once, beside the old one or instead of it', async () => {
    const { visitor, kau, identification } = await signedIn()
    for (const keepOld of [true, false]) {
      const fresh = client()
      expect(await goOn(visitor, identification, fresh)).toMatchObject({ ok: true })
      await simulator.rotateKeys({ keepOld })
      await simulator.forgetAsked()
      for (let times = 0; times < 3; times += 1) {
        expect(await goOn(visitor, identification, fresh)).toMatchObject({ ok: true })
      }
      expect((await simulator.state()).asked.keys).toBe(1)
    }
    expect((await simulator.state()).keys).toHaveLength(1)
    // twice within a minute: for this client the second new key came too soon
    expect(await goOn(visitor, identification, kau)).toMatchObject({ ok: true })
  })

  test('what a withdrawn key signed is refused once it is known to be withdrawn', async () => {
    const { visitor, kau, identification } = await signedIn()
    const { token: old } = await simulator.logoutToken({ subject: anna.subject })
    expect(await kau.readLogoutToken(old, now())).toMatchObject({ ok: true })
    await simulator.rotateKeys({ keepOld: false })
    expect(await goOn(visitor, identification, kau)).toMatchObject({ ok: true })
    expect(await kau.readLogoutToken(old, now())).toEqual({ ok: false, failed: 'key' })
  })

  test('after a second rotation within a minute the client waits, and accepts nothing it does not know', async () => {
    const { visitor, kau, identification } = await signedIn()
    await simulator.rotateKeys({ keepOld: true })
    expect(await goOn(visitor, identification, kau)).toMatchObject({ ok: true })
    await simulator.rotateKeys({ keepOld: true })
    await simulator.forgetAsked()
    expect(await goOn(visitor, identification, kau)).toEqual({ ok: false, because: 'invalid-answer' })
    expect((await simulator.state()).asked.keys).toBeUndefined()
  })
})

test('what is not understood is refused by name, and the state can be looked at', async () => {
  const { identification } = await signedIn()
  const state = await simulator.state()
  expect(state).toMatchObject({
    offsetSeconds: 0,
    clockShared: false,
    sessionSeconds: 14_400,
    behaviours: {},
    answers: [],
  })
  expect(state.sessions).toContainEqual(
    expect.objectContaining({ subject: anna.subject, kauSession: identification.kauSession }),
  )
  const refused = await Promise.all(
    [
      ['/script', '{"downe":null}'],
      ['/clock', '{}'],
      ['/sessions/end', '{"report":true}'],
      ['/answer', '{"person":"nobody"}'],
      ['/answer', '{'],
      ['/nowhere', '{}'],
    ].map(async ([path = '', body = '']) => {
      const { status } = await fetch(new URL(path, simulator.controlUrl), { method: 'POST', body })
      return [path, status]
    }),
  )
  expect(refused.map(([, status]) => status)).toEqual([400, 400, 400, 400, 400, 404])
})
