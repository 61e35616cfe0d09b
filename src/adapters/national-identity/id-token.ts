/**
 * The judgement on an ID token (azonosítási token): whether it is the KAÜ's, made for us, for this round trip, just now.
 *
 * The library that fetched it has looked at some of this before; what counts is here, so that no later version of it can
 * widen what we accept. The age of the identification is not judged here.
 */
import type { AgentKeys } from './agent-keys.ts'
import type { Identification } from './contract.ts'
import { readSigned } from './signed-token.ts'
import { type Assurance, atLeast, idTokenClaims, naturalIdentity } from './wire.ts'

/** A token comes straight from the agent: one made long ago was made for something else. */
const longestSinceIssueSeconds = 600

export interface Expected {
  issuer: string
  clientId: string
  nonce: string
  minimumAssurance: Assurance
  now: Date
}

export type Judgement = { ok: true; identification: Identification } | { ok: false; failed: string }

/** @throws KeysUnreachable when the agent's keys cannot be read */
export async function judgeIdToken(token: string, keyFor: AgentKeys, expected: Expected): Promise<Judgement> {
  const read = await readSigned(token, keyFor, { ...expected, longestSinceIssueSeconds, kinds: ['jwt', undefined] })
  if (!read.ok) return read
  const { payload } = read

  const claims = idTokenClaims.safeParse(payload)
  if (!claims.success) return { ok: false, failed: claims.error.issues[0]?.path.join('.') ?? 'claims' }
  const { aud, azp, nonce, acr, sub, sid, auth_time } = claims.data
  if (azp === undefined ? [aud].flat().length > 1 : azp !== expected.clientId) return { ok: false, failed: 'azp' }
  if (nonce !== expected.nonce) return { ok: false, failed: 'nonce' }
  if (!atLeast(expected.minimumAssurance, acr)) return { ok: false, failed: 'acr' }

  const identity = naturalIdentity.safeParse(payload)
  if (!identity.success) return { ok: false, failed: identity.error.issues[0]?.path.join('.') ?? 'identity' }
  return {
    ok: true,
    identification: {
      issuer: expected.issuer,
      subject: sub,
      identity: identity.data,
      identifiedAt: new Date(auth_time * 1000),
      kauSession: sid,
      assurance: acr,
      idToken: token,
    },
  }
}
