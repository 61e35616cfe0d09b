/**
 * The judgement on a logout token (kijelentkeztetési token): the KAÜ's word that a session of its own has ended.
 *
 * Source: OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6. Whether its `jti` was used before is for the session to
 * judge: memory two processes must agree on is in the database.
 */
import type { AgentKeys } from './agent-keys.ts'
import type { ReportedEnd } from './contract.ts'
import { readSigned, toleranceSeconds } from './signed-token.ts'
import { logoutTokenClaims } from './wire.ts'

/** The KAÜ reports at once and says it anew each time it tries again: nothing that lasts longer is its. */
const longestLifeSeconds = 120

export interface ExpectedReport {
  issuer: string
  clientId: string
  now: Date
}

/** @throws KeysUnreachable when the agent's keys cannot be read */
export async function judgeLogoutToken(
  token: string,
  keyFor: AgentKeys,
  expected: ExpectedReport,
): Promise<ReportedEnd> {
  const kinds = ['logout+jwt']
  const read = await readSigned(token, keyFor, { ...expected, longestSinceIssueSeconds: longestLifeSeconds, kinds })
  if (!read.ok) return read
  // an ID token, whatever its header says
  if (Object.hasOwn(read.payload, 'nonce')) return { ok: false, failed: 'nonce' }
  const claims = logoutTokenClaims.safeParse(read.payload)
  if (!claims.success) return { ok: false, failed: claims.error.issues[0]?.path[0]?.toString() ?? 'claims' }
  const { exp, jti, sid, sub } = claims.data
  const remaining = exp - expected.now.getTime() / 1000
  if (remaining > longestLifeSeconds + toleranceSeconds) return { ok: false, failed: 'exp' }
  if (sid === undefined && sub === undefined) return { ok: false, failed: 'sid' }
  return { ok: true, issuer: expected.issuer, jti, kauSession: sid, subject: sub }
}
