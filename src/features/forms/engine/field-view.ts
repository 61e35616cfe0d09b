import type { Answer, FormContext } from './answers.ts'
import type { FieldDefinition } from './definition.ts'
import { filesOf } from './fields/attachment.ts'
import type { ChoiceItem, Control, PartControl, Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { controlOf, elementId, type FilledField } from './visibility.ts'

/** A field as a page shows it. */
export interface FieldView {
  kind: 'field'
  id: string
  name: string
  label: string
  hint: string
  help: string
  error: string
  optional: boolean
  control: ControlView
}

type OfMacro<Macro extends Control['macro']> = Extract<Control, { macro: Macro }>

export type ControlView =
  | OfMacro<'text' | 'textarea' | 'checkbox' | 'search'>
  /** `button`: asks for the page's calculated values where no script does */
  | (OfMacro<'calculated'> & { button: boolean })
  | (Omit<OfMacro<'radios' | 'select'>, 'items'> & { items: RevealingItem[] })
  | (Omit<OfMacro<'checkboxes'>, 'items'> & { items: RevealingItem[] })
  | (OfMacro<'date'> & { errorParts: string[] })
  | { macro: 'parts'; parts: PartView[]; extra: PartView[]; extraOpen: boolean }
  | (OfMacro<'file'> & { files: FileView[] })

/** Choosing it shows the fields of that number which stand below it; 0 shows none. */
export interface RevealingItem extends ChoiceItem {
  reveals: number
}

export interface PartView extends PartControl {
  id: string
  name: string
  error: string
}

export interface FileView {
  id: string
  name: string
  size: number
  state: 'waiting' | 'clean' | 'infected' | 'not-scanned'
}

/** A choice with the fields that hang on it. */
export interface RevealView {
  kind: 'reveal'
  field: FieldView
  revealed: { number: number; items: FieldView[] }[]
}

/** What is the same for all that a page shows. */
export interface Showing {
  wording: Wording
  context: FormContext
  /** name of the field beside which the button stands */
  lastCalculation: string | undefined
  errorAt: (id: string) => string
  isWrongRow: (position: number) => boolean
}

/** Puts the fields that hang on a choice of the same page behind that choice. */
export function withReveals(fields: readonly FilledField[], show: Showing): (FieldView | RevealView)[] {
  const views: (FieldView | RevealView)[] = []
  for (const [position, filled] of fields.entries()) {
    if (hangsOnOneOf(fields.slice(0, position), filled)) continue
    const hanging = fields.slice(position + 1).filter(({ field }) => controlOf(field.when) === filled.field.id)
    const view = fieldView(filled, show)
    if (hanging.length === 0) views.push(view)
    else views.push(revealView(view, hanging, show))
  }
  return views
}

function hangsOnOneOf(fields: readonly FilledField[], { field: { when } }: FilledField): boolean {
  return fields.some(({ field }) => field.id === controlOf(when))
}

function revealView(field: FieldView, hanging: readonly FilledField[], show: Showing): RevealView {
  const sets = [...new Set(hanging.map(({ field: { when } }) => JSON.stringify(revealingValues(when))))]
  const revealed = sets.map((set, position) => ({
    number: position + 1,
    items: hanging
      .filter(({ field: { when } }) => JSON.stringify(revealingValues(when)) === set)
      .map((filled) => fieldView(filled, show)),
  }))
  if ('items' in field.control) {
    for (const item of field.control.items) {
      item.reveals = 1 + sets.findIndex((set) => set.includes(JSON.stringify(item.value)))
    }
  }
  return { kind: 'reveal', field, revealed }
}

/** The choices that show a field with this condition. */
function revealingValues(when: FieldDefinition['when']): string[] {
  if (when === undefined) return []
  if ('is' in when) return [when.is]
  if ('contains' in when) return [when.contains]
  return 'in' in when ? when.in : []
}

function fieldView(filled: FilledField, show: Showing): FieldView {
  const { field, name, answer, suggestion } = filled
  const { language } = show.wording
  const id = elementId(name)
  const typed: Answer | undefined = answer ?? suggestion
  const control = controlView(filled, kindOf(field).control(field, typed, show.wording, show.context), show)
  const error =
    control.macro === 'date' ? (control.errorParts.length > 0 ? firstDateError(id, show) : '') : show.errorAt(id)
  return {
    kind: 'field',
    id,
    name,
    label: field.label[language],
    hint: field.hint?.[language] ?? '',
    help: field.help?.[language] ?? '',
    error,
    optional: !field.required && field.type !== 'declaration' && field.type !== 'calculated',
    control,
  }
}

const dateParts = ['year', 'month', 'day']

function firstDateError(id: string, show: Showing): string {
  return dateParts.map((part) => show.errorAt(elementId(id, part))).find((text) => text !== '') ?? ''
}

function controlView({ field, name }: FilledField, control: Control, show: Showing): ControlView {
  const id = elementId(name)
  switch (control.macro) {
    case 'radios':
    case 'select':
    case 'checkboxes':
      return { ...control, items: control.items.map((item) => ({ ...item, reveals: 0 })) }
    case 'calculated':
      return { ...control, button: name === show.lastCalculation }
    case 'date':
      return { ...control, errorParts: dateParts.filter((part) => show.errorAt(elementId(id, part)) !== '') }
    case 'parts':
      return partsView(control.parts, name, show)
    case 'file':
      return { ...control, files: filesOf(field.id, show.context).map(fileView) }
    default:
      return control
  }
}

function partsView(parts: readonly PartControl[], name: string, show: Showing): ControlView {
  const views = parts.map((part): PartView => {
    const id = elementId(name, part.part)
    return { ...part, id, name: `${name}.${part.part}`, error: show.errorAt(id) }
  })
  const extra = views.filter((part) => part.extra)
  return {
    macro: 'parts',
    parts: views.filter((part) => !part.extra),
    extra,
    extraOpen: extra.some(({ value, error }) => value !== '' || error !== ''),
  }
}

function fileView({ id, name, sizeBytes, scan }: ReturnType<typeof filesOf>[number]): FileView {
  return { id, name, size: sizeBytes, state: scan === 'pending' ? 'waiting' : scan }
}
