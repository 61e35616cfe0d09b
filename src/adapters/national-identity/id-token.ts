/**
 * The judgement on an ID token (azonosítási token): whether it is the KAÜ's, made for us, for this round trip, just now.
 *
 * The library that fetched it has looked at some of this before; what counts is here, so that no later version of it can
 * widen what we accept. The age of the identification is not judged here.
 */
import { errors, jwtVerify } from 'jose'
import { type AgentKeys, KeysUnreachable } from './agent-keys.ts'
import type { Identification } from './contract.ts'
import { type Assurance, atLeast, idTokenClaims, naturalIdentity } from './wire.ts'

/** Signatures by a private key alone; never `none`, never a secret both sides know. */
const algorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519']

/** How far the clocks of the two sides may differ. */
const toleranceSeconds = 30
/** A token comes straight from the agent: one made long ago was made for something else. */
const longestSinceIssueSeconds = 600
const largestToken = 16_384

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
  if (Buffer.byteLength(token) > largestToken) return { ok: false, failed: 'size' }
  let payload: unknown
  try {
    const verified = await jwtVerify(token, keyFor, {
      algorithms,
      issuer: expected.issuer,
      audience: expected.clientId,
      clockTolerance: toleranceSeconds,
      maxTokenAge: longestSinceIssueSeconds,
      currentDate: expected.now,
      requiredClaims: ['exp'],
    })
    // a signed statement of another kind, for example a logout token, is no ID token
    const { typ = 'JWT' } = verified.protectedHeader
    if (typ.toUpperCase() !== 'JWT') return { ok: false, failed: 'typ' }
    payload = verified.payload
  } catch (failure) {
    if (failure instanceof KeysUnreachable) throw failure
    return { ok: false, failed: failedCheck(failure) }
  }

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

/** A word for the log; never a value from the token. */
function failedCheck(failure: unknown): string {
  if (failure instanceof errors.JWTClaimValidationFailed || failure instanceof errors.JWTExpired) return failure.claim
  if (failure instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (failure instanceof errors.JWKSNoMatchingKey || failure instanceof errors.JWKSMultipleMatchingKeys) return 'key'
  if (failure instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  return 'format'
}
