import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lateInterestOf } from '../../../src/features/tax-balance/late-interest.ts'
import type { Booking } from '../../../src/features/tax-balance/ledger.ts'
import {
  detailedStatement,
  type Period,
  type StatementAccount,
  type StatementAmounts,
  simpleStatement,
  yearPeriod,
} from '../../../src/features/tax-balance/statement.ts'
import { dayAfter, ledgers } from './random-ledger.ts'
import { forintsOf } from './slow-ledger.ts'

const first = '2025-01-06'
const span = 540
const day = fc.integer({ min: -30, max: span + 30 }).map((days) => dayAfter(first, days))
const periods = fc.tuple(day, day).map(([a, b]): Period => (a < b ? { from: a, to: b } : { from: b, to: a }))
const accounts = fc.subarray(['building-tax', 'communal-tax', 'business-tax', 'late-interest']).chain((taxTypes) =>
  fc.tuple(
    ...taxTypes.map((taxType) =>
      ledgers({ first, days: span, mostHuf: 25 }).map((bookings): StatementAccount => {
        return { taxType, bankAccount: '99900016-12345676', bookings, interestBookedUntil: null }
      }),
    ),
  ),
)
const wishes = fc.record({ accounts, period: periods, asOf: day, today: day })

function expectToAddUp(row: StatementAmounts) {
  const { openingHuf, assessedHuf, cancelledHuf, paidHuf, refundedHuf, balanceHuf } = row
  expect(openingHuf + assessedHuf - cancelledHuf - paidHuf + refundedHuf).toBe(balanceHuf)
  expect(row.dueNowHuf + row.notYetDueHuf - row.overpaymentHuf).toBe(balanceHuf)
  for (const never of [row.dueNowHuf, row.notYetDueHuf, row.overpaymentHuf, row.lateInterestHuf]) {
    expect(never).toBeGreaterThanOrEqual(0)
  }
  expect(Object.values(row).some((amount) => Object.is(amount, -0))).toBe(false)
}

function sumOf(bookings: readonly Booking[], wanted: (booking: Booking) => boolean): number {
  let sum = 0
  for (const booking of bookings) if (wanted(booking)) sum += booking.amountHuf
  return sum
}

