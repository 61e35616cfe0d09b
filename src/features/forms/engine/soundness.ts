import type { Answer } from './answers.ts'
import { holds, type KnownAnswers } from './condition.ts'
import type {
  Condition,
  FieldDefinition,
  FormDefinition,
  ItemDefinition,
  Operand,
  PageDefinition,
} from './definition.ts'
import { controlOf } from './visibility.ts'

/** Parts of a form's address that are not its pages. */
const reservedPageIds = new Set(['ellenorzes', 'attekintes', 'nyomtatas', 'pdf', 'uj', 'fajlok'])
/** The stylesheet shows and hides that many sets of fields under one choice. */
const mostReveals = 4

/**
 * What the schema cannot say of a definition: that nothing dangles, that every page and field can be reached, that conditions look
 * back only, and that fields hanging on a choice of the same page stand where they can be shown without a script.
 *
 * @returns sentences for whoever writes the definition; none when all is well
 */
export function faultsOfDefinition(definition: FormDefinition): string[] {
  const places = placesOf(definition)
  return [
    ...duplicates(definition),
    ...places.flatMap((place) => [...faultsOfPlace(place, places)]),
    ...definition.pages.flatMap((page, index) => [...faultsOfPage(page, index, places)]),
    ...definition.pages.flatMap((page) => [...faultsOfReveals(page.id, page.items)]),
    ...definition.pages
      .flatMap((page) => page.items)
      .flatMap((item) => (item.type === 'group' ? [...faultsOfReveals(item.id, item.fields)] : [])),
  ]
}

interface Place {
  item: ItemDefinition
  page: PageDefinition
  pageIndex: number
  /** counted through the whole form */
  order: number
  groupId: string | undefined
}

function placesOf({ pages }: FormDefinition): Place[] {
  let order = 0
  return pages.flatMap((page, pageIndex) =>
    page.items.flatMap((item) => {
      const place: Place = { item, page, pageIndex, order: order++, groupId: undefined }
      if (item.type !== 'group') return [place]
      const inside = item.fields.map((field) => ({ item: field, page, pageIndex, order: order++, groupId: item.id }))
      return [place, ...inside]
    }),
  )
}

function duplicates(definition: FormDefinition): string[] {
  const ids = placesOf(definition).map(({ item }) => item.id)
  const pageIds = definition.pages.map(({ id }) => id)
  return [
    ...repeated(ids).map((id) => `${id}: two fields have this id`),
    ...repeated(pageIds).map((id) => `${id}: two pages have this id`),
    ...pageIds.filter((id) => reservedPageIds.has(id)).map((id) => `${id}: no page may be called so`),
    ...ids
      .filter((id) => /-[0-9]+(?:-|$)/.test(id))
      .map((id) => `${id}: a number in an id looks like a row of a group`),
  ]
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}

function* faultsOfPage(page: PageDefinition, index: number, places: readonly Place[]): Generator<string> {
  const kinds = new Set(page.items.map(({ type }) => (type === 'attachment' ? 'file' : 'typed')))
  if (kinds.size > 1) yield `${page.id}: attachments stand on a page of their own`
  if (page.when === undefined) return
  for (const id of fieldsIn(page.when)) {
    const place = places.find(({ item }) => item.id === id)
    if (place === undefined) yield `${page.id}: its condition names ${id}, which does not exist`
    else if (place.pageIndex >= index) yield `${page.id}: its condition looks ahead, at ${id}`
    else if (place.groupId !== undefined) yield `${page.id}: its condition looks into the rows of ${place.groupId}`
  }
  yield* faultsOfValues(page.id, page.when, places)
  if (looksAtToday(page.when))
    yield `${page.id}: its condition hangs on the day, so that a draft would change by itself`
  if (!isReachable(page.when, places)) yield `${page.id}: no answers lead to this page`
}

