import fc from 'fast-check'
import { type Booking, bookingTitles } from '../../../src/features/tax-balance/ledger.ts'

/** Days counted from a Monday, as text. */
export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(`${first}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/**
 * Bookings of one account within so many days of a first one. Due dates come from few days, so that several fall on one; signs are
 * mostly those of the title, and sometimes not, as when a booking is taken back.
 */
export function ledgers({ first, days, mostHuf }: { first: string; days: number; mostHuf: number }) {
  const day = fc.integer({ min: 0, max: days }).map((after) => dayAfter(first, after))
  const dueDay = fc.integer({ min: 0, max: 5 }).map((nth) => dayAfter(first, Math.round((nth * days) / 6) + nth))
  const booking = fc
    .record({
      bookedOn: day,
      dueOn: fc.option(dueDay, { freq: 6 }),
      valueOn: fc.option(day),
      title: fc.constantFrom(...bookingTitles, 'assessment' as const, 'payment' as const),
      taxYear: fc.constantFrom(2024, 2025),
      huf: fc.integer({ min: 1, max: mostHuf }),
      takenBack: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    })
    .map(({ huf, takenBack, ...rest }): Booking => {
      const owed = ['assessment', 'interest', 'refund', 'transfer-out'].includes(rest.title)
      return { ...rest, document: 'B-1', amountHuf: owed === takenBack ? -huf : huf }
    })
  return fc.array(booking, { maxLength: 12 })
}
