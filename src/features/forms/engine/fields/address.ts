import { checkParcelNumber } from '../../../identifiers/index.ts'
import type { Answer, FormContext, Parts } from '../answers.ts'
import type { FieldOf } from '../definition.ts'
import { empty, type Fault, type FieldKind, fault, lengthOf, partOf, type Wording } from './field-kind.ts'

const addressParts = [
  { part: 'postalCode', width: 'w-4', limit: 4, autocomplete: 'postal-code', inputmode: 'numeric' },
  { part: 'settlement', width: 'w-20', limit: 60, autocomplete: 'address-level2' },
  { part: 'street', width: 'w-20', limit: 100 },
  { part: 'streetType', width: 'w-10', limit: 40 },
  { part: 'houseNumber', width: 'w-5', limit: 20 },
  { part: 'building', width: 'w-5', limit: 20 },
  { part: 'staircase', width: 'w-5', limit: 20 },
  { part: 'floor', width: 'w-5', limit: 20 },
  { part: 'door', width: 'w-5', limit: 20 },
  { part: 'parcelNumber', width: 'w-10', limit: 40 },
] as const
const seldomAsked = new Set<string>(['building', 'staircase', 'floor', 'door', 'parcelNumber'])
const alwaysAsked = new Set<string>(['postalCode', 'settlement', 'street', 'streetType', 'houseNumber'])
const alwaysAskedBeside = new Set<string>(['postalCode', 'settlement'])

/** An address (cím) in Hungary: a street and house number, or a parcel number (helyrajzi szám) where there is none. */
export const address: FieldKind<'address'> = {
  read(field, posted, name) {
    const typed: Parts = {}
    for (const { part } of partsAskedOf(field)) typed[part] = posted.line(`${name}.${part}`)
    return typed
  },
  parse(field, answer, context) {
    const typed = typedParts(field, answer, context)
    const filledIn = Object.keys(typed).filter((part) => part !== 'settlement' || field.within === undefined)
    if (filledIn.length === 0) return empty
    const faults = [...faultsOf(field, typed)]
    const parcel = typed['parcelNumber'] === undefined ? undefined : checkParcelNumber(typed['parcelNumber'])
    if (parcel && !parcel.ok)
      faults.push(fault(`identifiers.parcel-number.${parcel.reason}`, undefined, 'parcelNumber'))
    if (faults.length > 0) return { state: 'wrong', faults }
    const value = parcel?.ok ? { ...typed, parcelNumber: parcel.value } : typed
    const warnings = [...warningsOf(field, typed, context)]
    return { state: 'right', value, ...(warnings.length > 0 ? { warnings } : {}) }
  },
  show: (_field, value, wording) => [addressLine(value, wording)],
  control: (field, answer, { say }, context) => ({
    macro: 'parts',
    parts: partsAskedOf(field).map((spec) => ({
      part: spec.part,
      label: say(`forms.parts.${spec.part}`),
      value: spec.part === 'settlement' && field.within ? context.settlement.name : partOf(answer, spec.part),
      optional: !(field.parcelBeside ? alwaysAskedBeside : alwaysAsked).has(spec.part),
      width: spec.width,
      ...(seldomAsked.has(spec.part) ? { extra: true as const } : {}),
      ...('inputmode' in spec ? { inputmode: spec.inputmode } : {}),
      ...('autocomplete' in spec && field.own ? { autocomplete: spec.autocomplete } : {}),
      ...(spec.part === 'settlement' && field.within ? { fixed: true as const } : {}),
    })),
  }),
  firstPart: () => 'postalCode',
}

function partsAskedOf({ parcelBeside }: FieldOf<'address'>) {
  return parcelBeside ? addressParts.filter(({ part }) => part !== 'parcelNumber') : addressParts
}

function typedParts(field: FieldOf<'address'>, answer: Answer | undefined, context: FormContext): Parts {
  const typed: Parts = {}
  for (const { part } of partsAskedOf(field)) {
    const value = partOf(answer, part).trim()
    if (value !== '') typed[part] = value
  }
  if (field.within && !context.asSubmitted) typed['settlement'] = context.settlement.name
  return typed
}

