import { isDeepStrictEqual } from 'node:util'
import { translator } from '../../../platform/i18n/catalogue.ts'
import type { Language } from '../../../platform/i18n/language.ts'
import type { Answer, AnswerRow, Answers, FormContext } from './answers.ts'
import type { FieldDefinition, FormDefinition, GroupDefinition } from './definition.ts'
import { kindOf } from './fields/index.ts'
import { postedValues } from './posted-values.ts'
import { type FilledField, fillIn, isGroup, nameInRow, own } from './visibility.ts'

/** Answers to one version of a form, as answers to another. */
export interface Carrying {
  /** what fits: the other version's own fields, in shapes its fields can show; right or wrong as it was or is now */
  answers: Answers
  /** what does not fit, by the name of its input in the old version; of several choices those that are offered no more */
  left: ReadonlyMap<string, Answer>
}

/**
 * Carries answers over to another version of the same form (or from a submission into a new draft). An answer whose question is the same
 * is carried as it is. Where the question changed, an answer that can still be shown is carried, even if it has to be corrected now:
 * the check says so. What cannot be shown is left out: of a question that is gone or of another kind, a choice no longer offered,
 * rows for which there is no room, a declaration whose wording changed.
 *
 * @param without questions whose answers are not wanted in the other version at all, and not counted as left out
 */
export function carryAnswers(
  from: FormDefinition,
  to: FormDefinition,
  answers: Answers,
  context: FormContext,
  without: (field: FieldDefinition) => boolean = () => false,
): Carrying {
  const carried: Answers = {}
  const left = new Map<string, Answer>()
  const targets = new Map(to.pages.flatMap(({ items }) => items).map((item) => [item.id, item]))
  for (const item of from.pages.flatMap(({ items }) => items)) {
    const answer = own(answers, item.id)
    const target = targets.get(item.id)
    if (answer === undefined) continue
    if (item.type === 'group') {
      const rows = carryRows(item, target?.type === 'group' ? target : undefined, answer, context, without, left)
      if (rows !== undefined) carried[item.id] = rows
      continue
    }
    if (without(item) || (target && target.type !== 'group' && without(target))) continue
    const one = carryField(item, target?.type === 'group' ? undefined : target, answer, context)
    if (one.carried !== undefined) carried[item.id] = one.carried
    if (one.left !== undefined) left.set(item.id, one.left)
  }
  return { answers: carried, left }
}

function carryRows(
  group: GroupDefinition,
  target: GroupDefinition | undefined,
  answer: Answer,
  context: FormContext,
  without: (field: FieldDefinition) => boolean,
  left: Map<string, Answer>,
): AnswerRow[] | undefined {
  const rows = Array.isArray(answer) ? answer.filter((row) => typeof row === 'object') : []
  const room = target === undefined ? 0 : target.max === group.max ? rows.length : target.max
  const carriedRows: AnswerRow[] = []
  for (const [position, row] of rows.entries()) {
    const carried: AnswerRow = {}
    for (const field of group.fields) {
      const inRow = own(row, field.id)
      const fieldThere = position < room ? target?.fields.find(({ id }) => id === field.id) : undefined
      if (inRow === undefined || without(field) || (fieldThere && without(fieldThere))) continue
      const one = carryField(field, fieldThere, inRow, context)
      if (one.carried !== undefined) carried[field.id] = one.carried
      if (one.left !== undefined) left.set(nameInRow(group, position, field), one.left)
    }
    if (position < room) carriedRows.push(carried)
  }
  return target && carriedRows
}

