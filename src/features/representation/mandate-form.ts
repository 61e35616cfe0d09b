import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import {
  type FieldErrors,
  hasControlCharacters,
  hasDeceptiveCharacters,
  type Posted,
} from '../../platform/http/posted-form.ts'
import type { MandateScope, RightToAct } from './party.ts'
import type { BirthData } from './person-mark.ts'

/** What of a mandate is written on a page, whoever writes it: to whom it is given, what it allows, in what and until when. */
export interface MandateTerms {
  representative: BirthData
  /** what the representative is called today */
  representativeName: string
  /** at least one */
  rights: RightToAct[]
  scope: MandateScope
  /** codes; empty: all */
  taxTypes: string[]
  validFrom: string
  validUntil: string | null
}

/** What there is to choose from. */
export interface KnownMatters {
  sectors: readonly string[]
  formCodes: readonly string[]
  taxTypes: readonly string[]
}

/** The parts of a day, as typed. */
export type TypedDay = Record<'year' | 'month' | 'day', string>

/** As it was typed, to be shown again. */
export interface TypedMandate {
  lines: Record<(typeof lineFields)[number], string>
  birthDate: TypedDay
  rights: string[]
  matters: string
  sectors: string[]
  forms: string[]
  taxes: string
  taxTypes: string[]
  from: TypedDay
  until: TypedDay
}

/** In the order of the page; the names of the fields are their ids. */
export const lineFields = [
  'nev',
  'szuletesi-csaladi-nev',
  'szuletesi-utonev',
  'anyja-csaladi-neve',
  'anyja-utoneve',
  'szuletesi-hely',
] as const

const rightOf: Readonly<Record<string, RightToAct>> = {
  bekuldes: 'submit',
  ugyek: 'read-cases',
  egyenleg: 'read-tax',
}
export const rightFields = Object.keys(rightOf)

const longestLine = 150

export function typedMandate(posted: Posted): TypedMandate {
  return {
    lines: Object.fromEntries(lineFields.map((name) => [name, lineOf(posted, name)])) as TypedMandate['lines'],
    birthDate: dayOf(posted, 'szuletesi-datum'),
    rights: listOf(posted, 'jogok'),
    matters: lineOf(posted, 'ugyek-kore'),
    sectors: listOf(posted, 'agazatok'),
    forms: listOf(posted, 'urlapok'),
    taxes: lineOf(posted, 'adok'),
    taxTypes: listOf(posted, 'adonemek'),
    from: dayOf(posted, 'kezdete'),
    until: dayOf(posted, 'vege'),
  }
}

/**
 * Reads what was typed. Matters are asked for only where something may be sent or read, taxes only where balances may be.
 *
 * @param today calendar day in Budapest
 * @param earliest the first day on which it may begin: today, unless it was given before
 * @returns errors as catalogue keys by field
 */
export function readMandate(
  typed: TypedMandate,
  known: KnownMatters,
  today: string,
  { earliest }: { earliest: string } = { earliest: today },
): { ok: true; value: MandateTerms } | { ok: false; errors: FieldErrors } {
  const errors: FieldErrors = {}
  for (const field of lineFields) {
    const text = typed.lines[field]
    if (text === '') errors[field] = `representation.give.errors.${field}`
    else if ([...text].length > longestLine) errors[field] = 'representation.give.errors.too-long'
    else if (hasControlCharacters(text) || hasDeceptiveCharacters(text))
      errors[field] = 'representation.give.errors.signs'
  }
  const birthDate = readTypedDay(typed.birthDate)
  if (birthDate === undefined || birthDate > today || birthDate < '1900-01-01') {
    errors['szuletesi-datum'] = 'representation.give.errors.szuletesi-datum'
  }
  const rights = rightFields.filter((name) => typed.rights.includes(name)).flatMap((name) => rightOf[name] ?? [])
  if (rights.length === 0) errors['jogok'] = 'representation.give.errors.jogok'
  const scope = readScope(typed, rights, known, errors)
  const taxTypes = readTaxTypes(typed, rights, known, errors)
  const validFrom = isEmptyDay(typed.from) ? today : readTypedDay(typed.from)
  if (validFrom === undefined || validFrom < earliest) errors['kezdete'] = 'representation.give.errors.kezdete'
  const validUntil = isEmptyDay(typed.until) ? null : readTypedDay(typed.until)
  if (validUntil === undefined || (validUntil !== null && validUntil < (validFrom ?? today))) {
    errors['vege'] = 'representation.give.errors.vege'
  }
  if (Object.keys(errors).length > 0 || !birthDate || !validFrom || validUntil === undefined)
    return { ok: false, errors }
  const { lines } = typed
  return {
    ok: true,
    value: {
      representative: {
        birthFamilyName: lines['szuletesi-csaladi-nev'],
        birthGivenName: lines['szuletesi-utonev'],
        motherFamilyName: lines['anyja-csaladi-neve'],
        motherGivenName: lines['anyja-utoneve'],
        birthPlace: lines['szuletesi-hely'],
        birthDate,
      },
      representativeName: lines.nev,
      rights,
      scope,
      taxTypes,
      validFrom,
      validUntil,
    },
  }
}

function readScope(typed: TypedMandate, rights: RightToAct[], known: KnownMatters, errors: FieldErrors): MandateScope {
  const everything = { everything: true, sectors: [], formCodes: [] }
  if (!rights.includes('submit') && !rights.includes('read-cases')) return everything
  if (typed.matters === 'minden') return everything
  if (typed.matters !== 'egyes') {
    errors['ugyek-kore'] = 'representation.give.errors.ugyek-kore'
    return everything
  }
  const sectors = known.sectors.filter((sector) => typed.sectors.includes(sector))
  const formCodes = known.formCodes.filter((code) => typed.forms.includes(code))
  if (sectors.length + formCodes.length === 0) errors['agazatok'] = 'representation.give.errors.agazatok'
  return { everything: false, sectors, formCodes }
}

function readTaxTypes(typed: TypedMandate, rights: RightToAct[], known: KnownMatters, errors: FieldErrors): string[] {
  if (!rights.includes('read-tax') || typed.taxes === 'minden') return []
  const taxTypes = known.taxTypes.filter((code) => typed.taxTypes.includes(code)).toSorted()
  if (typed.taxes !== 'egyes') errors['adok'] = 'representation.give.errors.adok'
  else if (taxTypes.length === 0) errors['adonemek'] = 'representation.give.errors.adonemek'
  return taxTypes
}

/** YYYY-MM-DD; undefined when it is no day of the calendar */
function readTypedDay({ year, month, day }: TypedDay): string | undefined {
  const read = z.iso.date().safeParse(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
  return read.success ? read.data : undefined
}

function isEmptyDay({ year, month, day }: TypedDay): boolean {
  return year + month + day === ''
}

/** @throws BadRequest when the name came several times */
export function lineOf(posted: Posted, name: string): string {
  const value = posted[name] ?? ''
  if (typeof value !== 'string') throw new BadRequest('errors.bad-request.doubled-field')
  return value.trim().replaceAll(/\s+/gu, ' ')
}

function listOf(posted: Posted, name: string): string[] {
  const value = posted[name]
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : [...value]
}

function dayOf(posted: Posted, name: string): TypedDay {
  const part = (of: string) => lineOf(posted, `${name}.${of}`).replace(/\.$/, '')
  return { year: part('year'), month: part('month'), day: part('day') }
}
