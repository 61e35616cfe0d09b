import { createECDH, createHash } from 'node:crypto'
import type { JWK } from 'oidc-provider'

/**
 * A key that signs the tokens. The same seed gives the same key: after a restart of the simulator the tokens the
 * portal kept for signing out are still its own.
 * @param generation 1 for the first, one more for each that followed it
 */
export function signingKey(seed: string, generation: number): JWK {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(createHash('sha256').update(`simulated agent, signing key ${generation}\0${seed}`).digest())
  // uncompressed point: one byte of kind, 32 bytes of x, 32 bytes of y
  const point = curve.getPublicKey()
  const x = point.subarray(1, 33).toString('base64url')
  const y = point.subarray(33).toString('base64url')
  const kid = createHash('sha256').update(point).digest('base64url').slice(0, 16)
  const d = curve.getPrivateKey().toString('base64url').padStart(43, 'A')
  return { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid, x, y, d }
}
