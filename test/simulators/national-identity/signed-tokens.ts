/** Tokens made by hand, good ones and bad ones: what a library would not let one sign. Written from RFC 7515. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto'
import type { JWK } from 'oidc-provider'

export type Claims = Record<string, unknown>

export interface SigningPair {
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  jwk: Record<string, unknown>
}

export function signingPair(kid: string): SigningPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return pairOf(kid, privateKey, publicKey)
}

/** @param jwk a private key on P-256, as signing-key.ts makes it */
export function signingPairOf(jwk: JWK): SigningPair {
  const privateKey = createPrivateKey({ key: { ...jwk } as JsonWebKey, format: 'jwk' })
  return pairOf(String(jwk.kid), privateKey, createPublicKey(privateKey))
}

function pairOf(kid: string, privateKey: KeyObject, publicKey: KeyObject): SigningPair {
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } }
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

export function signed(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

export function withSecret(header: unknown, payload: unknown, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

/** What a token says, whoever signed it. */
export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims
}
