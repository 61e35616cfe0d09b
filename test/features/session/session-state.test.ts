import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  identificationAge,
  type LineageClock,
  secondsLeft,
  sessionState,
} from '../../../src/features/session/session-state.ts'

const limits = { idleMinutes: 30 }
const start = new Date('2026-03-28T22:00:00Z').getTime() // the night in which Budapest's clocks go forward
const minute = 60_000

function lineage(overrides: Partial<LineageClock> = {}): LineageClock {
  return {
    identifiedAt: new Date(start),
    activeAt: new Date(start),
    lastSeenAt: new Date(start),
    endedAt: null,
    mustReidentify: false,
    epoch: 1,
    ...overrides,
  }
}

function stateAt(milliseconds: number, overrides: Partial<LineageClock> = {}) {
  return sessionState(lineage(overrides), 'current', new Date(start + milliseconds), 1, limits)
}

test.each([
  [24 * minute + 59_000, 'active'],
  [25 * minute, 'active'],
  [30 * minute - 1, 'active'],
  [30 * minute, 'paused'],
  [30 * minute + 1, 'paused'],
  [240 * minute - 1, 'paused'],
  [240 * minute, 'reidentify'],
  [1_440 * minute - 1, 'reidentify'],
  [1_440 * minute, 'anonymous'],
])('%i ms after signing in without a further request the session is %s', (milliseconds, state) => {
  expect(stateAt(milliseconds)).toBe(state)
})

test.each([
  [230 * minute, 'active'],
  [240 * minute - 100, 'active'],
  [240 * minute, 'reidentify'],
])('%i ms after signing in a person who never paused is %s', (milliseconds, state) => {
  expect(stateAt(milliseconds, { activeAt: new Date(start + milliseconds - 1_000) })).toBe(state)
})

const anyLineage = fc
  .record({
    idle: fc.integer({ min: 0, max: 26 * 60 * minute }),
    identified: fc.integer({ min: 0, max: 26 * 60 * minute }),
    seenAhead: fc.integer({ min: 0, max: 60 * minute }),
    ended: fc.boolean(),
    mustReidentify: fc.boolean(),
    epoch: fc.integer({ min: 1, max: 3 }),
    presented: fc.constantFrom('current' as const, 'former' as const),
  })
  .map(({ idle, identified, seenAhead, ended, mustReidentify, epoch, presented }) => ({
    presented,
    clock: lineage({
      identifiedAt: new Date(start - identified),
      activeAt: new Date(start - idle),
      lastSeenAt: new Date(start + (seenAhead > 55 * minute ? seenAhead - 55 * minute : -seenAhead)),
      endedAt: ended ? new Date(start) : null,
      mustReidentify,
      epoch,
    }),
  }))

const now = new Date(start)

test('whoever is active was identified less than 240 minutes and active less than 30 minutes ago', () => {
  fc.assert(
    fc.property(anyLineage, ({ clock, presented }) => {
      if (sessionState(clock, presented, now, 2, limits) !== 'active') return
      expect(presented).toBe('current')
      expect(clock.endedAt).toBeNull()
      expect(clock.mustReidentify).toBe(false)
      expect(clock.epoch).toBeGreaterThanOrEqual(2)
      expect(now.getTime() - clock.identifiedAt.getTime()).toBeLessThan(240 * minute)
      expect(now.getTime() - clock.activeAt.getTime()).toBeLessThan(30 * minute)
    }),
    { numRuns: 2_000 },
  )
})

test('the 240 minutes count more than the 30', () => {
  fc.assert(
    fc.property(anyLineage, ({ clock, presented }) => {
      const age = now.getTime() - clock.identifiedAt.getTime()
      if (clock.endedAt !== null || age < 240 * minute || age >= 1_380 * minute) return
      expect(sessionState(clock, presented, now, 2, limits)).toBe('reidentify')
    }),
    { numRuns: 2_000 },
  )
})

test('an ended lineage is nobody, whatever else holds', () => {
  fc.assert(
    fc.property(anyLineage, ({ clock, presented }) => {
      expect(sessionState({ ...clock, endedAt: now }, presented, now, 1, limits)).toBe('anonymous')
    }),
  )
})

test('time only takes away: who is not active now is not active later', () => {
  const rank = { active: 3, paused: 2, reidentify: 1, anonymous: 0 }
  fc.assert(
    fc.property(anyLineage, fc.nat(30 * 60 * minute), ({ clock, presented }, later) => {
      const first = sessionState(clock, presented, now, 2, limits)
      const second = sessionState(clock, presented, new Date(start + later), 2, limits)
      expect(rank[second]).toBeLessThanOrEqual(rank[first])
    }),
    { numRuns: 2_000 },
  )
})

test('a clock set back does not undo a limit that was found passed', () => {
  const seen = new Date(start + 31 * minute)
  expect(sessionState(lineage({ lastSeenAt: seen }), 'current', new Date(start + 5 * minute), 1, limits)).toBe('paused')
})

test('the remaining seconds end exactly with the state', () => {
  fc.assert(
    fc.property(anyLineage, ({ clock, presented }) => {
      const left = secondsLeft(clock, now, limits)
      if (sessionState(clock, presented, now, 1, limits) === 'active') {
        expect(left.idle).toBeGreaterThan(0)
        expect(left.identified).toBeGreaterThan(0)
      }
      expect(left.idle).toBeGreaterThanOrEqual(0)
      expect(left.identified).toBeGreaterThanOrEqual(0)
    }),
  )
})

test.each([
  [-60_000, 'fresh'],
  [-60_001, 'from-the-future'],
  [0, 'fresh'],
  [240 * minute - 1, 'fresh'],
  [240 * minute, 'too-old'],
])('an identification %i ms old is %s', (age, verdict) => {
  expect(identificationAge(new Date(start - age), now)).toBe(verdict)
})
