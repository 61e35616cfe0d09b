import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClockStop, caseDeadline } from '../../../src/features/cases/case-deadline.ts'
import { movedDays } from '../../../src/platform/calendar/hungarian-calendar.ts'
import {
  addDays,
  daysBetween,
  easterSunday,
  isHoliday,
  isWorkingDay,
  nextWorkingDay,
} from '../../../src/platform/calendar/working-days.ts'

const day = fc.integer({ min: 0, max: 4000 }).map((days) => addDays('2022-01-01', days))
const noonOf = (day: string) => new Date(`${day}T11:00:00Z`)
const stops = fc.array(
  fc
    .tuple(day, fc.integer({ min: 0, max: 60 }), fc.boolean())
    .map(
      ([from, length, open]): ClockStop => (open && length === 0 ? { from } : { from, until: addDays(from, length) }),
    ),
  { maxLength: 5 },
)
const stopsNear = (dayZero: string) =>
  fc.array(
    fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: 0, max: 30 })).map(
      ([offset, length]): ClockStop => ({
        from: addDays(dayZero, offset),
        until: addDays(dayZero, offset + length),
      }),
    ),
    { maxLength: 5 },
  )

/** The rule as a clerk would count it on a calendar, day by day. */
function countedByHand(dayZero: string, days: number, stops: readonly ClockStop[]): string | undefined {
  let today = dayZero
  let counted = 0
  while (counted < days) {
    today = addDays(today, 1)
    const standing = stops.find((stop) => stop.from <= today && (stop.until === undefined || today < stop.until))
    if (standing && standing.until === undefined) return undefined
    if (!standing) counted += 1
  }
  while (!isWorkingDay(today)) today = addDays(today, 1)
  return today
}

test('a deadline is what counting day by day gives', () => {
  fc.assert(
    fc.property(
      day.chain((dayZero) => fc.tuple(fc.constant(dayZero), stopsNear(dayZero))),
      fc.integer({ min: 1, max: 90 }),
      ([dayZero, stops], days) => {
        expect(caseDeadline(noonOf(dayZero), days, stops).dueOn).toBe(countedByHand(dayZero, days, stops))
      },
    ),
    { numRuns: 2000 },
  )
})

test('while the clock stands there is no deadline', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 60 }), stops, (dayZero, days, stops) => {
      const openStop = { from: addDays(dayZero, 1) }
      expect(caseDeadline(noonOf(dayZero), days, [...stops, openStop]).dueOn).toBe(
        countedByHand(dayZero, days, [...stops, openStop]),
      )
    }),
  )
  expect(caseDeadline(noonOf('2026-03-02'), 8, [{ from: '2026-03-04' }])).toMatchObject({
    plainOn: '2026-03-10',
    dueOn: undefined,
  })
})

test('a deadline is a working day, and no working day lies between the counted day and it', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 90 }), (dayZero, days) => {
      const { dueOn, plainOn } = caseDeadline(noonOf(dayZero), days)
      if (dueOn === undefined) throw new Error('no stop, yet no deadline')
      expect(isWorkingDay(dueOn)).toBe(true)
      expect(daysBetween(dayZero, plainOn)).toBe(days)
      for (let between = plainOn; between < dueOn; between = addDays(between, 1)) {
        expect(isWorkingDay(between)).toBe(false)
      }
    }),
  )
})

test('one day more never makes the deadline earlier, nor does a stop', () => {
  fc.assert(
    fc.property(
      day.chain((dayZero) => fc.tuple(fc.constant(dayZero), stopsNear(dayZero))),
      fc.integer({ min: 1, max: 60 }),
      ([dayZero, stops], days) => {
        const due = (days: number, stops: readonly ClockStop[]) =>
          caseDeadline(noonOf(dayZero), days, stops).dueOn ?? ''
        expect(due(days + 1, stops) >= due(days, stops)).toBe(true)
        expect(due(days, stops) >= due(days, [])).toBe(true)
      },
    ),
  )
})

