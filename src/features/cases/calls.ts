import { z } from 'zod'
import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { Conflict } from '../../platform/http/errors.ts'
import { enqueue, type JobHandlers } from '../../platform/jobs/index.ts'
import { endCall, findCall, findLapsedCalls } from './call-queries.ts'
import { recordEvent } from './case-history.ts'
import { nextState } from './case-state.ts'
import { dayAfter, followClock } from './clock-stops.ts'
import { openCase, type SentIn } from './opening.ts'
import { changeCase, lockCase } from './queries.ts'

/** What becomes of a submission, in its own transaction: a case, or the answer to a call for what is missing. */
export async function takeIn(tx: Tx, sent: SentIn & { completes?: { callId: string } | undefined }): Promise<void> {
  if (sent.completes === undefined) await openCase(tx, sent)
  else await takeAnswer(tx, sent, sent.completes.callId)
}

/**
 * The client has answered (hiánypótlás): the case goes on, and the clock runs again from this day.
 *
 * @throws Conflict when the call is over: answered by somebody else of the party, or past its last day
 */
async function takeAnswer(tx: Tx, sent: SentIn, callId: string): Promise<void> {
  const asked = await findCall(tx, callId)
  // The case first, like everybody who ends a call: locked the other way round, two of them would wait for each other.
  const matter = asked && (await lockCase(tx, asked.caseId, [sent.settlementId]))
  const found = matter && (await findCall(tx, callId))
  const next = matter && nextState(matter.state, 'client-answered', 'client')
  const isOpen = found?.endedAt === null && budapestDay(sent.submittedAt) <= found.answerBy
  if (matter === undefined || !isOpen || next?.ok !== true) throw new Conflict('cases.call.over')
  const { submissionId, submittedAt, arrivalNumber } = sent
  await endCall(tx, matter.id, { endedAt: submittedAt, outcome: 'answered', answerId: submissionId })
  const clock = await followClock(tx, matter, { state: next.state, now: submittedAt })
  await changeCase(
    tx,
    { id: matter.id, settlementIds: [matter.settlementId], from: [matter.state] },
    { state: next.state, ...clock, changedAt: submittedAt },
  )
  await recordEvent(tx, matter, { kind: 'answered', at: submittedAt, detail: { arrivalNumber } })
}

const lapseJob = 'lapse-call'
const payload = z.strictObject({ callId: z.uuid(), caseId: z.uuid(), settlementId: z.int().positive() })

/** What the worker looks for by itself: calls whose last day has passed. */
export const caseTimetable = [{ name: 'lapse-calls', match: '*/10 * * * *' }]

export function callJobs({ db }: { db: Db }): JobHandlers {
  return {
    'lapse-calls': () =>
      inScope(db, { role: 'worker' }, async (tx) => {
        for (const { id, caseId, settlementId } of await findLapsedCalls(tx, { atMost: mostAtOnce })) {
          await enqueue(tx, lapseJob, { callId: id, caseId, settlementId }, `${lapseJob}:${id}`)
        }
      }),

    /** The last day has passed: the office goes on with what there is. Run twice, it finds the call over. */
    async [lapseJob](given) {
      const { callId, caseId, settlementId } = payload.parse(given)
      await inScope(db, { role: 'worker', settlements: [settlementId] }, async (tx) => {
        const matter = await lockCase(tx, caseId, [settlementId])
        const next = matter && nextState(matter.state, 'client-was-silent', 'system')
        const now = await databaseNow(tx)
        const call = (await findLapsedCalls(tx, { caseId, atMost: 1 })).find(({ id }) => id === callId)
        if (matter === undefined || next?.ok !== true || call === undefined) return
        await endCall(tx, caseId, { endedAt: now, outcome: 'lapsed' })
        const runsAgainOn = dayAfter(call.answerBy)
        const clock = await followClock(tx, matter, { state: next.state, now, runsAgainOn })
        await changeCase(
          tx,
          { id: caseId, settlementIds: [settlementId], from: [matter.state] },
          { state: next.state, ...clock, changedAt: now },
        )
        await recordEvent(tx, matter, { kind: 'call-lapsed', at: now, detail: { answerBy: call.answerBy } })
        await recordAudit(tx, {
          action: 'case.call-lapsed',
          actor: { kind: 'system' },
          settlementId,
          partyId: matter.partyId,
          object: { kind: 'case', id: caseId },
        })
      })
    },
  }
}

const mostAtOnce = 500
