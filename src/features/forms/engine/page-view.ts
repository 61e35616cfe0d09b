import { NotFound } from '../../../platform/http/errors.ts'
import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { Answers, FieldError, FormContext } from './answers.ts'
import type { FormDefinition, PageDefinition, PrefillSource } from './definition.ts'
import { type FieldView, type RevealView, type Showing, withReveals } from './field-view.ts'
import type { Wording } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { type GroupView, groupView, type RowListView, rowId, rowListView, rowTitle } from './group-view.ts'
import { findPage, pagedGroup, readPath, rowPath } from './page-path.ts'
import { referencesOfExpression } from './references.ts'
import {
  calculationsOf,
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
