import type { OpenItem } from './ledger.ts'

/** Of one tax in one month; `at-once`: due by today, which stands in the current month whenever it fell due (azonnal). */
export interface ComingSlice {
  taxType: string
  when: 'at-once' | 'to-come'
  /** positive whole forint */
  amountHuf: number
}

/** What is due when over twelve months, the current one the first. */
export interface ComingMonths {
  /** YYYY-MM; slices in the order of `taxTypes`, of one tax what is due at once first */
  months: { month: string; totalHuf: number; slices: ComingSlice[] }[]
  /** codes of the taxes of which anything is open, in the order given */
  taxTypes: string[]
  /** due within the twelve months, and what falls due after them; whole forint */
  totalHuf: number
  laterHuf: number
}

/** @param today Budapest's day */
export function comingMonths(
  accounts: readonly { taxType: string; openItems: readonly OpenItem[] }[],
  today: string,
): ComingMonths {
  const names = monthsFrom(today)
  const sums = new Map<string, number>()
  const taxTypes: string[] = []
  let laterHuf = 0
  for (const { taxType, openItems } of accounts) {
    if (openItems.length > 0 && !taxTypes.includes(taxType)) taxTypes.push(taxType)
    for (const { dueOn, amountHuf } of openItems) {
      const isAtOnce = dueOn <= today
      const month = (isAtOnce ? today : dueOn).slice(0, 7)
      if (!names.includes(month)) laterHuf += amountHuf
      const key = keyOf(month, taxType, isAtOnce ? 'at-once' : 'to-come')
      sums.set(key, (sums.get(key) ?? 0) + amountHuf)
    }
  }
  const months = names.map((month) => {
    const slices = taxTypes
      .flatMap((taxType) => (['at-once', 'to-come'] as const).map((when) => ({ taxType, when })))
      .map((slice) => ({ ...slice, amountHuf: sums.get(keyOf(month, slice.taxType, slice.when)) ?? 0 }))
      .filter(({ amountHuf }) => amountHuf > 0)
    return { month, totalHuf: slices.reduce((sum, { amountHuf }) => sum + amountHuf, 0), slices }
  })
  return { months, taxTypes, totalHuf: months.reduce((sum, { totalHuf }) => sum + totalHuf, 0), laterHuf }
}

function keyOf(month: string, taxType: string, when: ComingSlice['when']): string {
  return `${month} ${when} ${taxType}`
}

function monthsFrom(today: string): string[] {
  const [year = 0, month = 1] = today.split('-').map(Number)
  return Array.from({ length: 12 }, (_, at) => new Date(Date.UTC(year, month - 1 + at, 1)).toISOString().slice(0, 7))
}

/** Numbers of a picture of stacked bars, in units of its `viewBox`; the origin is above on the left. */
export interface ComingChart {
  width: number
  height: number
  plot: { x: number; y: number; width: number; height: number }
  /** `series`: place of the tax among `taxTypes`, for its colour */
  bars: (ComingSlice & { month: string; series: number; x: number; y: number; width: number; height: number })[]
  /** where the name of a month and the sum of its bar are written, both centred on x */
  columns: { month: string; totalHuf: number; x: number; nameY: number; totalY: number }[]
  /** lines across the plot, the lowest one first */
  ticks: { amountHuf: number; y: number }[]
}

const size = { width: 720, height: 300 }
const margin = { above: 24, right: 8, below: 32, left: 88 }
/** of the width of a column */
const barShare = 0.7

/** The picture of what is due when; the same facts belong beside it in a table. */
export function comingChart({ months, taxTypes }: Pick<ComingMonths, 'months' | 'taxTypes'>): ComingChart {
  const plot = {
    x: margin.left,
    y: margin.above,
    width: size.width - margin.left - margin.right,
    height: size.height - margin.above - margin.below,
  }
  const step = roundStep(Math.max(0, ...months.map(({ totalHuf }) => totalHuf)))
  const steps = Math.max(1, ...months.map(({ totalHuf }) => Math.ceil(totalHuf / step)))
  const yOf = (amountHuf: number) => tenths(plot.y + plot.height * (1 - amountHuf / (step * steps)))
  const columnWidth = plot.width / months.length
  const bars: ComingChart['bars'] = []
  const columns = months.map(({ month, totalHuf, slices }, at) => {
    const left = plot.x + columnWidth * at
    let belowHuf = 0
    for (const slice of slices) {
      const [bottom, top] = [yOf(belowHuf), yOf(belowHuf + slice.amountHuf)]
      belowHuf += slice.amountHuf
      bars.push({
        ...slice,
        month,
        series: taxTypes.indexOf(slice.taxType),
        x: tenths(left + (columnWidth * (1 - barShare)) / 2),
        y: top,
        width: tenths(columnWidth * barShare),
        height: tenths(bottom - top),
      })
    }
    const x = tenths(left + columnWidth / 2)
    return { month, totalHuf, x, nameY: size.height - margin.below + 20, totalY: tenths(yOf(totalHuf) - 6) }
  })
  const ticks = Array.from({ length: steps + 1 }, (_, at) => ({ amountHuf: step * at, y: yOf(step * at) }))
  return { ...size, plot, bars, columns, ticks }
}

/** A round amount (1, 2 or 5 and zeros) of which at most five make the highest bar. */
function roundStep(highestHuf: number): number {
  let power = 1
  while (50 * power < highestHuf) power *= 10
  return power * ([1, 2, 5].find((digit) => digit * 5 * power >= highestHuf) ?? 10)
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10
}
