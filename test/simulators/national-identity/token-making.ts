/** Tokens the script wants otherwise than the provider made them, and logout tokens on demand. */
import { randomBytes } from 'node:crypto'
import { type Forged, forgedIdTokens, forgedLogoutTokens } from './forged-tokens.ts'
import type { KeyRing } from './key-ring.ts'
import type { Script } from './script.ts'
import { type Claims, claimsOf, signed } from './signed-tokens.ts'

export interface Registration {
  issuer: string
  clientId: string
  clientSecret: string
}

/** @returns the ID token as the script has it; the provider's own when it says nothing */
export function scriptedIdToken(token: string, { told }: Script, keys: KeyRing, registration: Registration): string {
  const { claims: changes, forgery } = told
  if (forgery === null && Object.keys(changes).length === 0) return token
  const claims = claimsOf(token)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete claims[name]
    else claims[name] = momentIn(value)
  }
  const pair = keys.current()
  if (forgery !== null) return named(forgedIdTokens({ pair, claims, ...registration }), forgery)
  return signed({ alg: 'ES256', typ: 'JWT', kid: pair.kid }, claims, pair.privateKey)
}

export interface LogoutReport {
  subject?: string | undefined
  kauSession?: string | undefined
  /** one of forged-tokens.ts; a faithful token without it */
  forgery?: string | undefined
  /** told otherwise, rightly signed, as in the script */
  claims?: Claims | undefined
}

/** A token that reports the end of a session (OpenID Connect Back-Channel Logout 1.0, 2.4). */
export function logoutToken(report: LogoutReport, keys: KeyRing, registration: Registration): string {
  const now = Math.floor(Date.now() / 1000)
  const said: Claims = {
    iss: registration.issuer,
    aud: registration.clientId,
    iat: now,
    exp: now + 120,
    jti: randomBytes(16).toString('base64url'),
    sub: report.subject,
    sid: report.kauSession,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    ...Object.fromEntries(Object.entries(report.claims ?? {}).map(([name, value]) => [name, momentIn(value)])),
  }
  const claims = Object.fromEntries(
    Object.entries(said).filter(
      ([name, value]) => value !== undefined && !(value === null && name in (report.claims ?? {})),
    ),
  )
  const pair = keys.current()
  if (report.forgery !== undefined) return named(forgedLogoutTokens({ pair, claims, ...registration }), report.forgery)
  return signed({ alg: 'ES256', typ: 'logout+jwt', kid: pair.kid }, claims, pair.privateKey)
}

function named(forged: Forged[], wanted: string): string {
  const found = forged.find(({ what }) => what === wanted)
  if (found === undefined)
    throw new Error(`no such forgery: ${wanted}; there are ${forged.map(({ what }) => what).join(', ')}`)
  return found.token
}

function momentIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('secondsFromNow' in value)) return value
  return Math.floor(Date.now() / 1000) + Number(value.secondsFromNow)
}
