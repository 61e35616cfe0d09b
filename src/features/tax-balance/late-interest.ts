import { addDays, daysBetween } from '../../platform/calendar/working-days.ts'
import { type BaseRate, baseRateOn, baseRates } from './base-rates.ts'
import type { Booking } from './ledger.ts'
import { type Credit, type Due, settle } from './open-items.ts'

/** Days in a row with the same debt and the same rate; both ends counted. */
export interface InterestStep {
  from: string
  to: string
  days: number
  debtHuf: number
  /** of a year, for example 11.5 */
  ratePercent: number
  /** to be shown beside the others: forint with two decimals; only their exact sum is rounded to the item's interest */
  amountHuf: number
}

export interface InterestItem {
  dueOn: string
  taxYear: number
  /** whole forint, rounded once */
  interestHuf: number
  steps: InterestStep[]
}

export interface LateInterest {
  /** sum of the items, whole forint */
  totalHuf: number
  items: InterestItem[]
  /** false when a day counted has a base rate that nobody has confirmed, or none is known for it and it counts nothing */
  isConfirmed: boolean
}

export const noLateInterest: LateInterest = { totalHuf: 0, items: [], isConfirmed: true }

/**
 * Late-payment interest (késedelmi pótlék) on what was not paid by its due date, with the arithmetic open to the reader.
 *
 * Each calendar day from the day after the due date, up to the value day of the payment that meets it or up to `until`, both
 * counted: debt × (base rate of that day + 5 percentage points) / 365; until the end of 2018 debt × 2 × base rate / 365. Always
 * 365, in leap years too. No interest on interest. What was cancelled was never owed. Fractions are exact; each item is rounded
 * once, half a forint upwards.
 *
 * @param account.interestBookedUntil days up to this one are in the authority's books already and are not counted again
 * It is the day that decides which rule counts, not the due date.
 * Source: Art. (2017. évi CL. törvény) 206–209. §, in force and as until 2018; before that 2003. évi XCII. törvény 165. §
 */
export function lateInterestOf(
  { bookings, interestBookedUntil }: { bookings: readonly Booking[]; interestBookedUntil: string | null },
  until: string,
  rates: readonly BaseRate[] = baseRates,
): LateInterest {
  const { dues, credits } = settle(bookings)
  const items: InterestItem[] = []
  let isConfirmed = true
  let earlierHuf = 0
  for (const due of dues) {
    const late = lateDays({ due, earlierHuf, credits, interestBookedUntil, until, rates })
    earlierHuf += due.amountHuf
    if (late.length === 0) continue
    isConfirmed &&= late.every(({ confirmed }) => confirmed)
    const steps = late.filter((step): step is LateStep & { rate: number } => step.rate !== undefined)
    const interestHuf = rounded(
      steps.reduce((sum, step) => sum + exactly(step), 0n),
      perForint,
    )
    if (steps.length > 0) {
      items.push({ dueOn: due.dueOn, taxYear: due.taxYear, interestHuf, steps: steps.map(shown) })
    }
  }
  return { totalHuf: items.reduce((sum, { interestHuf }) => sum + interestHuf, 0), items, isConfirmed }
}

interface LateStep {
  from: string
  to: string
  debtHuf: number
  /** hundredths of a percent a year; undefined before the first base rate there is */
  rate: number | undefined
  confirmed: boolean
}

function lateDays(late: {
  due: Due
  /** what all dues before this one come to, which credits meet first */
  earlierHuf: number
  credits: readonly Credit[]
  interestBookedUntil: string | null
  until: string
  rates: readonly BaseRate[]
}): LateStep[] {
  const { due, earlierHuf, credits, interestBookedUntil, until, rates } = late
  if (due.isInterest || due.amountHuf === 0) return []
  const before = interestBookedUntil !== null && interestBookedUntil > due.dueOn ? interestBookedUntil : due.dueOn
  const first = addDays(before, 1)
  const changes = [
    ...credits.map(({ countsOn }) => addDays(countsOn, 1)),
    ...rates.map(({ from }) => from),
    newRuleFrom,
  ]
  const starts = [...new Set([first, ...changes.filter((day) => day > first && day <= until)])].sort()
  const steps: LateStep[] = []
  for (const [at, from] of starts.entries()) {
    if (from > until) break
    const next = starts[at + 1]
    const to = next === undefined ? until : addDays(next, -1)
    const money = credits.reduce((sum, { countsOn, amountHuf }) => (countsOn < from ? sum + amountHuf : sum), 0)
    const debtHuf = Math.min(due.amountHuf, Math.max(0, earlierHuf + due.amountHuf - money))
    if (debtHuf === 0) continue
    const base = baseRateOn(from, rates)
    const step = { from, to, debtHuf, rate: yearlyRate(from, base), confirmed: base?.status === 'confirmed' }
    const last = steps.at(-1)
    if (last?.debtHuf === debtHuf && last.rate === step.rate && addDays(last.to, 1) === from) {
      last.to = to
      last.confirmed &&= step.confirmed
    } else steps.push(step)
  }
  return steps
}

/** The first day of the rule in force: base rate and 5 percentage points instead of its double. */
const newRuleFrom = '2019-01-01'

function yearlyRate(day: string, base: BaseRate | undefined): number | undefined {
  if (base === undefined) return undefined
  return day < newRuleFrom ? 2 * base.hundredths : base.hundredths + 500
}

/** 100 per cent in hundredths, and the days of a year: what `exactly` is to be divided by for forint. */
const perForint = 100n * 100n * 365n

function exactly({ from, to, debtHuf, rate }: LateStep & { rate: number }): bigint {
  return BigInt(debtHuf) * BigInt(rate) * BigInt(daysBetween(from, to) + 1)
}

function shown(step: LateStep & { rate: number }): InterestStep {
  const { from, to, debtHuf, rate } = step
  const amountHuf = rounded(exactly(step), perForint / 100n) / 100
  return { from, to, days: daysBetween(from, to) + 1, debtHuf, ratePercent: rate / 100, amountHuf }
}

/** The quotient of two numbers that are not negative, half upwards. */
function rounded(numerator: bigint, denominator: bigint): number {
  return Number((2n * numerator + denominator) / (2n * denominator))
}
