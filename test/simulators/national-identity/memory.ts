import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Entry {
  payload: AdapterPayload
  /** milliseconds on this process's clock, which the tests may have moved */
  expiresAt: number | undefined
}

/** What the provider remembers: in memory only, gone at a restart, as the pages say. */
export function providerMemory() {
  const entries = new Map<string, Entry>()

  function read(key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAt !== undefined && entry.expiresAt <= Date.now()) {
      entries.delete(key)
      return undefined
    }
    return entry.payload
  }

  function readAll(model: string): [string, AdapterPayload][] {
    return [...entries.keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .flatMap((key) => {
        const payload = read(key)
        return payload === undefined ? [] : [[key, payload] as [string, AdapterPayload]]
      })
  }

  return {
    adapter(model: string): Adapter {
      return {
        async upsert(id, payload, expiresIn) {
          const expiresAt = expiresIn === undefined ? undefined : Date.now() + expiresIn * 1000
          entries.set(`${model}:${id}`, { payload, expiresAt })
        },
        async find(id) {
          return read(`${model}:${id}`)
        },
        async findByUid(uid) {
          return readAll(model).find(([, payload]) => payload.uid === uid)?.[1]
        },
        async findByUserCode() {
          return undefined
        },
        async consume(id) {
          const payload = read(`${model}:${id}`)
          if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
        },
        async destroy(id) {
          entries.delete(`${model}:${id}`)
        },
        async revokeByGrantId(grantId) {
          for (const [key, payload] of readAll(model)) if (payload.grantId === grantId) entries.delete(key)
        },
      }
    },

    /** The sessions people have at the KAÜ now. */
    sessions(): { id: string; subject: string; since: number }[] {
      return readAll('Session').flatMap(([, { jti, accountId, loginTs }]) =>
        jti === undefined || accountId === undefined ? [] : [{ id: jti, subject: accountId, since: loginTs ?? 0 }],
      )
    },
  }
}

export type ProviderMemory = ReturnType<typeof providerMemory>
