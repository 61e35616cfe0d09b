import { NotFound } from '../../../platform/http/errors.ts'
import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { Answer, Answers, FieldError, FormContext } from './answers.ts'
import type { FieldDefinition, FormDefinition, GroupDefinition, PageDefinition, PrefillSource } from './definition.ts'
import { filesOf } from './fields/attachment.ts'
import type { ChoiceItem, Control, PartControl, Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { findPage, pagedGroup, readPath, rowPath } from './page-path.ts'
import { referencesOfExpression } from './references.ts'
import {
  calculationsOf,
  controlOf,
  elementId,
  type FilledField,
  type FilledGroup,
  type FilledPage,
  fillIn,
  isGroup,
} from './visibility.ts'
import { errorText, messageText } from './wording.ts'

/** What a form page shows, for views/forms/page-fields.njk; every sentence already in the reader's language. */
export interface PageView {
  /** its path: the page's id, or that of a row's own page */
  id: string
  title: string
  intro: string[]
  items: ItemView[]
  /** for the error summary */
  errors: { href: string; text: string }[]
  /** the page takes files, so its form must be sent as multipart/form-data */
  takesFiles: boolean
}

export type ItemView = LockedView | FieldView | RevealView | GroupView | RowListView | EnclosureView

/** Known data, shown and not typed. */
export interface LockedView {
  kind: 'locked'
  rows: { key: string; values: string[] }[]
  /** where the data come from */
  note: string
}

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

export interface GroupView {
  kind: 'group'
  id: string
  label: string
  /** the page is about nothing else, so its title names the rows already */
  alone: boolean
  hint: string
  help: string
  error: string
  countName: string
  rows: { id: string; title: string; items: (FieldView | RevealView)[]; remove: string; removeText: string }[]
  /** value of the button that adds a row; empty when there is room for no more */
  add: string
  addText: string
}

/** Rows that are filled in on pages of their own. */
export interface RowListView extends Omit<GroupView, 'kind' | 'countName' | 'rows'> {
  kind: 'row-list'
  /** the first of the rows there must be is not filled in yet: it is begun with its `change`, and there is nothing else to do */
  isStart: boolean
  rows: {
    id: string
    title: string
    /** the first answers, to tell it from the others */
    texts: string[]
    /** what is still to be done with it; empty when nothing is */
    todo: string
    error: string
    /** values of the buttons that lead to its page and to the question whether to remove it; empty when it must stay */
    change: string
    changeText: string
    remove: string
    removeText: string
  }[]
}

/** A file that can't be sent from here: it is to be enclosed with the printed form. */
export interface EnclosureView {
  kind: 'enclosure'
  id: string
  label: string
  hint: string
  optional: boolean
}

/**
 * @param path of the page, or of a row's own
 * @param errors of readPage or checkForm; those of other pages are left out
 * @throws NotFound when the page is not to be filled in with these answers, or there is no such row
 */
export function pageView(
  definition: FormDefinition,
  path: string,
  answers: Answers,
  errors: readonly FieldError[],
  context: FormContext,
  language: Language,
): PageView {
  const { pageId, row } = readPath(path)
  const filled = fillIn(definition, answers, context).find(({ page }) => page.id === pageId)
  if (filled === undefined) throw new NotFound('form page')
  const errorAt = (at: string, id: string) => {
    const first = errors.find((error) => error.pageId === at && error.field === id)
    return first ? messageText(first.message, language) : ''
  }
  const show: Showing = {
    wording: { language, say: translator(language) },
    context,
    lastCalculation: calculationsOn(filled, row).at(-1)?.name,
    errorAt: (id) => errorAt(path, id),
    isWrongRow: (position) => errors.some((error) => error.pageId === rowPath(pageId, position)),
  }
  const shown = { id: path, takesFiles: false, errors: errorLinks(filled.page, path, errors, show.wording) }
  if (row !== undefined) return { ...shown, ...rowView(filled, row, show) }
  return {
    ...shown,
    title: filled.page.title[language],
    intro: filled.page.intro.map((paragraph) => paragraph[language]),
    items: itemViews(filled.drawn, show),
    takesFiles: context.attachments !== undefined && filled.page.items.some(({ type }) => type === 'attachment'),
  }
}

/** Rows with pages of their own in which something is wrong are named once; the link leads to the row in the list, where it is opened. */
function errorLinks(page: PageDefinition, path: string, errors: readonly FieldError[], wording: Wording) {
  const group = pagedGroup(page)
  const named = new Set<number>()
  return errors.flatMap((error) => {
    if (error.pageId === path) return [{ href: `#${error.field}`, text: errorText(error, wording.language) }]
    const { pageId, row } = readPath(error.pageId)
    if (pageId !== path || group === undefined || row === undefined || named.has(row)) return []
    named.add(row)
    const text = wording.say('forms.rows.wrong', { row: rowTitle(group, row, wording) })
    return [{ href: `#${rowId(group, row)}`, text }]
  })
}

function rowView(filled: FilledPage, position: number, show: Showing): Pick<PageView, 'title' | 'intro' | 'items'> {
  const group = filled.drawn.filter(isGroup).find((item) => item.group.rowPages)
  const row = group?.drawnRows[position]
  if (group === undefined || row === undefined) throw new NotFound('row of a form')
  return { title: rowTitle(group.group, position, show.wording), intro: [], items: withReveals(row, show) }
}

/** What a page is called: its title, or that of the row on its own page. */
export function pageTitle(definition: FormDefinition, path: string, language: Language): string {
  const page = findPage(definition, path)
  const group = page && pagedGroup(page)
  const { row } = readPath(path)
  if (group !== undefined && row !== undefined) return rowTitle(group, row, { language, say: translator(language) })
  return page?.title[language] ?? ''
}

/** Shown values of a page's calculated fields by the id of their element; empty while they cannot be computed. */
export function shownCalculations(
  definition: FormDefinition,
  path: string,
  answers: Answers,
  context: FormContext,
  language: Language,
): { [elementId: string]: string } {
  const wording = { language, say: translator(language) }
  const { pageId, row } = readPath(path)
  const filled = fillIn(definition, answers, context).find(({ page }) => page.id === pageId)
  const calculations = filled ? calculationsShown(filled, row) : []
  return Object.fromEntries(
    calculations.map(({ field, name, parsed }) => [
      elementId(name),
      parsed.state === 'right' ? kindOf(field).show(field, parsed.value, wording).join(' ') : '',
    ]),
  )
}

/** Those of the page itself, or of the row whose page it is. */
function calculationsShown(filled: FilledPage, row: number | undefined): FilledField[] {
  const paged = pagedGroup(filled.page)
  return calculationsOf(filled).filter(({ name }) => {
    const rowOfName = paged !== undefined && name.startsWith(`${paged.id}.`) ? Number(name.split('.')[1]) : undefined
    return rowOfName === row
  })
}

/** Those that what is typed on the page changes. */
function calculationsOn(filled: FilledPage, row: number | undefined): FilledField[] {
  const items = filled.page.items.flatMap((item) => {
    if (item.type !== 'group') return row === undefined ? [item] : []
    return item.rowPages === (row !== undefined) ? [item, ...item.fields] : []
  })
  const typed = new Set(items.map(({ id }) => id))
  return calculationsShown(filled, row).filter(
    ({ field }) => field.type === 'calculated' && referencesOfExpression(field.value).some(({ id }) => typed.has(id)),
  )
}

interface Showing {
  wording: Wording
  context: FormContext
  /** name of the field beside which the button stands */
  lastCalculation: string | undefined
  errorAt: (id: string) => string
  isWrongRow: (position: number) => boolean
}

function itemViews(items: readonly (FilledField | FilledGroup)[], show: Showing): ItemView[] {
  const views: ItemView[] = []
  const fields: FilledField[] = []
  const flush = () => views.push(...withReveals(fields.splice(0), show))
  for (const item of items) {
    if (isGroup(item)) {
      flush()
      const alone = items.every((other) => other === item || (!isGroup(other) && other.field.type === 'calculated'))
      views.push(item.group.rowPages ? rowListView(item, show, alone) : groupView(item, show, alone))
    } else if (item.locked && item.field.type !== 'calculated') {
      flush()
      addLocked(views, item, show)
    } else if (item.field.type === 'attachment' && show.context.attachments === undefined) {
      flush()
      views.push(enclosureView(item, show))
    } else fields.push(item)
  }
  flush()
  return views
}

function addLocked(views: ItemView[], { field, parsed }: FilledField, { wording }: Showing): void {
  const values = parsed.state === 'right' ? kindOf(field).show(field, parsed.value, wording) : []
  const row = { key: field.label[wording.language], values }
  const note = noteOf(field.prefill?.from, wording)
  const last = views.at(-1)
  if (last?.kind === 'locked' && last.note === note) last.rows.push(row)
  else views.push({ kind: 'locked', rows: [row], note })
}

function noteOf(source: PrefillSource | undefined, { say }: Wording): string {
  if (source === 'answer') return say('forms.taken-over')
  if (source?.startsWith('identity.')) return say('common.locked')
  return source?.startsWith('represented.') || source?.startsWith('acting.') ? say('forms.from-mandate') : ''
}

function enclosureView({ field, name }: FilledField, { wording: { language } }: Showing): EnclosureView {
  return {
    kind: 'enclosure',
    id: elementId(name),
    label: field.label[language],
    hint: field.hint?.[language] ?? '',
    optional: !field.required,
  }
}

function groupView(filled: FilledGroup, show: Showing, alone: boolean): GroupView {
  const { group, drawnRows: rows } = filled
  return {
    kind: 'group',
    ...groupHead(filled, show, alone),
    countName: `${group.id}.rows`,
    rows: rows.map((row, position) => ({
      id: rowId(group, position),
      title: rowTitle(group, position, show.wording),
      items: withReveals(row, show),
      remove: rows.length > group.min ? `remove:${group.id}:${String(position)}` : '',
      removeText: removeText(group, position, show.wording),
    })),
  }
}

function rowListView(filled: FilledGroup, show: Showing, alone: boolean): RowListView {
  const { group, rows } = filled
  const { say } = show.wording
  return {
    kind: 'row-list',
    ...groupHead(filled, show, alone),
    isStart: group.min > 0 && rows.length === 1 && rows.every(isEmptyRow),
    rows: rows.map((row, position) => {
      const title = rowTitle(group, position, show.wording)
      const isEmpty = isEmptyRow(row)
      const isUndone = row.some(
        ({ parsed, required }) => parsed.state === 'wrong' || (required && parsed.state === 'empty'),
      )
      return {
        id: rowId(group, position),
        title,
        texts: firstAnswers(row, show.wording),
        todo: isEmpty ? say('forms.rows.empty') : isUndone ? say('forms.rows.undone') : '',
        error: show.isWrongRow(position) ? say('forms.rows.wrong', { row: title }) : '',
        change: `open:${group.id}:${String(position)}`,
        changeText: say(isEmpty ? 'forms.rows.fill-in' : 'forms.rows.change', { row: title }),
        remove: rows.length > group.min ? `ask-remove:${group.id}:${String(position)}` : '',
        removeText: removeText(group, position, show.wording),
      }
    }),
  }
}

function isEmptyRow(row: readonly FilledField[]): boolean {
  return row.every(({ parsed, locked }) => locked || parsed.state === 'empty')
}

const mostShown = 2

function firstAnswers(row: readonly FilledField[], wording: Wording): string[] {
  return row
    .flatMap(({ field, parsed }) =>
      parsed.state === 'right' ? [kindOf(field).show(field, parsed.value, wording).join(', ')] : [],
    )
    .slice(0, mostShown)
}

function groupHead({ group, rows }: FilledGroup, show: Showing, alone: boolean) {
  const { language } = show.wording
  return {
    id: elementId(group.id),
    label: group.label[language],
    alone,
    hint: group.hint?.[language] ?? '',
    help: group.help?.[language] ?? '',
    error: show.errorAt(elementId(group.id)),
    add: rows.length < group.max ? `add:${group.id}` : '',
    addText: group.addLabel[language],
  }
}

function rowId(group: GroupDefinition, position: number): string {
  return `${elementId(group.id)}-${String(position)}`
}

function rowTitle(group: GroupDefinition, position: number, { language, say }: Wording): string {
  return say('forms.row', { label: group.rowLabel[language], number: position + 1 })
}

function removeText(group: GroupDefinition, position: number, wording: Wording): string {
  return wording.say('forms.remove-row', { row: rowTitle(group, position, wording) })
}

/** Puts the fields that hang on a choice of the same page behind that choice. */
function withReveals(fields: readonly FilledField[], show: Showing): (FieldView | RevealView)[] {
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
export function revealingValues(when: FieldDefinition['when']): string[] {
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
