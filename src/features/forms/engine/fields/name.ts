import type { Parts } from '../answers.ts'
import { empty, type Fault, type FieldKind, fault, lengthOf, partOf } from './field-kind.ts'

const longestPart = 100
const parts = ['family', 'given'] as const
const autocomplete = { family: 'family-name', given: 'given-name' }

/** A person's name in the Hungarian order: family name, given name. */
export const name: FieldKind<'name'> = {
  read(_field, posted, fieldName) {
    const typed: Parts = {}
    for (const part of parts) typed[part] = posted.line(`${fieldName}.${part}`)
    return typed
  },
  parse(_field, answer) {
    const value: Parts = {}
    const faults: Fault[] = []
    for (const part of parts) {
      const typed = partOf(answer, part).trim()
      if (typed === '') {
        faults.push(fault(`forms.errors.name.${part}`, undefined, part))
        continue
      }
      if (lengthOf(typed) > longestPart) {
        faults.push(fault('forms.errors.too-long', { length: lengthOf(typed), limit: longestPart }, part))
      } else if (!/^[\p{L}\p{M} .,'’()/-]+$/u.test(typed) || !/\p{L}/u.test(typed)) {
        faults.push(fault('forms.errors.name.signs', undefined, part))
      }
      value[part] = typed
    }
    if (Object.keys(value).length === 0) return empty
    return faults.length > 0 ? { state: 'wrong', faults } : { state: 'right', value }
  },
  show: (_field, value) => [
    parts
      .map((part) => partOf(value, part))
      .filter((part) => part !== '')
      .join(' '),
  ],
  control: (field, answer, { say }) => ({
    macro: 'parts',
    parts: parts.map((part) => ({
      part,
      label: say(`forms.parts.${part}`),
      value: partOf(answer, part),
      optional: false,
      width: 'w-20',
      ...(field.own ? { autocomplete: autocomplete[part] } : {}),
    })),
  }),
  firstPart: () => 'family',
}
