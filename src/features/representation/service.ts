import { budapestDay, databaseNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { inScope } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import { type MandateState, mandateState } from './mandate-state.ts'
import type {
  MandateKind,
  MandateScope,
  MandateSource,
  Party,
  PartyKind,
  RepresentedParty,
  RightToAct,
} from './party.ts'
import type { BirthData, PersonMarks } from './person-mark.ts'
import { listMandates } from './queries.ts'
import { actForAll, findParty, meetOwnBusinesses } from './rights.ts'

/** Who asks: the person of a session, as the KAÜ knows them. */
export interface Asker {
  accountId: string
  identity: BirthData
}

/** One registered right, as the person reads it. */
export interface ListedRight {
  party: { slug: string; settlementId: number; kind: PartyKind; name: string; taxNumber: string | null }
  kind: MandateKind
  source: MandateSource
  rights: readonly RightToAct[]
  scope: MandateScope
  taxTypes: readonly string[]
  validFrom: string
  validUntil: string | null
  state: Extract<MandateState, 'living' | 'upcoming'>
}

export type Representation = ReturnType<typeof representationService>

/** Whom a person may act for. */
export function representationService({ db, marksOf }: { db: Db; marksOf: PersonMarks }) {
  return {
    marksOf: ({ identity }: Pick<Asker, 'identity'>): readonly string[] => marksOf(identity),

    /**
     * The party of an address: `sajat`, or the label of somebody the person has a right to act for in this settlement.
     *
     * @throws NotFound for everybody else; RightEnded when the person had a right once
     */
    async find(asker: Asker, settlementId: number, slug: string): Promise<Party> {
      if (slug === 'sajat') return { kind: 'self', id: asker.accountId, slug, marks: marksOf(asker.identity) }
      if (!/^[a-z2-7]{26}$/.test(slug)) throw new NotFound('party')
      return findParty(db, asker.accountId, marksOf(asker.identity), { label: slug, settlementId })
    },

    /** The sole traders the person is, as the tax registers know: one acts as such in own right. */
    async ownBusinesses({ accountId, identity }: Asker): Promise<RepresentedParty[]> {
      const marks = marksOf(identity)
      await inScope(db, { role: 'citizen', account: accountId, person: marks }, (tx) => meetOwnBusinesses(tx, marks))
      const { parties } = await actForAll(db, { accountId, marks }, async (_tx, rights) => rights)
      return parties.filter(({ own, kind }) => own && kind === 'sole-trader')
    },

    /** Everybody the person may act for in a settlement now. */
    async partiesIn(asker: Asker, settlementId: number): Promise<RepresentedParty[]> {
      const { parties } = await actForAll(
        db,
        { accountId: asker.accountId, marks: marksOf(asker.identity) },
        async (_tx, rights) => rights,
      )
      return parties.filter((party) => party.settlementId === settlementId)
    },

    /** The person's rights in all settlements, those that begin later too. */
    list({ accountId, identity }: Asker): Promise<ListedRight[]> {
      const marks = marksOf(identity)
      return inScope(db, { role: 'citizen', account: accountId, person: marks }, async (tx) => {
        const today = budapestDay(await databaseNow(tx))
        return (await listMandates(tx, marks)).flatMap(({ mandate, party }) => {
          const state = mandateState(mandate, today)
          if (state !== 'living' && state !== 'upcoming') return []
          const { kind, source, rights, taxTypes, validFrom, validUntil, everything, sectors, formCodes } = mandate
          const { label: slug, settlementId, name, taxNumber } = party
          return [
            {
              party: { slug, settlementId, kind: party.kind, name, taxNumber },
              kind,
              source,
              rights,
              taxTypes,
              scope: { everything, sectors, formCodes },
              validFrom,
              validUntil,
              state,
            },
          ]
        })
      })
    },
  }
}
