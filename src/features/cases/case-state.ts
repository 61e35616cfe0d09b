/**
 * The states of a case (ügy) and who may take it from one to the next: one machine, shared by the citizen's and the
 * office's side.
 *
 * draft, sending and failed are states of a form before there is a case; a case begins as `submitted` (beküldve).
 * Source: domain model of the portal, 4.1 (ügykövetés) and 4.2 (iratkezelés)
 */
export const caseStates = [
  'draft',
  'sending',
  'failed',
  'submitted',
  'received',
  'registered',
  'assigned',
  'in_progress',
  'waiting_client',
  'waiting_other',
  'suspended',
  'decided',
  'delivered',
  'closed',
  'transferred',
  'rejected',
  'terminated',
  'withdrawn',
] as const
export type CaseState = (typeof caseStates)[number]

/** Who acts: the party, somebody of the office in one of its roles, or the portal by itself. */
export const caseActors = ['client', 'records_clerk', 'case_worker', 'head', 'system'] as const
export type CaseActor = (typeof caseActors)[number]

interface Step {
  act: string
  from: readonly CaseState[]
  to: CaseState
  by: readonly CaseActor[]
}

/** Every step there is; what is not here cannot happen. */
const steps = [
  { act: 'send', from: ['draft', 'failed'], to: 'sending', by: ['client'] },
  { act: 'accept', from: ['sending'], to: 'submitted', by: ['system'] },
  { act: 'give-up-sending', from: ['sending'], to: 'failed', by: ['system'] },
  /** érkeztetés */
  { act: 'receive', from: ['submitted'], to: 'received', by: ['records_clerk'] },
  /** iktatás */
  { act: 'register', from: ['received'], to: 'registered', by: ['records_clerk'] },
  /** szignálás; again when another case worker takes over */
  {
    act: 'assign',
    from: ['registered', 'assigned', 'in_progress'],
    to: 'assigned',
    by: ['records_clerk', 'head'],
  },
  /** to the sector's specialist system (szakrendszer) */
  { act: 'route', from: ['registered'], to: 'assigned', by: ['records_clerk', 'head'] },
  /** the specialist system took the case over */
  { act: 'take-over', from: ['assigned'], to: 'in_progress', by: ['system'] },
  { act: 'start', from: ['assigned'], to: 'in_progress', by: ['case_worker'] },
  /** hiánypótlási felhívás */
  { act: 'ask-client', from: ['in_progress'], to: 'waiting_client', by: ['case_worker'] },
  { act: 'client-answered', from: ['waiting_client'], to: 'in_progress', by: ['client'] },
  { act: 'client-was-silent', from: ['waiting_client'], to: 'in_progress', by: ['system'] },
  /** megkeresés, szakhatóság */
  { act: 'ask-other', from: ['in_progress'], to: 'waiting_other', by: ['case_worker'] },
  { act: 'other-answered', from: ['waiting_other'], to: 'in_progress', by: ['case_worker', 'system'] },
  {
    act: 'suspend',
    from: ['assigned', 'in_progress', 'waiting_client', 'waiting_other'],
    to: 'suspended',
    by: ['case_worker', 'head'],
  },
  { act: 'resume', from: ['suspended'], to: 'in_progress', by: ['case_worker', 'head'] },
  /** kiadmányozás */
  { act: 'decide', from: ['in_progress'], to: 'decided', by: ['head'] },
  /** kézbesítés */
  { act: 'deliver', from: ['decided'], to: 'delivered', by: ['client', 'system'] },
  /** elintézés: with an answer, or after the delivered decision */
  { act: 'close', from: ['in_progress', 'delivered'], to: 'closed', by: ['case_worker'] },
  /** áttétel */
  {
    act: 'transfer',
    from: ['received', 'registered', 'assigned', 'in_progress'],
    to: 'transferred',
    by: ['case_worker', 'head'],
  },
  /** visszautasítás */
  { act: 'reject', from: ['registered', 'assigned', 'in_progress'], to: 'rejected', by: ['case_worker', 'head'] },
  /** megszüntetés */
  {
    act: 'terminate',
    from: ['in_progress', 'waiting_client', 'waiting_other', 'suspended'],
    to: 'terminated',
    by: ['case_worker', 'head'],
  },
  {
    act: 'withdraw',
    from: [
      'submitted',
      'received',
      'registered',
      'assigned',
      'in_progress',
      'waiting_client',
      'waiting_other',
      'suspended',
    ],
    to: 'withdrawn',
    by: ['client'],
  },
] as const satisfies readonly Step[]

export type CaseAct = (typeof steps)[number]['act']
export const caseActs: readonly CaseAct[] = steps.map(({ act }) => act)

/** The table itself, for those who must see it whole: the database's check and the tests. */
export const caseSteps: readonly (Step & { act: CaseAct })[] = steps

const stepOf = new Map<CaseAct, Step>(steps.map((step) => [step.act, step]))

/**
 * What becomes of a case in `state` when `actor` does `act`.
 * `not-theirs`: this actor never may; `not-now`: the case is not in a state that allows it.
 */
export function nextState(
  state: CaseState,
  act: CaseAct,
  actor: CaseActor,
): { ok: true; state: CaseState } | { ok: false; because: 'not-theirs' | 'not-now' } {
  const step = stepOf.get(act)
  if (!step?.by.includes(actor)) return { ok: false, because: 'not-theirs' }
  if (!step.from.includes(state)) return { ok: false, because: 'not-now' }
  return { ok: true, state: step.to }
}

/** The states in which an act can be done: the condition of the update that does it. */
export function statesAllowing(act: CaseAct): readonly CaseState[] {
  return stepOf.get(act)?.from ?? []
}

/** What an actor can do with a case now, in the order of the table. */
export function actsOpen(state: CaseState, actor: CaseActor): CaseAct[] {
  return steps.filter((step: Step) => step.from.includes(state) && step.by.includes(actor)).map(({ act }) => act)
}

/** Nothing can happen to the case any more. */
export function isFinal(state: CaseState): boolean {
  return !steps.some((step: Step) => step.from.includes(state))
}

/**
 * Whether the office's time runs (ügyintézési határidő). It stands while the client owes an answer and while the procedure is
 * suspended; waiting for another authority does not stop it.
 * Source: Ákr. (2016. évi CL. törvény) 50. § (5)
 */
export function clockRuns(state: CaseState): boolean {
  return !isFinal(state) && !['waiting_client', 'suspended', 'decided', 'delivered'].includes(state)
}

/** Who has the case now: whose turn it is, in the citizen's words. */
export function whoseTurn(state: CaseState): 'client' | 'office' | 'other-authority' | 'nobody' {
  if (isFinal(state)) return 'nobody'
  if (state === 'waiting_other') return 'other-authority'
  return ['draft', 'failed', 'waiting_client', 'delivered'].includes(state) ? 'client' : 'office'
}
