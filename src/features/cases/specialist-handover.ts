import { z } from 'zod'
import type { CaseHandover, SpecialistSystem, SpecialistSystems } from '../../adapters/specialist-systems/contract.ts'
import { specialistSystems as knownSystems } from '../../adapters/specialist-systems/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Scope, type Tx } from '../../platform/database.ts'
import type { JobHandlers } from '../../platform/jobs/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { submissionForOffice } from '../submissions/index.ts'
import { callJobs } from './calls.ts'
import { recordEvent } from './case-history.ts'
import { isFinal, nextState } from './case-state.ts'
import { changeCase, findCaseOfSettlement, lockCase } from './queries.ts'

const handOverJob = 'hand-over-to-specialist-system'
const payload = z.strictObject({ caseId: z.uuid(), settlementId: z.int().positive() })
type Payload = z.infer<typeof payload>

/** Has a case handed over to the specialist system it is routed to, once the transaction that routes it stands. */
export async function handOverSoon(tx: Tx, { caseId, settlementId }: Payload): Promise<void> {
  await enqueue(tx, handOverJob, { caseId, settlementId }, `${handOverJob}:${caseId}`)
}

export interface HandoverParts {
  db: Db
  specialistSystems: SpecialistSystems
  directory: SettlementDirectory
}

export function caseJobs(parts: HandoverParts): JobHandlers {
  return {
    [handOverJob]: (given) => handOver(parts, payload.parse(given)),
    ...callJobs(parts),
  }
}

/**
 * Three steps, so that no transaction waits for the outside system: read, hand over, write down its reference. Breaking off after
 * any of them does no harm: the system takes the same case over once, and the reference is written once.
 */
async function handOver({ db, specialistSystems, directory }: HandoverParts, item: Payload): Promise<void> {
  const scope: Scope = { role: 'worker', settlements: [item.settlementId] }
  const handover = await inScope(db, scope, (tx) => readHandover(tx, item, directory))
  if (!handover) return
  const { reference } = await specialistSystems.takeOver(handover)
  await inScope(db, scope, (tx) => writeReference(tx, item, handover.system, reference))
}

/** What to hand over; undefined when there is nothing (any more) to do. */
async function readHandover(
  tx: Tx,
  { caseId, settlementId }: Payload,
  directory: SettlementDirectory,
): Promise<CaseHandover | undefined> {
  const matter = await findCaseOfSettlement(tx, caseId, settlementId)
  const system = asSystem(matter?.routedTo)
  if (!matter || !system || matter.fileNumber === null || matter.specialistReference !== null) return undefined
  if (isFinal(matter.state)) return undefined
  const submission = await submissionForOffice(tx, matter.submissionId)
  const settlement = directory.byId(settlementId)
  if (!submission || !settlement) throw new Error('a case without its submission or settlement')
  return {
    caseId,
    settlementCode: settlement.kshCode,
    system,
    fileNumber: matter.fileNumber,
    arrivalNumber: matter.arrivalNumber,
    formCode: matter.formCode,
    formVersion: matter.formVersion,
    submittedAt: matter.submittedAt,
    dueOn: matter.dueOn ?? undefined,
    answers: submission.answers,
    attachments: submission.attachments.map(({ fileName, mediaType, sizeBytes, sha256 }) => ({
      name: fileName,
      mediaType,
      sizeBytes,
      sha256,
    })),
  }
}

async function writeReference(tx: Tx, item: Payload, system: SpecialistSystem, reference: string): Promise<void> {
  const matter = await lockCase(tx, item.caseId, [item.settlementId])
  if (!matter || matter.specialistReference !== null) return
  const now = await databaseNow(tx)
  // Somebody of the office may have begun to work on it meanwhile; then only the reference is new.
  const next = nextState(matter.state, 'take-over', 'system')
  await changeCase(
    tx,
    { id: matter.id, settlementIds: [item.settlementId], from: [matter.state] },
    { specialistReference: reference, changedAt: now, ...(next.ok ? { state: next.state } : {}) },
  )
  await recordEvent(tx, matter, { kind: 'taken-over', at: now, detail: { system, reference } })
  await recordAudit(tx, {
    action: 'case.taken-over',
    actor: { kind: 'system', id: system },
    settlementId: matter.settlementId,
    partyId: matter.partyId,
    purpose: 'specialist-system',
    object: { kind: 'case', id: matter.id },
  })
}

function asSystem(name: string | null | undefined): SpecialistSystem | undefined {
  return knownSystems.find((system) => system === name)
}
