/**
 * Answers made from a definition alone: a person who fills in every question that is asked, and puts right what is refused. A
 * search with a fixed seed, so the same form always gets the same answers.
 */
import type { Answer, Answers, FieldError, FormContext } from '../../../src/features/forms/engine/answers.ts'
import { holds, type KnownAnswers } from '../../../src/features/forms/engine/condition.ts'
import type {
  Condition,
  FieldDefinition,
  FormDefinition,
  ItemDefinition,
  PageDefinition,
  Rule,
} from '../../../src/features/forms/engine/definition.ts'
import { pagedGroup, rowPath } from '../../../src/features/forms/engine/page-path.ts'
import {
  constantsIn,
  constantsOfExpression,
  referencesOfCondition,
  referencesOfExpression,
} from '../../../src/features/forms/engine/references.ts'
import { checkForm } from '../../../src/features/forms/engine/validation.ts'
import { elementId, fillIn, isGroup, own, rowsOf } from '../../../src/features/forms/engine/visibility.ts'
import type { Posted } from '../../../src/platform/http/posted-form.ts'
import { candidatesFor } from './candidate-answers.ts'

/** A rule of a form, and where it stands. */
export interface PlacedRule {
  item: ItemDefinition
  page: PageDefinition
  rule: Rule
}

export function rulesOf({ pages }: FormDefinition): PlacedRule[] {
  return pages.flatMap((page) =>
    page.items
      .flatMap((item): ItemDefinition[] => (item.type === 'group' ? [item, ...item.fields] : [item]))
      .flatMap((item) => item.rules.map((rule) => ({ item, page, rule }))),
  )
}

/** With a file for every attachment that could be asked for. */
export function withFiles({ pages }: FormDefinition, context: FormContext): FormContext {
  const ids = pages.flatMap(({ items }) => items).flatMap((item) => (item.type === 'attachment' ? [item.id] : []))
  const file = {
    id: '00000000-0000-4000-8000-000000000000',
    name: 'melleklet.pdf',
    sizeBytes: 1,
    scan: 'clean' as const,
  }
  return { ...context, attachments: Object.fromEntries(ids.map((id) => [id, [file]])) }
}

/** Every question that is asked answered, and nothing to put right; undefined when none were found. */
export function validAnswers(definition: FormDefinition, context: FormContext): Answers | undefined {
  return search(
    definition,
    context,
    {},
    {
      seed: definition.code,
      relevant: new Set(),
      cost: (errors) => errors.length,
    },
  )
}

/**
 * All is well but this rule, which is broken. Undefined when no such answers were found.
 *
 * @param besides so many other rules speak as well, since whoever breaks this one breaks them
 */
export function answersBreaking(
  definition: FormDefinition,
  context: FormContext,
  valid: Answers,
  placed: PlacedRule,
  besides = 0,
): Answers | undefined {
  return search(definition, context, valid, {
    seed: `${definition.code} ${placed.item.id} ${placed.rule.id}`,
    relevant: relevantTo(definition, placed),
    cost(errors, answers) {
      const others = errors.filter((error) => !isOf(placed, error)).length
      if (others < errors.length) return Math.max(0, others - besides)
      return others + 10 + wayTo(definition, answers, context, placed)
    },
  })
}

export function isOf({ item, rule }: PlacedRule, { field, message }: FieldError): boolean {
  if (!('text' in message) || message.text.hu !== rule.message.hu) return false
  return field === elementId(item.id) || field.startsWith(`${item.id}-`) || field.includes(`-${item.id}`)
}

