import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/**
 * Encrypts what rests in the database and only the application may read: AES-256-GCM with a nonce per record. The first
 * key encrypts, every key decrypts, so keys can be changed without a pause.
 */
export interface Seal {
  close(text: string, purpose: string): Buffer
  /** @throws Error when the record was altered, belongs to another purpose or its key is gone */
  open(sealed: Buffer, purpose: string): string
}

const nonceLength = 12
const tagLength = 16
const keyIdLength = 4

/** @param keys 32 random bytes each */
export function createSeal(keys: readonly Buffer[]): Seal {
  const ring = keys.map((key) => ({ key, id: createHash('sha256').update(key).digest().subarray(0, keyIdLength) }))
  const first = ring[0]
  if (first === undefined) throw new Error('a seal needs at least one key')
  return {
    close(text, purpose) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([first.id, nonce, cipher.getAuthTag(), body])
    },
    open(sealed, purpose) {
      const id = sealed.subarray(0, keyIdLength)
      const found = ring.find((candidate) => candidate.id.equals(id))
      if (found === undefined) throw new Error('no key opens this record')
      const nonce = sealed.subarray(keyIdLength, keyIdLength + nonceLength)
      const tag = sealed.subarray(keyIdLength + nonceLength, keyIdLength + nonceLength + tagLength)
      const decipher = createDecipheriv('aes-256-gcm', found.key, nonce).setAAD(Buffer.from(purpose)).setAuthTag(tag)
      const body = sealed.subarray(keyIdLength + nonceLength + tagLength)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
  }
}

/** What the store keeps of a secret the browser holds. */
export function fingerprint(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
