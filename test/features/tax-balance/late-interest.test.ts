import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BaseRate, baseRateOn, baseRates } from '../../../src/features/tax-balance/base-rates.ts'
import { type LateInterest, lateInterestOf } from '../../../src/features/tax-balance/late-interest.ts'
import type { Booking } from '../../../src/features/tax-balance/ledger.ts'
import { dayAfter, ledgers } from './random-ledger.ts'
import { workingDayFrom } from './slow-ledger.ts'

const debt: Booking = {
  bookedOn: '2024-09-16',
  dueOn: '2025-09-15',
  valueOn: null,
  title: 'assessment',
  document: 'H-1',
  taxYear: 2025,
  amountHuf: 100_000,
}
const payment = (valueOn: string, amountHuf: number): Booking => ({
  ...debt,
  title: 'payment',
  dueOn: null,
  valueOn,
  amountHuf: -amountHuf,
})

function interest(bookings: readonly Booking[], until: string, interestBookedUntil: string | null = null) {
  return lateInterestOf({ bookings, interestBookedUntil }, until)
}

describe('late interest', () => {
  test('a hundred thousand forint, thirty days late at a base rate of 6.5 %, costs 945', () => {
    const { totalHuf, items } = interest([debt], '2025-10-15')
    expect(totalHuf).toBe(945)
    expect(items).toEqual([
      {
        dueOn: '2025-09-15',
        taxYear: 2025,
        interestHuf: 945,
        steps: [
          {
            from: '2025-09-16',
            to: '2025-10-15',
            days: 30,
            debtHuf: 100_000,
            ratePercent: 11.5,
            amountHuf: 945.21,
          },
        ],
      },
    ])
  })

  test('is counted up to the value day of the payment, whenever that is booked', () => {
    const late = payment('2025-09-25', 100_000)
    expect(interest([debt, { ...late, bookedOn: '2025-11-03' }], '2026-01-31').items).toMatchObject([
      { steps: [{ from: '2025-09-16', to: '2025-09-25', days: 10 }] },
    ])
  })

  test('goes on with the rest after a part was paid', () => {
    expect(interest([debt, payment('2025-09-25', 40_000)], '2025-10-05').items).toMatchObject([
      {
        steps: [
          { to: '2025-09-25', debtHuf: 100_000 },
          { from: '2025-09-26', to: '2025-10-05', debtHuf: 60_000 },
        ],
      },
    ])
  })

  test('is none on the due date itself, for what is paid in time, and for what is overpaid', () => {
    const none = { totalHuf: 0, items: [], isConfirmed: true }
    expect(interest([debt], '2025-09-15')).toEqual(none)
    expect(interest([debt, payment('2025-09-15', 100_000)], '2026-06-30')).toEqual(none)
    expect(interest([debt, payment('2025-03-01', 250_000)], '2026-06-30')).toEqual(none)
  })

  test('begins after the working day to which the due date moved', () => {
    // 15 March 2026 is a Sunday
    expect(interest([{ ...debt, dueOn: '2026-03-15' }], '2026-03-20').items).toMatchObject([
      { steps: [{ from: '2026-03-17', to: '2026-03-20', days: 4 }] },
    ])
  })

  test('is none on interest, and none on what was cancelled', () => {
    const cancelled: Booking = { ...debt, title: 'cancellation', bookedOn: '2026-02-02', amountHuf: -100_000 }
    expect(interest([debt, cancelled], '2026-06-30').items).toEqual([])
    expect(interest([{ ...debt, title: 'interest' }], '2026-06-30').items).toEqual([])
  })

  test('leaves out the days that the authority has booked', () => {
    expect(interest([debt], '2025-10-15', '2025-10-05').items).toMatchObject([
      { steps: [{ from: '2025-10-06', to: '2025-10-15', days: 10 }] },
    ])
    expect(interest([debt], '2025-10-15', '2025-10-15').items).toEqual([])
  })

  test('is twice the base rate until the end of 2018, then the base rate and five percentage points', () => {
    const old: Booking = { ...debt, dueOn: '2018-12-17', taxYear: 2018 }
    expect(interest([old], '2019-01-10')).toMatchObject({
      isConfirmed: true,
      items: [
        {
          steps: [
            { from: '2018-12-18', to: '2018-12-31', ratePercent: 1.8 },
            { from: '2019-01-01', to: '2019-01-10', ratePercent: 5.9 },
          ],
        },
      ],
    })
  })

  test('follows the base rate, and has 365 days in a leap year too', () => {
    const { items } = interest([{ ...debt, dueOn: '2024-02-27', amountHuf: 365_000 }], '2024-03-31')
    expect(items).toMatchObject([
      {
        steps: [
          { from: '2024-02-28', to: '2024-03-26', days: 28, ratePercent: 14, amountHuf: 3_920 },
          { from: '2024-03-27', to: '2024-03-31', days: 5, ratePercent: 13.25, amountHuf: 662.5 },
        ],
      },
    ])
    expect(items[0]?.interestHuf).toBe(4_583)
  })

  test('says so where a rate is not confirmed, or where there is none', () => {
    expect(interest([{ ...debt, dueOn: '2023-11-21' }], '2023-12-19').isConfirmed).toBe(true)
    expect(interest([{ ...debt, dueOn: '2023-11-21' }], '2023-12-20').isConfirmed).toBe(false)
    const ancient = interest([{ ...debt, dueOn: '2012-11-20' }], '2012-11-29')
    expect(ancient).toMatchObject({ isConfirmed: false, items: [{ steps: [{ from: '2012-11-28', days: 2 }] }] })
  })
})