/** How many answers are missing, about, until the question is asked. */
function wayTo(definition: FormDefinition, answers: Answers, context: FormContext, { item }: PlacedRule): number {
  const pages = fillIn(definition, answers, context)
  const asked = new Map<string, KnownAnswers>()
  for (const one of pages.flatMap(({ items }) => items)) {
    if (!isGroup(one)) asked.set(one.field.id, one.known)
    else {
      asked.set(one.group.id, one.known)
      for (const { field, known } of one.rows.flat()) asked.set(field.id, known)
    }
  }
  const [anybody] = [...asked.values()]
  const places = placesOf(definition)
  const seen = new Set<string>()
  const toField = (id: string): number => {
    if (asked.has(id) || seen.has(id)) return 0
    seen.add(id)
    const place = places.find(({ inner }) => inner.id === id)
    const conditions = [place?.page.when, place?.outer.when, place?.inner.when]
    return 1 + conditions.reduce((sum, when) => sum + (when === undefined ? 0 : to(when)), 0)
  }
  const to = (condition: Condition): number => {
    if (anybody === undefined || holds(condition, anybody) === true) return 0
    if ('all' in condition) return condition.all.reduce((sum, one) => sum + to(one), 0)
    if ('any' in condition) return Math.min(...condition.any.map(to))
    return 1 + referencesOfCondition(condition).reduce((sum, { id }) => sum + toField(id), 0)
  }
  return toField(item.id) * 2
}

function placesOf({ pages }: FormDefinition) {
  return pages.flatMap((page) =>
    page.items.flatMap((outer) =>
      (outer.type === 'group' ? [outer, ...outer.fields] : [outer]).map((inner) => ({ inner, outer, page })),
    ),
  )
}

interface Wish {
  seed: string
  /** ids of what the wish hangs on; other answers are changed only where they are wrong */
  relevant: ReadonlySet<string>
  /** nothing: it is as wished */
  cost(errors: readonly FieldError[], answers: Answers): number
}

const mostSteps = 1_500
const mostStarts = 4

/** Changes an answer or two at a time, keeping what is no worse, until all is as wished. */
function search(definition: FormDefinition, context: FormContext, start: Answers, wish: Wish): Answers | undefined {
  for (let attempt = 1; attempt <= mostStarts; attempt++) {
    const found = searchOnce(definition, context, start, { ...wish, seed: `${wish.seed} ${String(attempt)}` })
    if (found !== undefined) return found
  }
  return undefined
}

function searchOnce(definition: FormDefinition, context: FormContext, start: Answers, wish: Wish): Answers | undefined {
  const random = seeded(wish.seed)
  const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)]
  const candidates = candidatesOf(definition, context)
  const judge = (typed: Answers) => {
    const answers = completed(definition, typed, context, candidates)
    const errors = checkForm(definition, answers, context).pages.flatMap((page) => page.errors)
    return { answers, errors, cost: wish.cost(errors, answers) }
  }
  let now = judge(start)
  let slots = slotsOf(definition, now.answers, context, candidates)
  for (let step = 0; now.cost > 0 && step < mostSteps; step++) {
    const wrong = slots.filter((slot) => now.errors.some((error) => isWrong(slot, error)))
    const wished = slots.filter((slot) => wish.relevant.has(slot.id))
    let { answers } = now
    for (let changes = pick([1, 1, 2, 3]) ?? 1; changes > 0; changes--) {
      const pools = [wished, wrong].filter((pool) => pool.length > 0)
      const slot = pick((random() < 0.9 ? pick(pools) : undefined) ?? slots)
      answers = slot?.change(answers, pick) ?? answers
    }
    const next = judge(answers)
    if (next.cost > now.cost && random() > 0.02) continue
    now = next
    slots = slotsOf(definition, now.answers, context, candidates)
  }
  return now.cost > 0 ? undefined : now.answers
}

type Pick = <T>(choices: readonly T[]) => T | undefined

/** Right answers to a field, the usual one first. */
type Candidates = (field: FieldDefinition) => readonly (Answer | undefined)[]

/** Made once for each form and what is known of who fills it in. */
const madeCandidates = new WeakMap<FormContext, Candidates>()

function candidatesOf(definition: FormDefinition, context: FormContext): Candidates {
  const made = madeCandidates.get(context) ?? makeCandidates(definition, context)
  madeCandidates.set(context, made)
  return made
}

function makeCandidates(definition: FormDefinition, context: FormContext): Candidates {
  const constants = constantsOf(definition)
  const found = new Map<FieldDefinition, readonly (Answer | undefined)[]>()
  return (field) => {
    const known = found.get(field) ?? candidatesFor(field, constants, context)
    found.set(field, known)
    return known
  }
}

