/** The moments at which a session's state turns, as fixed cases; all times are the database's. */
import { describe, expect, test } from 'vitest'
import { type LineageClock, secondsLeft, sessionState } from '../../../src/features/session/session-state.ts'
import {
  type Accepted,
  acceptedClock,
  afterActivity,
  afterLook,
  judgeIdentification,
  type Refused,
} from '../../../src/features/session/transitions.ts'

const limits = { idleMinutes: 30 }
const second = 1_000
const minute = 60 * second

/** Nights in which Budapest's clocks are set, a leap day, and an ordinary day. */
const beginnings = [
  '2026-06-10T08:00:00Z',
  '2026-03-28T23:30:00Z', // 02:00 becomes 03:00 at 01:00 UTC
  '2026-10-24T23:30:00Z', // 03:00 becomes 02:00 at 01:00 UTC
  '2028-02-28T22:10:00Z', // midnight in Budapest, 29 February
  '2028-02-29T22:10:00Z',
  '2027-12-31T22:10:00Z',
]

describe.each(beginnings)('for a session begun at %s', (beginning) => {
  const start = Date.parse(beginning)
  const at = (clock: string, plus = 0) => {
    const [minutes, seconds] = clock.split(':').map(Number)
    return new Date(start + (minutes ?? 0) * minute + (seconds ?? 0) * second + plus)
  }
  const begun = acceptedClock(new Date(start), new Date(start), 1)
  const stateOf = (clock: LineageClock, now: Date) => sessionState(clock, 'current', now, 1, limits)

  test.each([
    ['24:59', 'active', 5 * 60 + 1],
    ['25:00', 'active', 5 * 60],
    ['29:59.9', 'active', 1],
    ['30:00.0', 'paused', 0],
    ['30:00.1', 'paused', 0],
  ])('%s without activity is %s, and %i seconds are left', (clock, state, left) => {
    expect(stateOf(begun, at(clock))).toBe(state)
    expect(secondsLeft(begun, at(clock), limits).idle).toBe(left)
  })

  test.each([
    ['29:59.999', 'active'],
    ['30:00', 'paused'],
  ])('%s after the last activity at 100:00 is %s', (clock, state) => {
    const active = { ...begun, activeAt: at('100:00') }
    expect(stateOf(active, at(clock, 100 * minute))).toBe(state)
  })

  test.each([
    ['229:59', 'active', 10 * 60 + 1],
    ['230:00', 'active', 10 * 60],
    ['239:59.9', 'active', 1],
    ['239:59.999', 'active', 1],
    ['240:00.0', 'reidentify', 0],
    ['240:00.1', 'reidentify', 0],
  ])('%s is %s for whoever was active a moment ago, and %i seconds are left', (clock, state, left) => {
    const active = { ...begun, activeAt: at(clock, -second) }
    expect(stateOf(active, at(clock))).toBe(state)
    expect(secondsLeft(active, at(clock), limits).identified).toBe(left)
  })

  test('both limits at once: identification is what is missing', () => {
    const active = { ...begun, activeAt: at('210:00') }
    expect(stateOf(active, at('239:59.999'))).toBe('active')
    expect(stateOf(active, at('240:00'))).toBe('reidentify')
  })

  test.each([
    ['1439:59.999', 'reidentify'],
    ['1440:00', 'anonymous'],
  ])('%s is %s: nothing is remembered longer than a day', (clock, state) => {
    expect(stateOf(begun, at(clock))).toBe(state)
  })
})

const now = new Date('2026-06-10T08:00:00Z')
const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds)
const nobody = { state: 'anonymous', lineage: undefined } as const
const signIn = { kind: 'sign-in', startedAt: ago(10 * second), retried: false, lineageId: null } as const
const came = (identifiedAt: Date, accountId: string | undefined = 'anna', kauSessionEnded = false) => ({
  identifiedAt,
  accountId,
  kauSessionEnded,
})
const clockOf = (judged: Accepted | Refused): LineageClock => {
  if (!('clock' in judged)) throw new Error(judged.verdict)
  return judged.clock
}

test('signing in with a session of the KAÜ that is 100 minutes old leaves 140', () => {
  const clock = clockOf(judgeIdentification(signIn, came(ago(100 * minute)), nobody, now, 1))
  expect(secondsLeft(clock, now, limits)).toEqual({ idle: 30 * 60, identified: 140 * 60 })
})

test('signing in with a session of the KAÜ that is 239:59 old leaves a second', () => {
  const clock = clockOf(judgeIdentification(signIn, came(ago(240 * minute - second)), nobody, now, 1))
  expect(secondsLeft(clock, now, limits).identified).toBe(1)
  expect(sessionState(clock, 'current', now, 1, limits)).toBe('active')
  expect(sessionState(clock, 'current', new Date(now.getTime() + second), 1, limits)).toBe('reidentify')
})

test('a session of the KAÜ that is 240:00 old opens nothing; a second try is asked for once', () => {
  const old = came(ago(240 * minute))
  expect(judgeIdentification(signIn, old, nobody, now, 1).verdict).toBe('try-again')
  expect(judgeIdentification({ ...signIn, retried: true }, old, nobody, now, 1).verdict).toBe('too-old')
})

test.each([
  [-60_000, 'begin'],
  [-60_001, 'from-the-future'],
])('an identification %i ms ahead of our clock: %s', (ahead, verdict) => {
  expect(judgeIdentification(signIn, came(ago(ahead)), nobody, now, 1).verdict).toBe(verdict)
})

