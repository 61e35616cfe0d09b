import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  actsOpen,
  type CaseAct,
  type CaseActor,
  type CaseState,
  caseActors,
  caseActs,
  caseStates,
  caseSteps,
  clockRuns,
  isFinal,
  nextState,
  statesAllowing,
  whoseTurn,
} from '../../../src/features/cases/case-state.ts'

const act = fc.constantFrom(...caseActs)
const actor = fc.constantFrom<CaseActor>(...caseActors)
const state = fc.constantFrom<CaseState>(...caseStates)

/** The order of the office's work as a person would draw it; written down again so that a slip in the table shows. */
const allowedMoves: Record<CaseState, CaseState[]> = {
  draft: ['sending'],
  sending: ['failed', 'submitted'],
  failed: ['sending'],
  submitted: ['received', 'withdrawn'],
  received: ['registered', 'transferred', 'withdrawn'],
  registered: ['assigned', 'rejected', 'transferred', 'withdrawn'],
  assigned: ['assigned', 'in_progress', 'rejected', 'suspended', 'transferred', 'withdrawn'],
  in_progress: [
    'assigned',
    'closed',
    'decided',
    'rejected',
    'suspended',
    'terminated',
    'transferred',
    'waiting_client',
    'waiting_other',
    'withdrawn',
  ],
  waiting_client: ['in_progress', 'suspended', 'terminated', 'withdrawn'],
  waiting_other: ['in_progress', 'suspended', 'terminated', 'withdrawn'],
  suspended: ['in_progress', 'terminated', 'withdrawn'],
  decided: ['delivered'],
  delivered: ['closed'],
  closed: [],
  transferred: [],
  rejected: [],
  terminated: [],
  withdrawn: [],
}

function movesFrom(from: CaseState): CaseState[] {
  const reached = caseActs.flatMap((act) =>
    caseActors.flatMap((actor) => {
      const next = nextState(from, act, actor)
      return next.ok ? [next.state] : []
    }),
  )
  return [...new Set(reached)].toSorted()
}

test.each(caseStates)('from %s a case goes only where the order of work allows', (from) => {
  expect(movesFrom(from)).toEqual(allowedMoves[from])
})

test('no history reaches a state the table forbids, and nothing follows an end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(act, actor), { maxLength: 60 }), (history) => {
      let now: CaseState = 'submitted'
      let registered = false
      let started = false
      for (const [act, actor] of history) {
        const next = nextState(now, act, actor)
        if (!next.ok) continue
        expect(isFinal(now)).toBe(false)
        expect(allowedMoves[now]).toContain(next.state)
        expect(caseSteps.find((step) => step.act === act)?.by).toContain(actor)
        if (next.state === 'registered') registered = true
        if (next.state === 'in_progress') started = true
        if (next.state === 'assigned') expect(registered).toBe(true)
        if (next.state === 'closed') expect(started).toBe(true)
        now = next.state
      }
    }),
    { numRuns: 2000 },
  )
})

test('what is offered is exactly what can be done', () => {
  fc.assert(
    fc.property(state, act, actor, (state, act, actor) => {
      expect(actsOpen(state, actor).includes(act)).toBe(nextState(state, act, actor).ok)
      if (nextState(state, act, actor).ok) expect(statesAllowing(act)).toContain(state)
    }),
  )
})

test('a case of today can go all the way from submission to its end', () => {
  const way: [CaseAct, CaseActor, CaseState][] = [
    ['receive', 'records_clerk', 'received'],
    ['register', 'records_clerk', 'registered'],
    ['assign', 'records_clerk', 'assigned'],
    ['start', 'case_worker', 'in_progress'],
    ['close', 'case_worker', 'closed'],
  ]
  let now: CaseState = 'submitted'
  for (const [act, actor, reached] of way) {
    const next = nextState(now, act, actor)
    expect(next).toEqual({ ok: true, state: reached })
    now = reached
  }
  expect(isFinal(now)).toBe(true)
})

test('the specialist system takes a routed case over', () => {
  expect(nextState('registered', 'route', 'records_clerk')).toEqual({ ok: true, state: 'assigned' })
  expect(nextState('assigned', 'take-over', 'system')).toEqual({ ok: true, state: 'in_progress' })
})

test('a case worker can neither receive nor register; a records clerk cannot close', () => {
  expect(nextState('submitted', 'receive', 'case_worker')).toEqual({ ok: false, because: 'not-theirs' })
  expect(nextState('received', 'register', 'case_worker')).toEqual({ ok: false, because: 'not-theirs' })
  expect(nextState('in_progress', 'close', 'records_clerk')).toEqual({ ok: false, because: 'not-theirs' })
})

test('a step out of order is refused as too early or too late', () => {
  expect(nextState('submitted', 'register', 'records_clerk')).toEqual({ ok: false, because: 'not-now' })
  expect(nextState('registered', 'receive', 'records_clerk')).toEqual({ ok: false, because: 'not-now' })
})

test('the office’s time stands while the client owes an answer, and only the office’s turns cost it time', () => {
  expect(caseStates.filter(clockRuns)).toEqual([
    'draft',
    'sending',
    'failed',
    'submitted',
    'received',
    'registered',
    'assigned',
    'in_progress',
    'waiting_other',
  ])
  expect(clockRuns('waiting_client')).toBe(false)
  expect(clockRuns('suspended')).toBe(false)
})

test('it is somebody’s turn until the case ends', () => {
  for (const state of caseStates) expect(whoseTurn(state) === 'nobody').toBe(isFinal(state))
  expect(whoseTurn('waiting_client')).toBe('client')
  expect(whoseTurn('registered')).toBe('office')
})
