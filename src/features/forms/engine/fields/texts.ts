import { hasDeceptiveCharacters } from '../../../../platform/http/posted-form.ts'
import type { Language } from '../../../../platform/i18n/language.ts'
import { compareQuantities, readQuantity, readTypedDecimal } from '../quantity.ts'
import { asText, empty, type FieldKind, lengthOf, right, wrong } from './field-kind.ts'

export const text: FieldKind<'text'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const typed = asText(answer).trim()
    if (typed === '') return empty
    const length = lengthOf(typed)
    return length > field.maxLength ? wrong('forms.errors.too-long', { length, limit: field.maxLength }) : right(typed)
  },
  show: (_field, value) => [asText(value)],
  control: (field, answer) => ({ macro: 'text', value: asText(answer), width: field.width ?? 'full' }),
}

export const longText: FieldKind<'long-text'> = {
  read: (_field, posted, name) => posted.lines(name),
  parse(field, answer) {
    const typed = asText(answer)
    if (!hasVisibleSigns(typed)) return empty
    const length = lengthOf(typed)
    return length > field.maxLength ? wrong('forms.errors.too-long', { length, limit: field.maxLength }) : right(typed)
  },
  show: (_field, value) => withHiddenSignsShown(asText(value)).split('\n'),
  control: (field, answer) => ({
    macro: 'textarea',
    value: asText(answer),
    rows: field.rows,
    maxLength: field.maxLength,
  }),
}

function hasVisibleSigns(text: string): boolean {
  return Array.from(text).some((sign) => sign.trim() !== '' && !hasDeceptiveCharacters(sign))
}

/** Direction overrides and zero-width signs are shown by their code, so that no text reads other than it is. */
function withHiddenSignsShown(text: string): string {
  return Array.from(text, (sign) =>
    hasDeceptiveCharacters(sign)
      ? `[U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
      : sign,
  ).join('')
}

export const number: FieldKind<'number'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const typed = asText(answer)
    if (typed.trim() === '') return empty
    const read = readTypedDecimal(typed, field.decimals)
    if (!read.ok) return wrong(`forms.errors.number.${read.reason}`, { decimals: field.decimals })
    const value = readQuantity(read.value)
    const min = field.min === undefined ? undefined : readQuantity(field.min)
    const max = field.max === undefined ? undefined : readQuantity(field.max)
    if (value && min && compareQuantities(value, min) < 0)
      return wrong('forms.errors.number.min', { min: field.min ?? '' })
    if (value && max && compareQuantities(value, max) > 0)
      return wrong('forms.errors.number.max', { max: field.max ?? '' })
    return right(read.value)
  },
  show(field, value, { language }) {
    const shown = groupDigits(asText(value), language)
    return [field.suffix ? `${shown}\u00a0${field.suffix[language]}` : shown]
  },
  control(field, answer, { language }) {
    const typed = asText(answer)
    const canonical = readQuantity(typed) !== undefined
    return {
      macro: 'text',
      value: canonical && language === 'hu' ? typed.replace('.', ',') : typed,
      inputmode: field.decimals === 0 ? 'numeric' : 'decimal',
      width: field.width ?? 'w-5',
      ...(field.suffix ? { suffix: field.suffix[language] } : {}),
    }
  },
}

/** A canonical decimal for reading: `1 234,5` or `1,234.5`. */
function groupDigits(canonical: string, language: Language): string {
  const [whole = '', part] = canonical.split('.')
  const threes: string[] = []
  let rest = whole
  for (; /[0-9]{4}$/.test(rest); rest = rest.slice(0, -3)) threes.unshift(rest.slice(-3))
  const grouped = [rest, ...threes].join(language === 'hu' ? '\u00a0' : ',')
  return part === undefined ? grouped : `${grouped}${language === 'hu' ? ',' : '.'}${part}`
}