/** A place where something is answered: a field, a field of a row, or the number of rows. */
interface Slot {
  id: string
  element: string
  change(answers: Answers, pick: Pick): Answers
}

function isWrong({ element }: Slot, { field }: FieldError): boolean {
  return field === element || field.startsWith(`${element}-`)
}

function slotsOf(definition: FormDefinition, answers: Answers, context: FormContext, candidates: Candidates): Slot[] {
  return fillIn(definition, answers, context)
    .flatMap(({ items }) => items)
    .flatMap((item): Slot[] => {
      if (!isGroup(item)) {
        const { field, name, locked } = item
        if (locked || field.type === 'attachment') return []
        const id = field.id
        const change: Slot['change'] = (all, pick) => ({ ...all, [id]: pick(candidates(field)) ?? nothing(field) })
        return [{ id, element: elementId(name), change }]
      }
      const { group } = item
      const rowsIn = (all: Answers) => rowsOf(group, own(all, group.id))
      const count: Slot = {
        id: group.id,
        element: elementId(group.id),
        change(all, pick) {
          const rows = rowsIn(all)
          const wanted = pick([rows.length - 1, rows.length + 1, rows.length + 1, group.min]) ?? rows.length
          const length = Math.max(group.min, Math.min(group.max, wanted))
          return { ...all, [group.id]: Array.from({ length }, (_none, at) => rows[at] ?? {}) }
        },
      }
      const inRows = item.rows.flatMap((row, position) =>
        row
          .filter(({ locked }) => !locked)
          .map(
            ({ field, name }): Slot => ({
              id: field.id,
              element: elementId(name),
              change(all, pick) {
                const answer = pick(candidates(field)) ?? nothing(field)
                return {
                  ...all,
                  [group.id]: rowsIn(all).map((one, at) => (at === position ? { ...one, [field.id]: answer } : one)),
                }
              },
            }),
          ),
      )
      return [count, ...inRows]
    })
}

/** Left empty, as a browser posts it. */
function nothing({ type }: FieldDefinition): Answer {
  return type === 'choices' ? [] : ''
}

/** Each question that is asked and has no answer yet gets the first that fits; one answer may lead to the next question. */
function completed(definition: FormDefinition, start: Answers, context: FormContext, candidates: Candidates): Answers {
  const answers = { ...start }
  for (let round = 0; round <= definition.pages.length; round++) {
    let added = false
    for (const item of fillIn(definition, answers, context).flatMap(({ items }) => items)) {
      if (!isGroup(item)) {
        if (item.locked || Object.hasOwn(answers, item.field.id)) continue
        answers[item.field.id] = usual(item.field, candidates)
        added = true
        continue
      }
      const { group } = item
      const had = own(answers, group.id)
      // A first row is filled in also where none is needed.
      const rows = rowsOf(group, Array.isArray(had) ? had : [{}])
      answers[group.id] = rows.map((row, position) => {
        const missing = (item.rows[position] ?? []).filter(
          ({ field, locked }) => !locked && !Object.hasOwn(row, field.id),
        )
        if (had !== undefined && missing.length === 0) return row
        added = true
        return {
          ...row,
          ...Object.fromEntries(missing.map(({ field }) => [field.id, usual(field, candidates, position)])),
        }
      })
    }
    if (!added) return answers
  }
  return answers
}

/** In rows each its own where there are several, so that nobody stands twice. */
function usual(field: FieldDefinition, candidates: Candidates, position = 0): Answer {
  if (field.type === 'attachment') return ''
  const offered = candidates(field).filter((one) => one !== undefined)
  const isChosen = field.type === 'choice' || field.type === 'choices' || field.type === 'yes-no'
  return offered[isChosen ? 0 : position % offered.length] ?? nothing(field)
}

