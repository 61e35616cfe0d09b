import { addDays, daysBetween, isCalendarKnown, nextWorkingDay } from '../../platform/calendar/working-days.ts'

/**
 * The deadline of a case (ügyintézési határidő).
 *
 * Day 0 is the day of submission in Budapest. The n-th day after it on which the office's clock runs is the last one; should
 * nobody work that day, the next working day is. All days are calendar days, YYYY-MM-DD.
 * Source: Ákr. (2016. évi CL. törvény) 50–53. §
 */

/** Days on which the clock stands: the first is `from`, the clock runs again on `until`; without it, it still stands. */
export interface ClockStop {
  from: string
  until?: string | undefined
}

export interface CaseDeadline {
  dayZero: string
  /** the n-th day as the calendar counts, before stops and working days */
  plainOn: string
  /** the last day the office has; undefined while the clock stands */
  dueOn: string | undefined
  /** days the clock stood before the deadline */
  stoppedDays: number
  /** false when it runs into a year whose moved working days were not known yet */
  calendarKnown: boolean
}

const budapestFormat = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Budapest',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/**
 * @param days the office's time in days, from the form's definition
 */
export function caseDeadline(submittedAt: Date, days: number, stops: readonly ClockStop[] = []): CaseDeadline {
  const dayZero = budapestFormat.format(submittedAt)
  const plainOn = addDays(dayZero, days)
  const { lastDay, stoppedDays } = lastCountedDay(dayZero, days, stops)
  const dueOn = lastDay === undefined ? undefined : nextWorkingDay(lastDay)
  return { dayZero, plainOn, dueOn, stoppedDays, calendarKnown: isCalendarKnown(dueOn ?? plainOn) }
}

/** Walks from stop to stop instead of day to day: a suspended case can stand for years. */
function lastCountedDay(dayZero: string, days: number, stops: readonly ClockStop[]) {
  let lastDay = addDays(dayZero, days)
  let stoppedDays = 0
  let countedUpTo = addDays(dayZero, 1)
  for (const stop of stops.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const from = stop.from > countedUpTo ? stop.from : countedUpTo
    if (from > lastDay) break
    if (stop.until === undefined) return { lastDay: undefined, stoppedDays }
    const length = Math.max(0, daysBetween(from, stop.until))
    lastDay = addDays(lastDay, length)
    stoppedDays += length
    if (length > 0) countedUpTo = stop.until
  }
  return { lastDay, stoppedDays }
}
