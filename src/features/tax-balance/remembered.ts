import { createHmac } from 'node:crypto'
import type { Tx } from '../../platform/database.ts'
import type { Seal } from '../../platform/seal.ts'
import { forget, listRemembered, remember } from './queries.ts'
import { maskNumber } from './typed-number.ts'

/** A number a person has asked with, as it is shown, and itself, which never leaves the server. */
export interface RememberedNumber {
  id: string
  masked: string
  number: string
}

const purpose = 'tax-number'

export type RememberedNumbers = ReturnType<typeof rememberedNumbers>

/**
 * The tax numbers (adóazonosító jel, adószám) a person asked with and found an account: encrypted, and known by a keyed fingerprint
 * that differs from person to person, so that no two rows tell that they hold the same.
 *
 * @param keys 32 random bytes each; the first marks
 */
export function rememberedNumbers({ seal, keys }: { seal: Seal; keys: readonly Buffer[] }) {
  return {
    /** The last used first; each once, whichever key it was kept with. */
    async list(tx: Tx, accountId: string): Promise<RememberedNumber[]> {
      const numbers = new Map<string, RememberedNumber>()
      for (const { id, masked, sealed } of await listRemembered(tx, accountId)) {
        const number = seal.open(sealed, purpose)
        if (!numbers.has(number)) numbers.set(number, { id, masked, number })
      }
      return [...numbers.values()]
    },

    async keep(tx: Tx, accountId: string, number: string): Promise<void> {
      const [key] = keys
      if (key === undefined) throw new Error('a number is marked by a key')
      await remember(tx, {
        accountId,
        numberMark: createHmac('sha256', key).update(`${purpose} ${accountId} ${number}`).digest('hex'),
        sealed: seal.close(number, purpose),
        masked: maskNumber(number),
      })
    },

    /** Forgets a number, under every key it was kept with. @returns whether there was one */
    async drop(tx: Tx, accountId: string, id: string): Promise<boolean> {
      const kept = await listRemembered(tx, accountId)
      const meant = kept.find((one) => one.id === id)
      if (meant === undefined) return false
      const number = seal.open(meant.sealed, purpose)
      for (const one of kept) if (seal.open(one.sealed, purpose) === number) await forget(tx, accountId, one.id)
      return true
    },
  }
}
