import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { NotFound, PortalError } from '../../platform/http/errors.ts'
import { mandateState } from './mandate-state.ts'
import { type MandateKind, ownRight, type Party, type RepresentedParty, readableTaxTypes } from './party.ts'
import { newPartyLabel } from './party-label.ts'
import {
  addOneself,
  findMandate,
  findMandates,
  findNewBusinesses,
  findPartiesOfPerson,
  letSeeParties,
  letSeeTaxKeys,
  listMandates,
  listOwnParties,
  type PartyRow,
  type Registered,
} from './queries.ts'

/**
 * The right to act for somebody has ended, or does not reach so far. Only who once had it is told, without a word of whose or why.
 */
export class RightEnded extends PortalError {
  constructor() {
    super(404, 'right-ended')
  }
}

/** For whom, with what scope: the rights of a person as one transaction sees them. */
export interface Rights {
  today: string
  parties: RepresentedParty[]
}

/** Whom the address means, with the person's right read from the store. @throws NotFound, RightEnded */
export function findParty(
  db: Db,
  accountId: string,
  marks: readonly string[],
  address: { label: string; settlementId: number },
): Promise<RepresentedParty> {
  return inScope(db, { role: 'citizen', account: accountId, person: marks }, (tx) =>
    readRight(tx, marks, address, { hold: false }),
  )
}

/**
 * Runs `work` for a party: in one transaction with reading the right, and only what the right covers is let through by the
 * policies. `work` gets the party with the right as it stands now.
 *
 * @param hold for whatever changes something: a revocation at the same time either waits for our commit, or we are refused
 * @throws RightEnded when the right has ended since the address was read
 */
export function actFor<T>(
  db: Db,
  { accountId, party, hold }: { accountId: string; party: Party; hold: boolean },
  work: (tx: Tx, party: Party) => Promise<T>,
): Promise<T> {
  const scope = { role: 'citizen' as const, account: accountId, person: party.marks }
  if (party.kind === 'self') return inScope(db, { ...scope, parties: [party.id] }, (tx) => work(tx, party))
  const { marks, slug, settlementId } = party
  return inScope(db, scope, async (tx) => {
    const now = await readRight(tx, marks, { label: slug, settlementId }, { hold })
    await letSeeParties(tx, [now.id])
    return work(tx, now)
  })
}

/** Runs `work` for oneself and everybody one may act for now: for lists that go across parties. */
export function actForAll<T>(
  db: Db,
  { accountId, marks }: { accountId: string; marks: readonly string[] },
  work: (tx: Tx, rights: Rights) => Promise<T>,
): Promise<T> {
  return inScope(db, { role: 'citizen', account: accountId, person: marks }, async (tx) => {
    const [now, registered, own] = await Promise.all([databaseNow(tx), listMandates(tx, marks), listOwnParties(tx)])
    const today = budapestDay(now)
    const parties = withOwn(livingParties(registered, today, marks), own, marks)
    // Sent before the work begins, so that whatever it asks for is let through; should it fail, nothing is.
    const seeing = letSeeParties(tx, [accountId, ...parties.map(({ id }) => id)])
    const [seen, worked] = await Promise.allSettled([seeing, work(tx, { today, parties })])
    if (seen.status === 'rejected') throw seen.reason
    if (worked.status === 'rejected') throw worked.reason
    return worked.value
  })
}

/**
 * Lets the transaction see the taxpayers of those parties whose balance may be read; for oneself nothing is needed, since one's own
 * taxpayers are known by the marks of the person. For the very transaction in which the rights were read.
 */
export async function letSeeTaxOf(tx: Tx, parties: readonly Party[]): Promise<void> {
  const keys = parties.flatMap((party) => {
    if (party.kind === 'self' || party.taxNumber === null || readableTaxTypes(party) === undefined) return []
    return [`${String(party.settlementId)}:${party.taxNumber}`]
  })
  await letSeeTaxKeys(tx, keys)
}

/**
 * Writes the sole traders down that the tax register knows the person as, so that each has its own address; what is written down
 * already stays.
 */
export async function meetOwnBusinesses(tx: Tx, [personMark]: readonly string[]): Promise<void> {
  if (personMark === undefined) return
  for (const business of await findNewBusinesses(tx)) {
    await addOneself(tx, { ...business, kind: 'sole-trader', personMark, label: newPartyLabel(), seat: null })
  }
}

/** For the worker, in the scope of the item's settlement: whether a mandate still holds. */
export async function isMandateLiving(tx: Tx, mandateId: string): Promise<boolean> {
  const mandate = await findMandate(tx, mandateId)
  return mandate !== undefined && mandateState(mandate, budapestDay(await databaseNow(tx))) === 'living'
}

/** Whom a person may act for or is, where the transaction sees mandates: for whoever must keep out of those parties' matters. */
export async function findRepresented(tx: Tx, marks: readonly string[]): Promise<string[]> {
  const today = budapestDay(await databaseNow(tx))
  const living = livingParties(await listMandates(tx, marks), today, marks).map(({ id }) => id)
  return [...new Set([...living, ...(await findPartiesOfPerson(tx, marks))])]
}

async function readRight(
  tx: Tx,
  marks: readonly string[],
  address: { label: string; settlementId: number },
  { hold }: { hold: boolean },
): Promise<RepresentedParty> {
  const registered = await findMandates(tx, marks, address, { hold })
  const today = budapestDay(await databaseNow(tx))
  const [party] = livingParties(registered, today, marks)
  if (party !== undefined) return party
  const [own] = withOwn([], await listOwnParties(tx, address), marks)
  if (own !== undefined) return own
  // Who never had the right does not learn that there is such a party.
  const had = registered.some(({ mandate }) => ['expired', 'revoked'].includes(mandateState(mandate, today)))
  throw had ? new RightEnded() : new NotFound('party')
}

/** A sole trader who is also named in a mandate acts in own right. */
function withOwn(
  represented: readonly RepresentedParty[],
  own: readonly PartyRow[],
  marks: readonly string[],
): RepresentedParty[] {
  const ownParties = own.map((party) => asParty(party, { own: true, mandates: [ownRight(party.kind)], marks }))
  const ids = new Set(ownParties.map(({ id }) => id))
  return [...represented.filter(({ id }) => !ids.has(id)), ...ownParties]
}

function asParty(
  { id, label, settlementId, kind, name, taxNumber, seat }: PartyRow,
  right: Pick<RepresentedParty, 'own' | 'mandates' | 'marks'>,
): RepresentedParty {
  return { id, slug: label, settlementId, kind, name, taxNumber, seat, ...right }
}

/** Acts are recorded under the strongest mandate that covers them. */
const strength: readonly MandateKind[] = ['statutory', 'permanent', 'employee', 'single']

function livingParties(registered: readonly Registered[], today: string, marks: readonly string[]): RepresentedParty[] {
  const byParty = new Map<string, Registered[]>()
  for (const one of registered) {
    if (mandateState(one.mandate, today) !== 'living') continue
    byParty.set(one.party.id, [...(byParty.get(one.party.id) ?? []), one])
  }
  return [...byParty.values()].flatMap((living) => {
    const [first] = living
    if (first === undefined) return []
    const mandates = living
      .map(({ mandate }) => mandate)
      .toSorted((a, b) => strength.indexOf(a.kind) - strength.indexOf(b.kind))
      .map((mandate) => {
        const { id, kind, source, rights, taxTypes, everything, sectors, formCodes } = mandate
        return { id, kind, source, rights, taxTypes, everything, sectors, formCodes }
      })
    return [asParty(first.party, { own: false, mandates, marks })]
  })
}
