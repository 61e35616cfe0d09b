import { NotFound } from '../../../platform/http/errors.ts'
import type { Posted } from '../../../platform/http/posted-form.ts'
import type { Answer, AnswerRow, Answers, FieldError, FormContext } from './answers.ts'
import type { FormDefinition, GroupDefinition, PageDefinition } from './definition.ts'
import { kindOf } from './fields/index.ts'
import { pagedGroup, readPath, rowPath } from './page-path.ts'
import { asError, fieldsOf, ofLevel, problemsOf } from './page-problems.ts'
import { type PostedValues, postedValues } from './posted-values.ts'
import { calculationsOf, elementId, type FilledPage, fillIn, isGroup, nameInRow, own, rowsOf } from './visibility.ts'

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
