import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effectiveDueDate, statutoryDueDates } from '../../../src/features/tax-balance/due-dates.ts'
import type { Booking } from '../../../src/features/tax-balance/ledger.ts'
import { balanceOf, openItems } from '../../../src/features/tax-balance/open-items.ts'
import { findTaxType, taxTypes } from '../../../src/features/tax-balance/tax-types.ts'
import { isWorkingDay } from '../../../src/platform/calendar/working-days.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { dayAfter, ledgers } from './random-ledger.ts'
import { forintsOf } from './slow-ledger.ts'

const small = ledgers({ first: '2025-01-06', days: 540, mostHuf: 30 })

const assessed: Booking = {
  bookedOn: '2026-02-20',
  dueOn: '2026-03-15',
  valueOn: null,
  title: 'assessment',
  document: 'H-1',
  taxYear: 2026,
  amountHuf: 12_000,
}
const secondHalf: Booking = { ...assessed, dueOn: '2026-09-15' }
const paid: Booking = { ...assessed, title: 'payment', dueOn: null, valueOn: '2026-03-10', amountHuf: -12_000 }

describe('what is owed and not met', () => {
  test('is the same counted forint by forint', () => {
    fc.assert(
      fc.property(small, (bookings) => {
        const { owed, cameIn } = forintsOf(bookings)
        const expected = new Map<string, number>()
        for (const { dueOn, taxYear } of owed.slice(cameIn.length)) {
          const key = `${dueOn} ${taxYear}`
          expected.set(key, (expected.get(key) ?? 0) + 1)
        }
        const open = openItems(bookings).map(({ dueOn, taxYear, amountHuf }) => [`${dueOn} ${taxYear}`, amountHuf])
        expect(open).toEqual([...expected])
      }),
      { numRuns: 300 },
    )
  })

  test('adds up to the balance, or there is nothing of it', () => {
    fc.assert(
      fc.property(small, (bookings) => {
        const open = openItems(bookings)
        const sum = open.reduce((total, { amountHuf }) => total + amountHuf, 0)
        expect(sum).toBe(Math.max(0, balanceOf(bookings)))
        expect(open.every(({ amountHuf }) => amountHuf > 0)).toBe(true)
      }),
    )
  })

  test('does not depend on the order of the bookings', () => {
    const shuffled = small.chain((bookings) =>
      fc.shuffledSubarray(bookings, { minLength: bookings.length }).map((other) => ({ bookings, other })),
    )
    fc.assert(
      fc.property(shuffled, ({ bookings, other }) => {
        expect(openItems(other)).toEqual(openItems(bookings))
      }),
    )
  })

  test('a payment meets the oldest due, and what is over meets the next', () => {
    expect(openItems([secondHalf, assessed, { ...paid, amountHuf: -15_000 }])).toEqual([
      { dueOn: '2026-09-15', amountHuf: 9_000, taxYear: 2026 },
    ])
  })

  test('a cancellation meets what fell due on its own day first', () => {
    const cancelled: Booking = { ...secondHalf, title: 'cancellation', amountHuf: -5_000 }
    expect(openItems([assessed, secondHalf, cancelled])).toEqual([
      { dueOn: '2026-03-16', amountHuf: 12_000, taxYear: 2026 },
      { dueOn: '2026-09-15', amountHuf: 7_000, taxYear: 2026 },
    ])
  })

  test('what a cancellation leaves of itself meets the oldest due', () => {
    const cancelled: Booking = { ...secondHalf, title: 'cancellation', amountHuf: -20_000 }
    expect(openItems([assessed, secondHalf, cancelled])).toEqual([
      { dueOn: '2026-03-16', amountHuf: 4_000, taxYear: 2026 },
    ])
  })

  test('a refund of what was overpaid leaves nothing open', () => {
    const refunded: Booking = { ...paid, title: 'refund', valueOn: '2026-04-20', amountHuf: 3_000 }
    expect(openItems([assessed, { ...paid, amountHuf: -15_000 }, refunded])).toEqual([])
  })
})

describe('a due date', () => {
  const due = (dueOn: string) => effectiveDueDate({ dueOn, valueOn: null, bookedOn: '2026-01-05' })

  test.each([
    ['a holiday on a Friday', '2024-03-15', '2024-03-18'],
    ['a holiday on a Saturday', '2025-03-15', '2025-03-17'],
    ['a holiday on a Sunday', '2026-03-15', '2026-03-16'],
    ['Good Friday', '2024-03-29', '2024-04-02'],
    ['a Saturday that is worked', '2026-12-12', '2026-12-12'],
    ['a weekday given for it, before Christmas', '2026-12-24', '2026-12-28'],
    ['a Sunday', '2026-05-31', '2026-06-01'],
    ['a working day', '2026-09-15', '2026-09-15'],
  ])('on %s: %s is met by %s', (_kind, day, moved) => {
    expect(due(day)).toBe(moved)
  })

  test('is the first working day that is not before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), (days) => {
        const day = dayAfter('2019-01-01', days)
        const moved = due(day)
        expect(isWorkingDay(moved)).toBe(true)
        for (let between = day; between < moved; between = dayAfter(between, 1)) {
          expect(isWorkingDay(between)).toBe(false)
        }
        expect(moved >= day).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('of what is due at once is the day it took effect', () => {
    const atOnce = { dueOn: null, bookedOn: '2026-02-20' }
    expect(effectiveDueDate({ ...atOnce, valueOn: '2026-02-14' })).toBe('2026-02-16')
    expect(effectiveDueDate({ ...atOnce, valueOn: null })).toBe('2026-02-20')
  })

  test('the law has two for taxes paid in halves, three for the business tax, twelve for the tourist tax', () => {
    const days = (taxType: string, year = 2026) => statutoryDueDates(taxType, year).map(({ dueOn }) => dueOn)
    expect(days('communal-tax')).toEqual(['2026-03-16', '2026-09-15'])
    expect(days('business-tax')).toEqual(['2026-03-16', '2026-06-01', '2026-09-15'])
    expect(days('tourist-tax')).toHaveLength(12)
    expect(days('tourist-tax').slice(0, 3)).toEqual(['2026-01-15', '2026-02-16', '2026-03-16'])
    expect(days('soil-load-fee')).toEqual(['2026-03-31'])
    expect(days('settlement-tax')).toEqual([])
    expect(days('invented')).toEqual([])
  })

  test('the law has none for the vehicle tax since the state collects it', () => {
    expect(statutoryDueDates('vehicle-tax', 2020)).toHaveLength(2)
    expect(statutoryDueDates('vehicle-tax', 2021)).toEqual([])
  })
})

describe('the tax types', () => {
  test('are called as the list of the forms calls them', () => {
    const list = new URL('src/features/forms/definitions/lists/tax-types/1.json', projectRoot)
    const { choices } = JSON.parse(readFileSync(list, 'utf8')) as {
      choices: { value: string; label: { hu: string; en: string } }[]
    }
    expect(choices.length).toBeGreaterThan(10)
    for (const { value, label } of choices) expect(findTaxType(value)?.name).toEqual(label)
  })

  test('have each a code and an account of their own', () => {
    const distinct = (values: readonly unknown[]) => new Set(values).size === values.length
    expect(distinct(taxTypes.map(({ code }) => code))).toBe(true)
    expect(distinct(taxTypes.map(({ registerCode }) => registerCode))).toBe(true)
    expect(distinct(taxTypes.map(({ accountSuffix }) => accountSuffix))).toBe(true)
  })
})
