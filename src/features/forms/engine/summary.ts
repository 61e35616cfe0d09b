import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { Answers, FormContext } from './answers.ts'
import type { FormDefinition } from './definition.ts'
import type { Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { rowPath } from './page-path.ts'
import { elementId, type FilledField, fillIn, isGroup } from './visibility.ts'

export interface SummaryRow {
  /** in a repeating group the group's id, on a row's own page that of the element */
  fieldId: string
  label: string
  /** one or more lines; „nincs megadva” where nothing was answered */
  values: string[]
  /** id of the element where the person types it; empty for what is known or calculated */
  changeAt: string
}

/** A page's answers; the rows of a repeating group are sections of their own. */
export interface SummarySection {
  /** the path of the page where they are changed */
  pageId: string
  title: string
  rows: SummaryRow[]
}

/** All visible answers in words: for checking them, the receipt, its PDF and the clerk. */
export function summarise(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
  language: Language,
): SummarySection[] {
  const wording = { language, say: translator(language) }
  const sections: SummarySection[] = []
  for (const { page, items } of fillIn(definition, answers, context)) {
    const section: SummarySection = { pageId: page.id, title: page.title[language], rows: [] }
    sections.push(section)
    for (const item of items) {
      if (!isGroup(item)) {
        section.rows.push({
          fieldId: item.field.id,
          label: item.field.label[language],
          values: valuesOf(item, context, wording),
          changeAt: typedAt(item),
        })
        continue
      }
      const { group, rows } = item
      const values = [wording.say('forms.summary.rows', { count: rows.length })]
      section.rows.push({ fieldId: group.id, label: group.label[language], values, changeAt: elementId(group.id) })
      for (const [position, row] of rows.entries()) {
        sections.push({
          pageId: group.rowPages ? rowPath(page.id, position) : page.id,
          title: wording.say('forms.row', { label: group.rowLabel[language], number: position + 1 }),
          rows: row.map((filled) => ({
            fieldId: group.rowPages ? elementId(filled.name) : group.id,
            label: filled.field.label[language],
            values: valuesOf(filled, context, wording),
            changeAt: typedAt(filled),
          })),
        })
      }
    }
  }
  return sections
}

function typedAt({ field, name, locked }: FilledField): string {
  return locked || field.type === 'calculated' ? '' : elementId(name, kindOf(field).firstPart?.(field))
}

function valuesOf({ field, parsed }: FilledField, { attachments }: FormContext, wording: Wording): string[] {
  if (parsed.state === 'right') return kindOf(field).show(field, parsed.value, wording)
  if (parsed.state === 'wrong') return [wording.say('forms.summary.wrong')]
  if (field.type === 'calculated') return [wording.say('forms.summary.not-calculated')]
  const toEnclose = field.type === 'attachment' && attachments === undefined
  return [wording.say(toEnclose ? 'forms.summary.enclose' : 'forms.summary.nothing')]
}
