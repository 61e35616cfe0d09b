import { recordAudit } from '../../platform/audit/index.ts'
import { databaseNow } from '../../platform/clock.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { Conflict, NotAllowed, NotFound, NotSignedIn } from '../../platform/http/errors.ts'
import {
  type CaseAct,
  type CaseEventKind,
  type CaseRecord,
  type CaseState,
  changeCase,
  followClock,
  lockCase,
  recordEvent,
  statesAllowing,
} from '../cases/index.ts'
import { findRepresented, type Representation } from '../representation/index.ts'
import { holdSession } from '../session/index.ts'
import { type ClerkAct, type Refusal, refusal } from './clerk-acts.ts'
import { asClerk, auditedAsClerk, type Clerk, type ClerkAddress } from './rights.ts'

/** A clerk's act: by whom, and in which session, which must not end before the act does. */
export interface ClerkActing extends ClerkAddress {
  lineageId: string
}

export type Done = 'done' | 'already-done'

export interface Acting {
  tx: Tx
  clerk: Clerk
  matter: CaseRecord
  now: Date
}

/** What every act of a clerk in a case begins with. */
export function caseActs({ db, representation }: { db: Db; representation: Pick<Representation, 'marksOf'> }) {
  return { act }

  /** The rights, the case with its row locked, and whether the act is possible now. Who may not act at all is turned away here. */
  function act<T>(
    address: ClerkActing,
    caseId: string,
    wanted: ClerkAct,
    work: (acting: Acting & { refused: boolean }) => Promise<T>,
  ): Promise<T> {
    return asClerk(db, address, async (tx, clerk) => {
      if (!(await holdSession(tx, 'clerk', address.lineageId)))
        throw new NotSignedIn('errors.not-signed-in.nothing-kept')
      const matter = await lockCase(tx, caseId, clerk.settlementIds)
      if (!matter) throw new NotFound('case')
      const represents = await findRepresented(tx, representation.marksOf(clerk))
      const refused = refusal(wanted, { ...clerk, represents }, matter)
      if (refused !== undefined && refused !== 'not-now') throw new NotAllowed(refusedBecause[refused])
      return work({ tx, clerk, matter, now: await databaseNow(tx), refused: refused !== undefined })
    })
  }
}

const refusedBecause: Record<Exclude<Refusal, 'not-now'>, string> = {
  'own-case': 'clerk-office.refused.own-case',
  role: 'clerk-office.refused.role',
  colleague: 'clerk-office.refused.colleague',
}

/** One step of the case: the state, its clock, its history and the audit trail change together or not at all. */
export async function step(
  { tx, clerk, matter, now }: Acting,
  wanted: ClerkAct & CaseAct,
  change: { state: CaseState } & Partial<
    Pick<CaseRecord, 'fileNumber' | 'assignedTo' | 'routedTo' | 'closedAt' | 'answer'>
  >,
  event: { kind: CaseEventKind; detail?: Record<string, string> },
): Promise<void> {
  const clock = await followClock(tx, matter, { state: change.state, now })
  const changed = await changeCase(
    tx,
    { id: matter.id, settlementIds: clerk.settlementIds, from: statesAllowing(wanted) },
    { ...change, ...clock, changedAt: now },
  )
  if (!changed) return outOfOrder()
  await recordEvent(tx, matter, { ...event, at: now, officeName: clerk.office.name, clerk })
  await recordAct(tx, clerk, matter, `case.${event.kind}`, { from: matter.state, to: change.state })
}

export function recordAct(
  tx: Tx,
  clerk: Clerk,
  matter: CaseRecord,
  action: string,
  detail?: Record<string, string>,
): Promise<void> {
  return recordAudit(tx, {
    action,
    ...auditedAsClerk(clerk),
    settlementId: matter.settlementId,
    partyId: matter.partyId,
    purpose: 'case-handling',
    object: { kind: 'case', id: matter.id },
    ...(detail ? { detail } : {}),
  })
}

/** The case is not in a state that allows the act. */
export function outOfOrder(): never {
  throw new Conflict('clerk-office.refused.not-now')
}
