import type { Booking } from '../../../src/features/tax-balance/ledger.ts'
import { isWorkingDay } from '../../../src/platform/calendar/working-days.ts'
import { dayAfter } from './random-ledger.ts'

/** One forint that is owed, or one that was paid. */
interface Forint {
  dueOn: string
  taxYear: number
  isInterest: boolean
}

/**
 * The rules of an account said again, forint by forint, and slowly: what fell due, what of it was taken off for its own due date,
 * and on which day each other forint came in.
 */
export function forintsOf(bookings: readonly Booking[]): { owed: Forint[]; cameIn: string[] } {
  let owed: Forint[] = []
  const cameIn: string[] = []
  const takesOff: (Forint & { cameIn: string })[] = []
  for (const { title, amountHuf, dueOn, valueOn, bookedOn, taxYear } of bookings) {
    for (let forint = 0; forint < Math.abs(amountHuf); forint++) {
      const due = { dueOn: workingDayFrom(dueOn ?? valueOn ?? bookedOn), taxYear, isInterest: title === 'interest' }
      if (amountHuf > 0) owed.push(due)
      else if (dueOn !== null && ['cancellation', 'assessment', 'interest'].includes(title)) {
        takesOff.push({ ...due, cameIn: valueOn ?? bookedOn })
      } else cameIn.push(valueOn ?? bookedOn)
    }
  }
  owed = inOrder(owed, ({ dueOn, taxYear, isInterest }) => `${dueOn} ${taxYear} ${isInterest ? 1 : 0}`)
  let left = inOrder(takesOff, (one) => `${one.dueOn} ${one.taxYear} ${one.cameIn}`)
  for (const same of [
    (a: Forint, b: Forint) => a.dueOn === b.dueOn && a.taxYear === b.taxYear,
    (a: Forint, b: Forint) => a.dueOn === b.dueOn,
  ]) {
    left = left.filter((one) => {
      const at = owed.findIndex((forint) => same(forint, one))
      if (at >= 0) owed.splice(at, 1)
      return at < 0
    })
  }
  return { owed, cameIn: [...cameIn, ...left.map((one) => one.cameIn)].sort() }
}

export function workingDayFrom(day: string): string {
  return isWorkingDay(day) ? day : workingDayFrom(dayAfter(day, 1))
}

function inOrder<Thing>(things: readonly Thing[], key: (thing: Thing) => string): Thing[] {
  return [...things].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
