import type { Tx } from '../../platform/database.ts'
import { announce, type CaseNotice } from '../notifications/index.ts'
import { insertEvent } from './queries.ts'

/** What can happen to a case, as its history tells it. */
export const caseEventKinds = [
  'submitted',
  'arrived-on-paper',
  'received',
  'registered',
  'assigned',
  'routed',
  'taken-over',
  'started',
  'closed',
  'instruction',
  /** hiánypótlásra felhívva; the client answered; the last day passed without an answer */
  'called',
  'answered',
  'call-lapsed',
  /** megkeresés, and the other authority's answer */
  'asked-other',
  'other-answered',
  /** felfüggesztés or szünetelés, and its end */
  'suspended',
  'resumed',
  /** áttétel, visszautasítás, megszüntetés, visszavonás */
  'transferred',
  'rejected',
  'terminated',
  'withdrawn',
  'message-from-office',
  'message-from-client',
] as const
export type CaseEventKind = (typeof caseEventKinds)[number]

/** What the office writes for itself; the citizen's timeline does not show it. */
const internalKinds: readonly CaseEventKind[] = ['instruction']

/** What the person is told of by e-mail: the steps one waits for, not every move inside the office. */
const announcedKinds: Partial<Record<CaseEventKind, CaseNotice>> = {
  received: 'step',
  registered: 'step',
  closed: 'step',
  called: 'missing',
  'call-lapsed': 'step',
  suspended: 'step',
  resumed: 'step',
  transferred: 'over',
  rejected: 'over',
  terminated: 'over',
  withdrawn: 'withdrawn',
  'message-from-office': 'message',
}

export interface CaseEventEntry {
  kind: CaseEventKind
  at: Date
  officeName?: string | undefined
  clerk?: { id: string; name: string } | undefined
  detail?: Record<string, string> | undefined
}

/** Adds an event to the history of a case; the person who sent the case in gets a notice of what they wait for, where it was sent from an account. */
export async function recordEvent(
  tx: Tx,
  matter: { id: string; settlementId: number; partyId: string; authorId: string | null; mandateId: string | null },
  { kind, at, officeName, clerk, detail }: CaseEventEntry,
): Promise<void> {
  const eventId = await insertEvent(tx, {
    caseId: matter.id,
    settlementId: matter.settlementId,
    partyId: matter.partyId,
    kind,
    at,
    visible: !internalKinds.includes(kind),
    officeName: officeName ?? null,
    clerkId: clerk?.id ?? null,
    clerkName: clerk?.name ?? null,
    detail: detail ?? {},
  })
  const { authorId } = matter
  const about = announcedKinds[kind]
  if (authorId !== null && about !== undefined)
    await announce(tx, { eventId, about, ...addresseeOf({ ...matter, authorId }) })
}

/** Who sent it for somebody else is told only as long as the mandate holds. */
function addresseeOf({ authorId, mandateId, settlementId }: Parameters<typeof recordEvent>[1] & { authorId: string }) {
  return { accountId: authorId, ...(mandateId === null ? {} : { mandateId, settlementId }) }
}