describe('every statement of a random taxpayer', () => {
  test('adds up, tax by tax and in all, simple and detailed', () => {
    fc.assert(
      fc.property(wishes, ({ accounts, period, ...days }) => {
        for (const statement of [simpleStatement(accounts, period, days), detailedStatement(accounts, period, days)]) {
          for (const row of statement.rows) {
            expectToAddUp(row)
            expect(Math.min(row.overpaymentHuf, row.dueNowHuf + row.notYetDueHuf)).toBe(0)
          }
          expectToAddUp(statement.total)
          expect(statement.rows.map(({ taxType }) => taxType)).toEqual(accounts.map(({ taxType }) => taxType))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('says of each account what its bookings say', () => {
    fc.assert(
      fc.property(wishes, ({ accounts, period, asOf, today }) => {
        const { rows, referenceOn } = simpleStatement(accounts, period, { asOf, today })
        expect([period.to, asOf, today].every((day) => day >= referenceOn)).toBe(true)
        expect([period.to, asOf, today]).toContain(referenceOn)
        for (const [at, { bookings, taxType }] of accounts.entries()) {
          const until = bookings.filter(({ bookedOn }) => bookedOn <= period.to)
          const within = (booking: Booking, ...titles: string[]) =>
            booking.bookedOn >= period.from && titles.includes(booking.title)
          const { owed, cameIn } = forintsOf(until)
          const dueNow = owed.slice(cameIn.length).filter(({ dueOn }) => dueOn <= referenceOn).length
          expect(rows[at]).toMatchObject({
            openingHuf: sumOf(until, ({ bookedOn }) => bookedOn < period.from),
            assessedHuf: sumOf(until, (one) => within(one, 'assessment', 'interest')),
            refundedHuf: sumOf(until, (one) => within(one, 'refund', 'transfer-in', 'transfer-out')),
            balanceHuf: owed.length - cameIn.length,
            dueNowHuf: dueNow,
            lateInterestHuf:
              taxType === 'late-interest'
                ? 0
                : lateInterestOf({ bookings: until, interestBookedUntil: null }, referenceOn).totalHuf,
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  test('the detailed one runs from the opening to the closing balance, booking by booking', () => {
    fc.assert(
      fc.property(wishes, ({ accounts, period, ...days }) => {
        for (const [at, row] of detailedStatement(accounts, period, days).rows.entries()) {
          const { bookings = [] } = accounts[at] ?? {}
          let balance = row.openingHuf
          let before = period.from
          for (const item of row.items) {
            balance += item.debitHuf - item.creditHuf
            expect(item.balanceHuf).toBe(balance)
            expect(Math.min(item.debitHuf, item.creditHuf)).toBe(0)
            expect(item.bookedOn >= before && item.bookedOn <= period.to).toBe(true)
            before = item.bookedOn
          }
          expect(balance).toBe(row.balanceHuf)
          const booked = bookings.filter(({ bookedOn }) => bookedOn >= period.from && bookedOn <= period.to)
          expect(row.items).toHaveLength(booked.length)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('one period ends as the next one begins', () => {
    fc.assert(
      fc.property(wishes, ({ accounts, period, ...days }) => {
        const next = { from: dayAfter(period.to, 1), to: dayAfter(period.to, 100) }
        const closing = simpleStatement(accounts, period, days).rows.map(({ balanceHuf }) => balanceHuf)
        const opening = simpleStatement(accounts, next, days).rows.map(({ openingHuf }) => openingHuf)
        expect(opening).toEqual(closing)
      }),
    )
  })
})

const halves: Booking[] = ['2026-03-15', '2026-09-15'].map((dueOn) => ({
  bookedOn: '2026-02-20',
  dueOn,
  valueOn: null,
  title: 'assessment',
  document: 'H-1',
  taxYear: 2026,
  amountHuf: 12_000,
}))
const overpaid: Booking = {
  bookedOn: '2026-02-10',
  dueOn: null,
  valueOn: '2026-02-09',
  title: 'payment',
  document: 'B-7',
  taxYear: 2026,
  amountHuf: -5_000,
}
const ofTwoTaxes: StatementAccount[] = [
  { taxType: 'communal-tax', bankAccount: '1', bookings: halves, interestBookedUntil: null },
  { taxType: 'building-tax', bankAccount: '2', bookings: [overpaid], interestBookedUntil: null },
]

describe('a statement', () => {
  test('never takes arrears of one tax off what was overpaid of another', () => {
    const days = { asOf: '2026-05-04', today: '2026-05-04' }
    expect(simpleStatement(ofTwoTaxes, yearPeriod(2026), days)).toMatchObject({
      referenceOn: '2026-05-04',
      total: { balanceHuf: 19_000, dueNowHuf: 12_000, notYetDueHuf: 12_000, overpaymentHuf: 5_000 },
    })
  })

  test('calls due what is due on the reference day, and not before', () => {
    const due = (today: string) => simpleStatement(ofTwoTaxes, yearPeriod(2026), { asOf: today, today }).total.dueNowHuf
    expect([due('2026-03-15'), due('2026-03-16'), due('2026-09-14'), due('2026-09-15')]).toEqual([
      0, 12_000, 12_000, 24_000,
    ])
  })

  test('of a past period stands as it was at its end', () => {
    const days = { asOf: '2026-11-20', today: '2026-11-23' }
    const { rows, referenceOn } = detailedStatement(ofTwoTaxes, { from: '2026-01-01', to: '2026-02-15' }, days)
    expect(referenceOn).toBe('2026-02-15')
    expect(rows).toMatchObject([
      { balanceHuf: 0, dueNowHuf: 0, items: [] },
      { balanceHuf: -5_000, overpaymentHuf: 5_000, items: [{ creditHuf: 5_000, balanceHuf: -5_000, dueOn: null }] },
    ])
  })

  test('counts late interest up to the day of the books, beside the balance', () => {
    const days = { asOf: '2026-03-26', today: '2026-04-02' }
    const [row] = simpleStatement(ofTwoTaxes, yearPeriod(2026), days).rows
    expect(row).toMatchObject({ balanceHuf: 24_000, lateInterest: { items: [{ steps: [{ days: 10 }] }] } })
  })

  test('shows in detail the working day on which something is due at last', () => {
    const days = { asOf: '2026-05-04', today: '2026-05-04' }
    expect(detailedStatement(ofTwoTaxes, yearPeriod(2026), days).rows[0]?.items).toMatchObject([
      { dueOn: '2026-03-16', debitHuf: 12_000, balanceHuf: 12_000 },
      { dueOn: '2026-09-15', debitHuf: 12_000, balanceHuf: 24_000 },
    ])
  })
})
