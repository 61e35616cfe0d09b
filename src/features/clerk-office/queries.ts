import { and, asc, eq, gt, inArray, isNull, lte, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { clerkRoles, clerks } from './tables.ts'

export type ClerkRole = (typeof clerkRoles.$inferSelect)['role']

export interface ClerkRow {
  id: string
  officeId: string
  name: string
}

const todayInBudapest = sql`(app_now() at time zone 'Europe/Budapest')::date`

function inServiceToday(): SQL | undefined {
  return and(lte(clerks.validFrom, todayInBudapest), or(isNull(clerks.validTo), gt(clerks.validTo, todayInBudapest)))
}

/** In which offices a person works today, as the KAÜ names the person. */
export function findServices(tx: Tx, person: { issuer: string; subject: string }): Promise<ClerkRow[]> {
  return tx
    .select({ id: clerks.id, officeId: clerks.officeId, name: clerks.name })
    .from(clerks)
    .where(and(eq(clerks.issuer, person.issuer), eq(clerks.subject, person.subject), inServiceToday()))
}

/** The person's service at one office; the row stays as it is until the transaction ends when it is held. */
export async function findService(
  tx: Tx,
  person: { issuer: string; subject: string },
  officeId: string,
  { hold }: { hold: boolean },
): Promise<ClerkRow | undefined> {
  const query = tx
    .select({ id: clerks.id, officeId: clerks.officeId, name: clerks.name })
    .from(clerks)
    .where(
      and(
        eq(clerks.issuer, person.issuer),
        eq(clerks.subject, person.subject),
        eq(clerks.officeId, officeId),
        inServiceToday(),
      ),
    )
    .limit(1)
  const [service] = await (hold ? query.for('share') : query)
  return service
}

/** The roles a clerk has now; held rows cannot be revoked before the transaction ends. */
export async function findRoles(tx: Tx, clerkId: string, { hold }: { hold: boolean }): Promise<ClerkRole[]> {
  const query = tx
    .select({ role: clerkRoles.role })
    .from(clerkRoles)
    .where(and(eq(clerkRoles.clerkId, clerkId), isNull(clerkRoles.revokedAt)))
  const rows = await (hold ? query.for('share') : query)
  return [...new Set(rows.map(({ role }) => role))]
}

/** Who in the office can be given a case. */
export function findCaseWorkers(tx: Tx, officeId: string): Promise<{ id: string; name: string }[]> {
  return tx
    .selectDistinct({ id: clerks.id, name: clerks.name })
    .from(clerks)
    .innerJoin(clerkRoles, eq(clerkRoles.clerkId, clerks.id))
    .where(
      and(
        eq(clerks.officeId, officeId),
        eq(clerkRoles.role, 'case_worker'),
        isNull(clerkRoles.revokedAt),
        inServiceToday(),
      ),
    )
    .orderBy(asc(clerks.name), asc(clerks.id))
}

/** The names of clerks, former ones too: a case tells who had it. */
export async function findClerkNames(
  tx: Tx,
  officeId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .select({ id: clerks.id, name: clerks.name })
    .from(clerks)
    .where(and(eq(clerks.officeId, officeId), inArray(clerks.id, [...ids])))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** As whom a clerk is known to the KAÜ. */
export async function findClerkPerson(
  tx: Tx,
  officeId: string,
  clerkId: string,
): Promise<{ issuer: string; subject: string } | undefined> {
  const [person] = await tx
    .select({ issuer: clerks.issuer, subject: clerks.subject })
    .from(clerks)
    .where(and(eq(clerks.id, clerkId), eq(clerks.officeId, officeId)))
  return person
}

/** Writes down a clerk; without a first day, from today on. An earlier end is taken back. */
export async function saveClerk(
  tx: Tx,
  clerk: { officeId: string; issuer: string; subject: string; name: string; validFrom: string | undefined },
): Promise<string> {
  const { validFrom, ...known } = clerk
  const [saved] = await tx
    .insert(clerks)
    .values({ ...known, validFrom: validFrom ?? todayInBudapest })
    .onConflictDoUpdate({
      target: [clerks.officeId, clerks.issuer, clerks.subject],
      set: { name: clerk.name, validTo: null, ...(validFrom === undefined ? {} : { validFrom }) },
    })
    .returning({ id: clerks.id })
  if (!saved) throw new Error('the clerk was not written')
  return saved.id
}

/** Gives and takes roles so that the clerk has exactly these. */
export async function saveRoles(tx: Tx, clerkId: string, roles: readonly ClerkRole[]): Promise<void> {
  const current = await findRoles(tx, clerkId, { hold: false })
  const added = roles.filter((role) => !current.includes(role))
  await tx
    .update(clerkRoles)
    .set({ revokedAt: sql`app_now()` })
    .where(
      and(
        eq(clerkRoles.clerkId, clerkId),
        isNull(clerkRoles.revokedAt),
        roles.length > 0 ? notInArray(clerkRoles.role, [...roles]) : undefined,
      ),
    )
  if (added.length > 0) await tx.insert(clerkRoles).values(added.map((role) => ({ clerkId, role })))
}

/** Ends the service of everybody else in the office, and with it their roles. */
export async function endServiceOfOthers(tx: Tx, officeId: string, remaining: readonly string[]): Promise<void> {
  const ended = await tx
    .update(clerks)
    .set({ validTo: todayInBudapest })
    .where(
      and(
        eq(clerks.officeId, officeId),
        or(isNull(clerks.validTo), gt(clerks.validTo, todayInBudapest)),
        remaining.length > 0 ? notInArray(clerks.id, [...remaining]) : undefined,
      ),
    )
    .returning({ id: clerks.id })
  for (const { id } of ended) await saveRoles(tx, id, [])
}
