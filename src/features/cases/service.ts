import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import { type Office, settlementProfile } from '../settlements/index.ts'
import { type CaseState, caseStates, isFinal } from './case-state.ts'
import type { PageStart } from './list-page.ts'
import { type CaseEvent, type CaseRecord, findCaseOfParty, findCasesOfParties, findEvents } from './queries.ts'

/** Which of one's cases are listed. */
export type CaseFilter = 'open' | 'over' | 'all'

/** A case with its history, as its party may see it. */
export interface CaseFile {
  matter: CaseRecord
  events: CaseEvent[]
  /** the office that serves the settlement today */
  office: Office | undefined
  /** calendar day in Budapest */
  today: string
}

const statesOf: Record<CaseFilter, readonly CaseState[]> = {
  open: caseStates.filter((state) => !isFinal(state)),
  over: caseStates.filter(isFinal),
  all: caseStates,
}

const pageSize = 20

export type CaseTracking = ReturnType<typeof caseTracking>

/** What the citizen follows (ügykövetés). */
export function caseTracking({ db }: { db: Db }) {
  return {
    /** The person's cases in all settlements, for these parties. */
    list(accountId: string, partyIds: readonly string[], { filter, start }: { filter: CaseFilter; start: PageStart }) {
      return inScope(db, { role: 'citizen', account: accountId, parties: partyIds }, async (tx) => ({
        ...(await findCasesOfParties(tx, { partyIds, states: statesOf[filter], start, size: pageSize })),
        today: budapestDay(await databaseNow(tx)),
      }))
    },

    /** @throws NotFound when the party has no such case in the settlement */
    read(accountId: string, partyId: string, settlementId: number, id: string): Promise<CaseFile> {
      return inScope(db, { role: 'citizen', account: accountId, parties: [partyId] }, async (tx) => {
        const matter = await findCaseOfParty(tx, { id, partyId, settlementId })
        if (!matter) throw new NotFound('case')
        const profile = await settlementProfile(tx, settlementId)
        return {
          matter,
          events: await findEvents(tx, id, { internalToo: false }),
          office: profile.joined ? profile.office : undefined,
          today: budapestDay(await databaseNow(tx)),
        }
      })
    },
  }
}
