import { formats } from '../../../../platform/i18n/formats.ts'
import type { Parts } from '../answers.ts'
import { isDay, partsOfDay, readTypedDay, readTypedParts, type TypedDay } from '../calendar-day.ts'
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

function judged(read: TypedDay): Parsed {
  if (read.ok) return right(read.value)
  if (read.reason === 'empty') return empty
  if (!('part' in read)) return wrong(`forms.errors.date.${read.reason}`)
  const key = read.reason === 'missing' ? `forms.errors.date.missing-${read.part}` : `forms.errors.date.${read.reason}`
  return wrong(key, undefined, read.part)
}
