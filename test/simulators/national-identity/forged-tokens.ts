/**
 * Tokens that differ from a faithful one in a single thing, each with the check that must catch it: the tests of the
 * portal's client go through both lists, and the simulated KAÜ gives any of them on demand.
 */
import { type Claims, encode, type SigningPair, signed, signingPair, withSecret } from './signed-tokens.ts'

export interface Forged {
  what: string
  token: string
  /** the check of the portal's own judgement that refuses it */
  caughtBy: string
}

/** What a faithful agent would have said, and what it would have signed it with. */
export interface Faithful {
  pair: SigningPair
  claims: Claims
  clientId: string
  clientSecret: string
}

const attacker = signingPair('attacker')

/** ID tokens (azonosítási token) that no portal may accept. */
export function forgedIdTokens(faithful: Faithful): Forged[] {
  const { pair, clientId } = faithful
  const { headed, claiming, now } = forger(faithful, 'JWT')
  return [
    ...badlySigned(faithful, 'JWT'),
    headed('a logout token', 'typ', { typ: 'logout+jwt' }, pair.privateKey),
    headed('a token of another kind', 'typ', { typ: 'at+jwt' }, pair.privateKey),
    headed('a kind that is no text', 'typ', { typ: ['JWT'] }, pair.privateKey),
    ...badlyAddressed(faithful, 'JWT'),
    claiming('several audiences, nobody authorized', 'azp', { aud: [clientId, 'another-portal'] }),
    claiming('several audiences, another authorized', 'azp', {
      aud: [clientId, 'another-portal'],
      azp: 'another-portal',
    }),
    claiming('another authorized party', 'azp', { azp: 'another-portal' }),
    claiming('another nonce', 'nonce', { nonce: 'n'.repeat(43) }),
    claiming('no nonce', 'nonce', { nonce: undefined }),
    claiming('expired', 'exp', { exp: now - 31 }),
    claiming('no expiry', 'exp', { exp: undefined }),
    claiming('an expiry that is a text', 'exp', { exp: String(now + 300) }),
    claiming('issued in the future', 'iat', { iat: now + 60, exp: now + 600 }),
    claiming('issued long ago', 'iat', { iat: now - 700 }),
    claiming('no time of issue', 'iat', { iat: undefined }),
    claiming('not valid yet', 'nbf', { nbf: now + 60 }),
    claiming('no time of identification', 'auth_time', { auth_time: undefined }),
    claiming('a time of identification that is a text', 'auth_time', { auth_time: String(now) }),
    claiming('a time of identification before 1970', 'auth_time', { auth_time: -1 }),
    claiming('a time of identification beyond all calendars', 'auth_time', { auth_time: 1e15 }),
    claiming('nobody', 'sub', { sub: undefined }),
    claiming('an empty person', 'sub', { sub: '' }),
    claiming('a person who is a number', 'sub', { sub: 42 }),
    claiming('no level of assurance', 'acr', { acr: undefined }),
    claiming('an unknown level of assurance', 'acr', { acr: 'nagyon-magas' }),
    claiming('too low a level of assurance', 'acr', { acr: 'alacsony' }),
    claiming('a session that is no text', 'sid', { sid: { toString: 'x' } }),
    claiming('no family name', 'family_name', { family_name: undefined }),
    claiming('a blank given name', 'given_name', { given_name: '  ' }),
    claiming('no mother', 'mother_family_name', { mother_family_name: undefined }),
    claiming('a birth place that is a list', 'birth_place', { birth_place: ['Győr'] }),
    claiming('a day of birth that is none', 'birthdate', { birthdate: '1989-02-30' }),
  ]
}

/** Logout tokens (kijelentkeztetési token) that must end nobody's session. */
export function forgedLogoutTokens(faithful: Faithful): Forged[] {
  const { pair } = faithful
  const { headed, claiming, now } = forger(faithful, 'logout+jwt')
  const event = 'http://schemas.openid.net/event/backchannel-logout'
  return [
    ...badlySigned(faithful, 'logout+jwt'),
    headed('of no kind', 'typ', { typ: undefined }, pair.privateKey),
    headed('of the kind of an ID token', 'typ', { typ: 'JWT' }, pair.privateKey),
    headed('of the kind of an access token', 'typ', { typ: 'at+jwt' }, pair.privateKey),
    headed('of a kind that is no text', 'typ', { typ: ['logout+jwt'] }, pair.privateKey),
    ...badlyAddressed(faithful, 'logout+jwt'),
    claiming('expired', 'exp', { exp: now - 31 }),
    claiming('no expiry', 'exp', { exp: undefined }),
    claiming('an expiry that is a text', 'exp', { exp: String(now + 60) }),
    claiming('an expiry in three minutes', 'exp', { exp: now + 180 }),
    claiming('an expiry in a year', 'exp', { exp: now + 31_536_000 }),
    claiming('issued in the future', 'iat', { iat: now + 60, exp: now + 120 }),
    claiming('issued long ago', 'iat', { iat: now - 200 }),
    claiming('no time of issue', 'iat', { iat: undefined }),
    claiming('not valid yet', 'nbf', { nbf: now + 60 }),
    claiming('no name of its own', 'jti', { jti: undefined }),
    claiming('an empty name of its own', 'jti', { jti: '' }),
    claiming('a name of its own that is a number', 'jti', { jti: 42 }),
    claiming('no event', 'events', { events: undefined }),
    claiming('events that are a list', 'events', { events: [event] }),
    claiming('events that are a text', 'events', { events: event }),
    claiming('no event among the events', 'events', { events: {} }),
    claiming('another event', 'events', { events: { 'http://schemas.openid.net/event/something-else': {} } }),
    claiming('an event that is true', 'events', { events: { [event]: true } }),
    claiming('an event that is null', 'events', { events: { [event]: null } }),
    claiming('an event that is a list', 'events', { events: { [event]: [] } }),
    claiming('a nonce', 'nonce', { nonce: 'n'.repeat(43) }),
    claiming('a nonce that is null', 'nonce', { nonce: null }),
    claiming('neither session nor person', 'sid', { sid: undefined, sub: undefined }),
    claiming('a session that is a number', 'sid', { sid: 42 }),
    claiming('an empty session', 'sid', { sid: '' }),
    claiming('an empty person', 'sub', { sub: '' }),
    claiming('a person that is an object', 'sub', { sub: {} }),
  ]
}

