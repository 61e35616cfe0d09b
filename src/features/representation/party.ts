import type { Translate } from '../../platform/i18n/catalogue.ts'
import { groupTaxNumber } from '../identifiers/index.ts'

/** A seat or home address in Hungary; the parts are those of a form's address. */
export interface Seat {
  postalCode: string
  settlement: string
  street: string
  streetType: string
  houseNumber: string
}

/** What the party is, which decides the manner of acting (eljárás módja). */
export type PartyKind = 'person' | 'sole-trader' | 'company' | 'public-body'

/**
 * By what right somebody acts: statutory representative (törvényes képviselő), permanent or single mandate (állandó, eseti
 * meghatalmazás), employee (munkavállaló, ügykezelő).
 */
export type MandateKind = 'statutory' | 'permanent' | 'single' | 'employee'

/** Where a right comes from: see `mandates.source`. */
export type MandateSource = 'office' | 'assignment' | 'tax-system' | 'online' | 'paper'

/** What one may do for somebody: send forms, read what was sent, read tax balances. None of them follows from another. */
export const rightsToAct = ['submit', 'read-cases', 'read-tax'] as const
export type RightToAct = (typeof rightsToAct)[number]

/** In what capacity somebody acts for a party: by a mandate, or as the sole trader one is. */
export type Capacity = MandateKind | 'own'

/** Oneself. */
export interface OwnParty {
  kind: 'self'
  /** one's own party has the id of the personal account */
  id: string
  slug: 'sajat'
  /** by which registers name the person */
  marks: readonly string[]
}

/** Somebody one may act for in one settlement, with the right as it was when it was read. */
export interface RepresentedParty {
  kind: PartyKind
  id: string
  /** its random public label */
  slug: string
  settlementId: number
  name: string
  /** adóazonosító jel of a person, adószám of everybody else; canonical; null for a person who has not proven one */
  taxNumber: string | null
  seat: Seat | null
  /** the person as the tax register's party: what others did in one's name is read as such, a sole trader also sends as such */
  own: boolean
  /** those that hold, the strongest first; together they are the right */
  mandates: readonly HeldMandate[]
  /** by which the person is recognised when the right is read again */
  marks: readonly string[]
}

/** On whose behalf something is done; `slug` is its part of every address. */
export type Party = OwnParty | RepresentedParty

/** Which matters a mandate covers. */
export interface MandateScope {
  everything: boolean
  sectors: readonly string[]
  formCodes: readonly string[]
}

/** One of the mandates that make up a right. */
export interface HeldMandate extends MandateScope {
  /** null: no mandate, but one's own right */
  id: string | null
  kind: Capacity
  source: MandateSource
  /** at least one */
  rights: readonly RightToAct[]
  /** codes of the tax types whose balance may be read; empty: all */
  taxTypes: readonly string[]
}

/** What a person may do as a party that is him- or herself; in one's own name as a person one acts under `sajat`. */
export function ownRight(kind: PartyKind): HeldMandate {
  return {
    id: null,
    kind: 'own',
    source: 'tax-system',
    rights: kind === 'person' ? ['read-cases', 'read-tax'] : rightsToAct,
    taxTypes: [],
    everything: true,
    sectors: [],
    formCodes: [],
  }
}

/** A matter, as mandates name it. */
export interface MandateMatter {
  sector: string
  formCode: string
}

/** The tax number as people write it; a person's has no groups; empty where there is none. */
export function taxNumberInWords({ kind, taxNumber }: { kind: PartyKind; taxNumber: string | null }): string {
  if (taxNumber === null) return ''
  return kind === 'person' ? taxNumber : groupTaxNumber(taxNumber)
}

/** What the party is and its number, in a few words; who has no number is a person. */
export function partyInWords(
  { kind, taxNumber }: { kind: PartyKind; taxNumber: string | null },
  translate: Translate,
): string {
  if (taxNumber === null) return translate('representation.party.unnumbered')
  return translate(`representation.party.${kind}`, { number: taxNumberInWords({ kind, taxNumber }) })
}

/** Whether forms of the matter may be filled in and sent for the party. */
export function maySubmit(party: Party, matter: MandateMatter): boolean {
  return party.kind === 'self' || mandateFor(party, matter, 'submit') !== undefined
}

/** Whether it may be read what was sent for the party in the matter, whoever sent it. */
export function mayReadCases(party: Party, matter: MandateMatter): boolean {
  return party.kind === 'self' || mandateFor(party, matter, 'read-cases') !== undefined
}

/** Whether one submission and its case may be read: by the right to read, or because one sent it and still might. */
export function mayReadSent(
  party: Party,
  matter: MandateMatter,
  { sentByOneself }: { sentByOneself: boolean },
): boolean {
  return mayReadCases(party, matter) || (sentByOneself && maySubmit(party, matter))
}

/** Codes of the tax types whose balance may be read for the party; undefined where none may. */
export function readableTaxTypes(party: Party): 'all' | readonly string[] | undefined {
  if (party.kind === 'self') return 'all'
  const reading = party.mandates.filter(({ rights }) => rights.includes('read-tax'))
  if (reading.length === 0) return undefined
  if (reading.some(({ taxTypes }) => taxTypes.length === 0)) return 'all'
  return [...new Set(reading.flatMap(({ taxTypes }) => taxTypes))].toSorted()
}

/** The mandate an act in the matter is recorded under: the strongest of those that give the right to it; undefined when none does. */
export function mandateFor(
  { mandates }: Pick<RepresentedParty, 'mandates'>,
  { sector, formCode }: MandateMatter,
  right: Exclude<RightToAct, 'read-tax'>,
): HeldMandate | undefined {
  return mandates.find(
    ({ rights, everything, sectors, formCodes }) =>
      rights.includes(right) && (everything || sectors.includes(sector) || formCodes.includes(formCode)),
  )
}
