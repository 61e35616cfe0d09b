import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Entry {
  payload: AdapterPayload
  /** milliseconds on this process's clock, which the tests may have moved */
  expiresAt: number | undefined
}

export interface AgentSession {
  id: string
  subject: string
  /** seconds since 1970: when the person identified */
  since: number
  /** what the portal knows it by, once it has been given an identification from it */
  kauSession: string | undefined
}

/**
 * What the provider remembers: in memory only, gone at a restart, as the pages say.
 * @param clientId the portal, among the services that use the KAÜ
 */
export function providerMemory(clientId: string) {
  const models = new Map<string, Map<string, Entry>>()

  function entriesOf(model: string): Map<string, Entry> {
    const entries = models.get(model) ?? new Map<string, Entry>()
    models.set(model, entries)
    return entries
  }

  function read(model: string, id: string): AdapterPayload | undefined {
    const entry = entriesOf(model).get(id)
    if (entry === undefined) return undefined
    if (entry.expiresAt !== undefined && entry.expiresAt <= Date.now()) {
      entriesOf(model).delete(id)
      return undefined
    }
    return entry.payload
  }

  function readAll(model: string): [string, AdapterPayload][] {
    return [...entriesOf(model).keys()].flatMap((id) => {
      const payload = read(model, id)
      return payload === undefined ? [] : [[id, payload] as [string, AdapterPayload]]
    })
  }

  return {
    adapter(model: string): Adapter {
      return {
        async upsert(id, payload, expiresIn) {
          const expiresAt = expiresIn === undefined ? undefined : Date.now() + expiresIn * 1000
          entriesOf(model).set(id, { payload, expiresAt })
        },
        async find(id) {
          return read(model, id)
        },
        async findByUid(uid) {
          return readAll(model).find(([, payload]) => payload.uid === uid)?.[1]
        },
        async findByUserCode() {
          return undefined
        },
        async consume(id) {
          const payload = read(model, id)
          if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
        },
        async destroy(id) {
          entriesOf(model).delete(id)
        },
        async revokeByGrantId(grantId) {
          for (const [id, payload] of readAll(model)) if (payload.grantId === grantId) entriesOf(model).delete(id)
        },
      }
    },

    /** The sessions people have at the KAÜ now. */
    sessions(): AgentSession[] {
      return readAll('Session').flatMap(([, { jti, accountId, loginTs, authorizations }]) =>
        jti === undefined || accountId === undefined
          ? []
          : [{ id: jti, subject: accountId, since: loginTs ?? 0, kauSession: authorizations?.[clientId]?.sid }],
      )
    },
  }
}

export type ProviderMemory = ReturnType<typeof providerMemory>
