import { addDays, daysBetween } from '../../platform/calendar/working-days.ts'
import { budapestDay } from '../../platform/clock.ts'
import type { ClockStop } from './case-deadline.ts'
import type { CaseState } from './case-state.ts'

/**
 * The office's clock (ügyintézési határidő) as clerks and clients read it: how much of the time is gone, and when to warn.
 * All days are calendar days in Budapest, YYYY-MM-DD.
 * Source: Ákr. (2016. évi CL. törvény) 50. § (5); domain model of the portal, 4.3 (warnings at 50, 80 and 100 %)
 */

/** Why the clock stands: the client owes an answer (hiánypótlás), or the procedure is suspended (felfüggesztés, szünetelés). */
export type StopGround = 'call' | 'suspension'

/** How much of the office's time is gone: half, four fifths, all. */
export type DeadlineWarning = 'none' | 'half' | 'most' | 'all'

/** The ground on which the clock stands in a state; undefined where it runs, or has done its work. */
export function groundOf(state: CaseState): StopGround | undefined {
  if (state === 'waiting_client') return 'call'
  return state === 'suspended' ? 'suspension' : undefined
}

/** The office's whole time in days: what it promised when the case came. */
export function officeDaysOf({ submittedAt, cleanDueOn }: { submittedAt: Date; cleanDueOn: string | null }): number {
  return cleanDueOn === null ? 0 : daysBetween(budapestDay(submittedAt), cleanDueOn)
}

/**
 * @param daysLeft up to the last day the office has, moved days and stops counted in: 0 on that day
 * @param days the office's whole time
 */
export function deadlineWarning(daysLeft: number, days: number): DeadlineWarning {
  if (daysLeft <= 0) return 'all'
  const used = days - daysLeft
  if (used * 100 >= days * 80) return 'most'
  return used * 100 >= days * 50 ? 'half' : 'none'
}

/** Days of its time the office has used up to and with `today`. */
export function usedDays(dayZero: string, today: string, stops: readonly ClockStop[]): number {
  let used = Math.max(0, daysBetween(dayZero, today))
  let countedUpTo = addDays(dayZero, 1)
  const end = addDays(today, 1)
  for (const stop of stops.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const from = stop.from > countedUpTo ? stop.from : countedUpTo
    const until = stop.until === undefined || stop.until > end ? end : stop.until
    const length = Math.max(0, daysBetween(from, until))
    used -= length
    if (length > 0) countedUpTo = until
  }
  return used
}

/** What a change of state does to the clock. */
export type ClockTurn = { ends: boolean; begins: StopGround | undefined }

export function clockTurn(before: CaseState, after: CaseState): ClockTurn {
  const stood = groundOf(before)
  const stands = groundOf(after)
  return stood === stands ? { ends: false, begins: undefined } : { ends: stood !== undefined, begins: stands }
}
