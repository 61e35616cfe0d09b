import type { FieldError, Message } from './answers.ts'
import { holds } from './condition.ts'
import type { Rule } from './definition.ts'
import type { Fault } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { rowPath } from './page-path.ts'
import { elementId, type FilledField, type FilledGroup, type FilledPage, isGroup } from './visibility.ts'

interface Problem {
  level: Rule['level']
  error: FieldError
}

export function ofLevel(problems: readonly Problem[], level: Rule['level']): FieldError[] {
  return problems.filter((problem) => problem.level === level).map(({ error }) => error)
}

/** Everything that is wrong on a page, in the order of its fields. */
export function problemsOf(page: FilledPage): Problem[] {
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

export function asError(path: string, { field, name }: FilledField, fault: Fault, row: FieldError['row']): FieldError {
  const message: Message =
    'key' in fault.message
      ? { key: fault.message.key, values: { label: field.label, ...fault.message.values } }
      : fault.message
  return { field: elementId(name, fault.part), pageId: path, message, ...(row ? { row } : {}) }
}

export function* fieldsOf(page: FilledPage): Generator<{ filled: FilledField; row: FieldError['row']; path: string }> {
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
