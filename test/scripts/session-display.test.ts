import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type SessionKnowledge,
  type SessionStatus,
  sessionDisplay,
} from '../../views/assets/scripts/session-display.ts'

const active: SessionStatus = { state: 'active', idleSeconds: 1_800, identifiedSeconds: 14_400, lineage: 'own' }

function shown(status: Partial<SessionStatus>, known: Partial<SessionKnowledge> = {}) {
  return sessionDisplay({
    ownLineage: 'own',
    status: { ...active, ...status },
    age: 0,
    idleLimitSeconds: 1_800,
    unanswered: false,
    returned: false,
    ...known,
  })
}

describe('an active session', () => {
  test.each([
    ['just loaded', 0, {}],
    ['at 24:59', 1_499, {}],
    ['at 25:00', 1_500, { idleMinutes: 5 }],
    ['at 25:01', 1_501, { idleMinutes: 5 }],
    ['at 26:00', 1_560, { idleMinutes: 4 }],
    ['at 29:59.9', 1_799.9, { idleMinutes: 1 }],
  ])('warns of idleness in time: %s', (_when, age, warned) => {
    const { nextInSeconds, ...display } = shown({}, { age }) as { show: string; nextInSeconds: number }
    expect(display).toEqual({ show: 'page', ...warned })
    expect(nextInSeconds).toBeGreaterThan(0)
  })

  test.each([
    ['at 229:59', 601, {}],
    ['at 230:00', 600, { identifiedMinutes: 10 }],
    ['at 239:59.9', 0.1, { identifiedMinutes: 1 }],
  ])('warns of the identification’s end in time: %s', (_when, identifiedSeconds, warned) => {
    expect(shown({ identifiedSeconds })).toMatchObject({ show: 'page', ...warned })
    if (identifiedSeconds > 600) expect(shown({ identifiedSeconds })).not.toHaveProperty('identifiedMinutes')
  })

  test('is not called expired before the server was asked', () => {
    expect(shown({}, { age: 1_800 })).toEqual({ show: 'question' })
    expect(shown({ identifiedSeconds: 60 }, { age: 60 })).toEqual({ show: 'question' })
  })

  test('is hidden when a clock has run out and the server does not answer', () => {
    expect(shown({}, { age: 1_800, unanswered: true })).toEqual({ show: 'curtain', because: 'paused' })
    expect(shown({ identifiedSeconds: 60 }, { age: 60, unanswered: true })).toEqual({
      show: 'curtain',
      because: 'reidentify',
    })
    // both: the identification counts
    expect(shown({}, { age: 14_400, unanswered: true })).toEqual({ show: 'curtain', because: 'reidentify' })
  })

  test('an unanswered question alone hides nothing', () => {
    expect(shown({}, { age: 60, unanswered: true })).toMatchObject({ show: 'page' })
  })

  test('a shorter limit leaves its first half without a warning', () => {
    const limits = { idleLimitSeconds: 240 }
    expect(shown({ idleSeconds: 121 }, limits)).not.toHaveProperty('idleMinutes')
    expect(shown({ idleSeconds: 120 }, limits)).toMatchObject({ idleMinutes: 2 })
  })
})

test('a page from the browser’s memory stays hidden until the server has spoken', () => {
  expect(shown({}, { returned: true })).toEqual({ show: 'question' })
  expect(shown({}, { returned: true, unanswered: true })).toEqual({ show: 'curtain', because: 'paused' })
})

test('a session that is over is hidden, for the reason the server gives', () => {
  expect(shown({ state: 'paused' })).toEqual({ show: 'curtain', because: 'paused' })
  expect(shown({ state: 'reidentify' })).toEqual({ show: 'curtain', because: 'reidentify' })
})

test('a page never outlives its own session: another label or none replaces it', () => {
  expect(shown({ state: 'anonymous', lineage: null })).toEqual({ show: 'other-page', because: 'ended' })
  for (const state of ['active', 'paused', 'reidentify'] as const) {
    expect(shown({ state, lineage: 'other' })).toEqual({ show: 'other-page', because: 'other-session' })
    expect(shown({ state, lineage: null })).toEqual({ show: 'other-page', because: 'other-session' })
  }
})

test('what is shown stays right until the moment it names, and another thing is shown then', () => {
  const seconds = fc.integer({ min: 10, max: 144_000 }).map((tenths) => tenths / 10)
  fc.assert(
    fc.property(
      seconds,
      seconds,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (idleSeconds, identifiedSeconds, part) => {
        const status = { idleSeconds: Math.min(idleSeconds, 1_800), identifiedSeconds }
        const now = shown(status)
        if (now.show !== 'page') throw new Error('it is active')
        const { nextInSeconds, ...display } = now
        const later = shown(status, { age: nextInSeconds * part * 0.999 })
        expect(later).toMatchObject(display)
        // a little later, since numbers of seconds are rounded
        const { nextInSeconds: _ignored, ...then } = shown(status, { age: nextInSeconds + 1e-6 }) as typeof now
        expect(then).not.toEqual(display)
      },
    ),
  )
})
