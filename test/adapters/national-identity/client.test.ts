import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { agentKeys } from '../../../src/adapters/national-identity/agent-keys.ts'
import { nationalIdentityClient } from '../../../src/adapters/national-identity/client.ts'
import { judgeIdToken } from '../../../src/adapters/national-identity/id-token.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna } from '../../cast/people.ts'
import { forgedIdTokens, forgedLogoutTokens } from '../../simulators/national-identity/forged-tokens.ts'
import { signed, signingPair } from '../../simulators/national-identity/signed-tokens.ts'
import {
  type Answer,
  faithfulClaims,
  faithfulReport,
  flood,
  type HostileAgent,
  hangUp,
  json,
  redirect,
  slow,
  startHostileAgent,
  text,
} from './hostile-agent.ts'

const clientId = 'portal'
const clientSecret = 'a secret of both sides, long enough to be one'
const discovery = '/.well-known/openid-configuration'
let agent: HostileAgent
let refusals: string[]

beforeAll(async () => {
  agent = await startHostileAgent()
})
afterAll(() => agent.stop())
beforeEach(() => {
  agent.behave()
  refusals = []
})

function client(more: Partial<Parameters<typeof nationalIdentityClient>[0]> = {}) {
  return nationalIdentityClient({
    issuer: agent.issuer,
    clientId,
    clientSecret,
    redirectUri: 'http://127.0.0.1:1/belepes/vissza',
    postLogoutRedirectUri: 'http://127.0.0.1:1/kijelentkezve',
    allowHttp: true,
    onRefusal: (failed) => refusals.push(failed),
    ...more,
  })
}

function faithfulToken(nonce: string, change: Record<string, unknown> = {}, pair = agent.pair): string {
  const claims = { ...faithfulClaims(agent.issuer, clientId, nonce), ...change }
  return signed({ alg: 'ES256', kid: pair.kid }, claims, pair.privateKey)
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}

function cameBack(state: string, change: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({ code: 'code-1', state, iss: agent.issuer, ...change })
}

/** A whole round trip at an agent that gives this token. */
async function redeemed(makeToken: (nonce: string) => string, kau = client(), now = new Date()) {
  const trip = kau.newRoundTrip()
  agent.giveToken(makeToken(trip.nonce))
  return kau.redeem(cameBack(trip.state), trip, now)
}

describe('tokens', () => {
  test('a faithful one is accepted', async () => {
    expect(await redeemed((nonce) => faithfulToken(nonce))).toMatchObject({
      ok: true,
      identification: {
        subject: anna.subject,
        identity: anna.identity,
        kauSession: 'session-1',
        assurance: 'substantial',
      },
    })
  })

  const now = Math.floor(Date.now() / 1000)
  test.each([
    ['expired within the tolerance', { exp: now - 5 }],
    ['issued a little ahead of our clock', { iat: now + 20 }],
    ['a list with us alone', { aud: [clientId] }],
    ['several audiences, we being authorized', { aud: [clientId, 'another'], azp: clientId }],
    ['without a session', { sid: undefined }],
    ['names that are written apart', { given_name: 'Ma\u0301ria' }],
  ])('%s is accepted', async (_what, change) => {
    expect(await redeemed((nonce) => faithfulToken(nonce, change))).toMatchObject({ ok: true })
  })

  test.each([
    ['ten hours ago', now - 36_000],
    ['an hour ahead', now + 3600],
  ])('the age of the identification is told and not judged: %s', async (_what, at) => {
    const outcome = await redeemed((nonce) => faithfulToken(nonce, { auth_time: at }))
    expect(outcome.ok && outcome.identification.identifiedAt).toEqual(new Date(at * 1000))
  })

  // the nonce and the list are made when the tests are, the tokens when the agent stands
  test('every forged token is refused, and each by the check that is there for it', async () => {
    const kau = client()
    const trip = kau.newRoundTrip()
    const claims = faithfulClaims(agent.issuer, clientId, trip.nonce)
    const forged = forgedIdTokens({ pair: agent.pair, claims, clientId, clientSecret })
    expect(forged.length).toBeGreaterThanOrEqual(50)
    const keyFor = agentKeys(
      async () => ({ keys: [agent.pair.jwk] }),
      () => performance.now(),
    )
    const expected = { issuer: agent.issuer, clientId, nonce: trip.nonce, minimumAssurance: 'substantial' } as const
    const judged: string[] = []
    const accepted: string[] = []
    for (const { what, token } of forged) {
      const judgement = await judgeIdToken(token, keyFor, { ...expected, now: new Date() })
      judged.push(`${what}: ${judgement.ok ? 'accepted' : judgement.failed}`)
      agent.giveToken(token)
      const outcome = await kau.redeem(cameBack(trip.state), trip, new Date())
      if (outcome.ok || outcome.because !== 'invalid-answer') accepted.push(what)
    }
    expect(judged).toEqual(forged.map(({ what, caughtBy }) => `${what}: ${caughtBy}`))
    expect(accepted).toEqual([])
    expect(agent.asked['/attacker-keys']).toBeUndefined()
    expect(refusals).toHaveLength(forged.length)
  })

  test('a key for encryption does not sign', async () => {
    agent.answers['/jwks'] = json({ keys: [{ ...agent.pair.jwk, use: 'enc' }] })
    expect(await redeemed((nonce) => faithfulToken(nonce))).toEqual({ ok: false, because: 'invalid-answer' })
  })

  test('the times are judged by the moment the caller names', async () => {
    const later = new Date(Date.now() + 400_000)
    const refused = await redeemed((nonce) => faithfulToken(nonce), client(), later)
    expect(refused).toEqual({ ok: false, because: 'invalid-answer' })
    expect(refusals).toEqual(['exp'])
    const shifted = { iat: now + 400, exp: now + 700 }
    expect(await redeemed((nonce) => faithfulToken(nonce, shifted), client(), later)).toMatchObject({ ok: true })
  })
})

