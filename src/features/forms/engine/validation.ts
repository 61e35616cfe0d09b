import { NotFound } from '../../../platform/http/errors.ts'
import type { Posted } from '../../../platform/http/posted-form.ts'
import type { Answer, AnswerRow, Answers, FieldError, FormContext, Message } from './answers.ts'
import { holds } from './condition.ts'
import type { FormDefinition, GroupDefinition, PageDefinition, Rule } from './definition.ts'
import type { Fault } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { pagedGroup, readPath, rowPath } from './page-path.ts'
import { type PostedValues, postedValues } from './posted-values.ts'
import {
  calculationsOf,
  elementId,
  type FilledField,
  type FilledGroup,
  type FilledPage,
  fillIn,
  isGroup,
  nameInRow,
  own,
  rowsOf,
} from './visibility.ts'

/** What came of a posted page. The answers are to be saved whatever `errors` says; errors only keep the person on the page. */
export interface PageReading {
  answers: Answers
  errors: FieldError[]
  warnings: FieldError[]
  /** a row was added or removed, or values were calculated: show the page again, without errors, at this element */
  stayAt: string | undefined
  /** a button led elsewhere: to the page of a row, to the question whether it is to be removed, or back to the list of rows */
  goTo: string | undefined
}

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

/**
 * Reads one posted page. What was typed stays, right or wrong; what is locked or was not shown is not read.
 *
 * The button `action` may add a row (`add:co-owners`), remove one (`remove:co-owners:0`) or ask for the page's calculated values
 * (`calculate`). Where rows have pages of their own it leads there (`add:…`, `open:co-owners:0`), or to the question whether to
 * remove one (`ask-remove:co-owners:0`); on the row's own page it is `remove`.
 *
 * @param path of the page, or of a row's own
 * @throws NotFound when the page is not to be filled in with these answers, or there is no such row
 * @throws BadRequest when a name that may come once came several times
 */
export function readPage(
  definition: FormDefinition,
  path: string,
  answers: Answers,
  posted: Posted,
  context: FormContext,
): PageReading {
  const place = readPath(path)
  const before = pageAt(definition, place.pageId, answers, context)
  const values = postedValues(posted)
  if (place.row !== undefined)
    return readRowPage(definition, { ...place, row: place.row }, before, answers, values, context)
  const action = pageAction(before.page, values.line('action'))
  const typed = { ...answers }
  for (const item of before.drawn) {
    if (isGroup(item)) typed[item.group.id] = rowsAfter(item.group, answers, values, action)
    else if (item.locked) delete typed[item.field.id]
    else typed[item.field.id] = kindOf(item.field).read(item.field, values, item.name)
  }
  const page = pageAt(definition, place.pageId, typed, context)
  const canonical = withCanonicalValues(typed, page)
  return action ? afterAction(action, page, canonical) : judged(page, values, canonical)
}

/** @throws NotFound when the page is not to be filled in with these answers */
function pageAt(definition: FormDefinition, pageId: string, answers: Answers, context: FormContext): FilledPage {
  const found = fillIn(definition, answers, context).find(({ page }) => page.id === pageId)
  if (found === undefined) throw new NotFound('form page')
  return found
}

/** One row, on a page of its own. */
function readRowPage(
  definition: FormDefinition,
  { pageId, row: position }: { pageId: string; row: number },
  before: FilledPage,
  answers: Answers,
  values: PostedValues,
  context: FormContext,
): PageReading {
  const group = pagedGroup(before.page)
  const filled = before.items.find((item) => isGroup(item) && item.group === group)
  if (group === undefined || filled === undefined) throw new NotFound('form page')
  const rows = rowsOf(group, own(answers, group.id))
  // The row after the last may have been removed in another window: what was typed becomes a row again, if the draft takes it.
  if (position > rows.length || position >= group.max) throw new NotFound('row of a form')
  const action = values.line('action')
  if (action === 'remove') {
    const others = rows.length > group.min ? rows.toSpliced(position, 1) : rows
    return done({ ...answers, [group.id]: others }, { goTo: pageId, stayAt: elementId(group.id) })
  }
  const typed = { ...answers, [group.id]: rows.toSpliced(position, 1, readRow(group, position, values)) }
  const page = pageAt(definition, pageId, typed, context)
  const canonical = withCanonicalValues(typed, page)
  if (action === 'calculate') {
    const last = calculationsOf(page).findLast(({ name }) => name.startsWith(`${group.id}.${String(position)}.`))
    return done(canonical, { stayAt: last && elementId(last.name) })
  }
  return judged(page, values, canonical, rowPath(pageId, position))
}