function* faultsOf({ parcelBeside }: FieldOf<'address'>, typed: Parts): Generator<Fault> {
  const { postalCode, settlement, street, streetType, houseNumber, parcelNumber } = typed
  if (postalCode === undefined) yield fault('forms.errors.address.postal-code-missing', undefined, 'postalCode')
  else if (!/^[1-9][0-9]{3}$/.test(postalCode)) yield fault('forms.errors.address.postal-code', undefined, 'postalCode')
  if (settlement === undefined) yield fault('forms.errors.address.settlement', undefined, 'settlement')
  if (street === undefined && parcelNumber === undefined && !parcelBeside) {
    yield fault('forms.errors.address.street', undefined, 'street')
  }
  if (street !== undefined && streetType === undefined) {
    yield fault('forms.errors.address.street-type', undefined, 'streetType')
  }
  if (street !== undefined && houseNumber === undefined && parcelNumber === undefined && !parcelBeside) {
    yield fault('forms.errors.address.house-number', undefined, 'houseNumber')
  }
  for (const { part, limit } of addressParts) {
    const length = lengthOf(typed[part] ?? '')
    if (length > limit && part !== 'postalCode') yield fault('forms.errors.too-long', { length, limit }, part)
  }
}

/** The list of postal codes has only the main delivery codes, so another one is asked about, not refused. */
function* warningsOf(field: FieldOf<'address'>, typed: Parts, { settlement }: FormContext): Generator<Fault> {
  const { postalCode } = typed
  if (field.within === undefined || postalCode === undefined) return
  if (settlement.postalCodes.length === 0 || settlement.postalCodes.includes(postalCode)) return
  yield fault('forms.warnings.postal-code', { settlement: settlement.name, postalCode }, 'postalCode')
}

/** „2367 Újhartyán, Fő utca 12., A épület, 2. emelet, 5. ajtó (hrsz. 123/4)” */
function addressLine(value: Answer, { say }: Wording): string {
  const part = (name: string) => partOf(value, name)
  const street = [part('street'), part('streetType'), part('houseNumber')].filter((text) => text !== '').join(' ')
  const inside = ['building', 'staircase', 'floor', 'door']
    .filter((name) => part(name) !== '')
    .map((name) => say(`forms.address.${name}`, { value: part(name) }))
  const parcel = part('parcelNumber') === '' ? [] : [say('forms.address.parcelNumber', { value: part('parcelNumber') })]
  return [`${part('postalCode')} ${part('settlement')}`.trim(), street, ...inside, ...parcel]
    .filter((text) => text !== '')
    .join(', ')
}

const longest = { country: 60, lines: 300 }

/** An address outside Hungary: country and free lines. */
export const foreignAddress: FieldKind<'foreign-address'> = {
  read: (_field, posted, name) => ({ country: posted.line(`${name}.country`), lines: posted.line(`${name}.lines`) }),
  parse(_field, answer) {
    const country = partOf(answer, 'country').trim()
    const lines = partOf(answer, 'lines').trim()
    if (country === '' && lines === '') return empty
    const faults: Fault[] = []
    if (country === '') faults.push(fault('forms.errors.address.country', undefined, 'country'))
    if (lines === '') faults.push(fault('forms.errors.address.lines', undefined, 'lines'))
    for (const [part, text] of [
      ['country', country],
      ['lines', lines],
    ] as const) {
      const length = lengthOf(text)
      if (length > longest[part]) faults.push(fault('forms.errors.too-long', { length, limit: longest[part] }, part))
    }
    return faults.length > 0 ? { state: 'wrong', faults } : { state: 'right', value: { country, lines } }
  },
  show: (_field, value) => [`${partOf(value, 'lines')}, ${partOf(value, 'country')}`],
  control: (_field, answer, { say }) => ({
    macro: 'parts',
    parts: (['country', 'lines'] as const).map((part) => ({
      part,
      label: say(`forms.parts.${part}`),
      value: partOf(answer, part),
      optional: false,
      width: part === 'country' ? 'w-20' : 'full',
    })),
  }),
  firstPart: () => 'country',
}