test('base rates stand in the order of their days, and each is a change', () => {
  for (const [at, { from, hundredths }] of baseRates.entries()) {
    const before = baseRates[at - 1]
    expect(from > (before?.from ?? '')).toBe(true)
    expect(hundredths).not.toBe(before?.hundredths)
  }
  expect(baseRateOn('2022-09-28')?.hundredths).toBe(1300)
  expect(baseRateOn('2023-10-24')?.hundredths).toBe(1300)
  expect(baseRateOn('2012-11-27')).toBeUndefined()
})

/** The rule said again, one day after another: what was late in the morning of that day, and what that day costs. */
function dayByDay(of: { bookings: readonly Booking[]; bookedUntil: string | null; until: string; rates: BaseRate[] }) {
  const { bookings, bookedUntil, until, rates } = of
  const dues: { dueOn: string; taxYear: number; isInterest: boolean; huf: number; cost: bigint; wasLate: boolean }[] =
    []
  for (const { title, amountHuf, dueOn, valueOn, bookedOn, taxYear } of bookings) {
    if (amountHuf < 0) continue
    const day = workingDayFrom(dueOn ?? valueOn ?? bookedOn)
    const isInterest = title === 'interest'
    const same = dues.find((due) => due.dueOn === day && due.taxYear === taxYear && due.isInterest === isInterest)
    if (same === undefined) dues.push({ dueOn: day, taxYear, isInterest, huf: amountHuf, cost: 0n, wasLate: false })
    else same.huf += amountHuf
  }
  const nth = (due: (typeof dues)[number]) => `${due.dueOn} ${due.taxYear} ${due.isInterest ? 1 : 0}`
  dues.sort((a, b) => (nth(a) < nth(b) ? -1 : 1))
  const money: { on: string; huf: number }[] = []
  const lessenings: { dueOn: string; taxYear: number; on: string; huf: number }[] = []
  for (const { title, amountHuf, dueOn, valueOn, bookedOn, taxYear } of bookings) {
    if (amountHuf > 0) continue
    const came = { on: valueOn ?? bookedOn, huf: -amountHuf }
    const isMoney = dueOn === null || ['payment', 'refund', 'transfer-in', 'transfer-out'].includes(title)
    if (isMoney) money.push(came)
    else lessenings.push({ ...came, dueOn: workingDayFrom(dueOn), taxYear })
  }
  lessenings.sort((a, b) => (a.on < b.on ? -1 : 1))
  for (const year of [2024, 2025]) {
    for (const one of lessenings.filter(({ taxYear }) => taxYear === year)) {
      for (const due of dues.filter(({ dueOn, taxYear }) => dueOn === one.dueOn && taxYear === year)) {
        const off = Math.min(one.huf, due.huf)
        one.huf -= off
        due.huf -= off
      }
    }
  }
  for (const year of [2024, 2025]) {
    for (const one of lessenings.filter(({ taxYear }) => taxYear === year)) {
      for (const due of dues.filter(({ dueOn }) => dueOn === one.dueOn)) {
        const off = Math.min(one.huf, due.huf)
        one.huf -= off
        due.huf -= off
      }
    }
  }
  money.push(...lessenings)
  const first = dues[0]?.dueOn ?? until
  for (let day = first; day <= until; day = dayAfter(day, 1)) {
    let paidBefore = 0
    for (const { on, huf } of money) if (on < day) paidBefore += huf
    for (const due of dues) {
      const met = Math.min(paidBefore, due.huf)
      paidBefore -= met
      if (due.dueOn >= day || due.isInterest || (bookedUntil !== null && day <= bookedUntil)) continue
      let rate = 0n
      for (const { from, hundredths } of rates) if (from <= day) rate = BigInt(hundredths)
      rate = Number(day.slice(0, 4)) <= 2018 ? rate * 2n : rate + 500n
      due.cost += BigInt(due.huf - met) * rate
      due.wasLate ||= due.huf > met
    }
  }
  return dues
    .filter(({ wasLate }) => wasLate)
    .map(({ dueOn, taxYear, cost }) => {
      const whole = cost / 3_650_000n
      return { dueOn, taxYear, interestHuf: Number(cost % 3_650_000n >= 1_825_000n ? whole + 1n : whole) }
    })
}