function badlySigned(faithful: Faithful, kind: string): Forged[] {
  const { pair, claims, clientSecret } = faithful
  const { made, headed, header, issuer } = forger(faithful, kind)
  const good = signed(header, claims, pair.privateKey)
  const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' })
  return [
    made('alg none', 'algorithm', `${encode({ ...header, alg: 'none' })}.${goodPayload}.`),
    made('alg nOnE', 'algorithm', `${encode({ ...header, alg: 'nOnE' })}.${goodPayload}.`),
    made(
      'alg none with the good signature',
      'algorithm',
      `${encode({ ...header, alg: 'none' })}.${goodPayload}.${goodSignature}`,
    ),
    made('no alg', 'format', `${encode({ kid: pair.kid })}.${goodPayload}.${goodSignature}`),
    made('HS256 with the public key', 'algorithm', withSecret({ ...header, alg: 'HS256' }, claims, pem)),
    made('HS256 with the JWK', 'algorithm', withSecret({ ...header, alg: 'HS256' }, claims, JSON.stringify(pair.jwk))),
    made('HS256 with our own secret', 'algorithm', withSecret({ ...header, alg: 'HS256' }, claims, clientSecret)),
    headed('unknown kid', 'key', { kid: 'attacker' }),
    headed('the right kid, another key', 'signature', {}),
    headed('no kid, another key', 'signature', { kid: undefined }),
    headed('a key in the header', 'signature', { jwk: attacker.jwk }),
    headed('a key in the header and its kid', 'key', { jwk: attacker.jwk, kid: 'attacker' }),
    headed('an address of keys', 'key', { jku: `${issuer}/attacker-keys`, kid: 'attacker' }),
    headed('an address of a certificate', 'signature', { x5u: `${issuer}/attacker-keys` }),
    headed('a critical extension', 'format', { crit: ['extension'], extension: true }, pair.privateKey),
    headed('an unencoded payload', 'format', { crit: ['b64'], b64: false }, pair.privateKey),
    made(
      'the signature of another token',
      'signature',
      `${goodHeader}.${goodPayload}.${signed(header, {}, pair.privateKey).split('.')[2]}`,
    ),
    made('one bit of the signature', 'signature', `${goodHeader}.${goodPayload}.${flipped(goodSignature)}`),
    made('no signature', 'signature', `${goodHeader}.${goodPayload}.`),
    made(
      'another payload',
      'signature',
      `${goodHeader}.${encode({ ...claims, sub: 'somebody-else' })}.${goodSignature}`,
    ),
    made('two parts', 'format', `${goodHeader}.${goodPayload}`),
    made('five parts', 'format', `${goodHeader}.a.b.c.${goodSignature}`),
    made('no token at all', 'format', 'garbage'),
    made('a header that is no JSON', 'format', `${encode('{')}.${goodPayload}.${goodSignature}`),
    made('a payload that is no object', 'format', signed(header, [claims], pair.privateKey)),
    made('more than 16 kB', 'size', signed(header, { ...claims, more: 'x'.repeat(17_000) }, pair.privateKey)),
  ]
}

function badlyAddressed(faithful: Faithful, kind: string): Forged[] {
  const { clientId } = faithful
  const { claiming, issuer } = forger(faithful, kind)
  return [
    claiming('another issuer', 'iss', { iss: 'https://kau.example.hu' }),
    claiming('the issuer with a slash more', 'iss', { iss: `${issuer}/` }),
    claiming('no issuer', 'iss', { iss: undefined }),
    claiming('another audience', 'aud', { aud: 'another-portal' }),
    claiming('an audience that begins like ours', 'aud', { aud: `${clientId}-2` }),
    claiming('audiences without us', 'aud', { aud: ['another-portal', 'third'] }),
    claiming('no audience', 'aud', { aud: undefined }),
  ]
}

function forger({ pair, claims, clientId }: Faithful, kind: string) {
  const header = { alg: 'ES256', kid: pair.kid, typ: kind }
  return {
    header,
    issuer: String(claims.iss),
    clientId,
    /** seconds, by the clock of whoever made the faithful token */
    now: Number(claims.iat),
    made: (what: string, caughtBy: string, token: string): Forged => ({ what, caughtBy, token }),
    headed: (what: string, caughtBy: string, change: Claims, key = attacker.privateKey): Forged => ({
      what,
      caughtBy,
      token: signed(changed(header, change), claims, key),
    }),
    claiming: (what: string, caughtBy: string, change: Claims): Forged => ({
      what,
      caughtBy,
      token: signed(header, changed(claims, change), pair.privateKey),
    }),
  }
}

/** @param change undefined takes a member away */
function changed(from: Claims, change: Claims): Claims {
  return Object.fromEntries(Object.entries({ ...from, ...change }).filter(([, value]) => value !== undefined))
}

function flipped(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return bytes.toString('base64url')
}
