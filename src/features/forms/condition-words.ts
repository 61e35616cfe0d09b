import { translator } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { isDay } from './engine/calendar-day.ts'
import type { Condition, FormDefinition, ItemDefinition, Operand } from './engine/definition.ts'
import { kindOf } from './engine/fields/index.ts'

/**
 * When a question is to be answered, in words for whoever has the form on paper: what goes on behind „csak akkor, ha”. Questions
 * stand there by their labels, choices by what they are called.
 */
export function conditionInWords(condition: Condition, { pages }: FormDefinition, language: Language): string {
  const say = translator(language)
  const items = new Map(
    pages
      .flatMap((page) => page.items)
      .flatMap((item) => (item.type === 'group' ? [item, ...item.fields] : [item]))
      .map((item): [string, ItemDefinition] => [item.id, item]),
  )
  return wordsOf(condition)

  function wordsOf(one: Condition): string {
    if ('all' in one) return joined(one.all, 'and')
    if ('any' in one) return joined(one.any, 'or')
    if ('not' in one) return notInWords(one.not)
    if ('compare' in one) return comparedInWords(one.compare)
    if ('outsideBuiltUpArea' in one) return tell('outside', { field: label(one.outsideBuiltUpArea) })
    if ('same' in one) return tell('same', { fields: one.same.map(label).join(', ') })
    if ('distinct' in one) return tell('distinct', { field: label(one.distinct) })
    if ('filled' in one) return tell(one.filled ? 'filled' : 'not-filled', { field: label(one.field) })
    const item = items.get(one.field)
    if ('in' in one) {
      return tell('in', { field: label(one.field), values: one.in.map((value) => answer(item, value)).join(', ') })
    }
    if ('contains' in one) return tell('contains', { field: label(one.field), value: answer(item, one.contains) })
    if (item?.type === 'declaration') return tell('declared', { field: label(one.field) })
    return tell('is', { field: label(one.field), value: answer(item, one.is) })
  }

  function tell(key: string, values: Record<string, string>): string {
    return say(`forms.blank.condition.${key}`, values)
  }

  function notInWords(one: Condition): string {
    if ('is' in one) return tell('is-not', { field: label(one.field), value: answer(items.get(one.field), one.is) })
    return tell('not', { condition: wordsOf(one) })
  }

  function joined(conditions: readonly Condition[], word: 'and' | 'or'): string {
    const several = conditions.length > 1
    return conditions
      .map((one) => (several && ('all' in one || 'any' in one) ? `(${wordsOf(one)})` : wordsOf(one)))
      .join(` ${say(`forms.blank.condition.${word}`)} `)
  }

  function comparedInWords([left, comparison, right]: [Operand, string, Operand]): string {
    const names = { '<': 'less', '<=': 'at-most', '=': 'equal', '>=': 'at-least', '>': 'more' }
    const key = Object.entries(names).find(([sign]) => sign === comparison)?.[1] ?? 'equal'
    return tell(key, { left: operand(left), right: operand(right) })
  }

  function operand(one: Operand): string {
    if ('field' in one) return label(one.field)
    if ('value' in one) return isDay(one.value) ? formats[language].day(one.value) : one.value
    if ('today' in one) return tell('today', {})
    if ('sum' in one) return tell('sum', { fields: one.sum.map(label).join(', ') })
    if ('birthDateIn' in one) return tell('birth-date', { field: label(one.birthDateIn) })
    if ('after' in one) return tell('moved', { from: operand(one.after) })
    return 'yearOf' in one ? tell('moved', { from: label(one.yearOf) }) : tell('calculated', {})
  }

  function label(id: string): string {
    return say('forms.blank.condition.quoted', { text: items.get(id)?.label[language] ?? id })
  }

  function answer(item: ItemDefinition | undefined, value: string): string {
    const isChoices = item?.type === 'choices'
    const [shown = value] =
      item === undefined || item.type === 'group'
        ? []
        : kindOf(item).show(item, isChoices ? [value] : value, { language, say })
    return say('forms.blank.condition.quoted', { text: shown })
  }
}