function done(answers: Answers, { stayAt, goTo }: { stayAt?: string | undefined; goTo?: string }): PageReading {
  return { answers, errors: [], warnings: [], stayAt, goTo }
}

/** @param only the path errors must be of; without it all of the page, its rows' included */
function judged(page: FilledPage, values: PostedValues, answers: Answers, only?: string): PageReading {
  const isOfThis = ({ pageId }: FieldError) => only === undefined || pageId === only
  const problems = problemsOf(page)
  const hidden = hiddenSigns(page, values)
  const replaced = new Set(hidden.map(({ field }) => field))
  const errors = [...hidden, ...ofLevel(problems, 'error').filter(({ field }) => !replaced.has(field))]
  return {
    answers,
    errors: errors.filter(isOfThis),
    warnings: ofLevel(problems, 'warning').filter(isOfThis),
    stayAt: undefined,
    goTo: undefined,
  }
}

type PageAction =
  | { kind: 'calculate' }
  | { kind: 'add'; group: GroupDefinition }
  | { kind: 'remove' | 'open' | 'ask-remove'; group: GroupDefinition; row: number }

function pageAction(page: PageDefinition, button: string): PageAction | undefined {
  if (button === 'calculate') return { kind: 'calculate' }
  const [kind, groupId, row] = button.split(':')
  const group = page.items.find((item) => item.type === 'group' && item.id === groupId)
  if (group?.type !== 'group') return undefined
  if (kind === 'add') return { kind, group }
  if (row === undefined || !/^[0-9]{1,3}$/.test(row)) return undefined
  if (group.rowPages) return kind === 'open' || kind === 'ask-remove' ? { kind, group, row: Number(row) } : undefined
  return kind === 'remove' ? { kind, group, row: Number(row) } : undefined
}

/** The rows after a post. Rows nobody wrote into are dropped when going on; the button's own change is made last. */
function rowsAfter(
  group: GroupDefinition,
  answers: Answers,
  values: PostedValues,
  action: PageAction | undefined,
): AnswerRow[] {
  const rows = group.rowPages ? rowsOf(group, own(answers, group.id)) : readRows(group, values)
  if (action === undefined) return rows.filter((row, position) => position < group.min || !isBlank(row))
  if (action.kind === 'calculate' || action.group.id !== group.id) return rows
  if (action.kind === 'remove') return rows.filter((_row, position) => position !== action.row)
  if (action.kind !== 'add' || rows.length >= group.max) return rows
  // A row that was begun and left is gone on with.
  const last = rows.at(-1)
  return group.rowPages && last !== undefined && isBlank(last) ? rows : [...rows, {}]
}

function readRows(group: GroupDefinition, values: PostedValues): AnswerRow[] {
  const count = Number(/^[0-9]{1,3}$/.exec(values.line(`${group.id}.rows`))?.[0] ?? '0')
  return Array.from({ length: Math.min(count, group.max) }, (_none, position) => readRow(group, position, values))
}

function readRow(group: GroupDefinition, position: number, values: PostedValues): AnswerRow {
  const row: AnswerRow = {}
  for (const field of group.fields) {
    if (field.type !== 'calculated')
      row[field.id] = kindOf(field).read(field, values, nameInRow(group, position, field))
  }
  return row
}

function isBlank(answer: Answer | AnswerRow): boolean {
  if (typeof answer === 'string') return answer.trim() === ''
  return Object.values(answer).every(isBlank)
}

function withCanonicalValues(typed: Answers, page: FilledPage): Answers {
  const answers = { ...typed }
  for (const item of page.items) {
    if (!isGroup(item)) {
      if (!item.locked && item.parsed.state === 'right' && item.field.type !== 'attachment') {
        answers[item.field.id] = item.parsed.value
      }
      continue
    }
    answers[item.group.id] = rowsOf(item.group, own(typed, item.group.id)).map((row, position) => {
      const canonical = { ...row }
      for (const { field, parsed, locked } of item.rows[position] ?? []) {
        if (!locked && parsed.state === 'right') canonical[field.id] = parsed.value
      }
      return canonical
    })
  }
  return answers
}

function afterAction(action: PageAction, page: FilledPage, answers: Answers): PageReading {
  if (action.kind === 'calculate') {
    const last = calculationsOf(page).at(-1)
    return done(answers, { stayAt: last && elementId(last.name) })
  }
  const { kind, group } = action
  const rows = rowsOf(group, own(answers, group.id)).length
  if (kind === 'remove') return done(answers, { stayAt: elementId(group.id) })
  if (kind === 'add' && !group.rowPages) return done(answers, { stayAt: `${elementId(group.id)}-${String(rows - 1)}` })
  const row = kind === 'add' ? rows - 1 : action.row
  if (row >= rows) return done(answers, { stayAt: elementId(group.id) })
  const path = rowPath(page.page.id, row)
  return done(answers, { goTo: kind === 'ask-remove' ? `${path}/torles` : path })
}

