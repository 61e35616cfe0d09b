import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import {
  type Asker,
  actFor,
  actForAll,
  auditedAs,
  mayReadSent,
  type Party,
  type Representation,
  RightEnded,
} from '../representation/index.ts'
import { type Office, settlementProfile } from '../settlements/index.ts'
import { submissionForOffice } from '../submissions/index.ts'
import { type CaseState, caseStates, isFinal } from './case-state.ts'
import type { PageStart } from './list-page.ts'
import { type CaseEvent, type CaseRecord, findCaseOfParty, findCasesOfParties, findEvents } from './queries.ts'

/** Which of one's cases are listed. */
export type CaseFilter = 'open' | 'over' | 'all'

/** A case with its history, as its party may see it. */
export interface CaseFile {
  matter: CaseRecord
  events: CaseEvent[]
  /** who sent it in */
  senderName: string
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
export function caseTracking({ db, representation }: { db: Db; representation: Pick<Representation, 'marksOf'> }) {
  return {
    /** The person's cases in all settlements: one's own, and those of whom one may act for, as far as that right goes. */
    list(person: Asker, { filter, start }: { filter: CaseFilter; start: PageStart }) {
      const { accountId } = person
      return actForAll(db, { accountId, marks: representation.marksOf(person) }, async (tx, { today, parties }) => {
        const wanted = [
          { partyId: accountId, scopes: [{ everything: true, sectors: [], formCodes: [] }], sentScopes: [] },
          ...parties.map(({ id, mandates }) => ({
            partyId: id,
            scopes: mandates.filter(({ rights }) => rights.includes('read-cases')),
            sentScopes: mandates.filter(({ rights }) => rights.includes('submit')),
          })),
        ]
        const page = await findCasesOfParties(tx, {
          wanted,
          authorId: accountId,
          states: statesOf[filter],
          start,
          size: pageSize,
        })
        return { ...page, today, parties }
      })
    },

    /** @throws NotFound when the party has no such case in the settlement; RightEnded when the right does not cover it */
    read(accountId: string, party: Party, settlementId: number, id: string): Promise<CaseFile> {
      return actFor(db, { accountId, party, hold: false }, async (tx, now) => {
        const matter = await findCaseOfParty(tx, { id, partyId: now.id, settlementId })
        const submission = matter && (await submissionForOffice(tx, matter.submissionId))
        if (!submission) throw new NotFound('case')
        if (!mayReadSent(now, matter, { sentByOneself: matter.authorId === accountId })) throw new RightEnded()
        const profile = await settlementProfile(tx, settlementId)
        // Whoever is represented can read who looked in their name.
        if (now.kind !== 'self') {
          await recordAudit(tx, {
            action: 'case.viewed',
            ...auditedAs(accountId, now),
            settlementId,
            object: { kind: 'case', id },
          })
        }
        return {
          matter,
          events: await findEvents(tx, id, { internalToo: false }),
          senderName: submission.sender.name,
          office: profile.joined ? profile.office : undefined,
          today: budapestDay(await databaseNow(tx)),
        }
      })
    },
  }
}
