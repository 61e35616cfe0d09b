import { normalised } from '../../../platform/http/posted-form.ts'
import type { Answer, AnswerRow, Answers, FormContext } from './answers.ts'
import type { FieldDefinition, FormDefinition } from './definition.ts'
import { postedValues } from './posted-values.ts'
import { type FilledField, fillIn, isGroup } from './visibility.ts'

/**
 * Answers that came otherwise than from a page of ours, such as by the codes of a paper, which anybody can print: as they would have
 * been kept had they been typed. Signs nobody can see are taken out, what is not asked has no value, what is calculated is calculated
 * here. What is wrong stays as it came.
 */
export function receivedAnswers(definition: FormDefinition, answers: Answers, context: FormContext): Answers {
  const received: Answers = {}
  const typed = asTyped(definition, answers)
  for (const { items } of fillIn(definition, typed, { ...context, calculatesAnew: true })) {
    for (const item of items) {
      if (isGroup(item)) received[item.group.id] = item.rows.map(valuesOf)
      else Object.assign(received, valuesOf([item]))
    }
  }
  return received
}

function valuesOf(fields: readonly FilledField[]): AnswerRow {
  const values: AnswerRow = {}
  for (const { field, answer, parsed } of fields) {
    const value = parsed.state === 'right' ? parsed.value : answer
    if (value !== undefined && field.type !== 'attachment') values[field.id] = value
  }
  return values
}

function asTyped(definition: FormDefinition, answers: Answers): Answers {
  const typed: Answers = {}
  for (const item of definition.pages.flatMap(({ items }) => items)) {
    const answer = Object.hasOwn(answers, item.id) ? answers[item.id] : undefined
    if (answer === undefined) continue
    typed[item.id] = item.type === 'group' ? rowsAsTyped(item.fields, answer) : answerAsTyped(item, answer)
  }
  return typed
}

function rowsAsTyped(fields: readonly FieldDefinition[], rows: Answer): AnswerRow[] {
  if (!Array.isArray(rows)) return []
  return rows.map((row) => {
    const typed: AnswerRow = {}
    for (const field of fields) {
      const answer = typeof row === 'object' && Object.hasOwn(row, field.id) ? row[field.id] : undefined
      if (answer !== undefined) typed[field.id] = answerAsTyped(field, answer)
    }
    return typed
  })
}

function answerAsTyped({ type }: FieldDefinition, answer: Answer): Answer {
  const sign = (text: string) => {
    const values = postedValues({ text: normalised(text) })
    return type === 'long-text' ? values.lines('text') : values.line('text')
  }
  if (typeof answer === 'string') return sign(answer)
  if (Array.isArray(answer)) return answer.filter((one) => typeof one === 'string').map(sign)
  return Object.fromEntries(Object.entries(answer).map(([part, text]) => [part, sign(text)]))
}
