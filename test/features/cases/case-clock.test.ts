import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clockTurn, deadlineWarning, groundOf, officeDaysOf, usedDays } from '../../../src/features/cases/case-clock.ts'
import { type ClockStop, caseDeadline } from '../../../src/features/cases/case-deadline.ts'
import {
  type CaseState,
  caseActors,
  caseActs,
  clockRuns,
  isFinal,
  nextState,
} from '../../../src/features/cases/case-state.ts'
import { addDays, daysBetween, isWorkingDay } from '../../../src/platform/calendar/working-days.ts'

const start = '2026-03-02'
const noonOf = (day: string) => new Date(`${day}T11:00:00Z`)

/** What happens on the days after submission: acts of anybody, or nothing. */
const history = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...caseActs), fc.constantFrom(...caseActors)),
  { maxLength: 40 },
)

/** A case lived through day by day: its stops as the portal writes them, and on which days its time was used, counted by hand. */
function live(acts: readonly (readonly [number, (typeof caseActs)[number], (typeof caseActors)[number]])[]) {
  let state: CaseState = 'submitted'
  let today = start
  const stops: ClockStop[] = []
  /** the state each day ended in */
  const evenings: CaseState[] = []
  for (const [pause, act, actor] of acts) {
    for (let passed = 0; passed < pause; passed += 1) {
      evenings.push(state)
      today = addDays(today, 1)
    }
    const next = nextState(state, act, actor)
    if (!next.ok || isFinal(next.state) || next.state === 'decided') continue
    const turn = clockTurn(state, next.state)
    const open = stops.at(-1)
    if (turn.ends && open !== undefined) open.until = today
    if (turn.begins !== undefined) stops.push({ from: today })
    state = next.state
  }
  evenings.push(state)
  return { state, today, stops, evenings }
}

test('a day counts unless its evening finds the client owing an answer or the procedure suspended', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { today, stops, evenings } = live(acts)
      const byHand = evenings.filter((state, day) => day > 0 && groundOf(state) === undefined).length
      expect(usedDays(start, today, stops)).toBe(byHand)
    }),
    { numRuns: 1000 },
  )
})

test('while the clock stands there is no last day; when it runs, the office still gets all its days', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 90 }), (acts, days) => {
      const { state, today, stops } = live(acts)
      const { dueOn, plainOn } = caseDeadline(noonOf(start), days, stops)
      const used = usedDays(start, today, stops)
      expect(plainOn).toBe(addDays(start, days))
      if (used >= days) return
      expect(dueOn === undefined).toBe(!clockRuns(state))
      if (dueOn === undefined) return
      // From today on nothing stops it any more: the days left are counted one by one, then the next working day.
      let last = today
      for (let counted = used; counted < days; counted += 1) last = addDays(last, 1)
      while (!isWorkingDay(last)) last = addDays(last, 1)
      expect(dueOn).toBe(last)
    }),
    { numRuns: 1000 },
  )
})

test('stops are opened and ended in turn, and at most the last one is open', () => {
  fc.assert(
    fc.property(history, (acts) => {
      const { state, stops } = live(acts)
      expect(stops.slice(0, -1).every(({ until }) => until !== undefined)).toBe(true)
      const standing = stops.length > 0 && stops.at(-1)?.until === undefined
      expect(standing).toBe(groundOf(state) !== undefined)
    }),
    { numRuns: 500 },
  )
})

test.each([
  [60, 31, 'none'],
  [60, 30, 'half'],
  [60, 13, 'half'],
  [60, 12, 'most'],
  [60, 1, 'most'],
  [60, 0, 'all'],
  [60, -3, 'all'],
  [8, 4, 'half'],
  [8, 2, 'half'],
  [8, 1, 'most'],
] as const)('of %i days %i are left: %s of the time is gone', (days, left, warning) => {
  expect(deadlineWarning(left, days)).toBe(warning)
})

test('warnings only grow as days pass', () => {
  const order = ['none', 'half', 'most', 'all']
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: -20, max: 90 }), (days, left) => {
      const today = order.indexOf(deadlineWarning(left, days))
      expect(order.indexOf(deadlineWarning(left - 1, days))).toBeGreaterThanOrEqual(today)
    }),
  )
})

test('the office’s whole time is what was promised, whatever stopped it since', () => {
  expect(officeDaysOf({ submittedAt: noonOf(start), cleanDueOn: addDays(start, 60) })).toBe(60)
  expect(daysBetween(start, addDays(start, 60))).toBe(60)
})
