import { translator, type Values } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { FieldError, Message } from './answers.ts'

/** A message's sentence in the reader's language, as it stands beside the field. */
export function messageText(message: Message, language: Language): string {
  if ('text' in message) return message.text[language]
  const values: Values = {}
  for (const [name, value] of Object.entries(message.values ?? {})) {
    values[name] = typeof value === 'object' ? value[language] : value
  }
  return withoutStrayMark(translator(language)(message.key, values), values.label)
}

/** A label may be a question; named within a sentence it keeps its question mark only at the end. */
function withoutStrayMark(sentence: string, label: Values[string] | undefined): string {
  if (typeof label !== 'string' || !label.endsWith('?')) return sentence
  if (sentence.startsWith(`${label}:`)) return label.slice(0, -1) + sentence.slice(label.length)
  return sentence.endsWith(`${label}.`) ? sentence.slice(0, -1) : sentence
}

/** An error's sentence as it stands in a list, where the row it belongs to must be named. */
export function errorText({ message, row }: FieldError, language: Language): string {
  const sentence = messageText(message, language)
  return row === undefined ? sentence : `${String(row.number)}. ${row.label[language]}: ${sentence}`
}
