import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { Conflict, NotFound, NotSignedIn } from '../../platform/http/errors.ts'
import {
  type Asker,
  actFor,
  actForAll,
  auditedAs,
  mayReadSent,
  maySubmit,
  type Party,
  type Representation,
  RightEnded,
} from '../representation/index.ts'
import { holdSession } from '../session/index.ts'
import { type Office, settlementProfile } from '../settlements/index.ts'
import { type CallToAnswer, submissionForOffice } from '../submissions/index.ts'
import { type CallRow, findCalls, markOpened } from './call-queries.ts'
import { recordEvent } from './case-history.ts'
import { type CaseState, caseStates, isFinal, nextState } from './case-state.ts'
import { findStops, followClock, type StopRow } from './clock-stops.ts'
import type { PageStart } from './list-page.ts'
import { findMessages, findUnread, type MessageRow, markRead, writeMessage } from './messages.ts'
import {
  type CaseEvent,
  type CaseRecord,
  changeCase,
  findCaseOfParty,
  findCasesOfParties,
  findEvents,
  lockCase,
} from './queries.ts'
import { findVisits, writeVisit } from './visits.ts'

/** Which of one's cases are listed. */
export type CaseFilter = 'open' | 'over' | 'all'

/** A case with its history, as its party may see it. */
export interface CaseFile {
  matter: CaseRecord
  events: CaseEvent[]
  /** who sent it in */
  senderName: string
  calls: CallRow[]
  stops: StopRow[]
  messages: MessageRow[]
  /** the person may do something in it: answer, write, withdraw */
  mayAct: boolean
  /** when the person looked at it last; undefined: never before */
  visitedAt: Date | undefined
  /** the office that serves the settlement today */
  office: Office | undefined
  /** calendar day in Budapest */
  today: string
}

/** Who acts for a party, in which session. */
export interface ClientActing {
  accountId: string
  lineageId: string
  name: string
}

