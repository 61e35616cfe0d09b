import type { Db } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import {
  type Asker,
  actForAll,
  letSeeParties,
  type Representation,
  type RepresentedParty,
} from '../representation/index.ts'
import {
  findOwnParties,
  findTrail,
  findTrailSettlements,
  type TrailFilter,
  type TrailKey,
  type TrailRow,
} from './queries.ts'

/** A page of the trail of one party. */
export interface Trail {
  rows: TrailRow[]
  /** what the next page follows, where there is one */
  next: string | undefined
  /** undefined: the person's own */
  party: RepresentedParty | undefined
  /** the right is a narrow one: of the party's trail only what the person did in its name is shown */
  onlyOwnActs: boolean
  /** those that occur in it, whatever it is filtered by */
  settlementIds: number[]
  /** everybody whose trail the person can choose */
  parties: RepresentedParty[]
}

export const pageSize = 25

export type DataTrail = ReturnType<typeof dataTrailService>

/** Who looked at somebody's data. */
export function dataTrailService({ db, representation }: { db: Db; representation: Pick<Representation, 'marksOf'> }) {
  return {
    /**
     * The person's own trail, or that of a party the person may act for now.
     *
     * @param slug label of the party; undefined: oneself
     * @throws NotFound for a party the person may not act for
     */
    read(
      asker: Asker,
      { slug, filter, after }: { slug: string | undefined; filter: TrailFilter; after: TrailKey | undefined },
    ): Promise<Trail> {
      const { accountId } = asker
      return actForAll(db, { accountId, marks: representation.marksOf(asker) }, async (tx, { parties }) => {
        const party = slug === undefined ? undefined : parties.find((one) => one.slug === slug)
        if (slug !== undefined && party === undefined) throw new NotFound('party')
        const partyIds = party === undefined ? await findOwnParties(tx, accountId) : [party.id]
        await letSeeParties(tx, partyIds)
        const onlyOwnActs = party !== undefined && !readsEverything(party)
        const onlyBy = onlyOwnActs ? accountId : undefined
        const rows = await findTrail(tx, { partyIds, accountId, onlyBy, filter, after, size: pageSize + 1 })
        return {
          rows: rows.slice(0, pageSize),
          next: rows.length > pageSize ? rows[pageSize - 1]?.key : undefined,
          party,
          onlyOwnActs,
          settlementIds: await findTrailSettlements(tx, partyIds),
          parties,
        }
      })
    },
  }
}

/** What others did with a party's data is for whoever may read all of its matters. */
function readsEverything({ mandates }: RepresentedParty): boolean {
  return mandates.some(({ everything, rights }) => everything && rights.includes('read-cases'))
}
