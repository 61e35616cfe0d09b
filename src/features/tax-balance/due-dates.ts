import { nextWorkingDay } from '../../platform/calendar/working-days.ts'
import type { Booking } from './ledger.ts'
import { type DueRule, findTaxType } from './tax-types.ts'

/**
 * The day on which a debit is due at last (esedékesség): the register's day, or for what is due at once the day it took effect,
 * moved to the next working day.
 *
 * @returns YYYY-MM-DD
 * Source: Air. (2017. évi CLI. törvény), deadlines that end on a day off
 */
export function effectiveDueDate({
  dueOn,
  valueOn,
  bookedOn,
}: Pick<Booking, 'dueOn' | 'valueOn' | 'bookedOn'>): string {
  return nextWorkingDay(dueOn ?? valueOn ?? bookedOn)
}

/** A day in the year by which the law wants a tax paid. */
export interface StatutoryDueDate {
  /** the working day on which it is due at last */
  dueOn: string
  /** as the law has it, before moving */
  lawOn: string
  /** what is to be paid then */
  part: DueRule['part']
}

/**
 * The days of a calendar year on which the law wants a tax paid, in order. Empty where a decision or a local decree says it, for a
 * tax that does not exist then, and for an unknown code. A company with a business year of its own has other days (15th of its 3rd
 * and 9th month), which are those of its bookings.
 */
export function statutoryDueDates(taxType: string, year: number): StatutoryDueDate[] {
  return (findTaxType(taxType)?.dueRules ?? [])
    .flatMap((rule) =>
      daysOfYear(rule, year)
        .filter((day) => (rule.from === null || rule.from <= day) && (rule.until === null || day <= rule.until))
        .map((lawOn) => ({ dueOn: nextWorkingDay(lawOn), lawOn, part: rule.part })),
    )
    .sort((a, b) => (a.lawOn < b.lawOn ? -1 : 1))
}

function daysOfYear(rule: DueRule, year: number): string[] {
  const months = rule.month === null ? Array.from({ length: 12 }, (_, at) => at + 1) : [rule.month]
  return months.map((month) => `${year}-${twoDigits(month)}-${twoDigits(rule.day)}`)
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
