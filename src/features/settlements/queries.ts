import { and, asc, eq, gt, inArray, isNull, lte, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { prepared, type Tx } from '../../platform/database.ts'
import type { Settlement } from './settlement-directory.ts'
import { officeSettlements, offices, settlementProfiles, settlementSystems } from './tables.ts'

export type Office = typeof offices.$inferSelect

const todayInBudapest = sql<string>`(app_now() at time zone 'Europe/Budapest')::date`

/** The office serves the settlement today. */
function servesToday(): SQL | undefined {
  return and(
    lte(officeSettlements.validFrom, todayInBudapest),
    or(isNull(officeSettlements.validTo), gt(officeSettlements.validTo, todayInBudapest)),
  )
}

/** The settlement's profile with the office that serves it today; undefined when it has not joined. */
export async function findProfile(tx: Tx, settlementId: number) {
  const [profile] = await profileToday(tx).execute({ settlementId })
  return profile
}

const profileToday = prepared((tx) =>
  tx
    .select({
      joinedOn: settlementProfiles.joinedOn,
      registerPrefix: settlementProfiles.registerPrefix,
      office: offices,
    })
    .from(settlementProfiles)
    .innerJoin(officeSettlements, eq(officeSettlements.settlementId, settlementProfiles.settlementId))
    .innerJoin(offices, eq(offices.id, officeSettlements.officeId))
    .where(
      and(
        eq(settlementProfiles.settlementId, sql.placeholder('settlementId')),
        lte(settlementProfiles.joinedOn, todayInBudapest),
        servesToday(),
      ),
    )
    .prepare('settlement-profile'),
)

/** Which specialist systems the settlement works with today. */
export function findSystems(tx: Tx, settlementId: number) {
  return systemsToday(tx).execute({ settlementId })
}

const systemsToday = prepared((tx) =>
  tx
    .select({ system: settlementSystems.system, introducedOn: settlementSystems.introducedOn })
    .from(settlementSystems)
    .where(
      and(
        eq(settlementSystems.settlementId, sql.placeholder('settlementId')),
        lte(settlementSystems.introducedOn, todayInBudapest),
      ),
    )
    .prepare('settlement-systems'),
)

/** Which of these settlements have joined the portal. */
export async function findJoined(tx: Tx, settlementIds: readonly number[]): Promise<number[]> {
  const rows = await tx
    .selectDistinct({ id: settlementProfiles.settlementId })
    .from(settlementProfiles)
    .innerJoin(officeSettlements, eq(officeSettlements.settlementId, settlementProfiles.settlementId))
    .where(
      and(
        inArray(settlementProfiles.settlementId, [...settlementIds]),
        lte(settlementProfiles.joinedOn, todayInBudapest),
        servesToday(),
      ),
    )
  return rows.map(({ id }) => id)
}

/** The settlements an office serves today, in the order of their keys. */
export async function findSettlementsOfOffice(tx: Tx, officeId: string): Promise<number[]> {
  const rows = await tx
    .select({ id: officeSettlements.settlementId })
    .from(officeSettlements)
    .where(and(eq(officeSettlements.officeId, officeId), servesToday()))
    .orderBy(asc(officeSettlements.settlementId))
  return rows.map(({ id }) => id)
}

export async function findOfficeBySlug(tx: Tx, slug: string): Promise<Office | undefined> {
  const [office] = await tx.select().from(offices).where(eq(offices.slug, slug))
  return office
}

export async function findOfficeById(tx: Tx, id: string): Promise<Office | undefined> {
  const [office] = await tx.select().from(offices).where(eq(offices.id, id))
  return office
}

/** What stands before the file numbers of the settlement's register; undefined when it has not joined. */
export async function findRegisterPrefix(tx: Tx, settlementId: number): Promise<string | undefined> {
  const [profile] = await tx
    .select({ registerPrefix: settlementProfiles.registerPrefix })
    .from(settlementProfiles)
    .where(eq(settlementProfiles.settlementId, settlementId))
  return profile?.registerPrefix
}

/** Writes the list of settlements; rows that are the same already are not touched. */
export async function saveSettlements(tx: Tx, list: readonly Settlement[]): Promise<void> {
  const rows = list.map(({ id, kshCode, name, slug, county }) => ({ id, ksh_code: kshCode, name, slug, county }))
  await tx.execute(sql`
    insert into settlements (id, ksh_code, name, slug, county)
    select id, ksh_code, name, slug, county
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as listed (id integer, ksh_code text, name text, slug text, county text)
    on conflict (id) do update set name = excluded.name, slug = excluded.slug, county = excluded.county
      where (settlements.name, settlements.slug, settlements.county)
        is distinct from (excluded.name, excluded.slug, excluded.county)`)
}

/** @returns the office's key, the same for a slug that was there before */
export async function saveOffice(tx: Tx, office: typeof offices.$inferInsert): Promise<string> {
  const [saved] = await tx
    .insert(offices)
    .values(office)
    .onConflictDoUpdate({ target: offices.slug, set: office })
    .returning({ id: offices.id })
  if (!saved) throw new Error(`office ${office.slug} was not saved`)
  return saved.id
}

/** From today on the office serves these settlements and no others, and nobody else serves them. */
export async function saveOfficeSettlements(
  tx: Tx,
  officeId: string,
  served: readonly { settlementId: number; validFrom: string }[],
): Promise<void> {
  const ids = served.map(({ settlementId }) => settlementId)
  const ofThisOffice = eq(officeSettlements.officeId, officeId)
  await tx
    .update(officeSettlements)
    .set({ validTo: todayInBudapest })
    .where(
      and(
        isNull(officeSettlements.validTo),
        or(
          and(ofThisOffice, notInArray(officeSettlements.settlementId, ids)),
          and(ne(officeSettlements.officeId, officeId), inArray(officeSettlements.settlementId, ids)),
        ),
      ),
    )
  // A row that still runs is written anew, since its first day may have been corrected.
  await tx
    .delete(officeSettlements)
    .where(and(ofThisOffice, isNull(officeSettlements.validTo), inArray(officeSettlements.settlementId, ids)))
  await tx
    .insert(officeSettlements)
    .values(served.map(({ settlementId, validFrom }) => ({ officeId, settlementId, validFrom })))
    .onConflictDoUpdate({
      target: [officeSettlements.settlementId, officeSettlements.officeId, officeSettlements.validFrom],
      set: { validTo: null },
    })
}

export async function saveProfile(tx: Tx, profile: typeof settlementProfiles.$inferInsert): Promise<void> {
  await tx
    .insert(settlementProfiles)
    .values(profile)
    .onConflictDoUpdate({ target: settlementProfiles.settlementId, set: profile })
}

/** The settlement works with these specialist systems and no others. */
export async function saveSystems(
  tx: Tx,
  settlementId: number,
  systems: readonly { system: string; introducedOn: string }[],
): Promise<void> {
  const ofThisSettlement = eq(settlementSystems.settlementId, settlementId)
  await tx.delete(settlementSystems).where(ofThisSettlement)
  if (systems.length === 0) return
  await tx.insert(settlementSystems).values(systems.map((introduced) => ({ settlementId, ...introduced })))
}
