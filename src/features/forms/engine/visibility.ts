import { groupTaxNumber } from '../../identifiers/index.ts'
import type { Answer, AnswerRow, Answers, FormContext, Parts } from './answers.ts'
import { calculate, holds, type KnownAnswers } from './condition.ts'
import type {
  Condition,
  FieldDefinition,
  FieldOf,
  FormDefinition,
  GroupDefinition,
  PageDefinition,
  PrefillSource,
} from './definition.ts'
import type { Parsed } from './fields/field-kind.ts'
import { kindOf } from './fields/index.ts'
import { roundQuantity } from './quantity.ts'

/** A visible field with what was answered. */
export interface FilledField {
  field: FieldDefinition
  /** name of its input; a composite answer's parts add theirs */
  name: string
  /** taken from the context or calculated, not typed */
  locked: boolean
  /** files are asked for only where they are kept */
  required: boolean
  /** as typed or canonical; undefined before the page was sent */
  answer: Answer | undefined
  /** known from elsewhere, offered until something is typed */
  suggestion: Answer | undefined
  parsed: Parsed
  known: KnownAnswers
}

export interface FilledGroup {
  group: GroupDefinition
  rows: FilledField[][]
  /** the rows with the fields that would show if another choice were made in the same row */
  drawnRows: FilledField[][]
  known: KnownAnswers
}

export type FilledItem = FilledField | FilledGroup

export interface FilledPage {
  page: PageDefinition
  items: FilledItem[]
  /** the items with the fields that would show if another choice were made on the same page: they are drawn, but have no value */
  drawn: FilledItem[]
}

/**
 * The form with its answers, as far as it is visible (láthatóság). One pass from the first field to the last decides everything:
 * a condition looks back only, and what is hidden has no value for what follows.
 */
export function fillIn(definition: FormDefinition, answers: Answers, context: FormContext): FilledPage[] {
  const single = new Map<string, Answer>()
  const repeated = new Map<string, Answer[]>()
  const counts = new Map<string, number>()
  const known: KnownAnswers = {
    one: (fieldId) => single.get(fieldId),
    every: (fieldId) => repeated.get(fieldId) ?? [single.get(fieldId)].filter((answer) => answer !== undefined),
    rows: (groupId) => counts.get(groupId),
    today: context.today,
  }

  const pages: FilledPage[] = []
  for (const page of definition.pages) {
    if (!isVisible(page.when, known)) continue
    const filledPage: FilledPage = { page, items: [], drawn: [] }
    for (const item of page.items) {
      const visible = isVisible(item.when, known)
      if (!visible && !hangsOnDrawn(item.when, filledPage.drawn)) continue
      if (item.type === 'group') {
        if (visible) counts.set(item.id, rowsOf(item, own(answers, item.id)).length)
        const filled = fillGroup(item, answers, context, known, repeated)
        filledPage.drawn.push(filled)
        if (visible) filledPage.items.push(filled)
        continue
      }
      const filled = fillField(item, item.id, own(answers, item.id), context, known)
      filledPage.drawn.push(filled)
      if (!visible) continue
      if (filled.parsed.state === 'right') single.set(item.id, filled.parsed.value)
      filledPage.items.push(filled)
    }
    pages.push(filledPage)
  }
  return pages
}

/** The single choice a condition looks at, where it looks at nothing else. */
export function controlOf(condition: Condition | undefined): string | undefined {
  return condition !== undefined && 'field' in condition && !('filled' in condition) ? condition.field : undefined
}

/** What hangs on a choice that stands there already is drawn too: the choice may be made at any moment. */
function hangsOnDrawn(condition: Condition | undefined, drawn: readonly FilledItem[]): boolean {
  const control = controlOf(condition)
  return control !== undefined && drawn.some((item) => !isGroup(item) && item.field.id === control)
}

function fillGroup(
  group: GroupDefinition,
  answers: Answers,
  context: FormContext,
  known: KnownAnswers,
  repeated: Map<string, Answer[]>,
): FilledGroup {
  const filled: FilledGroup = { group, rows: [], drawnRows: [], known }
  for (const [position, row] of rowsOf(group, own(answers, group.id)).entries()) {
    const inRow = new Map<string, Answer>()
    const knownInRow = { ...known, one: (fieldId: string) => inRow.get(fieldId) ?? known.one(fieldId) }
    const visibleFields: FilledField[] = []
    const drawnFields: FilledField[] = []
    for (const field of group.fields) {
      const visible = isVisible(field.when, knownInRow)
      if (!visible && !hangsOnDrawn(field.when, drawnFields)) continue
      const one = fillField(field, nameInRow(group, position, field), own(row, field.id), context, knownInRow)
      drawnFields.push(one)
      if (!visible) continue
      visibleFields.push(one)
      if (one.parsed.state !== 'right') continue
      inRow.set(field.id, one.parsed.value)
      repeated.set(field.id, [...(repeated.get(field.id) ?? []), one.parsed.value])
    }
    filled.rows.push(visibleFields)
    filled.drawnRows.push(drawnFields)
  }
  return filled
}

