import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comingChart, comingMonths } from '../../../src/features/tax-balance/coming-months.ts'
import { dayAfter } from './random-ledger.ts'

const today = '2026-11-23'
const taxes = ['building-tax', 'communal-tax', 'business-tax']
const openItems = fc.array(
  fc.record({
    dueOn: fc.integer({ min: -500, max: 700 }).map((days) => dayAfter(today, days)),
    amountHuf: fc.integer({ min: 1, max: 5_000_000 }),
    taxYear: fc.constant(2026),
  }),
  { maxLength: 8 },
)
const accounts = fc.array(fc.record({ taxType: fc.constantFrom(...taxes), openItems }), { maxLength: 4 })

describe('what is due when', () => {
  test('begins with the current month, where all that is due by today stands as due at once', () => {
    const items = [
      { dueOn: '2025-03-17', amountHuf: 5_000, taxYear: 2025 },
      { dueOn: '2026-11-23', amountHuf: 1_000, taxYear: 2026 },
      { dueOn: '2026-11-30', amountHuf: 700, taxYear: 2026 },
      { dueOn: '2027-03-16', amountHuf: 6_000, taxYear: 2027 },
      { dueOn: '2027-11-02', amountHuf: 9_000, taxYear: 2027 },
    ]
    const coming = comingMonths([{ taxType: 'communal-tax', openItems: items }], today)
    const slice = { taxType: 'communal-tax', when: 'to-come' }
    expect(coming.months.map(({ month }) => month)).toEqual([
      ...['2026-11', '2026-12', '2027-01', '2027-02', '2027-03', '2027-04'],
      ...['2027-05', '2027-06', '2027-07', '2027-08', '2027-09', '2027-10'],
    ])
    expect(coming.months.filter(({ totalHuf }) => totalHuf > 0)).toEqual([
      {
        month: '2026-11',
        totalHuf: 6_700,
        slices: [
          { ...slice, when: 'at-once', amountHuf: 6_000 },
          { ...slice, amountHuf: 700 },
        ],
      },
      { month: '2027-03', totalHuf: 6_000, slices: [{ ...slice, amountHuf: 6_000 }] },
    ])
    expect(coming).toMatchObject({ totalHuf: 12_700, laterHuf: 9_000, taxTypes: ['communal-tax'] })
  })

  test('loses and adds nothing', () => {
    fc.assert(
      fc.property(accounts, (those) => {
        const { months, totalHuf, laterHuf, taxTypes } = comingMonths(those, today)
        const all = those.flatMap(({ taxType, openItems }) => openItems.map((item) => ({ taxType, ...item })))
        const sum = (items: readonly { amountHuf: number }[]) =>
          items.reduce((one, { amountHuf }) => one + amountHuf, 0)
        expect(totalHuf + laterHuf).toBe(sum(all))
        expect(sum(months.map((month) => ({ amountHuf: month.totalHuf })))).toBe(totalHuf)
        for (const taxType of taxTypes) {
          const ofTax = all.filter((item) => item.taxType === taxType)
          const slices = months.flatMap((month) => month.slices).filter((slice) => slice.taxType === taxType)
          const atOnce = slices.filter(({ when }) => when === 'at-once')
          expect(sum(atOnce)).toBe(sum(ofTax.filter(({ dueOn }) => dueOn <= today)))
          expect(sum(slices)).toBe(sum(ofTax.filter(({ dueOn }) => dueOn < '2027-11-01')))
        }
      }),
    )
  })
})

describe('its picture', () => {
  test('has bars in proportion to their amounts, one upon another, within the plot', () => {
    fc.assert(
      fc.property(accounts, (those) => {
        const coming = comingMonths(those, today)
        const { bars, plot, ticks, columns, width, height } = comingChart(coming)
        const highest = ticks.at(-1)?.amountHuf ?? 0
        for (const { month, totalHuf, slices } of coming.months) {
          const own = bars.filter((bar) => bar.month === month)
          expect(own).toHaveLength(slices.length)
          let bottom = plot.y + plot.height
          for (const bar of own) {
            expect(bar.y + bar.height).toBeCloseTo(bottom, 5)
            expect(Math.abs(bar.height - (plot.height * bar.amountHuf) / highest)).toBeLessThan(0.2)
            expect(coming.taxTypes[bar.series]).toBe(bar.taxType)
            bottom = bar.y
          }
          expect(totalHuf).toBeLessThanOrEqual(highest)
          expect(bottom).toBeGreaterThanOrEqual(plot.y)
        }
        for (const bar of bars) {
          expect(bar.x >= plot.x && bar.x + bar.width <= plot.x + plot.width).toBe(true)
        }
        for (const { x, totalY, nameY } of columns) expect(x < width && totalY > 0 && nameY < height).toBe(true)
      }),
    )
  })

  test('has at most five lines above the lowest, at round amounts', () => {
    const ticksOf = (amountHuf: number) =>
      comingChart(
        comingMonths([{ taxType: 'fine', openItems: [{ dueOn: today, amountHuf, taxYear: 2026 }] }], today),
      ).ticks.map((tick) => tick.amountHuf)
    expect(ticksOf(12_000)).toEqual([0, 5_000, 10_000, 15_000])
    expect(ticksOf(100_000)).toEqual([0, 20_000, 40_000, 60_000, 80_000, 100_000])
    expect(ticksOf(3)).toEqual([0, 1, 2, 3])
    expect(ticksOf(51)).toEqual([0, 20, 40, 60])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (amountHuf) => {
        const ticks = ticksOf(amountHuf)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect((ticks.at(-1) ?? 0) >= amountHuf && (ticks.at(-2) ?? 0) < amountHuf).toBe(true)
      }),
    )
  })

  test('of nothing is an empty plot', () => {
    const { bars, columns, ticks } = comingChart(comingMonths([], today))
    expect(bars).toEqual([])
    expect(columns).toHaveLength(12)
    expect(ticks.map(({ amountHuf }) => amountHuf)).toEqual([0, 1])
  })
})
