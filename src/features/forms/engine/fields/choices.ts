import type { FieldOf } from '../definition.ts'
import {
  asText,
  type ChoiceItem,
  empty,
  type FieldKind,
  type Parsed,
  right,
  type Wording,
  wrong,
} from './field-kind.ts'

const notOffered = () => wrong('forms.errors.not-offered')

export const yesNo: FieldKind<'yes-no'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(_field, answer) {
    const chosen = asText(answer)
    if (chosen === '') return empty
    return chosen === 'yes' || chosen === 'no' ? right(chosen) : notOffered()
  },
  show: (_field, value, { say }) => [say(value === 'yes' ? 'forms.yes' : 'forms.no')],
  control: (_field, answer, { say }) => ({
    macro: 'radios',
    value: asText(answer),
    inline: true,
    items: [
      { value: 'yes', text: say('forms.yes'), hint: '' },
      { value: 'no', text: say('forms.no'), hint: '' },
    ],
  }),
}

export const choice: FieldKind<'choice'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const chosen = asText(answer)
    if (chosen === '') return empty
    if (field.choices.some(({ value }) => value === chosen)) return right(chosen)
    return field.control === 'search' ? sought(field, chosen) : notOffered()
  },
  show: (field, value, { language }) =>
    field.choices.filter((offered) => offered.value === value).map(({ label }) => label[language]),
  control(field, answer, wording) {
    const typed = asText(answer)
    const items = itemsOf(field, wording)
    if (field.control !== 'search') return { macro: field.control, value: typed, inline: false, items }
    const chosen = items.find(({ value }) => value === typed)
    return { macro: 'search', value: chosen?.text ?? typed, suggestions: items.map(({ text }) => text) }
  },
}

const mostNamed = 5

/** What somebody typed instead of choosing: a whole name, else the beginning of one, else of a word in one; in either language. */
function sought({ choices }: FieldOf<'choice'>, typed: string): Parsed {
  const wanted = folded(typed)
  const fitting = (fits: (name: string) => boolean) =>
    choices.filter(({ label }) => wanted !== '' && [label.hu, label.en].some((name) => fits(folded(name))))
  const found = [
    fitting((name) => name === wanted),
    fitting((name) => name.startsWith(wanted)),
    fitting((name) => name.includes(` ${wanted}`)),
  ].find((those) => those.length > 0)
  const [first, ...others] = found ?? []
  if (first === undefined) return wrong('forms.errors.search.none', { typed })
  if (others.length === 0) return right(first.value)
  const named = [first, ...others].slice(0, mostNamed).map(({ label }) => label)
  const fits = {
    hu: named.map(({ hu }) => `„${hu}”`).join(', '),
    en: named.map(({ en }) => `“${en}”`).join(', '),
  }
  return wrong('forms.errors.search.several', { typed, fits, more: others.length >= mostNamed ? 'yes' : 'no' })
}

/** Without accents, capitals and the signs between words. */
function folded(text: string): string {
  const letters = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return letters.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

export const severalChoices: FieldKind<'choices'> = {
  read: (_field, posted, name) => posted.list(name),
  parse(field, answer) {
    const chosen = Array.isArray(answer) ? answer.filter((value) => typeof value === 'string') : []
    if (chosen.length === 0) return empty
    const offered = field.choices.map(({ value }) => value)
    if (!chosen.every((value) => offered.includes(value))) return notOffered()
    return right(offered.filter((value) => chosen.includes(value)))
  },
  show: (field, value, { language }) =>
    field.choices
      .filter((offered) => Array.isArray(value) && value.some((chosen) => chosen === offered.value))
      .map(({ label }) => label[language]),
  control: (field, answer, wording) => ({
    macro: 'checkboxes',
    value: Array.isArray(answer) ? answer.filter((value) => typeof value === 'string') : [],
    items: itemsOf(field, wording),
  }),
}

function itemsOf(field: FieldOf<'choice'> | FieldOf<'choices'>, { language }: Wording): ChoiceItem[] {
  return field.choices.map(({ value, label, hint }) => ({ value, text: label[language], hint: hint?.[language] ?? '' }))
}

/** A declaration (nyilatkozat) is made or not; not made is no answer. */
export const declaration: FieldKind<'declaration'> = {
  read: (_field, posted, name) => posted.line(name),
  parse: (_field, answer) =>
    answer === 'yes' ? right('yes') : answer === undefined || answer === '' ? empty : notOffered(),
  show: (_field, _value, { say }) => [say('forms.declared')],
  control: (_field, answer) => ({ macro: 'checkbox', value: asText(answer) }),
}
