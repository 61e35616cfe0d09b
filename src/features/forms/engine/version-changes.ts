import { isDeepStrictEqual } from 'node:util'
import type { Text } from '../../../platform/i18n/language.ts'
import type { Condition, FieldDefinition, FormDefinition, GroupDefinition, ItemDefinition } from './definition.ts'

/** What is different about a question, in the order in which one would say it. */
export const changedTraits = [
  'wording',
  'explanation',
  'kind',
  'choices',
  'now-required',
  'now-optional',
  'condition',
  'rules',
] as const
export type ChangedTrait = (typeof changedTraits)[number]

/** A question that one version has and the other has not, or asks otherwise. */
export interface QuestionChange {
  kind: 'added' | 'removed' | 'changed'
  label: Text
  /** title of the page it stands on, in the newer version where it is in it */
  page: Text
  /** what a row is called, for a question of a repeating group */
  row?: Text
  /** of a changed question only */
  traits: ChangedTrait[]
}

interface Question {
  item: ItemDefinition
  page: Text
  row?: Text
  /** when it is asked: the conditions of its page, its group and its own */
  when: (Condition | undefined)[]
}

/** What a person who knows the older version has to know of the newer one: its questions in their order, then those that are gone. */
export function compareVersions(older: FormDefinition, newer: FormDefinition): QuestionChange[] {
  const before = questionsOf(older)
  const after = questionsOf(newer)
  const changes: QuestionChange[] = []
  for (const [key, question] of after) {
    const known = before.get(key)
    if (known === undefined) changes.push(asChange('added', question))
    else {
      const traits = traitsOf(known, question)
      if (traits.length > 0) changes.push({ ...asChange('changed', question), traits })
    }
  }
  for (const [key, question] of before) if (!after.has(key)) changes.push(asChange('removed', question))
  return changes
}

function asChange(kind: QuestionChange['kind'], { item, page, row }: Question): QuestionChange {
  return { kind, label: item.label, page, traits: [], ...(row === undefined ? {} : { row }) }
}

function questionsOf({ pages }: FormDefinition): Map<string, Question> {
  const questions = new Map<string, Question>()
  for (const { title, when, items } of pages) {
    for (const item of items) {
      const above = [when, item.when]
      questions.set(item.id, { item, page: title, when: above })
      if (item.type !== 'group') continue
      for (const field of item.fields) {
        const inRow = { item: field, page: title, row: item.rowLabel, when: [...above, field.when] }
        questions.set(`${item.id}.${field.id}`, inRow)
      }
    }
  }
  return questions
}

function traitsOf(before: Question, after: Question): ChangedTrait[] {
  const [old, now] = [before.item, after.item]
  const differs: Record<ChangedTrait, boolean> = {
    wording: !isDeepStrictEqual(wordsOf(old), wordsOf(now)),
    explanation: !isDeepStrictEqual([old.hint, old.help], [now.hint, now.help]),
    kind: old.type !== now.type,
    choices: !isDeepStrictEqual(choicesOf(old), choicesOf(now)),
    'now-required': !isRequired(old) && isRequired(now),
    'now-optional': isRequired(old) && !isRequired(now),
    condition: !isDeepStrictEqual(before.when, after.when),
    rules: old.type === now.type && !isDeepStrictEqual(limitsOf(old), limitsOf(now)),
  }
  return changedTraits.filter((trait) => differs[trait])
}

function wordsOf(item: ItemDefinition) {
  return item.type === 'group' ? [item.label, item.rowLabel] : [item.label]
}

function choicesOf(item: ItemDefinition) {
  return item.type === 'choice' || item.type === 'choices' ? item.choices : undefined
}

function isRequired(item: ItemDefinition): boolean {
  return item.type === 'group' ? item.min > 0 : item.required
}

/** What an answer is measured by: everything that is not said elsewhere, and not only a matter of looks. */
function limitsOf(item: ItemDefinition): object {
  const said = ['label', 'hint', 'help', 'when', 'choices', 'required', 'requiredMessage', 'prefill', 'begins']
  const looks = ['width', 'control', 'rows', 'input', 'own', 'rowPages', 'rowLabel', 'addLabel', 'fields']
  const keys = new Set([...said, ...looks])
  const traits: [string, unknown][] = Object.entries(item satisfies FieldDefinition | GroupDefinition)
  return Object.fromEntries(traits.filter(([key]) => !keys.has(key)))
}
