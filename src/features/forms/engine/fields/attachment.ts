import type { FormContext } from '../answers.ts'
import { empty, type FieldKind } from './field-kind.ts'

/**
 * A file to attach (csatolmány). The form only says what is asked for; the files are kept by whoever keeps the draft, and come
 * with the context. Where none are kept, they are to be enclosed with the printed form.
 */
export const attachment: FieldKind<'attachment'> = {
  read: () => '',
  parse(field, _answer, context) {
    const files = filesOf(field.id, context)
    if (files.some(({ scan }) => scan === 'infected')) {
      return { state: 'wrong', faults: [{ message: { key: 'forms.errors.attachment.infected' } }] }
    }
    return files.length === 0 ? empty : { state: 'right', value: files.map(({ name }) => name) }
  },
  show: (_field, value) => (Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []),
  control: (field) => ({ macro: 'file', multiple: field.multiple }),
}

export function filesOf(fieldId: string, { attachments }: FormContext) {
  return attachments !== undefined && Object.hasOwn(attachments, fieldId) ? (attachments[fieldId] ?? []) : []
}