export type Done = 'done' | 'already-done'

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
        const ids = page.rows.map(({ id }) => id)
        const unread = await findUnread(tx, ids, 'from-office')
        const visits = await findVisits(tx, accountId, ids)
        return { ...page, today, parties, unread, visits }
      })
    },

    /** @throws NotFound when the party has no such case in the settlement; RightEnded when the right does not cover it */
    read(
      accountId: string,
      party: Party,
      settlementId: number,
      id: string,
      { isSeen = false }: { isSeen?: boolean } = {},
    ): Promise<CaseFile> {
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
        const calls = await findCalls(tx, id)
        const messages = await findMessages(tx, id, { notesToo: false })
        const visitedAt = (await findVisits(tx, accountId, [id])).get(id)
        if (isSeen) await see(tx, accountId, now, { matter, calls })
        return {
          matter,
          calls,
          messages,
          stops: await findStops(tx, id),
          mayAct: maySubmit(now, matter),
          visitedAt,
          events: await findEvents(tx, id, { internalToo: false }),
          senderName: submission.sender.name,
          office: profile.joined ? profile.office : undefined,
          today: budapestDay(await databaseNow(tx)),
        }
      })
    },

    /**
     * What an open call asks, for answering it.
     *
     * @throws NotFound when there is no such case, or it waits for nothing; RightEnded
     */
    callToAnswer(accountId: string, party: Party, settlementId: number, id: string): Promise<CallToAnswer> {
      return actFor(db, { accountId, party, hold: false }, async (tx, now) => {
        const matter = await findOwn(tx, now, settlementId, id)
        const call = (await findCalls(tx, id)).find(({ endedAt }) => endedAt === null)
        if (call === undefined) throw new NotFound('call', 'cases.call.over')
        const { fields, text, answerBy } = call
        return { callId: call.id, submissionId: matter.submissionId, caseId: id, fields, text, answerBy }
      })
    },

    /** Visszavonás: the client takes the case back, as long as nothing was decided. Twice is once. */
    withdraw(acting: ClientActing, party: Party, settlementId: number, id: string, reason: string): Promise<Done> {
      return act(acting, party, settlementId, id, async (tx, matter, { now, held }) => {
        const next = nextState(matter.state, 'withdraw', 'client')
        if (matter.state === 'withdrawn') return 'already-done'
        if (!next.ok) throw new Conflict('cases.withdraw.too-late')
        const { state } = next
        const clock = await followClock(tx, matter, { state, now })
        await changeCase(
          tx,
          { id, settlementIds: [settlementId], from: [matter.state] },
          { state, ...clock, changedAt: now, closedAt: now },
        )
        await recordEvent(tx, matter, { kind: 'withdrawn', at: now, detail: reason === '' ? {} : { text: reason } })
        await recordAudit(tx, {
          action: 'case.withdrawn',
          ...auditedAs(acting.accountId, held),
          settlementId,
          object: { kind: 'case', id },
        })
        return 'done'
      })
    },

    /** Üzenet a hivatalnak; it wants an answer. The same one twice is one. */
    write(
      acting: ClientActing,
      party: Party,
      settlementId: number,
      id: string,
      message: { id: string; text: string },
    ): Promise<Done> {
      return act(acting, party, settlementId, id, async (tx, matter, { now, held }) => {
        if (isFinal(matter.state)) throw new Conflict('cases.message.too-late')
        const isNew = await writeMessage(tx, matter, {
          ...message,
          kind: 'from-client',
          writerId: acting.accountId,
          writerName: acting.name,
          officeName: null,
          wantsAnswer: true,
          writtenAt: now,
        })
        if (!isNew) return 'already-done'
        await recordEvent(tx, matter, { kind: 'message-from-client', at: now })
        await recordAudit(tx, {
          action: 'case.message-written',
          ...auditedAs(acting.accountId, held),
          settlementId,
          object: { kind: 'case', id },
        })
        return 'done'
      })
    },
  }

  /** An act of the client: the right held, the session standing, the case's row locked. */
  function act<T>(
    { accountId, lineageId }: ClientActing,
    party: Party,
    settlementId: number,
    id: string,
    work: (tx: Tx, matter: CaseRecord, acting: { now: Date; held: Party }) => Promise<T>,
  ): Promise<T> {
    return actFor(db, { accountId, party, hold: true }, async (tx, held) => {
      if (!(await holdSession(tx, 'citizen', lineageId))) throw new NotSignedIn('errors.not-signed-in.nothing-kept')
      await findOwn(tx, held, settlementId, id)
      const matter = await lockCase(tx, id, [settlementId])
      if (matter === undefined) throw new NotFound('case')
      return work(tx, matter, { now: await databaseNow(tx), held })
    })
  }
}

/** A case in which the person may act. @throws NotFound; RightEnded when the right to act for the party does not cover it */
async function findOwn(tx: Tx, party: Party, settlementId: number, id: string): Promise<CaseRecord> {
  const matter = await findCaseOfParty(tx, { id, partyId: party.id, settlementId })
  if (matter === undefined) throw new NotFound('case')
  if (!maySubmit(party, matter)) throw new RightEnded()
  return matter
}

/** What it leaves behind that somebody of the party has looked at a case. */
async function see(
  tx: Tx,
  accountId: string,
  party: Party,
  { matter, calls }: { matter: CaseRecord; calls: readonly CallRow[] },
): Promise<void> {
  await writeVisit(tx, accountId, matter)
  await markRead(tx, matter.id, 'from-office')
  const open = calls.find(({ endedAt, openedAt }) => endedAt === null && openedAt === null)
  if (open === undefined || !(await markOpened(tx, open.id))) return
  await recordAudit(tx, {
    action: 'case.call-opened',
    ...auditedAs(accountId, party),
    settlementId: matter.settlementId,
    object: { kind: 'case', id: matter.id },
  })
}
