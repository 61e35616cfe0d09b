import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { Matter } from './matter.ts'
import { storedObjects } from './tables.ts'

/** Written down before anything is put under the key, so that nothing lies in the store that no row knows of. */
export async function announceObject(tx: Tx, { settlement, partyId }: Matter, key: string): Promise<void> {
  await tx.insert(storedObjects).values({ key, settlementId: settlement.id, partyId })
}

/** From now on the object is the attachment's. False: it took so long that the object has been given up. */
export async function giveObject(tx: Tx, key: string, attachmentId: string): Promise<boolean> {
  const given = await tx
    .update(storedObjects)
    .set({ attachmentId })
    .where(and(eq(storedObjects.key, key), isNull(storedObjects.attachmentId), isNull(storedObjects.givenUpAt)))
    .returning({ key: storedObjects.key })
  return given.length > 0
}

/** Undefined for an attachment whose bytes lie in the database. */
export async function findObjectKey(tx: Tx, attachmentId: string): Promise<string | undefined> {
  const [object] = await tx
    .select({ key: storedObjects.key })
    .from(storedObjects)
    .where(eq(storedObjects.attachmentId, attachmentId))
  return object?.key
}

/** Those of the attachments whose bytes lie outside the database. */
export async function findInObjects(tx: Tx, attachmentIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (attachmentIds.length === 0) return new Set()
  const found = await tx
    .select({ id: storedObjects.attachmentId })
    .from(storedObjects)
    .where(inArray(storedObjects.attachmentId, [...attachmentIds]))
  return new Set(found.flatMap(({ id }) => id ?? []))
}

/** Takes its object from an attachment, to be deleted. @returns its key; undefined when it has none */
export async function takeObject(tx: Tx, attachmentId: string): Promise<string | undefined> {
  const [object] = await tx
    .update(storedObjects)
    .set({ attachmentId: null, givenUpAt: sql`app_now()` })
    .where(eq(storedObjects.attachmentId, attachmentId))
    .returning({ key: storedObjects.key })
  return object?.key
}

/**
 * Gives up objects that are nobody's: their attachment is gone, or never came to be within an hour. The policies of the worker's
 * role let it see no others here. Those given up before and not yet gone come again.
 */
export async function giveUpObjects(tx: Tx, atMost: number): Promise<string[]> {
  const { rows } = await tx.execute<{ key: string }>(sql`
    update ${storedObjects} set given_up_at = app_now()
    where key in (select key from ${storedObjects} where attachment_id is null order by stored_at limit ${atMost}
      for update skip locked)
    returning key`)
  return rows.map(({ key }) => key)
}

/** Once nothing lies under the key any more. */
export async function forgetObject(tx: Tx, key: string): Promise<void> {
  await tx.delete(storedObjects).where(and(eq(storedObjects.key, key), isNull(storedObjects.attachmentId)))
}
