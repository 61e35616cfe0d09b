/** Forms nobody would write, with answers nobody would give: for rules that must hold of every form. */
import fc from 'fast-check'
import type { FieldDefinition, FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import type { Answer, Answers } from '../../../src/features/forms/index.ts'
import { tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage } from './tiny-forms.ts'

/** Numbers that choose; what they choose from is known only while the form is built. */
interface Choices {
  /** the next choice, below a number */
  below(count: number): number
}

/** What a condition or a calculation may look at from a place: what stands before it. */
interface Scope {
  /** of the form and, inside a row, of the same row */
  fields: FieldDefinition[]
  singles: FieldDefinition[]
  grouped: FieldDefinition[]
  groups: string[]
}

const fieldTypes = [
  'choice',
  'yes-no',
  'amount',
  'number',
  'share',
  'date',
  'month',
  'time',
  'text',
  'calculated',
] as const
const numbers: readonly string[] = ['-3', '0', '1', '2.5', '7', '1000', '99999.99']

/** A form of up to four pages that looks back only. */
export const anyForm: fc.Arbitrary<FormDefinition> = fc
  .array(fc.nat(1_000_000), { minLength: 300, maxLength: 300 })
  .map((seeds) => build(choicesFrom(seeds)))

function choicesFrom(seeds: readonly number[]): Choices {
  let next = 0
  return {
    below: (count) => {
      const seed = seeds[next % seeds.length] ?? 0
      next++
      return (seed + Math.floor(next / seeds.length)) % count
    },
  }
}

function one<T>(list: readonly [T, ...T[]], { below }: Choices): T
function one<T>(list: readonly T[], choices: Choices): T | undefined
function one<T>(list: readonly T[], { below }: Choices): T | undefined {
  return list[below(Math.max(list.length, 1))]
}

function build(choices: Choices): FormDefinition {
  const scope: Scope = { fields: [], singles: [], grouped: [], groups: [] }
  let count = 0
  const nextId = (kind: string) => `${kind}${count++}`
  const pages = Array.from({ length: 1 + choices.below(4) }, (_none, number) => {
    const when = number > 0 && choices.below(3) === 0 ? { when: condition(scope, choices, 2) } : {}
    const items = Array.from({ length: 1 + choices.below(4) }, () => {
      const maybe = choices.below(3) === 0 ? { when: condition(scope, choices, 2) } : {}
      if (choices.below(4) > 0) {
        const item = field(nextId('mezo'), scope, choices, maybe)
        scope.fields.push(item)
        scope.singles.push(item)
        return item
      }
      const id = nextId('csoport')
      scope.groups.push(id)
      const inRow: Scope = { ...scope, fields: [...scope.fields], groups: [...scope.groups] }
      const fields = Array.from({ length: 1 + choices.below(3) }, () => {
        const sometimes = choices.below(3) === 0 ? { when: condition(inRow, choices, 1) } : {}
        const item = field(nextId('oszlop'), inRow, choices, sometimes)
        inRow.fields.push(item)
        return item
      })
      scope.grouped.push(...fields)
      return tinyGroup(id, fields, { min: choices.below(2), max: 3, rowPages: choices.below(2) === 0, ...maybe })
    })
    return tinyPage(`oldal${String.fromCodePoint(97 + number)}`, onlyOneListOfRows(items), when)
  })
  return tinyForm(pages)
}

function onlyOneListOfRows(items: readonly object[]): object[] {
  const first = items.find((item) => 'rowPages' in item && item.rowPages === true)
  return items.map((item) => ('rowPages' in item && item !== first ? { ...item, rowPages: false } : item))
}

function field(id: string, scope: Scope, choices: Choices, more: object): FieldDefinition {
  const type = one(fieldTypes, choices) ?? 'text'
  const required = type !== 'calculated' && choices.below(2) === 0
  const rules =
    choices.below(5) === 0
      ? [{ id: 'szabaly', level: 'error', must: condition(scope, choices, 1), message: { hu: 'nem', en: 'no' } }]
      : []
  const own = {
    choice: { choices: tinyChoices('a', 'b', 'c'), control: one(['radios', 'select', 'search'], choices) },
    amount: { min: '-1000' },
    number: { decimals: choices.below(3) },
    text: { maxLength: 5 },
    calculated: {
      value: expression(scope, choices, 3),
      decimals: choices.below(3),
      rounding: one(['half-up', 'down', 'up'], choices),
    },
  }
  const form = tinyForm([
    tinyPage('egy', [
      tinyField(type, id, { required, rules, ...(type in own ? own[type as keyof typeof own] : {}), ...more }),
    ]),
  ])
  const item = form.pages[0]?.items[0]
  if (item === undefined || item.type === 'group') throw new Error('no field')
  return item
}

function condition(scope: Scope, choices: Choices, depth: number): object {
  const kind = choices.below(depth > 0 ? 7 : 4)
  const looked = one(scope.fields, choices)
  if (kind < 2 && looked !== undefined) {
    if (looked.type === 'choice') return { field: looked.id, [kind === 0 ? 'is' : 'in']: kind === 0 ? 'a' : ['b', 'c'] }
    if (looked.type === 'yes-no') return { field: looked.id, is: 'yes' }
    return { field: looked.id, filled: kind === 0 }
  }
  if (kind === 4) return { all: [condition(scope, choices, depth - 1), condition(scope, choices, depth - 1)] }
  if (kind === 5) return { any: [condition(scope, choices, depth - 1), condition(scope, choices, depth - 1)] }
  if (kind === 6) return { not: condition(scope, choices, depth - 1) }
  const how = one(['<', '<=', '=', '>=', '>'], choices)
  return { compare: [operand(scope, choices, depth), how, operand(scope, choices, depth)] }
}

function operand(scope: Scope, choices: Choices, depth: number): object {
  const kind = choices.below(8)
  const looked = one(scope.fields, choices)
  if (kind < 3 && looked !== undefined) return { field: looked.id }
  if (kind === 3) return { value: one(['2025-06-15', '2026-11', '08:30', '1/2'], choices) }
  if (kind === 4) return { today: true }
  if (kind === 5 && scope.grouped.length > 0) return { sum: [one(scope.grouped, choices)?.id] }
  if (kind === 6 && depth > 0) {
    return { after: operand(scope, choices, depth - 1), days: choices.below(90) - 45, months: choices.below(30) - 15 }
  }
  return { calculate: expression(scope, choices, depth) }
}

function expression(scope: Scope, choices: Choices, depth: number): object {
  const kind = choices.below(depth > 0 ? 12 : 4)
  const inner = () => expression(scope, choices, depth - 1)
  const looked = one(scope.fields, choices)
  if (kind === 0 && looked !== undefined) return { field: looked.id }
  const grouped = one(scope.grouped, choices)
  if (kind === 1 && grouped !== undefined) return { sum: [grouped.id, one(scope.singles, choices)?.id ?? grouped.id] }
  const group = one(scope.groups, choices)
  if (kind === 2 && group !== undefined) return { rows: group }
  if (kind === 4) return { add: [inner(), inner(), inner()] }
  if (kind === 5) return { subtract: [inner(), inner()] }
  if (kind === 6) return { multiply: [inner(), inner()] }
  if (kind === 7) return { divide: [inner(), inner()] }
  if (kind === 8) return { least: [inner(), inner()] }
  if (kind === 9) return { greatest: [inner(), inner()] }
  if (kind === 10) return { orElse: [inner(), inner()] }
  if (kind === 11) return { if: condition(scope, choices, depth - 1), then: inner(), else: inner() }
  return { value: one(numbers, choices) }
}

/** Right and wrong ones, as they are typed. */
export const anyTyped: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'a',
  'b',
  'c',
  'a (en)',
  'yes',
  'no',
  'talán',
  '0',
  '1',
  '12',
  '-7',
  '2,5',
  '1 234',
  '12.500',
  '3/4',
  '1/0',
  '2026-11-22',
  '2025. 06. 15.',
  '2026-02-30',
  '2026-11',
  '8:30',
  '08:30',
  '25:00',
  'hosszú szöveg',
  '99999999999',
)

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 9, arbitrary: anyTyped },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Answer>([], ['a'], { year: '2026', month: '1', day: '1' }, { family: 'a' }, [{}]),
  },
)

export function anyAnswersTo({ pages }: FormDefinition): fc.Arbitrary<Answers> {
  const entries = pages.flatMap(({ items }) =>
    items.map((item): [string, fc.Arbitrary<Answer>] => [
      item.id,
      item.type === 'group'
        ? fc.array(
            fc.dictionary(fc.constantFrom(...item.fields.map(({ id }) => id)), anyTyped, { noNullPrototype: true }),
            {
              maxLength: 4,
            },
          )
        : anyAnswer,
    ]),
  )
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }).map((given) => {
    const answers: Answers = {}
    for (const [id, answer] of Object.entries(given)) if (answer !== undefined) answers[id] = answer
    return answers
  })
}