function fillField(
  field: FieldDefinition,
  name: string,
  answer: Answer | undefined,
  context: FormContext,
  known: KnownAnswers,
): FilledField {
  if (field.type === 'calculated') return computed(field, name, answer, context, known)
  const prefilled = prefilledValue(field, context, known)
  if (prefilled !== undefined && field.prefill?.locked) {
    const parsed: Parsed = { state: 'right', value: prefilled }
    return { field, name, locked: true, required: true, answer: prefilled, suggestion: undefined, parsed, known }
  }
  const parsed = kindOf(field).parse(field, answer, context)
  const required = field.required && (field.type !== 'attachment' || context.attachments !== undefined)
  return { field, name, locked: false, required, answer, suggestion: prefilled, parsed, known }
}

/** Computed from what is known here, whatever came under its name; of a submission it is what was sent. */
function computed(
  field: FieldOf<'calculated'>,
  name: string,
  answer: Answer | undefined,
  context: FormContext,
  known: KnownAnswers,
): FilledField {
  const isKept = context.asSubmitted && !context.calculatesAnew
  const exact = isKept ? undefined : calculate(field.value, known)
  const value = isKept ? answer : exact && roundQuantity(exact, field.decimals, field.rounding)
  const parsed = kindOf(field).parse(field, value, context)
  return { field, name, locked: true, required: false, answer: value, suggestion: undefined, parsed, known }
}

function prefilledValue(field: FieldDefinition, context: FormContext, known: KnownAnswers): Answer | undefined {
  if (context.asSubmitted) return undefined
  if (field.type === 'choice' && field.preset !== undefined) return field.preset
  if (field.prefill === undefined || !isVisible(field.prefill.when, known)) return undefined
  const { from, field: earlier } = field.prefill
  if (from === 'answer') return earlier === undefined ? undefined : known.one(earlier)
  return knownFromElsewhere(from, context)
}

function knownFromElsewhere(
  source: Exclude<PrefillSource, 'answer'>,
  { identity, contact, settlement, today, represented }: FormContext,
): Answer | undefined {
  switch (source) {
    case 'contact.email':
      return contact.email
    case 'contact.phone':
      return contact.phone
    case 'settlement.name':
      return settlement.name
    case 'today':
      return today
    case 'identity.name':
      return identity ? { family: identity.familyName, given: identity.givenName } : undefined
    case 'identity.birth-name':
      return identity ? { family: identity.birthFamilyName, given: identity.birthGivenName } : undefined
    case 'identity.mother-name':
      return identity ? { family: identity.motherFamilyName, given: identity.motherGivenName } : undefined
    case 'identity.birth-place':
      return identity?.birthPlace
    case 'identity.birth-date':
      return identity?.birthDate
    case 'identity.full-name':
      return identity ? `${identity.familyName} ${identity.givenName}` : undefined
    case 'acting.as-agent':
    case 'acting.registered':
      return represented && 'yes'
    case 'acting.capacity':
      return represented?.capacity
    case 'represented.kind':
      return represented?.kind
    case 'represented.name':
      return represented?.name
    case 'represented.number':
      return represented?.kind === 'organisation' && represented.taxNumber !== undefined
        ? groupTaxNumber(represented.taxNumber)
        : represented?.taxNumber
    case 'represented.tax-number':
      return represented?.kind === 'organisation' ? represented.taxNumber : undefined
    case 'represented.tax-id':
      return represented?.kind === 'person' ? represented.taxNumber : undefined
    case 'represented.seat':
      return represented?.seat
    case 'represented.seat-line':
      return represented?.seat && addressLine(represented.seat)
  }
}

function addressLine(seat: Parts): string {
  const { postalCode = '', settlement = '', street = '', streetType = '', houseNumber = '' } = seat
  return `${postalCode} ${settlement}, ${street} ${streetType} ${houseNumber}`
}

/** An undecided condition hides. */
export function isVisible(condition: Condition | undefined, known: KnownAnswers): boolean {
  return condition === undefined || holds(condition, known) === true
}

/** The rows of a group as typed; never fewer than it needs, never more than it takes. */
export function rowsOf(group: GroupDefinition, answer: Answer | undefined): AnswerRow[] {
  const typed = Array.isArray(answer) ? answer.filter((row) => typeof row === 'object') : []
  const rows = typed.slice(0, group.max)
  while (rows.length < group.min) rows.push({})
  return rows
}

/** What was answered under a name of our own; nothing inherited counts. */
export function own(answers: Answers | AnswerRow, id: string): Answer | undefined {
  return Object.hasOwn(answers, id) ? answers[id] : undefined
}

export function nameInRow(group: GroupDefinition, position: number, field: FieldDefinition): string {
  return `${group.id}.${String(position)}.${field.id}`
}

/** The id of the element where a field, or a part of it, is typed in. A date begins with its year, which carries the field's id. */
export function elementId(name: string, part?: string): string {
  const id = name.replaceAll('.', '-')
  return part === undefined || part === 'year' ? id : `${id}-${part}`
}

/** The calculated values a page shows, those of rows included. */
export function calculationsOf({ items }: FilledPage): FilledField[] {
  return items
    .flatMap((item) => (isGroup(item) ? item.rows.flat() : [item]))
    .filter(({ field }) => field.type === 'calculated')
}

export function isGroup(item: FilledItem): item is FilledGroup {
  return 'group' in item
}
