import { addDays, nextWorkingDay } from '../../platform/calendar/working-days.ts'
import { budapestDay } from '../../platform/clock.ts'
import type { Db } from '../../platform/database.ts'
import { Conflict, NotFound } from '../../platform/http/errors.ts'
import { insertCall, isFinal, recordEvent, settleMessages, writeMessage } from '../cases/index.ts'
import { askedOf, type FormCatalogue } from '../forms/index.ts'
import type { Representation } from '../representation/index.ts'
import { type ClerkActing, caseActs, type Done, outOfOrder, recordAct, step } from './case-acts.ts'
import { type ReasonedAct, reasonedActs } from './reasoned-acts.ts'

/** What is asked of the client (hiánypótlási felhívás). */
export interface Call {
  fields: readonly string[]
  text: string
  /** days for answering; the last one is a working day */
  days: number
}

export interface OfficeMessage {
  /** chosen by the page that shows the form, so that pressing twice writes once */
  id: string
  kind: 'from-office' | 'note'
  text: string
  wantsAnswer: boolean
}

/** The work on a case between its beginning and its answer: calls, pauses, ends without an answer, messages and notes. */
export function caseWorking({
  db,
  forms,
  representation,
}: {
  db: Db
  forms: FormCatalogue
  representation: Pick<Representation, 'marksOf'>
}) {
  const { act } = caseActs({ db, representation })
  return {
    /**
     * Hiánypótlásra felhívás: the client gets just these questions, and the clock stands from this day. The call is delivered when
     * the client can read it on the portal, which is at once.
     *
     * @throws Conflict when nothing is asked
     */
    call(address: ClerkActing, caseId: string, { fields, text, days }: Call): Promise<Done> {
      return act(address, caseId, 'ask-client', async ({ tx, clerk, matter, now, refused }) => {
        if (refused) return matter.state === 'waiting_client' ? 'already-done' : outOfOrder()
        // Who has no account gets no call on the portal: a paper is answered on paper.
        if (matter.authorId === null) throw new Conflict('clerk-office.call.on-paper')
        const definition = forms.definition(matter.formCode, matter.formVersion)
        if (definition === undefined) throw new NotFound('form')
        const asked = askedOf(definition, fields)
        if (asked.length === 0 && text === '') throw new Conflict('clerk-office.call.nothing-asked')
        const answerBy = nextWorkingDay(addDays(budapestDay(now), days))
        await step(
          { tx, clerk, matter, now },
          'ask-client',
          { state: 'waiting_client' },
          { kind: 'called', detail: { answerBy, ...(text === '' ? {} : { text }) } },
        )
        await insertCall(tx, {
          caseId,
          settlementId: matter.settlementId,
          partyId: matter.partyId,
          fields: asked,
          text,
          answerBy,
          sentAt: now,
          clerkId: clerk.id,
          clerkName: clerk.name,
          officeName: clerk.office.name,
        })
        return 'done'
      })
    },

    /** An act with reasons that the client reads; one that ends the case leaves them as its last word. */
    doWithReason(
      address: ClerkActing,
      caseId: string,
      wanted: ReasonedAct,
      { reason, target }: { reason: string; target: string },
    ): Promise<Done> {
      const { to, event } = reasonedActs[wanted]
      return act(address, caseId, wanted, async ({ tx, clerk, matter, now, refused }) => {
        if (refused) return matter.state === to ? 'already-done' : outOfOrder()
        const end = isFinal(to) ? { closedAt: now, answer: reason } : {}
        const detail = { ...(reason === '' ? {} : { text: reason }), ...(target === '' ? {} : { target }) }
        await step({ tx, clerk, matter, now }, wanted, { state: to, ...end }, { kind: event, detail })
        return 'done'
      })
    },

    /** A message to the client, or a note for the office alone. */
    write(address: ClerkActing, caseId: string, message: OfficeMessage): Promise<Done> {
      return act(address, caseId, message.kind === 'note' ? 'note' : 'write', async (acting) => {
        const { tx, clerk, matter, now, refused } = acting
        if (refused) return outOfOrder()
        const isNew = await writeMessage(tx, matter, {
          ...message,
          wantsAnswer: message.kind === 'from-office' && message.wantsAnswer,
          writerId: clerk.id,
          writerName: clerk.name,
          officeName: clerk.office.name,
          writtenAt: now,
        })
        if (!isNew) return 'already-done'
        if (message.kind === 'from-office') {
          await recordEvent(tx, matter, { kind: 'message-from-office', at: now, officeName: clerk.office.name, clerk })
        }
        await recordAct(tx, clerk, matter, message.kind === 'note' ? 'case.note-written' : 'case.message-written')
        return 'done'
      })
    },

    /** The client's messages need no answer (any more). */
    settle(address: ClerkActing, caseId: string): Promise<Done> {
      return act(address, caseId, 'write', async ({ tx, clerk, matter, now }) => {
        if (!(await settleMessages(tx, caseId, 'from-client', now))) return 'already-done'
        await recordAct(tx, clerk, matter, 'case.message-settled')
        return 'done'
      })
    },
  }
}

export type CaseWorking = ReturnType<typeof caseWorking>
