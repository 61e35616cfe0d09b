import type { Language } from '../../platform/i18n/language.ts'
import type { LifeEvent } from './engine/definition.ts'
import { matches } from './form-search.ts'
import { acceptedGeneralRequest } from './general-request.ts'
import { type OfferedLifeEvent, offeredLifeEvents } from './life-events.ts'
import type { SectorForms } from './service.ts'

/** What of a settlement's forms is listed. */
export interface FormList {
  sectors: SectorForms[]
  count: number
  /** those any form belongs to */
  lifeEvents: OfferedLifeEvent[]
  /** the one that was asked for */
  lifeEvent: OfferedLifeEvent | undefined
  /** code of the general request, where it is accepted */
  general: string
}

/**
 * The forms of a settlement that somebody looks for.
 *
 * @param titleOf what people call a life event
 * @param lifeEvent as in addresses; one that is not offered narrows nothing
 */
export function formList(
  all: readonly SectorForms[],
  { query, lifeEvent: asked }: { query: string; lifeEvent: string },
  { language, titleOf }: { language: Language; titleOf: (event: LifeEvent) => string },
): FormList {
  const lifeEvents = offeredLifeEvents(all)
  const lifeEvent = lifeEvents.find(({ address }) => address === asked)
  const sectors = all
    .map(({ sector, forms }) => ({
      sector,
      forms: forms.filter(
        ({ definition }) =>
          matches(definition, query, language, definition.lifeEvents.map(titleOf)) &&
          (lifeEvent === undefined || definition.lifeEvents.includes(lifeEvent.event)),
      ),
    }))
    .filter(({ forms }) => forms.length > 0)
  return {
    sectors,
    count: sectors.reduce((sum, { forms }) => sum + forms.length, 0),
    lifeEvents,
    lifeEvent,
    general: acceptedGeneralRequest(all),
  }
}
