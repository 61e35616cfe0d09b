import { and, asc, desc, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import { prepared, type Tx } from '../../platform/database.ts'
import { mandates, representedParties } from './tables.ts'

export type MandateRow = typeof mandates.$inferSelect
export type PartyRow = typeof representedParties.$inferSelect

export interface Registered {
  mandate: MandateRow
  party: PartyRow
}

/**
 * Every mandate of a person for the party of an address, the ended ones too. Held rows stay as they are until the transaction
 * ends: whoever wants to revoke one waits.
 */
export async function findMandates(
  tx: Tx,
  marks: readonly string[],
  { label, settlementId }: { label: string; settlementId: number },
  { hold }: { hold: boolean },
): Promise<Registered[]> {
  const query = tx
    .select({ mandate: mandates, party: representedParties })
    .from(mandates)
    .innerJoin(representedParties, eq(representedParties.id, mandates.partyId))
    .where(
      and(
        inArray(mandates.representativeMark, [...marks]),
        eq(representedParties.label, label),
        eq(mandates.settlementId, settlementId),
      ),
    )
    .orderBy(asc(mandates.registeredAt), asc(mandates.id))
  return hold ? query.for('share', { of: mandates }) : query
}

/** Every mandate of a person that has not been revoked, in all settlements. */
export function listMandates(tx: Tx, marks: readonly string[]): Promise<Registered[]> {
  return mandatesOf(tx).execute({ marks })
}

const mandatesOf = prepared((tx) =>
  tx
    .select({ mandate: mandates, party: representedParties })
    .from(mandates)
    .innerJoin(representedParties, eq(representedParties.id, mandates.partyId))
    .where(
      and(sql`${mandates.representativeMark} = any (${sql.placeholder('marks')}::text[])`, isNull(mandates.revokedAt)),
    )
    .orderBy(asc(representedParties.name), asc(representedParties.id), asc(mandates.registeredAt), asc(mandates.id))
    .prepare('mandates-of-person'),
)

export async function findMandate(tx: Tx, id: string): Promise<MandateRow | undefined> {
  const [mandate] = await tx.select().from(mandates).where(eq(mandates.id, id))
  return mandate
}

/** Lets the transaction see these parties, whose rights were read in it; sent before this returns. */
export async function letSeeParties(tx: Tx, partyIds: readonly string[]): Promise<void> {
  await tx.execute(sql`select set_config('app.parties', ${partyIds.join(',')}, true)`).execute()
}

/** Lets the transaction see the taxpayers with these keys (settlement and tax number), whose rights were read in it. */
export async function letSeeTaxKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.execute(sql`select set_config('app.tax_keys', ${keys.join(',')}, true)`)
}

/** Writes down whom one can act for; the label of a party that is known already stays. */
export async function saveParty(
  tx: Tx,
  party: Omit<PartyRow, 'id' | 'taxNumber'> & { taxNumber: string },
): Promise<string> {
  const { name, seat } = party
  const [saved] = await tx
    .insert(representedParties)
    .values(party)
    .onConflictDoUpdate({
      target: [representedParties.settlementId, representedParties.kind, representedParties.taxNumber],
      set: { name, seat },
    })
    .returning({ id: representedParties.id })
  if (!saved) throw new Error('the party was not written')
  return saved.id
}

/** What is one's own: every mandate of the parties that are the person of the transaction. */
const ofOneself = sql`${mandates.partyId} = any (app_parties_of_person())`

/** The parties that are the person of the transaction; at one address where a label is given. */
export function listOwnParties(tx: Tx, at?: { label: string; settlementId: number }): Promise<PartyRow[]> {
  return tx
    .select()
    .from(representedParties)
    .where(
      and(
        sql`${representedParties.id} = any ((select app_parties_of_person())::uuid[])`,
        at && and(eq(representedParties.label, at.label), eq(representedParties.settlementId, at.settlementId)),
      ),
    )
    .orderBy(asc(representedParties.name), asc(representedParties.id))
}

/** Sole traders the tax register knows the person of the transaction as, who are no party yet. */
export async function findNewBusinesses(tx: Tx): Promise<{ settlementId: number; name: string; taxNumber: string }[]> {
  const { rows } = await tx.execute<{ settlementId: number; name: string; taxNumber: string }>(
    sql`select settlement_id as "settlementId", min(name) as name, tax_number as "taxNumber" from taxpayers
      where person_mark = any (app_person()) and kind = 'sole-trader' and tax_number is not null
        and not exists (select from represented_parties party where party.settlement_id = taxpayers.settlement_id
          and party.kind = taxpayers.kind and party.tax_number = taxpayers.tax_number)
      group by settlement_id, tax_number`,
  )
  return rows
}

/** Parties that are a person known by these marks, where the transaction sees them. */
export async function findPartiesOfPerson(tx: Tx, marks: readonly string[]): Promise<string[]> {
  const rows = await tx
    .select({ id: representedParties.id })
    .from(representedParties)
    .where(inArray(representedParties.personMark, [...marks]))
  return rows.map(({ id }) => id)
}

