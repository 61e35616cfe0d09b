import type { JWK } from 'oidc-provider'
import { type SigningPair, signingPairOf } from './signed-tokens.ts'
import { signingKey } from './signing-key.ts'

/** The keys of the simulated KAÜ, the newest first; those withdrawn are not published, and still known to itself. */
export function keyRing(seed: string) {
  let generation = 1
  let published = [signingKey(seed, generation)]
  let withdrawn: JWK[] = []
  return {
    /** all of them, as the provider needs them */
    all: (): JWK[] => [...published, ...withdrawn],
    /** what anybody may know of those that hold */
    published: (): JWK[] => published.map(({ d: _secret, ...open }) => open),
    /** the one that signs */
    current: (): SigningPair => signingPairOf(published[0] ?? signingKey(seed, generation)),
    rotate(keepOld: boolean): void {
      generation += 1
      if (!keepOld) {
        withdrawn = [...published, ...withdrawn]
        published = []
      }
      published = [signingKey(seed, generation), ...published]
    },
  }
}

export type KeyRing = ReturnType<typeof keyRing>
