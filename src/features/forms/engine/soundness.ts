import type { Answer } from './answers.ts'
import { calculate, holds, type KnownAnswers } from './condition.ts'
import type {
  BeginningSource,
  Condition,
  FieldDefinition,
  FieldOf,
  FormDefinition,
  ItemDefinition,
  PageDefinition,
} from './definition.ts'
import { addQuantities, compareQuantities, readQuantity, roundQuantity } from './quantity.ts'
import {
  conditionsIn,
  conditionsInExpression,
  constantsIn,
  constantsOfExpression,
  daysIn,
  looksAtToday,
  operandsOf,
  type Reference,
  referencesOfCondition,
  referencesOfExpression,
} from './references.ts'
import { controlOf } from './visibility.ts'

/** Parts of a form's address that are not its pages. */
const reservedPageIds = new Set(['ellenorzes', 'attekintes', 'valtozat', 'nyomtatas', 'pdf', 'uj', 'fajlok'])
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

/** Whether there are answers by which the condition holds. */
export function canHold({ pages }: Pick<FormDefinition, 'pages'>, condition: Condition): boolean {
  return isReachable(condition, placesOf({ pages }))
}

interface Place {
  item: ItemDefinition
  page: PageDefinition
  pageIndex: number
  /** counted through the whole form */
  order: number
  groupId: string | undefined
}

