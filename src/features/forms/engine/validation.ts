import { NotFound } from '../../../platform/http/errors.ts'
import type { Posted } from '../../../platform/http/posted-form.ts'
import type { Answer, AnswerRow, Answers, FieldError, FormContext, Message } from './answers.ts'
import { holds } from './condition.ts'
import type { FormDefinition, GroupDefinition, PageDefinition, Rule } from './definition.ts'
import type { Fault } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
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
 * The button `action` may add a row (`add:co-owners`), remove one (`remove:co-owners:0`) or ask for the page's calculated values
 * (`calculate`).
 *
 * @throws NotFound when the page is not to be filled in with these answers
 * @throws BadRequest when a name that may come once came several times
 */
export function readPage(
  definition: FormDefinition,
  pageId: string,
  answers: Answers,
  posted: Posted,
  context: FormContext,
): PageReading {
  const before = fillIn(definition, answers, context).find(({ page }) => page.id === pageId)
  if (before === undefined) throw new NotFound('form page')
  const values = postedValues(posted)
  const action = rowAction(before.page, values.line('action'))
  const calculates = values.line('action') === 'calculate'
  const typed = { ...answers }
  for (const item of before.drawn) {
    if (isGroup(item)) typed[item.group.id] = readRows(item.group, values, action, calculates)
    else if (item.locked) delete typed[item.field.id]
    else typed[item.field.id] = kindOf(item.field).read(item.field, values, item.name)
  }

  const filled = fillIn(definition, typed, context)
  const page = filled.find((one) => one.page.id === pageId)
  if (page === undefined) throw new NotFound('form page')
  const canonical = withCanonicalValues(typed, page)
  if (calculates) {
    const last = calculationsOf(page).at(-1)
    return { answers: canonical, errors: [], warnings: [], stayAt: last && elementId(last.name) }
  }
  if (action) return { answers: canonical, errors: [], warnings: [], stayAt: afterAction(action, canonical) }
  const problems = problemsOf(page)
  const hidden = hiddenSigns(page, values)
  const replaced = new Set(hidden.map(({ field }) => field))
  return {
    answers: canonical,
    errors: [...hidden, ...only(problems, 'error').filter(({ field }) => !replaced.has(field))],
    warnings: only(problems, 'warning'),
    stayAt: undefined,
  }
}

type RowAction = { kind: 'add'; group: GroupDefinition } | { kind: 'remove'; group: GroupDefinition; row: number }

function rowAction(page: PageDefinition, button: string): RowAction | undefined {
  const [kind, groupId, row] = button.split(':')
  const group = page.items.find((item) => item.type === 'group' && item.id === groupId)
  if (group?.type !== 'group') return undefined
  if (kind === 'add') return { kind, group }
  return kind === 'remove' && row !== undefined && /^[0-9]{1,3}$/.test(row)
    ? { kind, group, row: Number(row) }
    : undefined
}

