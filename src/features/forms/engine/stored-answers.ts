import { hasControlCharacters } from '../../../platform/http/posted-form.ts'
import type { Answer, AnswerRow, Answers, Parts } from './answers.ts'
import type { FieldDefinition, FormDefinition } from './definition.ts'

const limits = { parts: 12, list: 50, text: 100_000 }

/**
 * Answers that were kept somewhere (a draft, a hidden field of the previous page): only the form's own fields, only shapes an answer
 * can have. What does not fit is left out, as if it had not been answered; whether a value is right is judged where it is read.
 */
export function storedAnswers(definition: FormDefinition, stored: unknown): Answers {
  const answers: Answers = {}
  if (!isRecord(stored)) return answers
  for (const item of definition.pages.flatMap(({ items }) => items)) {
    if (!Object.hasOwn(stored, item.id)) continue
    const value = item.type === 'group' ? rowsOf(item.fields, stored[item.id]) : answerOf(stored[item.id])
    if (value !== undefined) answers[item.id] = value
  }
  return answers
}

function rowsOf(fields: readonly FieldDefinition[], stored: unknown): AnswerRow[] | undefined {
  if (!Array.isArray(stored)) return undefined
  return stored.slice(0, limits.list).map((storedRow: unknown) => {
    const row: AnswerRow = {}
    for (const { id } of fields) {
      const value = isRecord(storedRow) && Object.hasOwn(storedRow, id) ? answerOf(storedRow[id]) : undefined
      if (value !== undefined) row[id] = value
    }
    return row
  })
}

function answerOf(stored: unknown): Answer | undefined {
  if (typeof stored === 'string') return isPlainText(stored) ? stored : undefined
  if (Array.isArray(stored)) {
    return stored.slice(0, limits.list).filter((one): one is string => typeof one === 'string' && isPlainText(one))
  }
  if (!isRecord(stored)) return undefined
  const parts: Parts = {}
  for (const [part, text] of Object.entries(stored).slice(0, limits.parts)) {
    if (/^[a-z][A-Za-z]{0,20}$/.test(part) && typeof text === 'string' && isPlainText(text)) parts[part] = text
  }
  return parts
}

/** Text such as the reading of a posted form lets through. */
function isPlainText(text: string): boolean {
  return text.length <= limits.text && !hasControlCharacters(text) && !/\p{Surrogate}/u.test(text)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
