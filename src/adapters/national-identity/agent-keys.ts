import { createLocalJWKSet, errors, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose'

type KeySet = ReturnType<typeof createLocalJWKSet>

/** The keys cannot be had: the answer can be neither accepted nor refused. */
export class KeysUnreachable extends Error {
  constructor(cause: unknown) {
    super('the keys of the agent cannot be read', { cause })
    this.name = 'KeysUnreachable'
  }
}

/** Keys are read anew after this time, while the old ones still serve. */
const freshMilliseconds = 600_000
/** How often a key that is not among ours may make us ask for the keys again. */
const askAgainMilliseconds = 60_000

/**
 * The public keys of the KAÜ. A key that was never seen makes us ask once, at most once a minute: keys rotate without
 * an outage, and forged ones do not make us a burden.
 *
 * @param read fetches the agent's JWK set
 * @param ticks milliseconds of a clock that only goes forward
 */
export function agentKeys(read: () => Promise<unknown>, ticks: () => number) {
  let keys: KeySet | undefined
  let readAt = 0
  let askedAgainAt = Number.NEGATIVE_INFINITY
  let reading: Promise<KeySet> | undefined

  function refresh(): Promise<KeySet> {
    reading ??= readKeys().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readKeys(): Promise<KeySet> {
    try {
      const fresh = createLocalJWKSet((await read()) as Parameters<typeof createLocalJWKSet>[0])
      keys = fresh
      readAt = ticks()
      return fresh
    } catch (cause) {
      throw new KeysUnreachable(cause)
    }
  }

  /** @throws KeysUnreachable, or a JOSEError when no key fits */
  return async function keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    if (keys !== undefined && ticks() - readAt >= freshMilliseconds) refresh().catch(() => undefined)
    const known = keys ?? (await refresh())
    try {
      return await known(header, token)
    } catch (failure) {
      if (!(failure instanceof errors.JWKSNoMatchingKey) || ticks() - askedAgainAt < askAgainMilliseconds) throw failure
      askedAgainAt = ticks()
      const fresh = await refresh()
      return await fresh(header, token)
    }
  }
}

export type AgentKeys = ReturnType<typeof agentKeys>