describe('reports that a session of the KAÜ has ended', () => {
  const report = (change: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    signed(
      { alg: 'ES256', kid: agent.pair.kid, typ: 'logout+jwt', ...header },
      { ...faithfulReport(agent.issuer, clientId), ...change },
      agent.pair.privateKey,
    )

  test('a faithful one names the session and the person', async () => {
    expect(await client().readLogoutToken(report({ jti: 'once' }), new Date())).toEqual({
      ok: true,
      issuer: agent.issuer,
      jti: 'once',
      kauSession: 'session-1',
      subject: anna.subject,
    })
  })

  const event = 'http://schemas.openid.net/event/backchannel-logout'
  test.each([
    ['of a session alone', { sub: undefined }],
    ['of a person alone', { sid: undefined }],
    ['for us among others', { aud: ['another-portal', clientId] }],
    ['whose event tells more than it must', { events: { [event]: { why: 'timeout' }, 'https://example.hu/more': 1 } }],
    ['by a clock a little ahead of ours', () => ({ iat: seconds() + 20, exp: seconds() + 140 })],
    ['by a clock a little behind ours', () => ({ iat: seconds() - 140, exp: seconds() - 20 })],
  ])('one %s is accepted', async (_what, change) => {
    const token = report(typeof change === 'function' ? change() : change)
    expect(await client().readLogoutToken(token, new Date())).toMatchObject({ ok: true })
  })

  test('the kind may be written as a media type is', async () => {
    const token = report({}, { typ: 'application/Logout+JWT' })
    expect(await client().readLogoutToken(token, new Date())).toMatchObject({ ok: true })
  })

  test('every forged one is refused, and each by the check that is there for it', async () => {
    const kau = client()
    const claims = faithfulReport(agent.issuer, clientId)
    const forged = forgedLogoutTokens({ pair: agent.pair, claims, clientId, clientSecret })
    expect(forged.length).toBeGreaterThanOrEqual(40)
    const judged: string[] = []
    for (const { what, token } of forged) {
      const read = await kau.readLogoutToken(token, new Date())
      judged.push(`${what}: ${read.ok ? 'accepted' : read.failed}`)
    }
    expect(judged).toEqual(forged.map(({ what, caughtBy }) => `${what}: ${caughtBy}`))
    expect(agent.asked['/attacker-keys']).toBeUndefined()
  })

  test('the ID token of the same session is none', async () => {
    const idToken = faithfulToken('n'.repeat(43))
    expect(await client().readLogoutToken(idToken, new Date())).toEqual({ ok: false, failed: 'typ' })
  })

  test('it is judged by the moment the caller names', async () => {
    const later = new Date(Date.now() + 400_000)
    expect(await client().readLogoutToken(report(), later)).toEqual({ ok: false, failed: 'exp' })
    const shifted = { iat: seconds() + 400, exp: seconds() + 520 }
    expect(await client().readLogoutToken(report(shifted), later)).toMatchObject({ ok: true })
  })

  test('without the keys it is neither believed nor refused', async () => {
    agent.answers['/jwks'] = text('hiba', 500)
    await expect(client().readLogoutToken(report(), new Date())).rejects.toThrow(OutsideSystemDown)
  })

  test('unknown keys of reports and of ID tokens make us ask once a minute between them', async () => {
    const kau = client()
    for (let times = 0; times < 10; times += 1) {
      const unknown = signingPair(`unknown-${times}`)
      const forged = signed({ alg: 'ES256', kid: unknown.kid, typ: 'logout+jwt' }, {}, unknown.privateKey)
      expect(await kau.readLogoutToken(forged, new Date())).toEqual({ ok: false, failed: 'key' })
      expect(await redeemed((nonce) => faithfulToken(nonce, {}, unknown), kau)).toMatchObject({ ok: false })
    }
    expect(agent.asked['/jwks']).toBe(2)
    expect(await kau.readLogoutToken(report(), new Date())).toMatchObject({ ok: true })
  })

  test('no text makes it stumble', async () => {
    const kau = client()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String()).map((parts) => parts.join('.')),
        ),
        async (token) => {
          expect(await kau.readLogoutToken(token, new Date())).toMatchObject({ ok: false })
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('what comes back in the address', () => {
  async function comingBack(query: (state: string) => URLSearchParams | string) {
    const kau = client()
    const trip = kau.newRoundTrip()
    agent.giveToken(faithfulToken(trip.nonce))
    return kau.redeem(new URLSearchParams(query(trip.state)), trip, new Date())
  }

  test.each([
    ['another issuer', (state: string) => cameBack(state, { iss: 'https://kau.example.hu' })],
    ['no issuer', (state: string) => `code=1&state=${state}`],
    ['two issuers', (state: string) => `${String(cameBack(state))}&iss=https%3A%2F%2Fkau.example.hu`],
    ['another state', () => cameBack('x'.repeat(43))],
    ['no state', () => `code=1&iss=${encodeURIComponent(agent.issuer)}`],
    ['two states', (state: string) => `${String(cameBack(state))}&state=x`],
    ['two codes', (state: string) => `${String(cameBack(state))}&code=2`],
    ['no code', (state: string) => `state=${state}&iss=${encodeURIComponent(agent.issuer)}`],
    ['a token in the address', (state: string) => cameBack(state, { id_token: 'x' })],
    ['a packed answer', (state: string) => cameBack(state, { response: 'x' })],
    ['an error with another state', () => cameBack('x', { error: 'access_denied' })],
    ['an error of another issuer', (state: string) => cameBack(state, { error: 'access_denied', iss: 'https://x.hu' })],
    ['an unknown error', (state: string) => cameBack(state, { error: 'invalid_scope' })],
    ['nothing', () => ''],
  ])('%s is refused before anything is asked of the agent', async (_what, query) => {
    expect(await comingBack(query)).toEqual({ ok: false, because: 'invalid-answer' })
    expect(agent.asked['/token']).toBeUndefined()
  })

  test.each([
    ['login_required', 'no-valid-identification'],
    ['interaction_required', 'no-valid-identification'],
    ['account_selection_required', 'no-valid-identification'],
    ['consent_required', 'no-valid-identification'],
    ['access_denied', 'turned-back'],
    ['server_error', 'agent-failed'],
    ['temporarily_unavailable', 'agent-failed'],
  ])('%s is told as %s', async (error, because) => {
    expect(await comingBack((state) => cameBack(state, { error }))).toEqual({ ok: false, because })
  })

  test('no address makes it stumble', async () => {
    const kau = client()
    const trip = kau.newRoundTrip()
    agent.answers['/token'] = json({ error: 'invalid_grant' }, 400)
    const word = fc.oneof(fc.string(), fc.constantFrom('code', 'state', 'iss', 'error', agent.issuer, trip.state))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, word), { maxLength: 8 }), async (pairs) => {
        expect(await kau.redeem(new URLSearchParams(pairs), trip, new Date())).toMatchObject({ ok: false })
      }),
      { numRuns: 500 },
    )
  })
})

