import type { Condition, Expression, Operand } from './definition.ts'

/** A field or group that a condition or an expression looks at. */
export interface Reference {
  id: string
  /** its own answer, those of all its rows together, or how many rows there are */
  as: 'answer' | 'sum' | 'rows'
}

export function referencesOfCondition(condition: Condition): Reference[] {
  return [...conditionsIn(condition)].flatMap((part): Reference[] => {
    if ('field' in part) return [{ id: part.field, as: 'answer' }]
    if ('outsideBuiltUpArea' in part) return [{ id: part.outsideBuiltUpArea, as: 'answer' }]
    if ('same' in part) return part.same.map((id) => ({ id, as: 'answer' }))
    if ('distinct' in part) return [{ id: part.distinct, as: 'sum' }]
    return 'compare' in part ? [part.compare[0], part.compare[2]].flatMap(referencesOfOperand) : []
  })
}

/** A condition and all it is made of, save for what stands inside its operands. */
export function* conditionsIn(condition: Condition): Generator<Condition> {
  yield condition
  if ('all' in condition) for (const inner of condition.all) yield* conditionsIn(inner)
  if ('any' in condition) for (const inner of condition.any) yield* conditionsIn(inner)
  if ('not' in condition) yield* conditionsIn(condition.not)
}

function referencesOfOperand(operand: Operand): Reference[] {
  if ('field' in operand) return [{ id: operand.field, as: 'answer' }]
  if ('sum' in operand) return operand.sum.map((id) => ({ id, as: 'sum' }))
  if ('yearOf' in operand) return [{ id: operand.yearOf, as: 'answer' }]
  if ('birthDateIn' in operand) return [{ id: operand.birthDateIn, as: 'answer' }]
  if ('after' in operand) return referencesOfOperand(operand.after)
  return 'calculate' in operand ? referencesOfExpression(operand.calculate) : []
}

export function referencesOfExpression(expression: Expression): Reference[] {
  if ('field' in expression) return [{ id: expression.field, as: 'answer' }]
  if ('sum' in expression) return expression.sum.map((id) => ({ id, as: 'sum' }))
  if ('rows' in expression) return [{ id: expression.rows, as: 'rows' }]
  if ('days' in expression) return expression.days.map((id) => ({ id, as: 'answer' }))
  return [
    ...conditionsOfExpression(expression).flatMap(referencesOfCondition),
    ...partsOf(expression).flatMap(referencesOfExpression),
  ]
}

/** Fields whose answers an expression calculates with; those it only decides by are left out. */
export function operandsOf(expression: Expression): string[] {
  if ('field' in expression) return [expression.field]
  return 'sum' in expression ? expression.sum : partsOf(expression).flatMap(operandsOf)
}

/** Fields whose days an expression counts. */
export function daysIn(expression: Expression): string[] {
  return 'days' in expression ? expression.days : partsOf(expression).flatMap(daysIn)
}

/** The conditions an expression itself decides by; not those of its parts. */
function conditionsOfExpression(expression: Expression): Condition[] {
  return 'if' in expression ? [expression.if] : []
}

/** The expressions an expression is put together from. */
function partsOf(expression: Expression): readonly Expression[] {
  if ('if' in expression) return [expression.then, expression.else]
  if ('add' in expression) return expression.add
  if ('multiply' in expression) return expression.multiply
  if ('least' in expression) return expression.least
  if ('greatest' in expression) return expression.greatest
  if ('orElse' in expression) return expression.orElse
  if ('subtract' in expression) return expression.subtract
  return 'divide' in expression ? expression.divide : []
}

/** Every condition inside an expression, wherever it stands. */
export function conditionsInExpression(expression: Expression): Condition[] {
  return [
    ...conditionsOfExpression(expression).flatMap((one) => [...conditionsIn(one)]),
    ...partsOf(expression).flatMap(conditionsInExpression),
  ]
}

/** Numbers and days that are written into conditions and expressions. */
export function constantsIn(condition: Condition): string[] {
  return [...conditionsIn(condition)].flatMap((part) =>
    'compare' in part ? [part.compare[0], part.compare[2]].flatMap(constantsOfOperand) : [],
  )
}

function constantsOfOperand(operand: Operand): string[] {
  if ('value' in operand) return [operand.value]
  if ('after' in operand) return constantsOfOperand(operand.after)
  return 'calculate' in operand ? constantsOfExpression(operand.calculate) : []
}

export function constantsOfExpression(expression: Expression): string[] {
  if ('value' in expression) return [expression.value]
  return [
    ...conditionsOfExpression(expression).flatMap(constantsIn),
    ...partsOf(expression).flatMap(constantsOfExpression),
  ]
}

export function looksAtToday(condition: Condition): boolean {
  return [...conditionsIn(condition)].some(
    (part) => 'compare' in part && [part.compare[0], part.compare[2]].some(operandLooksAtToday),
  )
}

function operandLooksAtToday(operand: Operand): boolean {
  if ('after' in operand) return operandLooksAtToday(operand.after)
  if ('calculate' in operand) return conditionsInExpression(operand.calculate).some(looksAtToday)
  return 'today' in operand
}
