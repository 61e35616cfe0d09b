import type { AnswerRow, Answers, FieldError, FormContext } from './answers.ts'
import type { FormDefinition, PageDefinition } from './definition.ts'
import { readPath } from './page-path.ts'
import { ofLevel, problemsOf } from './page-problems.ts'
import { type FilledField, type FilledPage, fillIn, isGroup } from './visibility.ts'

export interface PageCheck {
  page: PageDefinition
  /** the page has been sent at least once, or asks nothing */
  visited: boolean
  errors: FieldError[]
}

export interface FormCheck {
  /** every visible page is visited and free of errors */
  complete: boolean
  pages: PageCheck[]
  warnings: FieldError[]
}

/** Everything that still stands between the answers and a submission, page by page. */
export function checkForm(definition: FormDefinition, answers: Answers, context: FormContext): FormCheck {
  const pages: PageCheck[] = []
  const warnings: FieldError[] = []
  for (const filled of fillIn(definition, answers, context)) {
    const problems = problemsOf(filled)
    pages.push({ page: filled.page, visited: wasVisited(filled, answers), errors: ofLevel(problems, 'error') })
    warnings.push(...ofLevel(problems, 'warning'))
  }
  return { complete: pages.every(({ visited, errors }) => visited && errors.length === 0), pages, warnings }
}

/**
 * A sent page leaves a trace of each of its fields, filled in or not. Fields the form may begin with say nothing by themselves, unless
 * nothing that is required is missing beside them.
 */
function wasVisited({ items }: FilledPage, answers: Answers): boolean {
  const asked = items.flatMap((item) => {
    if (isGroup(item)) return { ...item.group, required: item.group.min > 0 }
    return item.locked ? [] : { ...item.field, required: item.required }
  })
  const answered = asked.filter(({ id }) => Object.hasOwn(answers, id))
  if (asked.length === 0 || answered.some(({ begins }) => begins === undefined)) return true
  return answered.length > 0 && asked.every((item) => !item.required || answered.includes(item))
}

/** The canonical answers of visible fields, locked data taken from the context: what is hashed, stored and sent. */
export function cleanAnswers(definition: FormDefinition, answers: Answers, context: FormContext): Answers {
  const clean: Answers = {}
  for (const { items } of fillIn(definition, answers, context)) {
    for (const item of items) {
      if (isGroup(item)) clean[item.group.id] = item.rows.map(rightValues)
      else Object.assign(clean, rightValues([item]))
    }
  }
  return clean
}

function rightValues(fields: readonly FilledField[]): AnswerRow {
  const values: AnswerRow = {}
  for (const { field, parsed } of fields) {
    if (parsed.state === 'right' && field.type !== 'attachment') values[field.id] = parsed.value
  }
  return values
}

/** The pages to be filled in, in order. */
export function visiblePages(definition: FormDefinition, answers: Answers, context: FormContext): PageDefinition[] {
  return fillIn(definition, answers, context).map(({ page }) => page)
}

/** Whether there is such a page to be filled in; for a row's own page, whether there is such a row. */
export function isPageShown(definition: FormDefinition, path: string, answers: Answers, context: FormContext): boolean {
  const { pageId, row } = readPath(path)
  const filled = fillIn(definition, answers, context).find(({ page }) => page.id === pageId)
  if (row === undefined || filled === undefined) return filled !== undefined
  return filled.items.some((item) => isGroup(item) && item.group.rowPages && row < item.rows.length)
}

/** The first page not visited or not right; undefined when all are done. */
export function firstOpenPage(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
): PageDefinition | undefined {
  return checkForm(definition, answers, context).pages.find(({ visited, errors }) => !visited || errors.length > 0)
    ?.page
}