function placesOf({ pages }: Pick<FormDefinition, 'pages'>): Place[] {
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
  if (page.items.filter((item) => item.type === 'group' && item.rowPages).length > 1)
    yield `${page.id}: only one group of a page may have rows with pages of their own`
  if (page.when === undefined) return
  for (const reference of referencesOfCondition(page.when)) {
    const { id } = reference
    const place = places.find(({ item }) => item.id === id)
    if (place === undefined) yield `${page.id}: its condition names ${id}, which does not exist`
    else if (place.pageIndex >= index) yield `${page.id}: its condition looks ahead, at ${id}`
    else yield* faultsOfUse(`${page.id}: its condition`, reference, place, undefined)
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
    for (const reference of referencesOfCondition(item.when)) {
      const { id } = reference
      const other = find(id)
      if (other === undefined) yield `${item.id}: its condition names ${id}, which does not exist`
      else if (other.order >= place.order) yield `${item.id}: its condition looks ahead, at ${id}`
      else if (isMisused(reference, other, place.groupId)) {
        yield* faultsOfUse(`${item.id}: its condition`, reference, other, place.groupId)
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
    for (const reference of referencesOfCondition(rule.must)) {
      const other = find(reference.id)
      if (other === undefined) yield `${item.id}, rule ${rule.id}: names ${reference.id}, which does not exist`
      else yield* faultsOfUse(`${item.id}, rule ${rule.id}:`, reference, other, place.groupId)
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
  if (field.begins !== undefined) yield* faultsOfBeginning(field, field.begins, place, places)
  const looksAt = [
    ...(prefill?.when ? referencesOfCondition(prefill.when).map(({ id }) => id) : []),
    ...(prefill?.field ? [prefill.field] : []),
  ]
  for (const id of looksAt) {
    const other = places.find(({ item }) => item.id === id)
    if (other === undefined || other.pageIndex >= place.pageIndex || other.groupId !== undefined) {
      yield `${field.id}: is filled in beforehand from ${id}, which does not stand on an earlier page`
    } else if (id === prefill?.field && other.item.type !== field.type) {
      yield `${field.id}: takes over ${id}, which is of another type`
    }
  }
  if (field.type === 'calculated') yield* faultsOfCalculation(field, place, places)
  if ((prefill?.from === 'answer') !== (prefill?.field !== undefined)) yield `${field.id}: from „answer” needs a field`
  if (field.type !== 'choice' && field.type !== 'choices') return
  const values = field.choices.map(({ value }) => value)
  for (const value of repeated(values)) yield `${field.id}: the choice ${value} stands twice`
  if (field.type === 'choice' && field.preset !== undefined && !values.includes(field.preset)) {
    yield `${field.id}: the preset ${field.preset} is no choice`
  }
}

/** What a line of the balance says stands in a group that begins with such lines, all else outside groups. */
function* faultsOfBeginning(
  { id, type }: FieldDefinition,
  source: BeginningSource,
  { groupId }: Place,
  places: readonly Place[],
): Generator<string> {
  const group = places.find(({ item }) => item.id === groupId)?.item
  const lines = group?.type === 'group' ? group.begins : undefined
  if (source.startsWith('line.') !== (groupId !== undefined)) yield `${id}: ${source} does not belong here`
  else if (groupId !== undefined && lines === undefined) yield `${id}: its group begins with no lines of a balance`
  else if (source === 'line.due-on' && lines !== 'tax.arrears') yield `${id}: only arrears have a day`
  if (!typesOfBeginning[source].includes(type)) yield `${id}: ${source} is no answer to a field of type ${type}`
}

const typesOfBeginning: Record<BeginningSource, readonly FieldDefinition['type'][]> = {
  'tax.tax-id': ['tax-id'],
  'tax.tax-number': ['tax-number'],
  'tax.taxpayer-kind': ['choice'],
  'tax.overpayment': ['amount'],
  'tax.overpayment-known': ['yes-no'],
  'mandate.as-agent': ['yes-no'],
  'mandate.action': ['choice'],
  'mandate.rights': ['choices'],
  'mandate.agent-kind': ['choice'],
  'mandate.agent-name': ['name'],
  'mandate.agent-mother-name': ['name'],
  'mandate.agent-birth-place': ['text'],
  'mandate.agent-birth-date': ['date'],
  'line.tax-type': ['choice'],
  'line.due-on': ['date'],
  'line.amount': ['amount'],
}

const numeric = new Set<ItemDefinition['type']>(['number', 'amount', 'calculated', 'share'])

/** A calculated value looks back only, and at numbers only; within a group at the same row. */
function* faultsOfCalculation(field: FieldOf<'calculated'>, place: Place, places: readonly Place[]): Generator<string> {
  if (field.prefill !== undefined) yield `${field.id}: is calculated, so it cannot be filled in beforehand`
  for (const reference of referencesOfExpression(field.value)) {
    const other = places.find(({ item }) => item.id === reference.id)
    if (other === undefined) yield `${field.id}: is calculated from ${reference.id}, which does not exist`
    else if (other.order >= place.order) yield `${field.id}: is calculated from ${reference.id}, which comes later`
    else {
      yield* faultsOfUse(`${field.id}: its calculation`, reference, other, place.groupId)
      if (reference.as === 'sum' && other.groupId !== undefined && other.groupId === place.groupId)
        yield `${field.id}: its calculation sums the rows it stands in itself`
    }
  }
  for (const condition of conditionsInExpression(field.value)) yield* faultsOfValues(field.id, condition, places)
  if (conditionsInExpression(field.value).some(looksAtToday))
    yield `${field.id}: its calculation hangs on the day, so that it would change by itself`
  for (const id of operandsOf(field.value)) {
    const other = places.find(({ item }) => item.id === id)
    if (other !== undefined && !numeric.has(other.item.type))
      yield `${field.id}: calculates with ${id}, which is no number`
  }
  for (const id of daysIn(field.value)) {
    if (places.some(({ item }) => item.id === id && item.type !== 'date'))
      yield `${field.id}: counts days from or to ${id}, which is no day`
  }
}

function isMisused(reference: Reference, other: Place, groupId: string | undefined): boolean {
  return ![...faultsOfUse('', reference, other, groupId)].every((fault) => fault === '')
}

/** Rows are counted, their answers summed; a single answer of theirs is known in the same row only. */
function* faultsOfUse(
  who: string,
  { id, as }: Reference,
  other: Place,
  groupId: string | undefined,
): Generator<string> {
  if ((as === 'rows') !== (other.item.type === 'group')) {
    yield as === 'rows' ? `${who} counts the rows of ${id}, which has none` : `${who} looks at ${id}, which is a group`
  }
  if (as === 'answer' && other.groupId !== undefined && other.groupId !== groupId)
    yield `${who} looks into the rows of ${other.groupId}`
}

/** Fields that hang on a choice of the same page follow it at once, and hang on nothing else. */
function* faultsOfReveals(where: string, items: readonly ItemDefinition[]): Generator<string> {
  for (const [position, item] of items.entries()) {
    const control = items.find(({ id }) => id === controlOf(item.when))
    if (control === undefined) continue
    if (control.type !== 'choice' && control.type !== 'choices' && control.type !== 'yes-no') {
      yield `${where}: ${item.id} hangs on ${control.id} of the same page, which is not a choice`
    }
    if (control.type === 'choice' && control.control === 'search')
      yield `${where}: ${item.id} hangs on ${control.id} of the same page, which is typed; give it a page`
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
  for (const part of conditionsIn(condition)) {
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

function valuesIn(condition: Condition): string[] {
  if ('is' in condition) return [condition.is]
  if ('contains' in condition) return [condition.contains]
  return 'in' in condition ? condition.in : []
}

const triedToday = '2026-01-01'
const mostTries = 200_000
/** Prime to any number of tries, so that steps of this length come to all of them, near and far. */
const stride = 2_654_435_761

/** Tries answers to all fields the condition hangs on, near and far, until it holds; with one row of a group, then with two alike. */
function isReachable(condition: Condition, places: readonly Place[]): boolean {
  return [1, 2].some((rows) => isReachableWith(rows, condition, places))
}

function isReachableWith(rowsAlike: number, condition: Condition, places: readonly Place[]): boolean {
  const involved = withAllItHangsOn(condition, places)
  const constants = constantsOf(condition, involved)
  if (rowsAlike > 1 && !involved.some(({ groupId }) => groupId !== undefined)) return false
  const candidates = involved.map((place) => candidateAnswers(place.item, constants))
  const tries = Math.min(
    candidates.reduce((product, answers) => product * answers.length, 1),
    Number.MAX_SAFE_INTEGER,
  )
  for (let attempt = 0; attempt < Math.min(tries, mostTries); attempt++) {
    const answers = new Map<string, Answer>()
    const known: KnownAnswers = {
      one: (id) => answers.get(id),
      every: (id) => Array.from({ length: rowsAlike }, () => answers.get(id)).filter((answer) => answer !== undefined),
      rows: (id) => {
        const rows = answers.get(id)
        return Array.isArray(rows) ? rows.length : undefined
      },
      today: triedToday,
    }
    let rest = tries <= mostTries ? attempt : (attempt * stride) % tries
    for (const [index, place] of involved.entries()) {
      const own = candidates[index] ?? []
      const visible = [place.page.when, place.item.when].every(
        (when) => when === undefined || holds(when, known) === true,
      )
      const answer = place.item.type === 'calculated' ? valueOf(place.item, known) : own[rest % own.length]
      rest = Math.floor(rest / own.length)
      if (visible && answer !== undefined) answers.set(place.item.id, answer)
    }
    if (holds(condition, known) === true) return true
  }
  return false
}

function valueOf({ value, decimals, rounding }: FieldOf<'calculated'>, known: KnownAnswers): string | undefined {
  const exact = calculate(value, known)
  return exact && roundQuantity(exact, decimals, rounding)
}

function withAllItHangsOn(condition: Condition, places: readonly Place[]): Place[] {
  const found = new Set<Place>()
  const follow = (references: readonly Reference[]) => {
    for (const { id } of references) {
      const place = places.find(({ item }) => item.id === id)
      if (place === undefined || found.has(place)) continue
      found.add(place)
      if (place.item.type === 'calculated') follow(referencesOfExpression(place.item.value))
      for (const when of [place.item.when, place.page.when]) if (when) follow(referencesOfCondition(when))
    }
  }
  follow(referencesOfCondition(condition))
  return [...found].sort((a, b) => a.order - b.order)
}

/** Numbers that decide: those written down, and the ones just below and above. */
function constantsOf(condition: Condition, involved: readonly Place[]): string[] {
  const written = [
    ...constantsIn(condition),
    ...involved.flatMap(({ item, page }) => [
      ...(item.type === 'calculated' ? constantsOfExpression(item.value) : []),
      ...[item.when, page.when].flatMap((when) => (when ? constantsIn(when) : [])),
    ]),
  ]
  const numbers = [...new Set(written)].map(readQuantity).filter((number) => number !== undefined)
  const around = numbers.flatMap((number) =>
    [-1n, 0n, 1n].map((step) => addQuantities([number, { numerator: step, denominator: 1n }])),
  )
  return around.flatMap((number) => roundQuantity(number, 2, 'down') ?? [])
}

function candidateAnswers(item: ItemDefinition, constants: readonly string[]): (Answer | undefined)[] {
  const offered = choicesOf(item)
  if (item.type === 'choices') return [undefined, ...(offered ?? []).map((value) => [value]), offered ?? []]
  if (offered !== undefined) return [undefined, ...offered]
  if (item.type === 'group')
    return [item.min, item.min + 1, item.max].map((rows) => Array.from({ length: rows }, () => ({})))
  if (item.type === 'calculated') return [undefined]
  if (item.type === 'date') return [undefined, '1990-01-01', '2025-06-15', '2030-12-31']
  if (item.type === 'month') return [undefined, '1990-01', '2025-06', triedToday.slice(0, 7), '2030-12']
  if (item.type === 'time') return [undefined, '00:00', '08:00', '20:00']
  if (item.type === 'share') return [undefined, '1/2', '1/1']
  if (item.type === 'number' || item.type === 'amount') {
    const { min, max } = item
    return [
      undefined,
      ...new Set(['0', '1', '5', '1000000', ...constants].filter((value) => isWithin(value, min, max))),
    ]
  }
  if (item.type === 'parcel-number') return [undefined, '123/4', '045/12']
  // born on 1 January 1990
  if (item.type === 'tax-id') return [undefined, '8449250013', '8328840909']
  if (item.type === 'text' && item.digits !== undefined) {
    const [least, most] = item.digits
    const written = constants.filter((value) => /^[0-9]+$/.test(value) && value.length >= least && value.length <= most)
    return [undefined, ...new Set(['0'.repeat(least), '9'.repeat(most), ...written])]
  }
  return [undefined, 'x', 'y']
}

function isWithin(value: string, min: string | undefined, max: string | undefined): boolean {
  const [number, least, most] = [value, min, max].map((one) => (one === undefined ? undefined : readQuantity(one)))
  if (number === undefined) return false
  return (!least || compareQuantities(number, least) >= 0) && (!most || compareQuantities(number, most) <= 0)
}