test('an identification from the near future counts from now', () => {
  expect(clockOf(judgeIdentification(signIn, came(ago(-60_000)), nobody, now, 1)).identifiedAt).toEqual(now)
})

const own = { id: 'lineage', accountId: 'anna' }
const within = (kind: 'sign-in' | 'continue' | 'reidentify', startedAgo = 10 * second, retried = false) => ({
  kind,
  startedAt: ago(startedAgo),
  retried,
  lineageId: 'lineage',
})

test.each([
  [60 * second, 'renew'],
  [60 * second + 1, 'not-new-enough'],
])('identifying again with credentials given %i ms before the click: %s', (before, verdict) => {
  const token = came(ago(10 * second + before))
  for (const state of ['active', 'paused', 'reidentify'] as const) {
    expect(judgeIdentification(within('reidentify'), token, { state, lineage: own }, now, 1).verdict).toBe(verdict)
  }
})

test.each([
  ['sign-in', 'active', 'renew'],
  ['sign-in', 'paused', 'renew'],
  ['sign-in', 'reidentify', 'reidentification-needed'],
  ['continue', 'active', 'renew'],
  ['continue', 'paused', 'renew'],
  ['continue', 'reidentify', 'reidentification-needed'],
  ['reidentify', 'active', 'renew'],
  ['reidentify', 'paused', 'renew'],
  ['reidentify', 'reidentify', 'renew'],
] as const)('%s of the same person while %s: %s', (kind, state, verdict) => {
  expect(judgeIdentification(within(kind), came(now), { state, lineage: own }, now, 1).verdict).toBe(verdict)
})

test('the automatic second try asked for credentials: it ends a reidentification, if they were given since', () => {
  const before = { state: 'reidentify', lineage: own } as const
  for (const kind of ['sign-in', 'continue'] as const) {
    expect(judgeIdentification(within(kind, 10 * second, true), came(now), before, now, 1).verdict).toBe('renew')
    const old = came(ago(10 * second + 60 * second + 1))
    expect(judgeIdentification(within(kind, 10 * second, true), old, before, now, 1).verdict).toBe(
      'reidentification-needed',
    )
  }
})

test('another person ends the first one’s session from every state, by every kind', () => {
  for (const kind of ['sign-in', 'continue', 'reidentify'] as const) {
    for (const state of ['active', 'paused', 'reidentify'] as const) {
      const before = { state, lineage: own }
      expect(judgeIdentification(within(kind), came(now, 'bela'), before, now, 1).verdict).toBe('other-person')
      expect(judgeIdentification(within(kind), { ...came(now), accountId: undefined }, before, now, 1).verdict).toBe(
        'other-person',
      )
    }
  }
})

test('an attempt ends with the lineage it was begun in', () => {
  const other = { state: 'active', lineage: { id: 'another', accountId: 'anna' } } as const
  for (const kind of ['sign-in', 'continue', 'reidentify'] as const) {
    expect(judgeIdentification(within(kind), came(now), nobody, now, 1).verdict).toBe('session-ended')
    expect(judgeIdentification(within(kind), came(now), other, now, 1).verdict).toBe('session-ended')
  }
  for (const kind of ['continue', 'reidentify'] as const) {
    const begunByNobody = { ...within(kind), lineageId: null }
    expect(judgeIdentification(begunByNobody, came(now), nobody, now, 1).verdict).toBe('session-ended')
    expect(judgeIdentification(begunByNobody, came(now), other, now, 1).verdict).toBe('session-ended')
  }
  expect(judgeIdentification(signIn, came(now), other, now, 1).verdict).toBe('renew')
})

test('a session the KAÜ reported ended opens and continues nothing, new credentials or not', () => {
  for (const kind of ['sign-in', 'continue', 'reidentify'] as const) {
    for (const state of ['active', 'paused', 'reidentify'] as const) {
      const judged = judgeIdentification(within(kind), came(now, 'anna', true), { state, lineage: own }, now, 1)
      expect(judged.verdict).toBe('kau-session-ended')
    }
  }
})

test('continuing while active sets both clocks', () => {
  const clock = clockOf(
    judgeIdentification(within('continue'), came(ago(5 * minute)), { state: 'active', lineage: own }, now, 7),
  )
  expect(clock).toEqual({
    identifiedAt: ago(5 * minute),
    activeAt: now,
    lastSeenAt: now,
    endedAt: null,
    mustReidentify: false,
    epoch: 7,
  })
})

test.each([
  [999, false],
  [1_000, true],
])('activity %i ms after the last is stored: %s', (after, stored) => {
  const clock = acceptedClock(now, now, 1)
  const later = new Date(now.getTime() + after)
  expect(afterActivity(clock, later).activeAt).toEqual(stored ? later : now)
})

test('a clock set back never makes activity earlier', () => {
  const clock = acceptedClock(now, now, 1)
  expect(afterActivity(clock, ago(minute))).toBe(clock)
})

test('each limit is remembered when it is found passed, once', () => {
  const clock = acceptedClock(ago(30 * minute), ago(30 * minute), 1)
  const found = afterLook(clock, now, limits)
  expect(found.lastSeenAt).toEqual(now)
  expect(afterLook(found, new Date(now.getTime() + minute), limits)).toBe(found)
  const later = new Date(now.getTime() + 210 * minute)
  expect(afterLook(found, later, limits).lastSeenAt).toEqual(later)
  expect(sessionState(found, 'current', ago(20 * minute), 1, limits)).toBe('paused')
  expect(sessionState(clock, 'current', ago(20 * minute), 1, limits)).toBe('active')
  expect(afterLook(clock, ago(1), limits)).toBe(clock)
})
