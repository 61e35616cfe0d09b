import { recordAudit } from '../../platform/audit/index.ts'
import type { Db, Tx } from '../../platform/database.ts'
import {
  type Asker,
  actForAll,
  auditedAs,
  letSeeTaxOf,
  type RepresentedParty,
  readableTaxTypes,
} from '../representation/index.ts'
import { findReadableTaxpayers, findTaxAccounts, letSeeTaxpayers } from './queries.ts'
import type { RefreshMandates } from './refresh.ts'
import { taxKey } from './service.ts'

/** One thing a client owes on one tax account: an open item (nyitott tétel), with where it is from. */
export interface ClientDue {
  client: RepresentedParty
  taxpayerId: string
  settlementId: number
  taxType: string
  /** the working day on which it is due at last */
  dueOn: string
  amountHuf: number
  taxYear: number
  /** the moment of the books */
  asOf: Date
}

export type ClientDues = ReturnType<typeof clientDuesService>

/** What all the clients of a representative (könyvelő, ügyvéd) owe, in all settlements. */
export function clientDuesService({ db, refreshMandates }: { db: Db; refreshMandates: RefreshMandates }) {
  return {
    /** Everybody the person may act for now, by any right; tax systems are asked for new ones first. */
    async clients({ accountId, identity }: Asker, marks: readonly string[]): Promise<RepresentedParty[]> {
      await refreshMandates({ representative: identity })
      return actForAll(db, { accountId, marks }, async (_tx, { parties }) => clientsAmong(parties))
    },

    /**
     * Open items of every client whose balance may be read, of the taxes the right names. Reads what is open on each account and no
     * booking. Whose items are shown is written into the audit trail, each client by itself.
     *
     * @param choose what of it is shown
     */
    dues<Shown extends { rows: readonly ClientDue[] }>(
      { accountId }: Asker,
      marks: readonly string[],
      { requestId, action }: { requestId: string; action: 'tax-balance.viewed' | 'tax-balance.downloaded' },
      choose: (all: ClientDue[], today: string) => Shown,
    ): Promise<Shown> {
      return actForAll(db, { accountId, marks }, async (tx, { today, parties }) => {
        const shown = choose(await openItemsOf(tx, clientsAmong(parties)), today)
        const looked = new Map(shown.rows.map(({ client, taxpayerId }) => [taxpayerId, client]))
        await Promise.all(
          [...looked].map(([taxpayerId, client]) => {
            const mandate = client.mandates.find(({ rights }) => rights.includes('read-tax'))
            return recordAudit(tx, {
              action,
              ...auditedAs(accountId, client, mandate),
              settlementId: client.settlementId,
              object: { kind: 'taxpayer', id: taxpayerId },
              requestId,
            })
          }),
        )
        return shown
      })
    },
  }
}

/** Nobody is a client of one's own. */
function clientsAmong(parties: readonly RepresentedParty[]): RepresentedParty[] {
  return parties.filter(({ own }) => !own)
}

async function openItemsOf(tx: Tx, parties: readonly RepresentedParty[]): Promise<ClientDue[]> {
  const clients = new Map<string, { client: RepresentedParty; readable: 'all' | readonly string[] }>()
  for (const client of parties) {
    const readable = readableTaxTypes(client)
    if (readable === undefined || client.taxNumber === null) continue
    clients.set(taxKey(client.settlementId, client.taxNumber), { client, readable })
  }
  if (clients.size === 0) return []
  await letSeeTaxOf(tx, parties)
  const taxpayers = await findReadableTaxpayers(tx, [...clients.keys()])
  if (taxpayers.length === 0) return []
  const ids = taxpayers.map(({ id }) => id)
  const [, accounts] = await Promise.all([letSeeTaxpayers(tx, ids), findTaxAccounts(tx, ids)])
  const byId = new Map(taxpayers.map((taxpayer) => [taxpayer.id, taxpayer]))
  return accounts.flatMap(({ taxpayerId, settlementId, taxType, openItems }) => {
    const taxpayer = byId.get(taxpayerId)
    const found = clients.get(taxpayer?.taxKey ?? '')
    if (taxpayer === undefined || found === undefined) return []
    const { client, readable } = found
    if (readable !== 'all' && !readable.includes(taxType)) return []
    return openItems.map(({ dueOn, amountHuf, taxYear }) => ({
      client,
      taxpayerId,
      settlementId,
      taxType,
      dueOn,
      amountHuf,
      taxYear,
      asOf: taxpayer.asOf,
    }))
  })
}
