import type { Text } from '../../../platform/i18n/language.ts'
import type {
  Condition,
  Expression,
  FieldDefinition,
  FormDefinition,
  GroupDefinition,
  ItemDefinition,
  Operand,
  PageDefinition,
} from './definition.ts'

/**
 * A definition as text, for whoever writes it: pages, questions, conditions and calculations in words. Structure in English,
 * labels as they are written in both languages, the ids in square brackets.
 */
export function previewOf(definition: FormDefinition): string {
  const words = wordsFor(definition)
  return [
    `${definition.code}, version ${String(definition.version)} (${definition.sector})`,
    both(definition.title),
    both(definition.summary),
    `The office has ${String(definition.deadlineDays)} days. ${feesInWords(definition)}`,
    `May be sent by: ${definition.manners.join(', ')}`,
    ...(definition.open ? [`Accepted from ${definition.open.from ?? '…'} to ${definition.open.to ?? '…'}`] : []),
    ...definition.pages.flatMap((page, index) => ['', ...pageInWords(page, index + 1, words)]),
    '',
  ].join('\n')
}

function both({ hu, en }: Text): string {
  return `${hu} / ${en}`
}

function feesInWords({ fees }: FormDefinition): string {
  if (fees.length === 0) return 'Nothing is said of fees.'
  const each = fees.map(({ amountHuf, source: { validFrom, validTo } }) => {
    return `${String(amountHuf)} Ft from ${validFrom}${validTo === undefined ? '' : ` to ${validTo}`}`
  })
  return `Fees: ${each.join('; ')}.`
}

function pageInWords(page: PageDefinition, number: number, words: Words): string[] {
  return [
    `${String(number)}. ${both(page.title)} [${page.id}]`,
    ...whenInWords(page.when, '   ', words),
    ...page.items.flatMap((item) => itemInWords(item, '   ', words)),
  ]
}

function itemInWords(item: ItemDefinition, indent: string, words: Words): string[] {
  const inner = `${indent}  `
  return [
    `${indent}- ${both(item.label)} [${item.id}] ${item.type === 'group' ? rowsInWords(item) : kindInWords(item)}`,
    ...whenInWords(item.when, inner, words),
    ...(item.type === 'calculated' ? [`${inner}= ${words.expression(item.value)}`] : []),
    ...item.rules.map(
      ({ level, must, message }) => `${inner}${level} unless ${words.condition(must)}: ${both(message)}`,
    ),
    ...(item.type === 'group' ? item.fields.flatMap((field) => itemInWords(field, inner, words)) : []),
  ]
}

function rowsInWords({ min, max, rowPages, begins }: GroupDefinition): string {
  const facts = [`rows, ${String(min)} to ${String(max)}`]
  if (rowPages) facts.push('each on a page of its own')
  if (begins) facts.push(`begins with ${begins}`)
  return facts.join(', ')
}

function kindInWords(field: FieldDefinition): string {
  const facts: string[] = [field.type]
  if (field.type === 'choice' || field.type === 'choices') facts.push(`${String(field.choices.length)} choices`)
  if (field.type !== 'calculated') facts.push(field.required ? 'required' : 'optional')
  if (field.prefill) facts.push(`${field.prefill.locked ? 'taken' : 'suggested'} from ${field.prefill.from}`)
  if (field.begins) facts.push(`begins with ${field.begins}`)
  return facts.join(', ')
}

function whenInWords(when: Condition | undefined, indent: string, words: Words): string[] {
  return when === undefined ? [] : [`${indent}only if ${words.condition(when)}`]
}

interface Words {
  condition(condition: Condition): string
  expression(expression: Expression): string
}

function wordsFor({ pages }: FormDefinition): Words {
  const items = new Map(
    pages
      .flatMap((page) => page.items)
      .flatMap((item): [string, ItemDefinition][] =>
        item.type === 'group'
          ? [[item.id, item], ...item.fields.map((field): [string, ItemDefinition] => [field.id, field])]
          : [[item.id, item]],
      ),
  )

  function name(id: string): string {
    return `„${items.get(id)?.label.hu ?? id}”`
  }

  function value(id: string, written: string): string {
    const item = items.get(id)
    if (item?.type === 'yes-no' || item?.type === 'declaration') return written
    if (item?.type !== 'choice' && item?.type !== 'choices') return `„${written}”`
    return `„${item.choices.find((choice) => choice.value === written)?.label.hu ?? written}”`
  }

  function condition(one: Condition): string {
    if ('all' in one) return joined(one.all, 'and')
    if ('any' in one) return joined(one.any, 'or')
    if ('not' in one) return `not (${condition(one.not)})`
    if ('compare' in one) return `${operand(one.compare[0])} ${one.compare[1]} ${operand(one.compare[2])}`
    if ('outsideBuiltUpArea' in one) return `${name(one.outsideBuiltUpArea)} lies outside the built-up area`
    if ('same' in one) return `${one.same.map(name).join(' and ')} are the same`
    if ('distinct' in one) return `no ${name(one.distinct)} stands twice`
    if ('filled' in one) return `${name(one.field)} is ${one.filled ? 'filled in' : 'empty'}`
    if ('in' in one) return `${name(one.field)} is ${one.in.map((written) => value(one.field, written)).join(' or ')}`
    if ('contains' in one) return `${name(one.field)} has ${value(one.field, one.contains)}`
    return `${name(one.field)} is ${value(one.field, one.is)}`
  }

  function joined(conditions: readonly Condition[], word: 'and' | 'or'): string {
    if (conditions.length === 1) return conditions.map(condition).join('')
    return conditions
      .map((one) => ('all' in one || 'any' in one ? `(${condition(one)})` : condition(one)))
      .join(` ${word} `)
  }

  function operand(one: Operand): string {
    if ('field' in one) return name(one.field)
    if ('value' in one) return one.value
    if ('today' in one) return 'today'
    if ('sum' in one) return `the sum of ${one.sum.map(name).join(' and ')}`
    if ('birthDateIn' in one) return `the birth date in ${name(one.birthDateIn)}`
    if ('day' in one) return `${one.day} of the year of ${name(one.yearOf)} + ${String(one.plusYears)}`
    if ('calculate' in one) return expression(one.calculate)
    const { after, days = 0, months = 0, years = 0 } = one
    const parts = Object.entries({ days, months, years }).filter(([, count]) => count !== 0)
    return `${operand(after)} + ${parts.map(([unit, count]) => `${String(count)} ${unit}`).join(' + ')}`
  }

  function expression(one: Expression): string {
    if ('field' in one) return name(one.field)
    if ('value' in one) return one.value
    if ('sum' in one) return `the sum of ${one.sum.map(name).join(' and ')}`
    if ('rows' in one) return `the number of ${name(one.rows)}`
    if ('days' in one) return `the days from ${one.days.map(name).join(' to ')}`
    if ('add' in one) return `(${one.add.map(expression).join(' + ')})`
    if ('subtract' in one) return `(${one.subtract.map(expression).join(' − ')})`
    if ('multiply' in one) return one.multiply.map(expression).join(' × ')
    if ('divide' in one) return `(${one.divide.map(expression).join(' ÷ ')})`
    if ('least' in one) return `the least of ${one.least.map(expression).join('; ')}`
    if ('greatest' in one) return `the greatest of ${one.greatest.map(expression).join('; ')}`
    if ('orElse' in one) return `${expression(one.orElse[0])}, or else ${expression(one.orElse[1])}`
    return `(if ${condition(one.if)}: ${expression(one.then)}, else ${expression(one.else)})`
  }

  return { condition, expression }
}