/** Signs that cannot be seen were taken out of what was typed: the person must look at the rest before it counts. */
function hiddenSigns(page: FilledPage, { cleaned }: PostedValues): FieldError[] {
  if (cleaned.size === 0) return []
  const errors: FieldError[] = []
  for (const { filled, row, path } of fieldsOf(page)) {
    for (const [name, reason] of cleaned) {
      if (name !== filled.name && !name.startsWith(`${filled.name}.`)) continue
      const part = name === filled.name ? undefined : name.slice(filled.name.length + 1)
      errors.push(asError(path, filled, { ...(part ? { part } : {}), message: { key: `forms.errors.${reason}` } }, row))
    }
  }
  return errors
}

interface Problem {
  level: Rule['level']
  error: FieldError
}

function ofLevel(problems: readonly Problem[], level: Rule['level']): FieldError[] {
  return problems.filter((problem) => problem.level === level).map(({ error }) => error)
}

/** Everything that is wrong on a page, in the order of its fields. */
function problemsOf(page: FilledPage): Problem[] {
  const problems: Problem[] = []
  for (const item of page.items) {
    if (!isGroup(item)) {
      problems.push(...problemsOfField(page.page.id, item, undefined))
      continue
    }
    problems.push(...problemsOfGroup(page, item))
    for (const [position, row] of item.rows.entries()) {
      const where = { label: item.group.rowLabel, number: position + 1 }
      const path = pathOfRow(page, item, position)
      for (const filled of row) problems.push(...problemsOfField(path, filled, where))
    }
  }
  return problems
}

function pathOfRow({ page }: FilledPage, { group }: FilledGroup, position: number): string {
  return group.rowPages ? rowPath(page.id, position) : page.id
}

function* problemsOfGroup({ page }: FilledPage, { group, rows, known }: FilledGroup): Generator<Problem> {
  const error = (message: Message): FieldError => ({ field: elementId(group.id), pageId: page.id, message })
  if (rows.length < group.min) {
    const general = { key: 'forms.errors.rows', values: { label: group.label, min: group.min } }
    yield { level: 'error', error: error(group.requiredMessage ? { text: group.requiredMessage } : general) }
  }
  for (const { level, must, message } of group.rules) {
    if (holds(must, known) === false) yield { level, error: error({ text: message }) }
  }
}

function* problemsOfField(path: string, filled: FilledField, row: FieldError['row']): Generator<Problem> {
  const { field, parsed, known } = filled
  if (parsed.state === 'wrong') {
    for (const fault of parsed.faults) yield { level: 'error', error: asError(path, filled, fault, row) }
    return
  }
  if (parsed.state === 'empty') {
    if (!filled.required) return
    const part = kindOf(field).firstPart?.(field)
    const message: Message = field.requiredMessage
      ? { text: field.requiredMessage }
      : { key: `forms.errors.required.${field.type}` }
    yield { level: 'error', error: asError(path, filled, { ...(part ? { part } : {}), message }, row) }
    return
  }
  for (const fault of parsed.warnings ?? []) yield { level: 'warning', error: asError(path, filled, fault, row) }
  for (const { level, must, message } of field.rules) {
    if (holds(must, known) !== false) continue
    const part = kindOf(field).firstPart?.(field)
    yield { level, error: asError(path, filled, { ...(part ? { part } : {}), message: { text: message } }, row) }
  }
}

function asError(path: string, { field, name }: FilledField, fault: Fault, row: FieldError['row']): FieldError {
  const message: Message =
    'key' in fault.message
      ? { key: fault.message.key, values: { label: field.label, ...fault.message.values } }
      : fault.message
  return { field: elementId(name, fault.part), pageId: path, message, ...(row ? { row } : {}) }
}

function* fieldsOf(page: FilledPage): Generator<{ filled: FilledField; row: FieldError['row']; path: string }> {
  for (const item of page.items) {
    if (!isGroup(item)) {
      yield { filled: item, row: undefined, path: page.page.id }
      continue
    }
    for (const [position, row] of item.rows.entries()) {
      const path = pathOfRow(page, item, position)
      for (const filled of row) yield { filled, row: { label: item.group.rowLabel, number: position + 1 }, path }
    }
  }
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