function* faultsOfPlace(place: Place, places: readonly Place[]): Generator<string> {
  const { item } = place
  const find = (id: string) => places.find((one) => one.item.id === id)
  if (item.when !== undefined) {
    for (const id of fieldsIn(item.when)) {
      const other = find(id)
      if (other === undefined) yield `${item.id}: its condition names ${id}, which does not exist`
      else if (other.order >= place.order) yield `${item.id}: its condition looks ahead, at ${id}`
      else if (other.groupId !== undefined && other.groupId !== place.groupId) {
        yield `${item.id}: its condition looks into the rows of ${other.groupId}`
      } else if (other.page === place.page && controlOf(item.when) !== id) {
        yield `${item.id}: its condition looks at ${id} on the same page in a way that cannot be shown without a script`
      }
    }
    yield* faultsOfValues(item.id, item.when, places)
    if (looksAtToday(item.when))
      yield `${item.id}: its condition hangs on the day, so that a draft would change by itself`
    if (!isReachable({ all: [item.when, ...(place.page.when ? [place.page.when] : [])] }, places)) {
      yield `${item.id}: no answers lead to this field`
    }
  }
  for (const rule of item.rules) {
    for (const id of fieldsIn(rule.must)) {
      const other = find(id)
      if (other === undefined) yield `${item.id}, rule ${rule.id}: names ${id}, which does not exist`
      else if (other.groupId !== undefined && other.groupId !== place.groupId && !isSummed(rule.must, id)) {
        yield `${item.id}, rule ${rule.id}: looks into the rows of ${other.groupId}`
      }
    }
    yield* faultsOfValues(`${item.id}, rule ${rule.id}`, rule.must, places)
  }
  if (item.type === 'group') return
  yield* faultsOfField(item, place, places)
}

function* faultsOfField(field: FieldDefinition, place: Place, places: readonly Place[]): Generator<string> {
  const { prefill } = field
  if (prefill !== undefined && place.groupId !== undefined)
    yield `${field.id}: a row of a group cannot be filled in beforehand`
  const looksAt = [...(prefill?.when ? fieldsIn(prefill.when) : []), ...(prefill?.field ? [prefill.field] : [])]
  for (const id of looksAt) {
    const other = places.find(({ item }) => item.id === id)
    if (other === undefined || other.pageIndex >= place.pageIndex || other.groupId !== undefined) {
      yield `${field.id}: is filled in beforehand from ${id}, which does not stand on an earlier page`
    } else if (id === prefill?.field && other.item.type !== field.type) {
      yield `${field.id}: takes over ${id}, which is of another type`
    }
  }
  if ((prefill?.from === 'answer') !== (prefill?.field !== undefined)) yield `${field.id}: from „answer” needs a field`
  if (field.type !== 'choice' && field.type !== 'choices') return
  const values = field.choices.map(({ value }) => value)
  for (const value of repeated(values)) yield `${field.id}: the choice ${value} stands twice`
  if (field.type === 'choice' && field.preset !== undefined && !values.includes(field.preset)) {
    yield `${field.id}: the preset ${field.preset} is no choice`
  }
}

/** Fields that hang on a choice of the same page follow it at once, and hang on nothing else. */
function* faultsOfReveals(where: string, items: readonly ItemDefinition[]): Generator<string> {
  for (const [position, item] of items.entries()) {
    const control = items.find(({ id }) => id === controlOf(item.when))
    if (control === undefined) continue
    if (control.type !== 'choice' && control.type !== 'choices' && control.type !== 'yes-no') {
      yield `${where}: ${item.id} hangs on ${control.id} of the same page, which is not a choice`
    }
    if (item.type === 'group') yield `${where}: the group ${item.id} hangs on a choice of the same page; give it a page`
    if (items.some(({ id }) => id === controlOf(control.when))) {
      yield `${where}: ${item.id} hangs on ${control.id}, which itself hangs on a choice of the same page`
    }
    const between = items.slice(items.indexOf(control) + 1, position)
    if (between.some(({ when }) => controlOf(when) !== control.id)) {
      yield `${where}: ${item.id} does not follow ${control.id}, on which it hangs`
    }
  }
  for (const control of items) {
    const hanging = items.filter(({ when }) => controlOf(when) === control.id)
    const sets = new Map(hanging.map(({ when }) => [String(when && valuesIn(when)), when ? valuesIn(when) : []]))
    const values = [...sets.values()].flat()
    if (sets.size > mostReveals) yield `${where}: ${control.id} shows more than ${String(mostReveals)} sets of fields`
    if (repeated(values).length > 0) yield `${where}: ${control.id} shows different fields for the same choice`
  }
}

/** Values a condition compares a choice with must be among its choices. */
function* faultsOfValues(where: string, condition: Condition, places: readonly Place[]): Generator<string> {
  for (const part of partsOf(condition)) {
    if (!('field' in part) || 'filled' in part) continue
    const item = places.find((place) => place.item.id === part.field)?.item
    if (item === undefined) continue
    const offered = choicesOf(item)
    for (const value of valuesIn(part)) {
      if (offered !== undefined && !offered.includes(value)) yield `${where}: ${part.field} is never „${value}”`
    }
  }
}

