import type { Language, Text } from '../../../../platform/i18n/language.ts'
import { compareQuantities, readQuantity, readTypedDecimal } from '../quantity.ts'
import { asText, empty, type FieldKind, type Parsed, right, wrong } from './field-kind.ts'

export const number: FieldKind<'number'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const typed = asText(answer)
    if (typed.trim() === '') return empty
    const read = readTypedDecimal(typed, field.decimals)
    if (!read.ok) return wrong(`forms.errors.number.${read.reason}`, { decimals: field.decimals })
    return within(read.value, field, inWords)
  },
  show: (field, value, { language }) => [withSuffix(asText(value), field.suffix, language)],
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

/** Whole forints (forint): `12 500`, `12500`, `12 500 Ft`, `12500,-`. */
export const amount: FieldKind<'amount'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const typed = asText(answer).trim()
    if (typed === '') return empty
    const read = readTypedDecimal(typed.replace(/,-$/, '').replace(/ ?(?:Ft|HUF)\.?$/i, ''), 0)
    return read.ok ? within(read.value, field, inForints) : wrong(`forms.errors.amount.${read.reason}`)
  },
  show: (_field, value, { language }) => [inForints(asText(value))[language]],
  control(field, answer, { language }, context) {
    const parsed = amount.parse(field, answer, context)
    return {
      macro: 'text',
      value: parsed.state === 'right' ? groupDigits(asText(parsed.value), 'hu') : asText(answer),
      inputmode: 'numeric',
      width: field.width ?? 'w-10',
      suffix: language === 'hu' ? 'Ft' : 'HUF',
    }
  },
}

/** Computed (számított): nobody types it, and what is posted under its name is not read. */
export const calculated: FieldKind<'calculated'> = {
  read: () => '',
  parse(_field, answer) {
    const value = asText(answer)
    return readQuantity(value) === undefined ? empty : right(value)
  },
  show: (field, value, { language }) => [withSuffix(asText(value), field.suffix, language)],
  control(field, answer, wording) {
    const value = asText(answer)
    return { macro: 'calculated', value: value === '' ? '' : (calculated.show(field, value, wording)[0] ?? '') }
  },
}

function within(
  canonical: string,
  { min, max }: { min?: string | undefined; max?: string | undefined },
  inText: (limit: string) => Text,
): Parsed {
  const value = readQuantity(canonical)
  const [least, most] = [min, max].map((limit) => (limit === undefined ? undefined : readQuantity(limit)))
  if (value && least && compareQuantities(value, least) < 0) {
    return wrong('forms.errors.number.min', { min: inText(min ?? '') })
  }
  if (value && most && compareQuantities(value, most) > 0) {
    return wrong('forms.errors.number.max', { max: inText(max ?? '') })
  }
  return right(canonical)
}

function inWords(canonical: string): Text {
  return { hu: groupDigits(canonical, 'hu'), en: groupDigits(canonical, 'en') }
}

function inForints(canonical: string): Text {
  const { hu, en } = inWords(canonical)
  return { hu: `${hu}\u00a0Ft`, en: `${en}\u00a0HUF` }
}

function withSuffix(canonical: string, suffix: Text | undefined, language: Language): string {
  const shown = groupDigits(canonical, language)
  return suffix ? `${shown}\u00a0${suffix[language]}` : shown
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
