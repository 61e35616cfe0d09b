import { hasDeceptiveCharacters } from '../../../../platform/http/posted-form.ts'
import { asText, empty, type FieldKind, lengthOf, type Parsed, right, wrong } from './field-kind.ts'

export const text: FieldKind<'text'> = {
  read: (_field, posted, name) => posted.line(name),
  parse(field, answer) {
    const typed = asText(answer).trim()
    if (typed === '') return empty
    if (field.digits) return digitsIn(typed, field.digits)
    const length = lengthOf(typed)
    return length > field.maxLength ? wrong('forms.errors.too-long', { length, limit: field.maxLength }) : right(typed)
  },
  show: (_field, value) => [asText(value)],
  control: (field, answer) => ({
    macro: 'text',
    value: asText(answer),
    width: field.width ?? (field.digits ? 'w-10' : 'full'),
    ...(field.digits ? { inputmode: 'numeric', spellcheck: false } : {}),
  }),
}

function digitsIn(typed: string, [least, most]: readonly [number, number]): Parsed {
  const digits = typed.replaceAll(/[\s\u2010-\u2013\u2212-]/gu, '')
  if (!/^[0-9]+$/.test(digits)) return wrong('forms.errors.digits.not-digits')
  if (digits.length >= least && digits.length <= most) return right(digits)
  return least === most
    ? wrong('forms.errors.digits.exactly', { digits: digits.length, most })
    : wrong('forms.errors.digits.between', { digits: digits.length, least, most })
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
