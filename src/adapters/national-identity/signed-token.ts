/**
 * What every signed statement of the KAÜ must stand up to, whatever it says: one of its keys, its name, made for us,
 * by our clock not over and not from the future.
 */
import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose'
import { type AgentKeys, KeysUnreachable } from './agent-keys.ts'

/** Signatures by a private key alone; never `none`, never a secret both sides know. */
const algorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519']

/** How far the clocks of the two sides may differ. */
export const toleranceSeconds = 30
const largestToken = 16_384

export interface Expected {
  issuer: string
  clientId: string
  now: Date
  /** how long ago the statement may have been made */
  longestSinceIssueSeconds: number
  /** the kind of statement as its header names it, in small letters; undefined stands for a header that names none */
  kinds: readonly (string | undefined)[]
}

export type Read = { ok: true; header: JWTHeaderParameters; payload: JWTPayload } | { ok: false; failed: string }

/**
 * @returns `failed`: a word for the log, never a value from the token
 * @throws KeysUnreachable when the agent's keys cannot be read
 */
export async function readSigned(token: string, keyFor: AgentKeys, expected: Expected): Promise<Read> {
  if (Buffer.byteLength(token) > largestToken) return { ok: false, failed: 'size' }
  try {
    const { protectedHeader, payload } = await jwtVerify(token, keyFor, {
      algorithms,
      issuer: expected.issuer,
      audience: expected.clientId,
      clockTolerance: toleranceSeconds,
      maxTokenAge: expected.longestSinceIssueSeconds,
      currentDate: expected.now,
      requiredClaims: ['exp'],
    })
    // a signed statement of another kind must not serve as this one
    if (!expected.kinds.includes(kindOf(protectedHeader))) return { ok: false, failed: 'typ' }
    return { ok: true, header: protectedHeader, payload }
  } catch (failure) {
    if (failure instanceof KeysUnreachable) throw failure
    return { ok: false, failed: failedCheck(failure) }
  }
}

/** RFC 7515 4.1.9: the case does not matter, and `application/` may be left out. */
function kindOf({ typ }: { typ?: unknown }): string | undefined {
  if (typ === undefined) return undefined
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : 'not a text'
}

function failedCheck(failure: unknown): string {
  if (failure instanceof errors.JWTClaimValidationFailed || failure instanceof errors.JWTExpired) return failure.claim
  if (failure instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (failure instanceof errors.JWKSNoMatchingKey || failure instanceof errors.JWKSMultipleMatchingKeys) return 'key'
  if (failure instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  return 'format'
}
