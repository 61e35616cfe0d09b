import { BadRequest } from '../../../platform/http/errors.ts'
import type { Posted } from '../../../platform/http/posted-form.ts'
import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { FormContext } from './answers.ts'
import type { FieldDefinition, FormDefinition } from './definition.ts'
import type { Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { findPage, readPath } from './page-path.ts'
import { postedValues } from './posted-values.ts'
import { nameInRow } from './visibility.ts'

/**
 * What somebody typed on a page, in words, so that it can be read and copied where it cannot be kept: the page's fields that have
 * something in them, right values as they are shown, wrong ones as they were typed.
 */
export function typedText(
  definition: FormDefinition,
  path: string,
  posted: Posted,
  { today, language }: { today: string; language: Language },
): { key: string; values: readonly string[] }[] {
  const wording = { language, say: translator(language) }
  const rows: { key: string; values: readonly string[] }[] = []
  const add = (key: string, field: FieldDefinition, name: string) => {
    const values = valuesOf(field, name, posted, today, wording)
    if (values.length > 0) rows.push({ key, values })
  }
  const place = readPath(path)
  for (const item of findPage(definition, path)?.items ?? []) {
    if (item.type !== 'group') {
      add(item.label[language], item, item.id)
      continue
    }
    for (let position = 0; position < item.max; position++) {
      if (item.rowPages && position !== place.row) continue
      const row = wording.say('forms.row', { label: item.rowLabel[language], number: position + 1 })
      for (const field of item.fields) {
        add(`${row}: ${field.label[language]}`, field, nameInRow(item, position, field))
      }
    }
  }
  return rows
}

function valuesOf(
  field: FieldDefinition,
  name: string,
  posted: Posted,
  today: string,
  wording: Wording,
): readonly string[] {
  const typed = Object.entries(posted)
    .filter(([posted]) => posted === name || posted.startsWith(`${name}.`))
    .flatMap(([, value]) => value ?? [])
    .filter((value) => value.trim() !== '')
    .flatMap((value) => value.split('\n'))
  if (typed.length === 0 || field.type === 'attachment' || field.type === 'calculated') return []
  try {
    const kind = kindOf(field)
    const parsed = kind.parse(field, kind.read(field, postedValues(posted), name), unknownPerson(today))
    return parsed.state === 'right' ? kind.show(field, parsed.value, wording) : typed
  } catch (failure) {
    if (failure instanceof BadRequest) return typed
    throw failure
  }
}

function unknownPerson(today: string): FormContext {
  return {
    today,
    settlement: { id: 0, name: '', postalCodes: [] },
    identity: null,
    contact: {},
    actingAs: 'self',
  }
}