describe('outages', () => {
  const broken: [string, Answer][] = [
    ['hangs up', hangUp],
    ['answers a page', text('<h1>karbantartás</h1>')],
    ['answers an error', text('hiba', 500)],
    ['answers half a JSON', text('{"issuer":', 200, 'application/json')],
    ['answers a list', json([])],
    ['answers without end', flood],
    ['sends elsewhere', redirect('/elsewhere')],
  ]

  test.each(broken)('an agent that %s when asked what it offers is down', async (_what, answer) => {
    agent.answers[discovery] = answer
    agent.answers['/elsewhere'] = json(agent.metadata())
    const kau = client()
    await expect(kau.authorizationUrl('sign-in', kau.newRoundTrip())).rejects.toThrow(OutsideSystemDown)
    expect(await kau.endSessionUrl('token', 'state')).toBeUndefined()
    expect(agent.asked['/elsewhere']).toBeUndefined()
  })

  test('an agent that is too slow is down, wherever it is slow', async () => {
    const late = slow(900, json({}))
    const short = { healthMilliseconds: 200, requestMilliseconds: 400 }
    agent.answers['/jwks'] = late
    await expect(redeemed((nonce) => faithfulToken(nonce), client(short))).rejects.toThrow(OutsideSystemDown)
    agent.answers['/token'] = late
    const kau = client(short)
    const trip = kau.newRoundTrip()
    await expect(kau.redeem(cameBack(trip.state), trip, new Date())).rejects.toThrow(OutsideSystemDown)
    agent.answers[discovery] = late
    const other = client(short)
    await expect(other.authorizationUrl('sign-in', trip)).rejects.toThrow(OutsideSystemDown)
    expect(await other.endSessionUrl('token', 'state')).toBeUndefined()
  })

  test.each([
    ['calls itself otherwise', () => ({ issuer: `${agent.issuer}/other` })],
    ['calls itself with a slash more', () => ({ issuer: `${agent.issuer}/` })],
    ['sends people to another host', () => ({ authorization_endpoint: 'https://kau.example.hu/auth' })],
    ['takes codes at another host', () => ({ token_endpoint: 'http://169.254.169.254/token' })],
    ['keeps its keys at another host', () => ({ jwks_uri: 'https://kau.example.hu/jwks' })],
    ['keeps its keys in no address', () => ({ jwks_uri: undefined })],
    ['knows only plain PKCE', () => ({ code_challenge_methods_supported: ['plain'] })],
  ])('an agent that %s is not used', async (_what, change) => {
    agent.answers[discovery] = json({ ...agent.metadata(), ...change() })
    const kau = client()
    await expect(kau.authorizationUrl('sign-in', kau.newRoundTrip())).rejects.toThrow(OutsideSystemDown)
  })

  test.each(broken.filter(([what]) => /hangs|without end/.test(what)))(
    'an agent that %s when the code is redeemed is down',
    async (_what, answer) => {
      agent.answers['/token'] = answer
      const kau = client()
      const trip = kau.newRoundTrip()
      await expect(kau.redeem(cameBack(trip.state), trip, new Date())).rejects.toThrow(OutsideSystemDown)
      expect(agent.asked['/token']).toBe(1)
    },
  )

  test.each([
    ...broken.filter(([what]) => !/hangs|without end/.test(what)),
    ['refuses the portal', json({ error: 'invalid_client' }, 401)],
    ['reports an error of its own', json({ error: 'server_error' }, 500)],
  ] as [string, Answer][])('an agent that %s when the code is redeemed has failed', async (_what, answer) => {
    agent.answers['/token'] = answer
    agent.answers['/elsewhere'] = json({})
    const kau = client()
    const trip = kau.newRoundTrip()
    expect(await kau.redeem(cameBack(trip.state), trip, new Date())).toEqual({ ok: false, because: 'agent-failed' })
    expect(agent.asked['/elsewhere']).toBeUndefined()
  })

  test.each([
    ['without an ID token', { access_token: 'x', token_type: 'Bearer' }],
    ['with an ID token that is no text', { access_token: 'x', token_type: 'Bearer', id_token: {} }],
    ['with nothing in it', {}],
  ])('an answer %s is refused', async (_what, answer) => {
    agent.answers['/token'] = json(answer)
    const kau = client()
    const trip = kau.newRoundTrip()
    expect(await kau.redeem(cameBack(trip.state), trip, new Date())).toEqual({ ok: false, because: 'invalid-answer' })
  })

  test.each(broken)('an agent that %s when asked for its keys is down', async (_what, answer) => {
    agent.answers['/jwks'] = answer
    agent.answers['/elsewhere'] = json({ keys: [agent.pair.jwk] })
    await expect(redeemed((nonce) => faithfulToken(nonce))).rejects.toThrow(OutsideSystemDown)
    expect(agent.asked['/elsewhere']).toBeUndefined()
  })

  test('nothing is asked before somebody signs in, and the first one finds an agent that came up meanwhile', async () => {
    agent.answers[discovery] = hangUp
    const kau = client()
    expect(kau.host).toBe(`localhost:${agent.port}`)
    expect(kau.origin).toBe(agent.issuer)
    expect(agent.asked).toEqual({})
    agent.answers[discovery] = json(agent.metadata())
    expect((await kau.authorizationUrl('sign-in', kau.newRoundTrip())).pathname).toBe('/auth')
  })

  test('one look at its health serves everybody for ten seconds', async () => {
    const kau = client()
    const everybody = Array.from({ length: 20 }, () => kau.authorizationUrl('sign-in', kau.newRoundTrip()))
    await Promise.all(everybody)
    await kau.endSessionUrl('token', 'state')
    expect(agent.asked[discovery]).toBe(1)
  })

  test('an agent that comes back is soon used again', async () => {
    agent.answers[discovery] = hangUp
    const kau = client()
    await expect(kau.authorizationUrl('sign-in', kau.newRoundTrip())).rejects.toThrow(OutsideSystemDown)
    await expect(kau.authorizationUrl('sign-in', kau.newRoundTrip())).rejects.toThrow(OutsideSystemDown)
    expect(agent.asked[discovery]).toBe(1)
    agent.answers[discovery] = json(agent.metadata())
    await expect
      .poll(() => kau.authorizationUrl('sign-in', kau.newRoundTrip()).then(String, () => ''), { timeout: 15_000 })
      .toContain('/auth?')
  })

  test('a plain issuer is refused unless it is allowed', () => {
    expect(() => client({ allowHttp: false })).toThrow('https')
  })
})

