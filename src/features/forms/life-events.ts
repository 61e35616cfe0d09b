import { type LifeEvent, lifeEvents } from './engine/definition.ts'
import type { SectorForms } from './service.ts'

/** How a life event (élethelyzet) is called in addresses. */
const addresses: Record<LifeEvent, string> = {
  'moving-house': 'koltozes',
  'starting-business': 'vallalkozas-inditasa',
  'closing-business': 'vallalkozas-megszuntetese',
  'death-in-family': 'halaleset',
  'neighbour-dispute': 'szomszedvita',
  'starting-family': 'csaladalapitas',
  'home-and-land': 'ingatlan',
  'financial-difficulty': 'anyagi-nehezseg',
  tourism: 'vendegfogadas',
}

export interface OfferedLifeEvent {
  event: LifeEvent
  /** in the address: `?elethelyzet=koltozes` */
  address: string
}

/** The life events that any of these forms belongs to, in their order. */
export function offeredLifeEvents(sectors: readonly SectorForms[]): OfferedLifeEvent[] {
  const forms = sectors.flatMap((group) => group.forms)
  return lifeEvents
    .filter((event) => forms.some(({ definition }) => definition.lifeEvents.includes(event)))
    .map((event) => ({ event, address: addresses[event] }))
}