/** The fields a rule looks at, and all that decides whether they are asked. */
function relevantTo(definition: FormDefinition, { item, page, rule }: PlacedRule): Set<string> {
  const places = placesOf(definition)
  const found = new Set<string>()
  const follow = (id: string) => {
    if (found.has(id)) return
    found.add(id)
    for (const place of places.filter(({ inner }) => inner.id === id)) {
      if (place.outer !== place.inner) follow(place.outer.id)
      for (const when of [place.inner.when, place.outer.when, place.page.when]) followAll(when)
      if (place.inner.type === 'calculated') for (const one of referencesOfExpression(place.inner.value)) follow(one.id)
    }
  }
  const followAll = (condition: Condition | undefined) => {
    if (condition !== undefined) for (const { id } of referencesOfCondition(condition)) follow(id)
  }
  follow(item.id)
  followAll(page.when)
  followAll(rule.must)
  return found
}

/** Every number and day a form decides by. */
function constantsOf(definition: FormDefinition): string[] {
  const conditions = definition.pages.flatMap((page) => [
    page.when,
    ...page.items
      .flatMap((item): ItemDefinition[] => (item.type === 'group' ? [item, ...item.fields] : [item]))
      .flatMap((item) => [item.when, ...item.rules.map(({ must }) => must)]),
  ])
  const expressions = definition.pages
    .flatMap(({ items }) => items)
    .flatMap((item) => (item.type === 'group' ? item.fields : [item]))
    .flatMap((item) => (item.type === 'calculated' ? constantsOfExpression(item.value) : []))
  return [...new Set([...conditions.flatMap((one) => (one ? constantsIn(one) : [])), ...expressions])]
}

/** One page as a browser posts it. */
export interface PostedPage {
  path: string
  fields: Record<string, string | string[]>
}

/** The posts by which a person brings these answers in, page by page; rows with pages of their own one after another. */
export function postsOf(definition: FormDefinition, answers: Answers, context: FormContext): PostedPage[] {
  return fillIn(definition, answers, context).flatMap(({ page, items }): PostedPage[] => {
    const fields: PostedPage['fields'] = {}
    const paged = pagedGroup(page)
    const rowPosts: PostedPage[] = []
    for (const item of items) {
      if (!isGroup(item)) {
        if (!item.locked && item.field.type !== 'attachment')
          Object.assign(fields, posted(item.field, item.name, item.answer))
        continue
      }
      const inRows = item.rows.map((row) => {
        const typed: PostedPage['fields'] = {}
        for (const { field, name, answer, locked } of row)
          if (!locked) Object.assign(typed, posted(field, name, answer))
        return typed
      })
      if (item.group !== paged) {
        fields[`${item.group.id}.rows`] = String(item.rows.length)
        for (const row of inRows) Object.assign(fields, row)
      } else
        for (const [position, row] of inRows.entries()) {
          // The first rows are there from the beginning, where the group needs some.
          const button =
            position < item.group.min ? `open:${item.group.id}:${String(position)}` : `add:${item.group.id}`
          rowPosts.push({ path: page.id, fields: { ...fields, action: button } })
          rowPosts.push({ path: rowPath(page.id, position), fields: row })
        }
    }
    return [...rowPosts, { path: page.id, fields }]
  })
}

/** The same as the server reads it. */
export function asPosted(fields: PostedPage['fields']): Posted {
  return { ...fields }
}

function posted(field: FieldDefinition, name: string, answer: Answer | undefined): PostedPage['fields'] {
  if (field.type === 'date' && field.input === 'parts') {
    const [year = '', month = '', day = ''] = typeof answer === 'string' ? answer.split('-') : []
    return { [`${name}.year`]: year, [`${name}.month`]: month, [`${name}.day`]: day }
  }
  if (typeof answer === 'string') return { [name]: answer }
  if (Array.isArray(answer)) return { [name]: answer.filter((one) => typeof one === 'string') }
  const parts: PostedPage['fields'] = {}
  for (const [part, value] of Object.entries(answer ?? {})) parts[`${name}.${part}`] = value
  return parts
}

/** mulberry32 */
function seeded(text: string): () => number {
  let state = [...text].reduce((hash, sign) => Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 16_777_619), 2_166_136_261)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
