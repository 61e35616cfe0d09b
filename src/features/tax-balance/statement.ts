import { effectiveDueDate } from './due-dates.ts'
import { type LateInterest, lateInterestOf, noLateInterest } from './late-interest.ts'
import type { Booking, OpenItem } from './ledger.ts'
import { balanceOf, openItems } from './open-items.ts'
import { findTaxType } from './tax-types.ts'

/** The account of one tax as the statement is made from; bookings in the order of the register. */
export interface StatementAccount {
  taxType: string
  bankAccount: string
  bookings: readonly Booking[]
  interestBookedUntil: string | null
}

/** Days are YYYY-MM-DD, both ends included. */
export interface Period {
  from: string
  to: string
}

export function yearPeriod(year: number): Period {
  return { from: `${year}-01-01`, to: `${year}-12-31` }
}

/** Amounts in forint. opening + assessed − cancelled − paid + refunded = balance = due now + not yet due − overpayment. */
export interface StatementAmounts {
  /** owed at the beginning is positive, overpaid negative (nyitó egyenleg) */
  openingHuf: number
  /** előírás, with late interest that the authority has booked */
  assessedHuf: number
  cancelledHuf: number
  paidHuf: number
  /** refunded and transferred out, less transferred in (visszatérítés, átvezetés) */
  refundedHuf: number
  balanceHuf: number
  /** due by the reference day, that day included (esedékes, hátralék) */
  dueNowHuf: number
  notYetDueHuf: number
  overpaymentHuf: number
  /** not booked yet, up to the reference day; no part of the balance */
  lateInterestHuf: number
}

export interface StatementRow extends StatementAmounts {
  taxType: string
  bankAccount: string
  openItems: OpenItem[]
  lateInterest: LateInterest
}

export interface Statement<Row extends StatementRow = StatementRow> {
  period: Period
  /** the day to which due now, not yet due and late interest refer */
  referenceOn: string
  rows: Row[]
  /** sums of the rows: arrears of one tax stand beside the overpayment of another, never netted */
  total: StatementAmounts
}

/** One booking of a detailed statement. */
export interface StatementItem {
  bookedOn: string
  /** the working day on which it is due at last; null where the register has no due date */
  dueOn: string | null
  valueOn: string | null
  title: Booking['title']
  document: string
  taxYear: number
  /** forint; one of the two is zero (terhelés, jóváírás) */
  debitHuf: number
  creditHuf: number
  /** running balance of the account after this booking */
  balanceHuf: number
}

export interface DetailedRow extends StatementRow {
  items: StatementItem[]
}

/**
 * The simple statement (egyszerű kivonat): one row for each account, in the order given.
 *
 * @param days.asOf day of the books the bookings come from
 * @param days.today Budapest's day
 * What was booked after the period is left out. The reference day is the earliest of today, the as-of day and the period's end.
 */
export function simpleStatement(
  accounts: readonly StatementAccount[],
  period: Period,
  days: { asOf: string; today: string },
): Statement {
  return statementOf(accounts, period, days, (row) => row)
}

/** The detailed statement (részletes kivonat): the simple one, and each booking of the period with the running balance. */
export function detailedStatement(
  accounts: readonly StatementAccount[],
  period: Period,
  days: { asOf: string; today: string },
): Statement<DetailedRow> {
  return statementOf(accounts, period, days, (row, booked) => {
    let balanceHuf = row.openingHuf
    const items = booked.map((booking) => {
      const { bookedOn, dueOn, valueOn, title, document, taxYear, amountHuf } = booking
      balanceHuf += amountHuf
      return {
        bookedOn,
        dueOn: dueOn === null ? null : effectiveDueDate(booking),
        valueOn,
        title,
        document,
        taxYear,
        debitHuf: Math.max(0, amountHuf),
        creditHuf: Math.max(0, -amountHuf),
        balanceHuf,
      }
    })
    return { ...row, items }
  })
}

function statementOf<Row extends StatementRow>(
  accounts: readonly StatementAccount[],
  period: Period,
  { asOf, today }: { asOf: string; today: string },
  complete: (row: StatementRow, booked: readonly Booking[]) => Row,
): Statement<Row> {
  const referenceOn = [today, asOf, period.to].sort()[0] ?? period.to
  const rows = accounts.map((account) => {
    const known = inBookingOrder(account.bookings).filter(({ bookedOn }) => bookedOn <= period.to)
    const booked = known.filter(({ bookedOn }) => bookedOn >= period.from)
    return complete(rowOf(account, { known, booked, referenceOn }), booked)
  })
  return { period, referenceOn, rows, total: totalOf(rows) }
}

function rowOf(
  { taxType, bankAccount, interestBookedUntil }: StatementAccount,
  of: { known: readonly Booking[]; booked: readonly Booking[]; referenceOn: string },
): StatementRow {
  const { known, booked, referenceOn } = of
  const sumOf = (...titles: Booking['title'][]) => balanceOf(booked.filter(({ title }) => titles.includes(title)))
  const balanceHuf = balanceOf(known)
  const open = openItems(known)
  const dueNowHuf = dueBy(referenceOn, open)
  const notYetDueHuf = open.reduce((sum, { amountHuf }) => sum + amountHuf, 0) - dueNowHuf
  const lateInterest =
    findTaxType(taxType)?.bearsInterest === false
      ? noLateInterest
      : lateInterestOf({ bookings: known, interestBookedUntil }, referenceOn)
  return {
    taxType,
    bankAccount,
    openingHuf: balanceHuf - balanceOf(booked),
    assessedHuf: sumOf('assessment', 'interest'),
    cancelledHuf: 0 - sumOf('cancellation'),
    paidHuf: 0 - sumOf('payment'),
    refundedHuf: sumOf('refund', 'transfer-in', 'transfer-out'),
    balanceHuf,
    dueNowHuf,
    notYetDueHuf,
    overpaymentHuf: Math.max(0, 0 - balanceHuf),
    lateInterestHuf: lateInterest.totalHuf,
    openItems: open,
    lateInterest,
  }
}

/** What of the open items is due by a day, that day included; forint. */
export function dueBy(day: string, items: readonly OpenItem[]): number {
  return items.reduce((sum, { dueOn, amountHuf }) => (dueOn <= day ? sum + amountHuf : sum), 0)
}

function inBookingOrder(bookings: readonly Booking[]): Booking[] {
  return [...bookings].sort((a, b) => (a.bookedOn < b.bookedOn ? -1 : a.bookedOn > b.bookedOn ? 1 : 0))
}

const amountNames = [
  'openingHuf',
  'assessedHuf',
  'cancelledHuf',
  'paidHuf',
  'refundedHuf',
  'balanceHuf',
  'dueNowHuf',
  'notYetDueHuf',
  'overpaymentHuf',
  'lateInterestHuf',
] as const satisfies readonly (keyof StatementAmounts)[]

function totalOf(rows: readonly StatementAmounts[]): StatementAmounts {
  const total = Object.fromEntries(amountNames.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]))
  return total as Record<(typeof amountNames)[number], number>
}
