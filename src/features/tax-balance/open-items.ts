import { effectiveDueDate } from './due-dates.ts'
import type { Booking, OpenItem } from './ledger.ts'

/** What the bookings come to, in forint: positive is owed, negative overpaid (egyenleg). */
export function balanceOf(bookings: readonly Booking[]): number {
  return bookings.reduce((sum, { amountHuf }) => sum + amountHuf, 0)
}

/**
 * What is owed and not met yet (nyitott tételek), by due date, then tax year; amounts are positive whole forints.
 *
 * Credits meet the oldest due first and go on to later dues; what lessens an obligation meets the item of its own due date first
 * (see `settle`). The order of the bookings does not matter. Where anything is open, the items add up to the balance; where
 * nothing is, the balance is zero or an overpayment.
 * Source: Art. (2017. évi CL. törvény), order in which payments count; an overpayment covers later dues unless it is asked back
 */
export function openItems(bookings: readonly Booking[]): OpenItem[] {
  const { dues, credits } = settle(bookings)
  let money = credits.reduce((sum, { amountHuf }) => sum + amountHuf, 0)
  const open: OpenItem[] = []
  for (const { dueOn, taxYear, amountHuf } of dues) {
    const met = Math.min(money, amountHuf)
    money -= met
    if (met === amountHuf) continue
    const last = open.at(-1)
    if (last?.dueOn === dueOn && last.taxYear === taxYear) last.amountHuf += amountHuf - met
    else open.push({ dueOn, amountHuf: amountHuf - met, taxYear })
  }
  return open
}

/** What fell due on one day for one tax year, less what was cancelled of it. */
export interface Due {
  /** the working day on which it is due at last */
  dueOn: string
  taxYear: number
  /** whether it is late interest itself */
  isInterest: boolean
  /** forint, never negative; zero where all of it was cancelled */
  amountHuf: number
}

/** Money that meets dues; a positive amount, from the day on which it counts. */
export interface Credit {
  countsOn: string
  amountHuf: number
}

/**
 * The two sides of an account: the dues in the order in which they are met, and the credits that meet them by the day they count.
 *
 * What lessens an obligation (törlés, a negative előírás or pótlék) and names a due date is taken off what fell due on that day,
 * first for the same tax year, as if it had never been owed; what then is left of it counts like a payment.
 */
export function settle(bookings: readonly Booking[]): { dues: Due[]; credits: Credit[] } {
  const dues = duesOf(bookings)
  const lessenings: Lessening[] = []
  const credits: Credit[] = []
  for (const booking of bookings) {
    if (booking.amountHuf >= 0) continue
    const credit = { countsOn: booking.valueOn ?? booking.bookedOn, amountHuf: -booking.amountHuf }
    if (booking.dueOn === null || !lessensObligation.has(booking.title)) credits.push(credit)
    else lessenings.push({ ...credit, dueOn: effectiveDueDate(booking), taxYear: booking.taxYear })
  }
  credits.push(...takeOff(lessenings, dues))
  credits.sort((a, b) => compare(a.countsOn, b.countsOn))
  return { dues, credits }
}

const lessensObligation: ReadonlySet<Booking['title']> = new Set(['cancellation', 'assessment', 'interest'])

interface Lessening extends Credit {
  dueOn: string
  taxYear: number
}

function duesOf(bookings: readonly Booking[]): Due[] {
  const dues = new Map<string, Due>()
  for (const booking of bookings) {
    if (booking.amountHuf <= 0) continue
    const { taxYear, amountHuf } = booking
    const dueOn = effectiveDueDate(booking)
    const isInterest = booking.title === 'interest'
    const key = `${dueOn} ${taxYear} ${isInterest}`
    const same = dues.get(key)
    if (same === undefined) dues.set(key, { dueOn, taxYear, isInterest, amountHuf })
    else same.amountHuf += amountHuf
  }
  return [...dues.values()].sort(
    (a, b) => compare(a.dueOn, b.dueOn) || a.taxYear - b.taxYear || Number(a.isInterest) - Number(b.isInterest),
  )
}

/** @returns what is left of the lessenings; lessens `dues` itself */
function takeOff(lessenings: Lessening[], dues: readonly Due[]): Credit[] {
  // In an order of their own, so that the order of the bookings decides nothing.
  lessenings.sort(
    (a, b) =>
      compare(a.dueOn, b.dueOn) ||
      a.taxYear - b.taxYear ||
      compare(a.countsOn, b.countsOn) ||
      a.amountHuf - b.amountHuf,
  )
  for (const anyYear of [false, true]) {
    for (const lessening of lessenings) {
      for (const due of dues) {
        if (due.dueOn !== lessening.dueOn || (due.taxYear !== lessening.taxYear && !anyYear)) continue
        const taken = Math.min(due.amountHuf, lessening.amountHuf)
        due.amountHuf -= taken
        lessening.amountHuf -= taken
      }
    }
  }
  return lessenings.filter(({ amountHuf }) => amountHuf > 0).map(({ countsOn, amountHuf }) => ({ countsOn, amountHuf }))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
