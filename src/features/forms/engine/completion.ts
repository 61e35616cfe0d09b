import type { Posted } from '../../../platform/http/posted-form.ts'
import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language, Text } from '../../../platform/i18n/language.ts'
import type { Answers, FieldError, FormContext } from './answers.ts'
import type { FieldDefinition, FormDefinition, PageDefinition } from './definition.ts'
import { readPage } from './page-reading.ts'
import { type ItemView, pageView } from './page-view.ts'
import { type SummarySection, summarise } from './summary.ts'
import { checkForm, cleanAnswers, visiblePages } from './validation.ts'
import { elementId } from './visibility.ts'

/**
 * Completing a form that was sent (hiánypótlás): some of its questions are asked again, all others keep the answers they had. The
 * same definition, the same checks: what is asked is judged among all the answers, and only what is asked can be changed.
 */

/** The questions and groups asked again, by their ids. */
export type Asked = readonly string[]

/** What can be written and attached beside the questions that are asked again; no form has questions called so. */
export const replyField = 'potlas-valasz'
export const enclosuresField = 'potlas-mellekletek'
const replyPage = 'potlas'

/** Signs that cannot be seen were taken out of what was typed: that wants another look. */
const hiddenSigns = ['forms.errors.control-characters', 'forms.errors.deceptive-characters']

/**
 * The form with a last page for whatever its questions have no place for: a reply in one's own words, and files.
 * Where nothing else is asked, something must be written.
 */
export function completionDefinition(definition: FormDefinition, asked: Asked): FormDefinition {
  const reply: FieldDefinition = {
    type: 'long-text',
    id: replyField,
    label: inBoth('forms.completion.reply'),
    hint: inBoth('forms.completion.reply-hint'),
    required: asked.length === 0,
    rules: [],
    maxLength: 4000,
    rows: 6,
  }
  const enclosures: FieldDefinition = {
    type: 'attachment',
    id: enclosuresField,
    label: inBoth('forms.completion.enclosures'),
    required: false,
    rules: [],
    multiple: true,
  }
  const page: PageDefinition = {
    id: replyPage,
    title: inBoth('forms.completion.page'),
    intro: [],
    items: [reply, enclosures],
  }
  return { ...definition, pages: [...definition.pages, page] }
}

function inBoth(key: string): Text {
  return { hu: translator('hu')(key), en: translator('en')(key) }
}

/** What can be asked again of a sent form, with the answers it has. Rows with pages of their own are asked for in words. */
export function askableItems(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
  language: Language,
): { page: string; items: { id: string; label: string; values: string[] }[] }[] {
  const sections = summarise(definition, answers, context, language)
  return visiblePages(definition, answers, context).flatMap((page) => {
    const items = page.items.filter(isAskable).flatMap(({ id, label }) => {
      const rows = sections.filter(({ pageId }) => pageId === page.id).flatMap((section) => section.rows)
      const values = rows.filter(({ fieldId }) => fieldId === id).flatMap((row) => row.values)
      return values.length === 0 ? [] : [{ id, label: label[language], values }]
    })
    return items.length === 0 ? [] : [{ page: page.title[language], items }]
  })
}

/** Which of the ids name something that can be asked again, in the order of the form. */
export function askedOf(definition: FormDefinition, ids: readonly string[]): string[] {
  return definition.pages
    .flatMap(({ items }) => items.filter(isAskable).map(({ id }) => id))
    .filter((id) => ids.includes(id))
}

function isAskable(item: PageDefinition['items'][number]): boolean {
  if (item.type === 'group') return !item.rowPages
  return item.type !== 'calculated' && item.type !== 'declaration' && item.prefill?.locked !== true
}

/** A completion page as it is shown: the pages of the form that have something asked, one below another. */
export interface CompletionView {
  sections: { title: string; items: ItemView[] }[]
  errors: { href: string; text: string }[]
}

/** @param definition with its last page, `completionDefinition` */
export function completionView(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  errors: readonly FieldError[],
  context: FormContext,
  language: Language,
): CompletionView {
  const shown = askedPages(definition, asked, answers, context).map((page) => {
    const view = pageView(definition, page.id, answers, errors, context, language)
    const ids = askedOn(page, asked).map((id) => elementId(id))
    return { title: view.title, items: view.items.flatMap((item) => onlyAsked(item, ids)), errors: view.errors }
  })
  return {
    sections: shown.map(({ title, items }) => ({ title, items })),
    errors: shown.flatMap((section) => section.errors),
  }
}

