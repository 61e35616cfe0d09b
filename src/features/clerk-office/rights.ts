import type { AuditRecord } from '../../platform/audit/index.ts'
import { atTheDoor, type Db, inScope, type Scope, type Tx, widenScope } from '../../platform/database.ts'
import { NotAllowed, NotFound } from '../../platform/http/errors.ts'
import { findAccount } from '../identity/index.ts'
import type { BirthData } from '../representation/index.ts'
import { findOfficeBySlug, findSettlementsOfOffice } from '../settlements/index.ts'
import { type ClerkRole, findRoles, findService } from './queries.ts'

/** Somebody of an office, with the rights read from the database in this very request. */
export interface Clerk {
  id: string
  /** the person's own account: nobody acts in a case of their own */
  accountId: string
  /** by which the mandates of the person are found: nobody acts in the case of somebody they represent */
  identity: BirthData
  name: string
  /** what the clerk may do with cases; empty for somebody who only administers forms */
  roles: readonly ClerkRole[]
  /** űrlapgazda: may decide which forms the settlements accept, and on which terms */
  administersForms: boolean
  office: { id: string; slug: string; name: string }
  /** the settlements the office serves today */
  settlementIds: readonly number[]
  /** of the request that read the rights, for the audit trail */
  requestId: string
}

/** Who comes, to which office. */
export interface ClerkAddress {
  accountId: string
  identity: BirthData
  officeSlug: string
  requestId: string
}

/**
 * Runs `work` with the rights the person has at the office; read in the same transaction, and held until it ends, so that a
 * role revoked meanwhile either stops the act or comes after it.
 *
 * @throws NotFound when the person has no role there: who does not belong to an office does not learn that there is one
 */
export function asClerk<T>(db: Db, address: ClerkAddress, work: (tx: Tx, clerk: Clerk) => Promise<T>): Promise<T> {
  return withRights(db, address, { hold: true }, (tx, clerk) => {
    requireCaseWork(clerk)
    return work(tx, clerk)
  })
}

/**
 * Runs `work` with the right to administer forms, read and held as `asClerk` does.
 *
 * @throws NotFound as `asClerk`; NotAllowed for somebody of the office who does not administer its forms
 */
export function asFormAdministrator<T>(
  db: Db,
  address: ClerkAddress,
  work: (tx: Tx, clerk: Clerk) => Promise<T>,
): Promise<T> {
  return withRights(db, address, { hold: true }, (tx, clerk) => {
    requireFormAdministrator(clerk)
    return work(tx, clerk)
  })
}

/**
 * Runs `work` with the right to take in what arrives, read and held as `asClerk` does.
 *
 * @throws NotFound as `asClerk`; NotAllowed for somebody of the office who is no records clerk (iktató)
 */
export function asRecordsClerk<T>(
  db: Db,
  address: ClerkAddress,
  work: (tx: Tx, clerk: Clerk) => Promise<T>,
): Promise<T> {
  return asClerk(db, address, (tx, clerk) => {
    requireRecordsClerk(clerk)
    return work(tx, clerk)
  })
}

/** @throws NotAllowed */
export function requireRecordsClerk({ roles }: Clerk): void {
  if (!roles.includes('records_clerk')) throw new NotAllowed('clerk-office.refused.role')
}

/** Who administers forms and people has no business with cases. @throws NotAllowed */
export function requireCaseWork({ roles }: Clerk): void {
  if (roles.length === 0) throw new NotAllowed('clerk-office.refused.no-cases')
}

/** @throws NotAllowed */
export function requireFormAdministrator({ administersForms }: Clerk): void {
  if (!administersForms) throw new NotAllowed('clerk-office.refused.no-forms')
}

/**
 * Runs `work` with the rights the clerk has at this moment, read once more: for what is sent out over a longer time than the
 * request's own look at them.
 *
 * @throws NotFound as `asClerk`
 */
export function asClerkStill<T>(db: Db, clerk: Clerk, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { accountId, identity, office, requestId } = clerk
  const address = { accountId, identity, officeSlug: office.slug, requestId }
  return withRights(db, address, { hold: false }, (tx, now) => {
    requireCaseWork(now)
    return work(tx)
  })
}

function withRights<T>(
  db: Db,
  address: ClerkAddress,
  holding: { hold: boolean },
  work: (tx: Tx, clerk: Clerk) => Promise<T>,
): Promise<T> {
  return inScope(db, { role: 'clerk', account: address.accountId }, async (tx) => {
    const clerk = await atTheDoor(tx, 'clerk', (door) => readRights(door, address, holding))
    if (!clerk) throw new NotFound('office')
    await widenScope(tx, { office: clerk.office.id, settlements: clerk.settlementIds })
    return work(tx, clerk)
  })
}

/**
 * The rights the person has at the office now, for looking; acts read and hold them again.
 *
 * @throws NotFound as `asClerk`
 */
export async function findClerk(db: Db, address: ClerkAddress): Promise<Clerk> {
  const clerk = await inScope(db, { role: 'door', account: address.accountId }, (door) =>
    readRights(door, address, { hold: false }),
  )
  if (!clerk) throw new NotFound('office')
  return clerk
}

/** The scope of the cases a clerk looks at in a request whose rights have just been read. @throws NotAllowed */
export function scopeOf(clerk: Clerk): Scope {
  requireCaseWork(clerk)
  return officeScopeOf(clerk)
}

/** The scope of anybody who works at the office, for what is no case. */
export function officeScopeOf({ accountId, office, settlementIds }: Clerk): Scope {
  return { role: 'clerk', account: accountId, office: office.id, settlements: settlementIds }
}

/** A clerk as the audit trail keeps one: the office and the roles are told to whom it concerns, who it was is not. */
export function auditedAsClerk({
  id,
  office,
  roles,
  requestId,
}: Clerk): Pick<AuditRecord, 'actor' | 'officeId' | 'role' | 'requestId'> {
  return { actor: { kind: 'clerk', id }, officeId: office.id, role: roles.join(' ') || 'administrator', requestId }
}

async function readRights(tx: Tx, address: ClerkAddress, { hold }: { hold: boolean }): Promise<Clerk | undefined> {
  const office = await findOfficeBySlug(tx, address.officeSlug)
  const account = await findAccount(tx, address.accountId)
  if (!office || !account) return undefined
  const service = await findService(tx, account, office.id, { hold })
  if (!service) return undefined
  const roles = await findRoles(tx, service.id, { hold })
  if (roles.length === 0) return undefined
  return {
    id: service.id,
    accountId: account.id,
    identity: address.identity,
    name: service.name,
    roles: roles.filter((role) => role !== 'administrator'),
    administersForms: roles.includes('administrator'),
    office: { id: office.id, slug: office.slug, name: office.name },
    settlementIds: await findSettlementsOfOffice(tx, office.id),
    requestId: address.requestId,
  }
}