function carryField(
  field: FieldDefinition,
  target: FieldDefinition | undefined,
  answer: Answer,
  context: FormContext,
): { carried?: Answer; left?: Answer } {
  if (target === undefined) return { left: answer }
  if (asksTheSame(field, target)) return { carried: answer }
  // Files stay where they are, and what is calculated is calculated anew.
  if (field.type === 'attachment' && target.type === 'attachment') return { carried: answer }
  if (field.type === 'calculated' || target.type === 'calculated') return {}
  if (target.type === 'declaration') {
    return field.type === 'declaration' && saysTheSame(field, target) ? { carried: answer } : { left: answer }
  }
  if (target.type === 'attachment') return { left: answer }
  if (field.type === 'choices' && target.type === 'choices' && Array.isArray(answer))
    return carryChoices(target, answer)
  const there = kindOf(target).parse(target, answer, context)
  if (field.type !== target.type || target.type === 'choice') {
    const here = kindOf(field).parse(field, answer, context)
    if (here.state === 'empty' && there.state === 'empty' && isShapeOf(target, answer)) return { carried: answer }
    return there.state === 'right' ? { carried: there.value } : { left: answer }
  }
  return there.state === 'right' || isShapeOf(target, answer) ? { carried: answer } : { left: answer }
}

function carryChoices(target: FieldDefinition & { type: 'choices' }, answer: Answer & unknown[]) {
  const offered = new Set(target.choices.map(({ value }) => value))
  const chosen = answer.filter((value) => typeof value === 'string')
  const gone = chosen.filter((value) => !offered.has(value))
  return { carried: chosen.filter((value) => offered.has(value)), ...(gone.length > 0 ? { left: gone } : {}) }
}

/** Nothing that decides which answers there can be, or what answering means, is different. */
function asksTheSame(field: FieldDefinition, target: FieldDefinition): boolean {
  const { rules: _, when: __, prefill: ___, begins: ____, ...asked } = field
  const { rules: _rules, when: _when, prefill: _prefill, begins: _begins, ...askedThere } = target
  return isDeepStrictEqual(asked, askedThere)
}

/** Whoever declares something declares these very words. */
function saysTheSame(field: FieldDefinition, target: FieldDefinition): boolean {
  return isDeepStrictEqual([field.label, field.hint, field.help], [target.label, target.hint, target.help])
}

/** Whether the field could have read such an answer from its own inputs. */
function isShapeOf(field: FieldDefinition, answer: Answer): boolean {
  return shapeOf(kindOf(field).read(field, postedValues({}), field.id)) === shapeOf(answer)
}

function shapeOf(answer: Answer): 'text' | 'list' | 'parts' {
  if (typeof answer === 'string') return 'text'
  return Array.isArray(answer) ? 'list' : 'parts'
}

/** An answer that could not be carried over, in words. */
export interface LeftAnswer {
  label: string
  /** what was answered; as typed where it was never right */
  values: string[]
}

/** What the person loses: the answers left out that were visible in the old version and not blank. */
export function leftInWords(
  from: FormDefinition,
  answers: Answers,
  { left }: Carrying,
  context: FormContext,
  language: Language,
): LeftAnswer[] {
  const wording = { language, say: translator(language) }
  const lost: LeftAnswer[] = []
  const add = (label: string, { field, name, locked, parsed }: FilledField) => {
    const answer = left.get(name)
    if (answer === undefined || locked || field.type === 'attachment') return
    const values =
      parsed.state === 'right'
        ? kindOf(field).show(field, Array.isArray(answer) ? answer : parsed.value, wording)
        : asTyped(answer)
    if (values.length > 0) lost.push({ label, values })
  }
  for (const item of fillIn(from, answers, context).flatMap(({ items }) => items)) {
    if (!isGroup(item)) add(item.field.label[language], item)
    else {
      for (const [position, row] of item.rows.entries()) {
        const title = wording.say('forms.row', { label: item.group.rowLabel[language], number: position + 1 })
        for (const filled of row) add(`${title}: ${filled.field.label[language]}`, filled)
      }
    }
  }
  return lost
}

function asTyped(answer: Answer): string[] {
  const texts = typeof answer === 'string' ? answer.split('\n') : Object.values(answer)
  return texts.flatMap((text) => (typeof text === 'string' && text.trim() !== '' ? [text] : []))
}