function onlyAsked(item: ItemView, ids: readonly string[]): ItemView[] {
  switch (item.kind) {
    case 'field':
    case 'group':
    case 'row-list':
      return ids.includes(item.id) ? [item] : []
    case 'reveal': {
      const hanging = item.revealed.flatMap(({ items }) => items).filter(({ id }) => ids.includes(id))
      if (!ids.includes(item.field.id)) return hanging
      const revealed = item.revealed.map(({ number, items }) => ({
        number,
        items: items.filter(({ id }) => ids.includes(id)),
      }))
      return [{ ...item, revealed }]
    }
    default:
      return []
  }
}

/** What came of a posted completion; to be saved whatever `errors` says. */
export interface CompletionReading {
  answers: Answers
  errors: FieldError[]
  /** a row was added or removed: show the page again, without errors, at this element */
  stayAt: string | undefined
}

/** Reads what was posted: answers to what is asked, and nothing else. */
export function readCompletion(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  posted: Posted,
  context: FormContext,
): CompletionReading {
  let now = answers
  let stayAt: string | undefined
  const hidden: FieldError[] = []
  for (const page of askedPages(definition, asked, answers, context)) {
    const ids = askedOn(page, asked)
    const reading = readPage(definition, page.id, now, posted, context)
    const read = Object.entries(reading.answers).filter(([id]) => ids.includes(id))
    now = { ...now, ...Object.fromEntries(read) }
    if (reading.stayAt !== undefined && ids.some((id) => isAt(reading.stayAt ?? '', id))) stayAt = reading.stayAt
    hidden.push(...reading.errors.filter(({ message }) => 'key' in message && hiddenSigns.includes(message.key)))
  }
  if (stayAt !== undefined) return { answers: now, errors: [], stayAt }
  const errors = checkCompletion(definition, asked, now, context)
  return { answers: now, errors: [...hidden.filter((error) => isAsked(definition, asked, error)), ...errors], stayAt }
}

/** What is wrong with the answers to what is asked; nothing: it can be sent. */
export function checkCompletion(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  context: FormContext,
): FieldError[] {
  return checkForm(definition, answers, context)
    .pages.flatMap(({ errors }) => errors)
    .filter((error) => isAsked(definition, asked, error))
}

/** The answers to what is asked, as they are sent. */
export function completionAnswers(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  context: FormContext,
): Answers {
  const wanted = withReply(asked)
  const clean = cleanAnswers(definition, answers, context)
  return Object.fromEntries(Object.entries(clean).filter(([id]) => wanted.includes(id)))
}

/** What is asked in words, with the answers as they are among all the others. */
export function completionSections(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  context: FormContext,
  language: Language,
): SummarySection[] {
  const wanted = withReply(asked)
  return summarise(definition, answers, context, language).flatMap((section) => {
    const rows = section.rows.filter(({ fieldId }) => wanted.includes(fieldId))
    return rows.length === 0 ? [] : [{ ...section, rows }]
  })
}

/** Files can be added to these. */
export function fileFieldsAsked(definition: FormDefinition, asked: Asked): { id: string; multiple: boolean }[] {
  const wanted = withReply(asked)
  return definition.pages
    .flatMap(({ items }) => items)
    .flatMap((item) => (item.type === 'attachment' && wanted.includes(item.id) ? [item] : []))
}

function askedPages(
  definition: FormDefinition,
  asked: Asked,
  answers: Answers,
  context: FormContext,
): PageDefinition[] {
  return visiblePages(definition, answers, context).filter((page) => askedOn(page, asked).length > 0)
}

function askedOn({ items }: PageDefinition, asked: Asked): string[] {
  const wanted = withReply(asked)
  return items.map(({ id }) => id).filter((id) => wanted.includes(id))
}

function withReply(asked: Asked): readonly string[] {
  return [...asked, replyField, enclosuresField]
}

/** An error belongs to the question with the longest name that begins its element's: `cim` and `cim-tipus` are two questions. */
function isAsked({ pages }: FormDefinition, asked: Asked, { field, pageId }: FieldError): boolean {
  const page = pages.find(({ id }) => id === pageId)
  const owners = (page?.items ?? []).map(({ id }) => id).filter((id) => isAt(field, id))
  const owner = owners.toSorted((a, b) => b.length - a.length)[0]
  return owner !== undefined && withReply(asked).includes(owner)
}

function isAt(element: string, id: string): boolean {
  return element === elementId(id) || element.startsWith(`${elementId(id)}-`)
}
