import type { NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import { type AuditRecord, recordAudit } from '../../platform/audit/index.ts'
import type { Db, Tx } from '../../platform/database.ts'
import { NotSignedIn } from '../../platform/http/errors.ts'
import type { FormDefinition, MannerOfActing } from '../forms/index.ts'
import {
  actFor,
  auditedAs,
  type HeldMandate,
  mandateFor,
  mayReadSent,
  maySubmit,
  type Party,
  type RepresentedParty,
  RightEnded,
} from '../representation/index.ts'
import { sessionStands } from '../session/index.ts'
import type { Settlement } from '../settlements/index.ts'

/** Who fills in and sends: a signed-in person, as the session knows them. */
export interface Author {
  accountId: string
  lineageId: string
  name: string
  identity: NaturalIdentity
  contact: { email?: string | undefined; phone?: string | undefined }
}

/** Whose matter it is, who deals with it, and where: the three facts of every address below `/{settlement}/{party}`. */
export interface Matter {
  author: Author
  /** with the right to act for it, as it was when it was read last */
  party: Party
  partyId: string
  settlement: Settlement
  /** it is about answering calls for what is missing (hiánypótlás): their drafts are apart from those of new matters */
  answersCalls?: true
}

/**
 * Runs `work` in one transaction with reading the right to act for the matter's party, and with that party's rows only.
 *
 * @param hold for whatever changes something: a right that is revoked at the same time is gone before us or after us
 * @throws RightEnded when the right has ended meanwhile
 */
export function inMatter<T>(
  db: Db,
  matter: Matter,
  { hold }: { hold: boolean },
  work: (tx: Tx, matter: Matter) => Promise<T>,
): Promise<T> {
  const { author, party } = matter
  return actFor(db, { accountId: author.accountId, party, hold }, (tx, now) => work(tx, { ...matter, party: now }))
}

/** For whatever is saved. @throws NotSignedIn when the author has signed out, or the session was ended elsewhere */
export async function requireStandingSession(tx: Tx, { author }: Matter): Promise<void> {
  if (!(await sessionStands(tx, 'citizen', author.lineageId)))
    throw new NotSignedIn('errors.not-signed-in.nothing-kept')
}

/** For whatever is filled in and sent. @throws RightEnded for a form that may not be sent for the party (any more) */
export function requireCovered({ party }: Matter, { sector, code }: Pick<FormDefinition, 'sector' | 'code'>): void {
  if (!maySubmit(party, { sector, formCode: code })) throw new RightEnded()
}

/** For whatever was sent. @throws RightEnded for a form of which the person may not read what was sent for the party (any more) */
export function requireReadable(
  { party, author }: Matter,
  { sector, code }: Pick<FormDefinition, 'sector' | 'code'>,
  { authorId }: { authorId: string | null },
): void {
  const sentByOneself = authorId === author.accountId
  if (!mayReadSent(party, { sector, formCode: code }, { sentByOneself })) throw new RightEnded()
}

/** The mandate an act with a form is recorded under. @throws RightEnded as `requireCovered` */
export function recordedMandate(
  party: RepresentedParty,
  { sector, code }: Pick<FormDefinition, 'sector' | 'code'>,
): HeldMandate {
  const mandate = mandateFor(party, { sector, formCode: code }, 'submit')
  if (mandate === undefined) throw new RightEnded()
  return mandate
}

/** Whoever is represented can read who looked in their name; looking at one's own goes unrecorded. */
export async function recordLook(
  tx: Tx,
  { author, party, settlement }: Matter,
  action: string,
  object: AuditRecord['object'],
): Promise<void> {
  if (party.kind === 'self') return
  await recordAudit(tx, { action, ...auditedAs(author.accountId, party), settlementId: settlement.id, object })
}

const manners: Record<Party['kind'], MannerOfActing> = {
  self: 'self',
  person: 'other-person',
  'sole-trader': 'sole-trader',
  company: 'company',
  'public-body': 'public-body',
}

/** In whose name somebody acts (eljárás módja). */
export function mannerOf({ kind }: Pick<Party, 'kind'>): MannerOfActing {
  return manners[kind]
}

/** Whether the form may be begun for the party: its definition allows the manner, and the right to send covers it. */
export function mayBegin(party: Party, { manners: allowed, sector, code }: FormDefinition): boolean {
  return allowed.includes(mannerOf(party)) && maySubmit(party, { sector, formCode: code })
}
