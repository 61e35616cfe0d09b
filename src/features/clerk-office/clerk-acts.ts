import type { SpecialistSystem } from '../../adapters/specialist-systems/contract.ts'
import { type CaseActor, type CaseRecord, isFinal, nextState } from '../cases/index.ts'
import type { Clerk } from './rights.ts'

/** What a clerk can do with a case, in the order of the work. */
export const clerkActs = [
  'receive',
  'register',
  'assign',
  'route',
  'start',
  'ask-client',
  'ask-other',
  'other-answered',
  'suspend',
  'resume',
  'close',
  'transfer',
  'reject',
  'terminate',
  /** a message to the client, a note for the office: they change no state */
  'write',
  'note',
] as const
export type ClerkAct = (typeof clerkActs)[number]

/**
 * Why a clerk cannot do something now; undefined when it can be done.
 * `own-case`: the clerk is a party to it, or may act for one; `role`: the clerk's roles do not include it; `colleague`: somebody else has the case;
 * `not-now`: the case is not in a state that allows it
 */
export type Refusal = 'own-case' | 'role' | 'not-now' | 'colleague'

export interface ActingClerk extends Pick<Clerk, 'id' | 'accountId' | 'roles'> {
  /** the parties the clerk may act for now */
  represents: readonly string[]
}

type Matter = Pick<CaseRecord, 'state' | 'partyId' | 'authorId' | 'assignedTo' | 'routedTo'>

export function refusal(act: ClerkAct, clerk: ActingClerk, matter: Matter): Refusal | undefined {
  if (isOwnCase(clerk, matter)) return 'own-case'
  if (act === 'write' || act === 'note') return refusalToWrite(act, clerk, matter)
  const verdicts = actorsOf(clerk).map((actor) => nextState(matter.state, act, actor))
  if (verdicts.every((verdict) => !verdict.ok && verdict.because === 'not-theirs')) return 'role'
  if (verdicts.every((verdict) => !verdict.ok)) return 'not-now'
  return caseWork.includes(act) && !isTheirs(act, clerk, matter) ? 'colleague' : undefined
}

/** What only who has the case does with it; the head may do the same wherever the table of states says so. */
const caseWork: readonly ClerkAct[] = clerkActs.slice(clerkActs.indexOf('start'))

function isTheirs(act: ClerkAct, clerk: ActingClerk, matter: Matter): boolean {
  if (hasCase(clerk, matter)) return true
  if (act !== 'write' && act !== 'note' && clerk.roles.includes('head') && nextState(matter.state, act, 'head').ok) {
    return true
  }
  // What is not for this office is seen at once, before anybody has it.
  return matter.assignedTo === null && (act === 'transfer' || act === 'reject')
}

/** Who has the case, or is head, writes to the client; every clerk who works on cases writes notes, over ended ones too. */
function refusalToWrite(act: 'write' | 'note', clerk: ActingClerk, matter: Matter): Refusal | undefined {
  const actors = actorsOf(clerk)
  if (actors.length === 0) return 'role'
  if (act === 'note') return undefined
  if (!actors.includes('case_worker') && !actors.includes('head')) return 'role'
  if (isFinal(matter.state)) return 'not-now'
  return hasCase(clerk, matter) || actors.includes('head') ? undefined : 'colleague'
}

/** The auditor only looks; the administrator of forms and people has nothing to do with cases. */
function actorsOf({ roles }: Pick<Clerk, 'roles'>): CaseActor[] {
  return roles.filter((role) => role !== 'administrator' && role !== 'auditor')
}

export function possibleActs(clerk: ActingClerk, matter: Matter): ClerkAct[] {
  return clerkActs.filter((act) => refusal(act, clerk, matter) === undefined)
}

/** A clerk is a party to the case, may act for one, or sent it in for somebody. */
export function isOwnCase(
  { accountId, represents }: Pick<ActingClerk, 'accountId' | 'represents'>,
  { partyId, authorId }: Matter,
): boolean {
  return partyId === accountId || authorId === accountId || represents.includes(partyId)
}

/** Assigned to this clerk; a case that went to a specialist system belongs to all case workers until one of them has it. */
export function hasCase({ id }: Pick<Clerk, 'id'>, { assignedTo, routedTo }: Matter): boolean {
  return assignedTo === id || (assignedTo === null && routedTo !== null)
}

/** The specialist system the case can be handed to: the one of its form, where the settlement runs it. */
export function routableTo(
  formSystem: SpecialistSystem | null | undefined,
  introduced: readonly SpecialistSystem[],
): SpecialistSystem | undefined {
  return introduced.find((system) => system === formSystem)
}
