import type { FormDefinition } from '../forms/index.ts'
import type { Party, RepresentedParty } from '../representation/index.ts'
import { type Author, type Matter, mayBegin } from './matter.ts'
import type { SubmissionParts } from './service.ts'

/** Whom a form may be begun for. */
export interface MannerChoices {
  parties: RepresentedParty[]
  /** there are others the person acts for here, but not with this form */
  othersCannot: boolean
}

/** In whose name somebody begins a form (eljárás módja). */
export function actingVerbs({ representation }: SubmissionParts) {
  return {
    async mannerChoices(author: Author, settlementId: number, definition: FormDefinition): Promise<MannerChoices> {
      const all = await representation.partiesIn(author, settlementId)
      const parties = all.filter((party) => mayBegin(party, definition))
      return { parties, othersCannot: parties.length < all.length }
    },

    /**
     * The same matter for whom the person has chosen to act.
     *
     * @throws NotFound for a party the person has no right to act for here; RightEnded when there was one
     */
    async forParty(matter: Matter, slug: Party['slug']): Promise<Matter> {
      const party = await representation.find(matter.author, matter.settlement.id, slug)
      return { ...matter, party, partyId: party.id }
    },
  }
}