/** Rows nobody wrote into are dropped when going on; the button's own change is made last. */
function readRows(
  group: GroupDefinition,
  values: PostedValues,
  action: RowAction | undefined,
  calculates: boolean,
): AnswerRow[] {
  const count = Number(/^[0-9]{1,3}$/.exec(values.line(`${group.id}.rows`))?.[0] ?? '0')
  const rows: AnswerRow[] = []
  for (let position = 0; position < Math.min(count, group.max); position++) {
    const row: AnswerRow = {}
    for (const field of group.fields) {
      if (field.type !== 'calculated')
        row[field.id] = kindOf(field).read(field, values, nameInRow(group, position, field))
    }
    rows.push(row)
  }
  if (calculates) return rows
  if (action === undefined) return rows.filter((row, position) => position < group.min || !isBlank(row))
  if (action.group.id !== group.id) return rows
  if (action.kind === 'remove') return rows.filter((_row, position) => position !== action.row)
  return rows.length < group.max ? [...rows, {}] : rows
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

function afterAction(action: RowAction, answers: Answers): string {
  if (action.kind === 'remove') return elementId(action.group.id)
  const rows = rowsOf(action.group, own(answers, action.group.id)).length
  return `${elementId(action.group.id)}-${String(rows - 1)}`
}

/** Signs that cannot be seen were taken out of what was typed: the person must look at the rest before it counts. */
function hiddenSigns(page: FilledPage, { cleaned }: PostedValues): FieldError[] {
  if (cleaned.size === 0) return []
  const errors: FieldError[] = []
  for (const { filled, row } of fieldsOf(page)) {
    for (const [name, reason] of cleaned) {
      if (name !== filled.name && !name.startsWith(`${filled.name}.`)) continue
      const part = name === filled.name ? undefined : name.slice(filled.name.length + 1)
      errors.push(asError(page, filled, { ...(part ? { part } : {}), message: { key: `forms.errors.${reason}` } }, row))
    }
  }
  return errors
}

interface Problem {
  level: Rule['level']
  error: FieldError
}

function only(problems: readonly Problem[], level: Rule['level']): FieldError[] {
  return problems.filter((problem) => problem.level === level).map(({ error }) => error)
}

/** Everything that is wrong on a page, in the order of its fields. */
function problemsOf(page: FilledPage): Problem[] {
  const problems: Problem[] = []
  for (const item of page.items) {
    if (!isGroup(item)) {
      problems.push(...problemsOfField(page, item, undefined))
      continue
    }
    problems.push(...problemsOfGroup(page, item))
    for (const [position, row] of item.rows.entries()) {
      const where = { label: item.group.rowLabel, number: position + 1 }
      for (const filled of row) problems.push(...problemsOfField(page, filled, where))
    }
  }
  return problems
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

function* problemsOfField(page: FilledPage, filled: FilledField, row: FieldError['row']): Generator<Problem> {
  const { field, parsed, known } = filled
  if (parsed.state === 'wrong') {
    for (const fault of parsed.faults) yield { level: 'error', error: asError(page, filled, fault, row) }
    return
  }
  if (parsed.state === 'empty') {
    if (!filled.required) return
    const part = kindOf(field).firstPart?.(field)
    const message: Message = field.requiredMessage
      ? { text: field.requiredMessage }
      : { key: `forms.errors.required.${field.type}` }
    yield { level: 'error', error: asError(page, filled, { ...(part ? { part } : {}), message }, row) }
    return
  }
  for (const fault of parsed.warnings ?? []) yield { level: 'warning', error: asError(page, filled, fault, row) }
  for (const { level, must, message } of field.rules) {
    if (holds(must, known) !== false) continue
    const part = kindOf(field).firstPart?.(field)
    yield { level, error: asError(page, filled, { ...(part ? { part } : {}), message: { text: message } }, row) }
  }
}

function asError({ page }: FilledPage, { field, name }: FilledField, fault: Fault, row: FieldError['row']): FieldError {
  const message: Message =
    'key' in fault.message
      ? { key: fault.message.key, values: { label: field.label, ...fault.message.values } }
      : fault.message
  return { field: elementId(name, fault.part), pageId: page.id, message, ...(row ? { row } : {}) }
}

function* fieldsOf(page: FilledPage): Generator<{ filled: FilledField; row: FieldError['row'] }> {
  for (const item of page.items) {
    if (!isGroup(item)) {
      yield { filled: item, row: undefined }
      continue
    }
    for (const [position, row] of item.rows.entries()) {
      for (const filled of row) yield { filled, row: { label: item.group.rowLabel, number: position + 1 } }
    }
  }
}

/** Everything that still stands between the answers and a submission, page by page. */
export function checkForm(definition: FormDefinition, answers: Answers, context: FormContext): FormCheck {
  const pages: PageCheck[] = []
  const warnings: FieldError[] = []
  for (const filled of fillIn(definition, answers, context)) {
    const problems = problemsOf(filled)
    pages.push({ page: filled.page, visited: wasVisited(filled, answers), errors: only(problems, 'error') })
    warnings.push(...only(problems, 'warning'))
  }
  return { complete: pages.every(({ visited, errors }) => visited && errors.length === 0), pages, warnings }
}

/** A sent page leaves a trace of each of its fields, filled in or not. */
function wasVisited({ items }: FilledPage, answers: Answers): boolean {
  const asked = items.filter((item) => isGroup(item) || !item.locked)
  return (
    asked.length === 0 || asked.some((item) => Object.hasOwn(answers, isGroup(item) ? item.group.id : item.field.id))
  )
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

/** The first page not visited or not right; undefined when all are done. */
export function firstOpenPage(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
): PageDefinition | undefined {
  return checkForm(definition, answers, context).pages.find(({ visited, errors }) => !visited || errors.length > 0)
    ?.page
}
