import { z } from 'zod'
import { type CaseState, caseStates, isFinal, type PageStart, startOf } from '../cases/index.ts'
import type { Clerk } from './rights.ts'

/** The views of the clerks' two lists, as their addresses name them. */
export interface ListView {
  name: string
  states: readonly CaseState[]
  /** only the clerk's own cases */
  mine: boolean
  newestFirst: boolean
}

const open = caseStates.filter((state) => !isFinal(state) && !['draft', 'sending', 'failed'].includes(state))
/** The states of a case that nobody works on yet. */
export const inboxStates: readonly CaseState[] = ['submitted', 'received', 'registered']

/** What came in and has no case worker yet, by the next step it waits for. */
export const inboxViews: readonly ListView[] = [
  { name: 'mind', states: inboxStates, mine: false, newestFirst: false },
  { name: 'erkeztetesre', states: ['submitted'], mine: false, newestFirst: false },
  { name: 'iktatasra', states: ['received'], mine: false, newestFirst: false },
  { name: 'szignalasra', states: ['registered'], mine: false, newestFirst: false },
]

export type DeskPage = 'inbox' | 'cases'

const workedOn = open.filter((state) => !inboxStates.includes(state))
const mine: ListView = { name: 'sajat', states: workedOn, mine: true, newestFirst: false }
const caseViews: readonly ListView[] = [
  { name: 'folyamatban', states: workedOn, mine: false, newestFirst: false },
  { name: 'lezart', states: caseStates.filter(isFinal), mine: false, newestFirst: true },
]

/** Whoever works on cases finds the own ones first. */
export function caseViewsOf(clerk: Pick<Clerk, 'roles'>): readonly ListView[] {
  return clerk.roles.includes('case_worker') ? [mine, ...caseViews] : caseViews
}

/** What the tabs of a list count: what waits in the inbox, and what waits for this clerk. */
export function countedIn(page: DeskPage, clerk: Pick<Clerk, 'id' | 'roles'>) {
  if (page === 'inbox') return { states: inboxStates }
  return { states: clerk.roles.includes('case_worker') ? workedOn : [], assignedTo: clerk.id }
}

export const listQuery = z
  .object({
    nezet: z.string(),
    telepules: z.string(),
    urlap: z.string().regex(/^[a-z0-9-]{1,80}$/),
    utan: z.string(),
    elott: z.string(),
    kesz: z.string(),
    ugy: z.uuid(),
    szam: z.string().max(60),
  })
  .partial()
export type ListQuery = z.infer<typeof listQuery>

/** What of a list's address says which rows it shows: kept when leafing, filtering and coming back. */
export interface ListAddress {
  path: string
  view: string
  settlement: string
  form: string
}

export function listHref({ path, view, settlement, form }: ListAddress, more: Record<string, string> = {}): string {
  const query = new URLSearchParams()
  if (view !== '') query.set('nezet', view)
  if (settlement !== '') query.set('telepules', settlement)
  if (form !== '') query.set('urlap', form)
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  return query.size > 0 ? `${path}?${query.toString()}` : path
}

export function listStart({ utan, elott }: ListQuery): PageStart {
  return startOf({ utan, elott })
}