function choicesOf(item: ItemDefinition): string[] | undefined {
  if (item.type === 'choice' || item.type === 'choices') return item.choices.map(({ value }) => value)
  if (item.type === 'yes-no') return ['yes', 'no']
  return item.type === 'declaration' ? ['yes'] : undefined
}

function* partsOf(condition: Condition): Generator<Condition> {
  yield condition
  if ('all' in condition) for (const inner of condition.all) yield* partsOf(inner)
  if ('any' in condition) for (const inner of condition.any) yield* partsOf(inner)
  if ('not' in condition) yield* partsOf(condition.not)
}

function valuesIn(condition: Condition): string[] {
  if ('is' in condition) return [condition.is]
  if ('contains' in condition) return [condition.contains]
  return 'in' in condition ? condition.in : []
}

function fieldsIn(condition: Condition): Set<string> {
  return new Set(
    [...partsOf(condition)].flatMap((part) => {
      if ('field' in part) return [part.field]
      if ('outsideBuiltUpArea' in part) return [part.outsideBuiltUpArea]
      return 'compare' in part ? [...fieldsOfOperand(part.compare[0]), ...fieldsOfOperand(part.compare[2])] : []
    }),
  )
}

function fieldsOfOperand(operand: Operand): string[] {
  if ('field' in operand) return [operand.field]
  if ('sum' in operand) return operand.sum
  if ('yearOf' in operand) return [operand.yearOf]
  return 'birthDateIn' in operand ? [operand.birthDateIn] : []
}

function isSummed(condition: Condition, fieldId: string): boolean {
  return [...partsOf(condition)].some(
    (part) =>
      'compare' in part &&
      [part.compare[0], part.compare[2]].some((operand) => 'sum' in operand && operand.sum.includes(fieldId)),
  )
}

function looksAtToday(condition: Condition): boolean {
  return [...partsOf(condition)].some(
    (part) => 'compare' in part && ('today' in part.compare[0] || 'today' in part.compare[2]),
  )
}

/** Tries answers to all fields the condition hangs on, near and far, until it holds. */
function isReachable(condition: Condition, places: readonly Place[]): boolean {
  const involved = withAllItHangsOn(condition, places)
  const candidates = involved.map((place) => candidateAnswers(place.item))
  const tries = candidates.reduce((product, answers) => product * answers.length, 1)
  for (let attempt = 0; attempt < Math.min(tries, 200_000); attempt++) {
    const answers = new Map<string, Answer>()
    const known: KnownAnswers = {
      one: (id) => answers.get(id),
      every: (id) => [answers.get(id)].filter((answer) => answer !== undefined),
      today: '2026-01-01',
    }
    let rest = attempt
    for (const [index, place] of involved.entries()) {
      const own = candidates[index] ?? []
      const visible = [place.page.when, place.item.when].every(
        (when) => when === undefined || holds(when, known) === true,
      )
      const answer = own[rest % own.length]
      rest = Math.floor(rest / own.length)
      if (visible && answer !== undefined) answers.set(place.item.id, answer)
    }
    if (holds(condition, known) === true) return true
  }
  return false
}

function withAllItHangsOn(condition: Condition, places: readonly Place[]): Place[] {
  const found = new Set<Place>()
  const follow = (one: Condition | undefined) => {
    for (const id of one === undefined ? [] : fieldsIn(one)) {
      const place = places.find(({ item }) => item.id === id)
      if (place === undefined || found.has(place)) continue
      found.add(place)
      follow(place.item.when)
      follow(place.page.when)
    }
  }
  follow(condition)
  return [...found].sort((a, b) => a.order - b.order)
}

function candidateAnswers(item: ItemDefinition): (Answer | undefined)[] {
  const offered = choicesOf(item)
  if (item.type === 'choices') return [undefined, ...(offered ?? []).map((value) => [value]), offered ?? []]
  if (offered !== undefined) return [undefined, ...offered]
  if (item.type === 'date') return [undefined, '1990-01-01', '2025-06-15', '2030-12-31']
  if (item.type === 'share') return [undefined, '1/2', '1/1']
  if (item.type === 'number') return [undefined, '0', '1', '5', '1000000']
  if (item.type === 'parcel-number') return [undefined, '123/4', '045/12']
  return [undefined, 'x']
}
