import { formats } from '../../../../platform/i18n/formats.ts'
import type { Parts } from '../answers.ts'
import {
  isDay,
  isMonth,
  partsOfDay,
  readTypedDay,
  readTypedMonth,
  readTypedParts,
  readTypedTime,
  type TypedDay,
} from '../calendar-day.ts'
import { asText, empty, type FieldKind, type Parsed, partOf, right, wrong } from './field-kind.ts'

export const date: FieldKind<'date'> = {
  read(field, posted, name) {
    if (field.input === 'text') return posted.line(name)
    const parts: Parts = {}
    for (const part of ['year', 'month', 'day']) parts[part] = posted.line(`${name}.${part}`)
    return parts
  },
  parse(_field, answer) {
    if (typeof answer === 'string') return judged(readTypedDay(answer))
    return judged(
      readTypedParts({ year: partOf(answer, 'year'), month: partOf(answer, 'month'), day: partOf(answer, 'day') }),
    )
  },
  show: (_field, value, { language }) => [formats[language].day(asText(value))],
  control(field, answer) {
    const autocomplete = field.own ? 'bday' : ''
    const typed = asText(answer)
    if (field.input === 'text') {
      return { macro: 'text', value: isDay(typed) ? typed.replaceAll('-', '. ') + '.' : typed, width: 'w-10' }
    }
    if (isDay(typed)) return { macro: 'date', value: partsOfDay(typed), autocomplete }
    const value = { year: partOf(answer, 'year'), month: partOf(answer, 'month'), day: partOf(answer, 'day') }
    return { macro: 'date', value, autocomplete }
  },
}

/** A month of a year (hónap): `2026-11`, `2026. november`. */
export const month: FieldKind<'month'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(_field, answer) {
    const read = readTypedMonth(asText(answer))
    if (read.ok) return right(read.value)
    if (read.reason === 'empty') return empty
    const key = read.reason === 'year' || read.reason === 'month' ? 'date' : 'month'
    return wrong(`forms.errors.${key}.${read.reason}`)
  },
  show: (_field, value, { language }) => [formats[language].month(asText(value))],
  control(_field, answer) {
    const typed = asText(answer)
    return { macro: 'text', value: isMonth(typed) ? `${typed.replace('-', '. ')}.` : typed, width: 'w-10' }
  },
}

/** A time of day (időpont): `8:30`. */
export const time: FieldKind<'time'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(_field, answer) {
    const read = readTypedTime(asText(answer))
    if (read.ok) return right(read.value)
    return read.reason === 'empty' ? empty : wrong(`forms.errors.time.${read.reason}`)
  },
  show: (_field, value) => [asText(value)],
  control: (_field, answer) => ({ macro: 'text', value: asText(answer), width: 'w-5' }),
}

function judged(read: TypedDay): Parsed {
  if (read.ok) return right(read.value)
  if (read.reason === 'empty') return empty
  if (!('part' in read)) return wrong(`forms.errors.date.${read.reason}`)
  const key = read.reason === 'missing' ? `forms.errors.date.missing-${read.part}` : `forms.errors.date.${read.reason}`
  return wrong(key, undefined, read.part)
}
