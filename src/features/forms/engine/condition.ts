import { birthDateInTaxId, liesOutsideBuiltUpArea } from '../../identifiers/index.ts'
import type { Answer } from './answers.ts'
import { isDay } from './calendar-day.ts'
import type { Comparison, Condition, Operand } from './definition.ts'
import { addQuantities, compareQuantities, type Quantity, readQuantity } from './quantity.ts'

/** The right answers to visible fields, as seen from one place of the form; there is no other kind of answer. */
export interface KnownAnswers {
  /** the answer in the same row, else in the form; undefined when there is none */
  one(fieldId: string): Answer | undefined
  /** every answer, in all rows */
  every(fieldId: string): Answer[]
  /** calendar day in Budapest, YYYY-MM-DD */
  today: string
}

/** Whether a condition holds; undefined while an answer it needs is missing. */
export function holds(condition: Condition, known: KnownAnswers): boolean | undefined {
  if ('all' in condition) return every(condition.all.map((one) => holds(one, known)))
  if ('any' in condition) return opposite(every(condition.any.map((one) => opposite(holds(one, known)))))
  if ('not' in condition) return opposite(holds(condition.not, known))
  if ('compare' in condition) return compare(condition.compare, known)
  if ('outsideBuiltUpArea' in condition) {
    const parcel = known.one(condition.outsideBuiltUpArea)
    return typeof parcel === 'string' ? liesOutsideBuiltUpArea(parcel) : undefined
  }
  const answer = known.one(condition.field)
  if ('filled' in condition) return (answer !== undefined) === condition.filled
  if (answer === undefined) return undefined
  if ('is' in condition) return answer === condition.is
  if ('in' in condition) return condition.in.some((value) => value === answer)
  return Array.isArray(answer) && answer.some((value) => value === condition.contains)
}

function every(verdicts: (boolean | undefined)[]): boolean | undefined {
  if (verdicts.includes(false)) return false
  return verdicts.includes(undefined) ? undefined : true
}

function opposite(verdict: boolean | undefined): boolean | undefined {
  return verdict === undefined ? undefined : !verdict
}

function compare([left, comparison, right]: [Operand, Comparison, Operand], known: KnownAnswers): boolean | undefined {
  const a = valueOf(left, known)
  const b = valueOf(right, known)
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'string' && typeof b === 'string') return fits(a < b ? -1 : a > b ? 1 : 0, comparison)
  if (typeof a === 'string' || typeof b === 'string') return undefined
  return fits(compareQuantities(a, b), comparison)
}

function fits(order: number, comparison: Comparison): boolean {
  if (comparison === '<') return order < 0
  if (comparison === '<=') return order <= 0
  if (comparison === '=') return order === 0
  return comparison === '>' ? order > 0 : order >= 0
}

/** A day as text, or an exact number. */
function valueOf(operand: Operand, known: KnownAnswers): string | Quantity | undefined {
  if ('value' in operand) return dayOrQuantity(operand.value)
  if ('today' in operand) return known.today
  if ('sum' in operand) {
    const quantities = operand.sum.flatMap((fieldId) => known.every(fieldId).map(dayOrQuantity))
    return addQuantities(quantities.filter((quantity) => typeof quantity === 'object'))
  }
  if ('birthDateIn' in operand) {
    const taxId = known.one(operand.birthDateIn)
    return typeof taxId === 'string' ? birthDateInTaxId(taxId) : undefined
  }
  if ('yearOf' in operand) {
    const day = dayOrQuantity(known.one(operand.yearOf))
    return typeof day === 'string' ? `${String(Number(day.slice(0, 4)) + operand.plusYears)}-${operand.day}` : undefined
  }
  return dayOrQuantity(known.one(operand.field))
}

function dayOrQuantity(answer: Answer | undefined): string | Quantity | undefined {
  if (typeof answer !== 'string') return undefined
  return isDay(answer) ? answer : readQuantity(answer)
}