describe('keys', () => {
  test('a new key is fetched once, and serves', async () => {
    const kau = client()
    expect(await redeemed((nonce) => faithfulToken(nonce), kau)).toMatchObject({ ok: true })
    const rotated = signingPair('key-2')
    agent.answers['/jwks'] = json({ keys: [agent.pair.jwk, rotated.jwk] })
    for (let times = 0; times < 3; times += 1) {
      expect(await redeemed((nonce) => faithfulToken(nonce, {}, rotated), kau)).toMatchObject({ ok: true })
    }
    expect(agent.asked['/jwks']).toBe(2)
  })

  test('keys nobody published make us ask once a minute, whatever is tried', async () => {
    const kau = client()
    for (let times = 0; times < 20; times += 1) {
      const unknown = signingPair(`unknown-${times}`)
      const outcome = await redeemed((nonce) => faithfulToken(nonce, {}, unknown), kau)
      expect(outcome).toEqual({ ok: false, because: 'invalid-answer' })
    }
    expect(agent.asked['/jwks']).toBe(2)
    expect(await redeemed((nonce) => faithfulToken(nonce), kau)).toMatchObject({ ok: true })
  })

  test('after a minute it may ask again; after ten minutes the keys are read anew in the background', async () => {
    let minutes = 0
    let reads = 0
    const keyFor = agentKeys(
      async () => {
        reads += 1
        return { keys: [agent.pair.jwk] }
      },
      () => minutes * 60_000,
    )
    const known = { alg: 'ES256', kid: agent.pair.kid }
    const unknown = { alg: 'ES256', kid: 'unknown' }
    const token = { payload: '', signature: '' }
    await keyFor(known, token)
    expect(reads).toBe(1)
    await expect(keyFor(unknown, token)).rejects.toThrow()
    await expect(keyFor(unknown, token)).rejects.toThrow()
    expect(reads).toBe(2)
    minutes = 1
    await expect(keyFor(unknown, token)).rejects.toThrow()
    expect(reads).toBe(3)
    minutes = 10
    await keyFor(known, token)
    expect(reads).toBe(3)
    minutes = 12
    await keyFor(known, token)
    await Promise.resolve()
    expect(reads).toBe(4)
  })

  test('known keys serve on while the agent cannot give new ones', async () => {
    let minutes = 0
    let up = true
    const keyFor = agentKeys(
      async () => {
        if (!up) throw new Error('down')
        return { keys: [agent.pair.jwk] }
      },
      () => minutes * 60_000,
    )
    const known = { alg: 'ES256', kid: agent.pair.kid }
    await keyFor(known, { payload: '', signature: '' })
    up = false
    minutes = 60
    await expect(keyFor(known, { payload: '', signature: '' })).resolves.toBeDefined()
  })
})
