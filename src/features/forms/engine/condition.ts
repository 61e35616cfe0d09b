import { birthDateInTaxId, liesOutsideBuiltUpArea } from '../../identifiers/index.ts'
import type { Answer } from './answers.ts'
import { daysBetween, isDay, isMonth, isTimeOfDay, later } from './calendar-day.ts'
import type { Comparison, Condition, Expression, Operand } from './definition.ts'
import {
  addQuantities,
  compareQuantities,
  divideQuantities,
  multiplyQuantities,
  type Quantity,
  readQuantity,
  subtractQuantities,
} from './quantity.ts'

/** The right answers to visible fields, as seen from one place of the form; there is no other kind of answer. */
export interface KnownAnswers {
  /** the answer in the same row, else in the form; undefined when there is none */
  one(fieldId: string): Answer | undefined
  /** every answer, in all rows */
  every(fieldId: string): Answer[]
  /** how many rows a group has; undefined while it is hidden */
  rows(groupId: string): number | undefined
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
  if ('same' in condition) return areAlike(condition.same.map((fieldId) => known.one(fieldId)))
  if ('distinct' in condition) return areDistinct(known.every(condition.distinct))
  const answer = known.one(condition.field)
  if ('filled' in condition) return (answer !== undefined) === condition.filled
  if (answer === undefined) return undefined
  if ('is' in condition) return answer === condition.is
  if ('in' in condition) return condition.in.some((value) => value === answer)
  return Array.isArray(answer) && answer.some((value) => value === condition.contains)
}

function areAlike([one, other]: (Answer | undefined)[]): boolean | undefined {
  return one === undefined || other === undefined ? undefined : JSON.stringify(one) === JSON.stringify(other)
}

function areDistinct(answers: readonly Answer[]): boolean {
  return new Set(answers.map((answer) => JSON.stringify(answer))).size === answers.length
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
  if (typeof a === 'string' && typeof b === 'string') return compareTimes(a, b, comparison)
  if (typeof a === 'string' || typeof b === 'string') return undefined
  return fits(compareQuantities(a, b), comparison)
}

function fits(order: number, comparison: Comparison): boolean {
  if (comparison === '<') return order < 0
  if (comparison === '<=') return order <= 0
  if (comparison === '=') return order === 0
  return comparison === '>' ? order > 0 : order >= 0
}

/** Days, months and times of day sort as text; a day and a month are compared by their months, others cannot be compared. */
function compareTimes(a: string, b: string, comparison: Comparison): boolean | undefined {
  if (isTimeOfDay(a) !== isTimeOfDay(b)) return undefined
  const length = Math.min(a.length, b.length)
  const [left, right] = [a.slice(0, length), b.slice(0, length)]
  return fits(left < right ? -1 : left > right ? 1 : 0, comparison)
}

/** A day, a month or a time of day as text, or an exact number. */
function valueOf(operand: Operand, known: KnownAnswers): string | Quantity | undefined {
  if ('value' in operand) return timeOrQuantity(operand.value)
  if ('today' in operand) return known.today
  if ('sum' in operand) return sumOf(operand.sum, known)
  if ('calculate' in operand) return calculate(operand.calculate, known)
  if ('birthDateIn' in operand) {
    const taxId = known.one(operand.birthDateIn)
    return typeof taxId === 'string' ? birthDateInTaxId(taxId) : undefined
  }
  if ('yearOf' in operand) {
    const day = timeOrQuantity(known.one(operand.yearOf))
    return typeof day === 'string' && !isTimeOfDay(day)
      ? `${String(Number(day.slice(0, 4)) + operand.plusYears)}-${operand.day}`
      : undefined
  }
  if ('after' in operand) {
    const day = valueOf(operand.after, known)
    return typeof day === 'string' && isDay(day) ? later(day, operand) : undefined
  }
  return timeOrQuantity(known.one(operand.field))
}

function timeOrQuantity(answer: Answer | undefined): string | Quantity | undefined {
  if (typeof answer !== 'string') return undefined
  return isDay(answer) || isMonth(answer) || isTimeOfDay(answer) ? answer : readQuantity(answer)
}

/** The value of an expression, exact; undefined while an answer it needs is missing. */
export function calculate(expression: Expression, known: KnownAnswers): Quantity | undefined {
  if ('field' in expression) return quantityIn(known.one(expression.field))
  if ('value' in expression) return readQuantity(expression.value)
  if ('sum' in expression) return sumOf(expression.sum, known)
  if ('rows' in expression) {
    const rows = known.rows(expression.rows)
    return rows === undefined ? undefined : { numerator: BigInt(rows), denominator: 1n }
  }
  if ('days' in expression) {
    const [first, last] = expression.days.map((id) => known.one(id))
    const days = daysCounted(first, last)
    return days === undefined ? undefined : { numerator: BigInt(days), denominator: 1n }
  }
  if ('if' in expression) {
    const isSo = holds(expression.if, known)
    return isSo === undefined ? undefined : calculate(isSo ? expression.then : expression.else, known)
  }
  if ('orElse' in expression) return calculate(expression.orElse[0], known) ?? calculate(expression.orElse[1], known)
  if ('add' in expression) return ofAll(expression.add, known, addQuantities)
  if ('multiply' in expression) return ofAll(expression.multiply, known, multiplyQuantities)
  if ('least' in expression) return ofAll(expression.least, known, (values) => outermost(values, -1))
  if ('greatest' in expression) return ofAll(expression.greatest, known, (values) => outermost(values, 1))
  const pair = 'subtract' in expression ? expression.subtract : expression.divide
  const [a, b] = pair.map((one) => calculate(one, known))
  if (a === undefined || b === undefined) return undefined
  return 'subtract' in expression ? subtractQuantities(a, b) : divideQuantities(a, b)
}

function daysCounted(first: Answer | undefined, last: Answer | undefined): number | undefined {
  return typeof first === 'string' && typeof last === 'string' && isDay(first) && isDay(last)
    ? daysBetween(first, last) + 1
    : undefined
}

function ofAll(
  expressions: readonly Expression[],
  known: KnownAnswers,
  combine: (values: readonly Quantity[]) => Quantity | undefined,
): Quantity | undefined {
  const values = expressions.map((one) => calculate(one, known)).filter((value) => value !== undefined)
  return values.length < expressions.length ? undefined : combine(values)
}

function outermost([first, ...others]: readonly Quantity[], direction: 1 | -1): Quantity | undefined {
  return others.reduce<Quantity | undefined>(
    (best, next) => (best !== undefined && compareQuantities(next, best) * direction > 0 ? next : best),
    first,
  )
}

function sumOf(fieldIds: readonly string[], known: KnownAnswers): Quantity {
  const quantities = fieldIds.flatMap((fieldId) => known.every(fieldId).map(quantityIn))
  return addQuantities(quantities.filter((quantity) => quantity !== undefined))
}

function quantityIn(answer: Answer | undefined): Quantity | undefined {
  return typeof answer === 'string' ? readQuantity(answer) : undefined
}