/** Every mandate by which somebody may act for the person of the transaction, or might; the newest first. */
export function listGiven(tx: Tx): Promise<Registered[]> {
  return tx
    .select({ mandate: mandates, party: representedParties })
    .from(mandates)
    .innerJoin(representedParties, eq(representedParties.id, mandates.partyId))
    .where(ofOneself)
    .orderBy(desc(mandates.registeredAt), asc(mandates.id))
}

export async function findGiven(tx: Tx, id: string): Promise<Registered | undefined> {
  const [found] = await tx
    .select({ mandate: mandates, party: representedParties })
    .from(mandates)
    .innerJoin(representedParties, eq(representedParties.id, mandates.partyId))
    .where(and(ofOneself, eq(mandates.id, id)))
  return found
}

/** The tax id under which the tax register of a settlement knows the person of the transaction. */
export async function findOwnNumber(tx: Tx, settlementId: number): Promise<string | undefined> {
  const { rows } = await tx.execute<{ tax_number: string }>(
    sql`select tax_number from taxpayers where settlement_id = ${settlementId} and kind = 'person'
      and person_mark = any (app_person()) and tax_number is not null order by register_key limit 1`,
  )
  return rows[0]?.tax_number
}

/** The person of the transaction as a party, written down unless a register has done so before. */
export async function addOneself(tx: Tx, oneself: Omit<PartyRow, 'id'>): Promise<string> {
  const { settlementId, kind, taxNumber } = oneself
  await tx.insert(representedParties).values(oneself).onConflictDoNothing()
  const [found] = await tx
    .select({ id: representedParties.id })
    .from(representedParties)
    .where(
      and(
        eq(representedParties.settlementId, settlementId),
        eq(representedParties.kind, kind),
        taxNumber === null ? isNull(representedParties.taxNumber) : eq(representedParties.taxNumber, taxNumber),
        sql`${representedParties.id} = any (app_parties_of_person())`,
      ),
    )
  if (found === undefined) throw new Error('the person was not written down as a party')
  return found.id
}

/** What the office's file names. */
const ofOfficeFile = inArray(mandates.source, ['office', 'assignment'])

/** The mandate that stands under the office's own name, kept from everybody else until the transaction ends. */
export async function lockMandate(tx: Tx, settlementId: number, registryKey: string): Promise<MandateRow | undefined> {
  const [mandate] = await tx
    .select()
    .from(mandates)
    .where(
      and(
        eq(mandates.settlementId, settlementId),
        ofOfficeFile,
        eq(mandates.registryKey, registryKey),
        isNull(mandates.revokedAt),
      ),
    )
    .for('update')
  return mandate
}

export async function insertMandate(tx: Tx, mandate: typeof mandates.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(mandates).values(mandate).returning({ id: mandates.id })
  if (!inserted) throw new Error('the mandate was not written')
  return inserted.id
}

/** @returns undefined when the source has named it before */
export async function insertMandateOnce(tx: Tx, mandate: typeof mandates.$inferInsert): Promise<string | undefined> {
  const [inserted] = await tx.insert(mandates).values(mandate).onConflictDoNothing().returning({ id: mandates.id })
  return inserted?.id
}

export async function updateMandate(
  tx: Tx,
  id: string,
  change: Partial<Omit<typeof mandates.$inferInsert, 'id' | 'settlementId' | 'partyId' | 'registryKey'>>,
): Promise<void> {
  await tx.update(mandates).set(change).where(eq(mandates.id, id))
}

/**
 * Revokes a mandate for good: acts that hold it are waited for, later ones find it ended.
 * @returns false when it was revoked before
 */
export async function revokeMandate(tx: Tx, id: string): Promise<boolean> {
  const { rowCount } = await tx
    .update(mandates)
    .set({ revokedAt: sql`app_now()` })
    .where(and(eq(mandates.id, id), isNull(mandates.revokedAt)))
  return rowCount === 1
}

/** Whoever gave them is no more: with the account, the mandates end that were given with it. */
export async function revokeMandatesGivenBy(tx: Tx, accountId: string): Promise<void> {
  await tx
    .update(mandates)
    .set({ revokedAt: sql`app_now()` })
    .where(and(eq(mandates.grantedBy, accountId), isNull(mandates.revokedAt)))
}

/** Revokes every other mandate of the settlement that the office's register named. */
export async function revokeOthers(tx: Tx, settlementId: number, remaining: readonly string[]): Promise<void> {
  await tx
    .update(mandates)
    .set({ revokedAt: sql`app_now()` })
    .where(
      and(
        eq(mandates.settlementId, settlementId),
        ofOfficeFile,
        isNull(mandates.revokedAt),
        remaining.length > 0 ? notInArray(mandates.id, [...remaining]) : undefined,
      ),
    )
}
