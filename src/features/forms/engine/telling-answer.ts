import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language, Text } from '../../../platform/i18n/language.ts'
import type { Answers, FormContext } from './answers.ts'
import { type FieldType, type FormDefinition } from './definition.ts'
import { kindOf } from './fields/index.ts'
import { type FilledField, fillIn, isGroup } from './visibility.ts'

/** What tells one filled-in form from another, the most telling first. */
const inRows: readonly FieldType[] = ['name', 'address', 'text', 'choice']
const telling: readonly (readonly FieldType[])[] = [['parcel-number', 'vehicle-plate'], ['name'], ['text'], ['address']]
const longest = 100

/**
 * The answer by which a person tells a form they have begun from others of its kind: its subject, a parcel, a plate, who or what a row
 * is about, a name, a text, an address. Data of the person’s own, and what was there beforehand, tell nothing.
 *
 * @returns its first line in both languages, shortened; empty while nothing telling is answered
 */
export function tellingAnswer(definition: FormDefinition, answers: Answers, context: FormContext): Text {
  const items = fillIn(definition, answers, context).flatMap((page) => page.items)
  const alone = items.flatMap((item) => (isGroup(item) ? [] : [item])).filter(isTelling)
  const rows = items.flatMap((item) => (isGroup(item) ? item.rows.flat() : [])).filter(isTelling)
  const [first, ...others] = telling.map((types) => alone.find(({ field }) => types.includes(field.type)))
  const chosen =
    alone.find(({ field }) => field.id === 'subject') ??
    first ??
    rows.find(({ field }) => inRows.includes(field.type)) ??
    others.find((one) => one !== undefined)
  return { hu: inWords(chosen, 'hu'), en: inWords(chosen, 'en') }
}

function isTelling({ field, locked, parsed }: FilledField): boolean {
  const isOwn = 'own' in field && field.own
  return !locked && !isOwn && field.required && field.prefill === undefined && parsed.state === 'right'
}

function inWords(filled: FilledField | undefined, language: Language): string {
  if (filled?.parsed.state !== 'right') return ''
  const [line = ''] = kindOf(filled.field).show(filled.field, filled.parsed.value, {
    language,
    say: translator(language),
  })
  const signs = [...line]
  return signs.length > longest ? `${signs.slice(0, longest).join('')}…` : line
}