test('day 0 is the day in Budapest, in summer and in winter', () => {
  expect(caseDeadline(new Date('2026-07-01T21:59:59.999Z'), 8).dayZero).toBe('2026-07-01')
  expect(caseDeadline(new Date('2026-07-01T22:00:00.000Z'), 8).dayZero).toBe('2026-07-02')
  expect(caseDeadline(new Date('2026-01-15T22:59:59.999Z'), 8).dayZero).toBe('2026-01-15')
  expect(caseDeadline(new Date('2026-01-15T23:00:00.000Z'), 8).dayZero).toBe('2026-01-16')
})

test.each([
  ['2026-11-22', 8, '2026-11-30'],
  ['2026-11-20', 8, '2026-11-30'],
  ['2026-12-16', 8, '2026-12-28'],
  ['2026-12-04', 8, '2026-12-12'],
  ['2026-03-26', 8, '2026-04-07'],
  ['2026-08-13', 8, '2026-08-24'],
  ['2025-12-24', 8, '2026-01-05'],
])('sent on %s with %i days the office has until %s', (dayZero, days, due) => {
  expect(caseDeadline(noonOf(dayZero), days).dueOn).toBe(due)
})

test('a stop of ten days moves the deadline by ten days, then to a working day', () => {
  const stop = { from: '2026-03-10', until: '2026-03-20' }
  expect(caseDeadline(noonOf('2026-03-02'), 15, [stop])).toEqual({
    dayZero: '2026-03-02',
    plainOn: '2026-03-17',
    dueOn: '2026-03-27',
    stoppedDays: 10,
    calendarKnown: true,
  })
})

test('a deadline in a year without the minister’s decree says so', () => {
  expect(caseDeadline(noonOf('2026-11-01'), 30).calendarKnown).toBe(true)
  expect(caseDeadline(noonOf('2040-11-01'), 30)).toMatchObject({ dueOn: '2040-12-03', calendarKnown: false })
})

// easter dates as printed in almanacs
test.each([
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2027, '2027-03-28'],
  [2028, '2028-04-16'],
  [2038, '2038-04-25'],
  [2285, '2285-03-22'],
])('Easter Sunday of %i is %s', (year, sunday) => {
  expect(easterSunday(year)).toBe(sunday)
})

test('Easter is a Sunday between 22 March and 25 April', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1900, max: 2300 }), (year) => {
      const sunday = easterSunday(year)
      expect(new Date(`${sunday}T00:00:00Z`).getUTCDay()).toBe(0)
      expect(sunday >= `${year}-03-22` && sunday <= `${year}-04-25`).toBe(true)
    }),
  )
})

test('eleven days a year are holidays unless two fall together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2017, max: 2100 }), (year) => {
      let holidays = 0
      for (let day = `${year}-01-01`; day.startsWith(`${year}`); day = addDays(day, 1))
        if (isHoliday(day)) holidays += 1
      expect(holidays).toBeGreaterThanOrEqual(10)
      expect(holidays).toBeLessThanOrEqual(11)
    }),
  )
})

test.each(movedDays)('the decree for $year moves as many working days as it gives off', ({ year, rest, work }) => {
  expect(rest).toHaveLength(work.length)
  for (const day of rest) {
    expect(day.startsWith(`${year}-`)).toBe(true)
    expect(isHoliday(day)).toBe(false)
    expect([1, 2, 3, 4, 5]).toContain(new Date(`${day}T00:00:00Z`).getUTCDay())
    expect(isWorkingDay(day)).toBe(false)
  }
  for (const day of work) {
    expect(day.startsWith(`${year}-`)).toBe(true)
    expect(new Date(`${day}T00:00:00Z`).getUTCDay()).toBe(6)
    expect(isWorkingDay(day)).toBe(true)
    expect(nextWorkingDay(day)).toBe(day)
  }
})
