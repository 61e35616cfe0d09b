/** Tokens that differ from a faithful one in a single thing, each with the check that must catch it. */
import { encode, faithfulClaims, type HostileAgent, signed, signingPair, withSecret } from './hostile-agent.ts'

export interface Forged {
  what: string
  token: string
  /** the check of our own judgement that refuses it */
  caughtBy: string
}

const attacker = signingPair('attacker')

export function forgedTokens(agent: HostileAgent, clientId: string, clientSecret: string, nonce: string): Forged[] {
  const { pair, issuer } = agent
  const faithful = faithfulClaims(issuer, clientId, nonce)
  const header = { alg: 'ES256', kid: pair.kid, typ: 'JWT' }
  const now = Math.floor(Date.now() / 1000)
  const good = signed(header, faithful, pair.privateKey)
  const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' })

  const claiming = (what: string, caughtBy: string, change: Record<string, unknown>): Forged => {
    const claims = Object.fromEntries(
      Object.entries({ ...faithful, ...change }).filter(([, value]) => value !== undefined),
    )
    return { what, caughtBy, token: signed(header, claims, pair.privateKey) }
  }
  const headed = (
    what: string,
    caughtBy: string,
    change: Record<string, unknown>,
    key = attacker.privateKey,
  ): Forged => {
    const changed = Object.fromEntries(
      Object.entries({ ...header, ...change }).filter(([, value]) => value !== undefined),
    )
    return { what, caughtBy, token: signed(changed, faithful, key) }
  }
  const made = (what: string, caughtBy: string, token: string): Forged => ({ what, caughtBy, token })

  return [
    made('alg none', 'algorithm', `${encode({ ...header, alg: 'none' })}.${goodPayload}.`),
    made('alg nOnE', 'algorithm', `${encode({ ...header, alg: 'nOnE' })}.${goodPayload}.`),
    made(
      'alg none with the good signature',
      'algorithm',
      `${encode({ ...header, alg: 'none' })}.${goodPayload}.${goodSignature}`,
    ),
    made('no alg', 'format', `${encode({ kid: pair.kid })}.${goodPayload}.${goodSignature}`),
    made('HS256 with the public key', 'algorithm', withSecret({ ...header, alg: 'HS256' }, faithful, pem)),
    made(
      'HS256 with the JWK',
      'algorithm',
      withSecret({ ...header, alg: 'HS256' }, faithful, JSON.stringify(pair.jwk)),
    ),
    made('HS256 with our own secret', 'algorithm', withSecret({ ...header, alg: 'HS256' }, faithful, clientSecret)),
    headed('unknown kid', 'key', { kid: 'attacker' }),
    headed('the right kid, another key', 'signature', {}),
    headed('no kid, another key', 'signature', { kid: undefined }),
    headed('a key in the header', 'signature', { jwk: attacker.jwk }),
    headed('a key in the header and its kid', 'key', { jwk: attacker.jwk, kid: 'attacker' }),
    headed('an address of keys', 'key', { jku: `${issuer}/attacker-keys`, kid: 'attacker' }),
    headed('an address of a certificate', 'signature', { x5u: `${issuer}/attacker-keys` }),
    headed('a critical extension', 'format', { crit: ['extension'], extension: true }, pair.privateKey),
    headed('an unencoded payload', 'format', { crit: ['b64'], b64: false }, pair.privateKey),
    headed('a logout token', 'typ', { typ: 'logout+jwt' }, pair.privateKey),
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
      `${goodHeader}.${encode({ ...faithful, sub: 'somebody-else' })}.${goodSignature}`,
    ),
    made('two parts', 'format', `${goodHeader}.${goodPayload}`),
    made('five parts', 'format', `${goodHeader}.a.b.c.${goodSignature}`),
    made('no token at all', 'format', 'garbage'),
    made('a header that is no JSON', 'format', `${encode('{')}.${goodPayload}.${goodSignature}`),
    made('a payload that is no object', 'format', signed(header, [faithful], pair.privateKey)),
    made('more than 16 kB', 'size', signed(header, { ...faithful, more: 'x'.repeat(17_000) }, pair.privateKey)),
    claiming('another issuer', 'iss', { iss: 'https://kau.example.hu' }),
    claiming('the issuer with a slash more', 'iss', { iss: `${issuer}/` }),
    claiming('no issuer', 'iss', { iss: undefined }),
    claiming('another audience', 'aud', { aud: 'another-portal' }),
    claiming('an audience that begins like ours', 'aud', { aud: `${clientId}-2` }),
    claiming('audiences without us', 'aud', { aud: ['another-portal', 'third'] }),
    claiming('no audience', 'aud', { aud: undefined }),
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

function flipped(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return bytes.toString('base64url')
}