const year = 365
interface Case {
  bookings: Booking[]
  until: string
  bookedUntil: string | null
  changes: [number, number][]
}

const cases: fc.Arbitrary<Case> = fc.record({
  bookings: ledgers({ first: '2018-07-02', days: year, mostHuf: 2_000_000 }),
  until: fc.integer({ min: 0, max: 2 * year }).map((days) => dayAfter('2018-07-02', days)),
  bookedUntil: fc.option(
    fc.integer({ min: 0, max: year }).map((days) => dayAfter('2018-07-02', days)),
    { freq: 2 },
  ),
  changes: fc
    .uniqueArray(fc.integer({ min: 1, max: 2 * year }), { maxLength: 4 })
    .chain((days) =>
      fc.tuple(
        ...days.sort((a, b) => a - b).map((after) => fc.tuple(fc.constant(after), fc.integer({ min: 5, max: 1500 }))),
      ),
    ),
})

function ratesOf(changes: readonly (readonly [number, number])[]): BaseRate[] {
  const rows = [[-3_000, 90] as const, ...changes]
  return rows.map(([days, hundredths]) => ({ from: dayAfter('2018-07-02', days), hundredths, status: 'confirmed' }))
}

describe('late interest of random accounts', () => {
  const computed = ({ bookings, until, bookedUntil, changes }: Case): LateInterest =>
    lateInterestOf({ bookings, interestBookedUntil: bookedUntil }, until, ratesOf(changes))

  test('is the same counted day by day', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const expected = dayByDay({ ...one, rates: ratesOf(one.changes) })
        const items = computed(one).items
        expect(items.map(({ dueOn, taxYear, interestHuf }) => ({ dueOn, taxYear, interestHuf }))).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  test('the steps shown follow one another, and add up to what is asked for', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { items, totalHuf } = computed(one)
        expect(items.reduce((sum, { interestHuf }) => sum + interestHuf, 0)).toBe(totalHuf)
        for (const { dueOn, interestHuf, steps } of items) {
          let before = dueOn
          for (const { from, to, days, debtHuf, ratePercent, amountHuf } of steps) {
            expect(from > before && to >= from).toBe(true)
            expect(dayAfter(from, days - 1)).toBe(to)
            expect(Math.abs(amountHuf - (debtHuf * ratePercent * days) / 36_500)).toBeLessThan(0.006)
            before = to
          }
          expect(before <= one.until).toBe(true)
          const shown = steps.reduce((sum, { amountHuf }) => sum + amountHuf, 0)
          expect(Math.abs(shown - interestHuf)).toBeLessThanOrEqual(0.5 + 0.006 * steps.length)
        }
      }),
      { numRuns: 150 },
    )
  })
})
