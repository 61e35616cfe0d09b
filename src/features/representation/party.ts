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

/** Oneself. */
export interface OwnParty {
  kind: 'self'
  /** one's own party has the id of the personal account */
  id: string
  slug: 'sajat'
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
  id: string
  kind: MandateKind
}

/** The tax number as people write it; a person's has no groups; empty where there is none. */
export function taxNumberInWords({ kind, taxNumber }: { kind: PartyKind; taxNumber: string | null }): string {
  if (taxNumber === null) return ''
  return kind === 'person' ? taxNumber : groupTaxNumber(taxNumber)
}

/** Oneself may do everything; for others, what one of the mandates covers. */
export function covers(party: Party, matter: { sector: string; formCode: string }): boolean {
  if (party.kind === 'self') return true
  return mandateFor(party, matter) !== undefined
}

/** The mandate an act in the matter is recorded under: the strongest of those that cover it; undefined when none does. */
export function mandateFor(
  { mandates }: Pick<RepresentedParty, 'mandates'>,
  { sector, formCode }: { sector: string; formCode: string },
): HeldMandate | undefined {
  return mandates.find(
    ({ everything, sectors, formCodes }) => everything || sectors.includes(sector) || formCodes.includes(formCode),
  )
}
