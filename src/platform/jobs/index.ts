import { sql } from 'drizzle-orm'
import type { Tx } from '../database.ts'

/**
 * Adds a job in the transaction of the change that causes it: it exists if and only if the change does.
 *
 * @param name a verb, for example 'scan-attachment'
 * @param payload ids only; it is parsed before the job runs
 * @param key a second job with the key of one still waiting takes its place
 */
export async function enqueue(
  tx: Tx,
  name: string,
  payload: Record<string, string | number>,
  key?: string,
): Promise<void> {
  await tx.execute(
    sql`select graphile_worker.portal_enqueue(${name}, ${JSON.stringify(payload)}::json, ${key ?? null})`,
  )
}

/** What the worker can do, by name. A handler may run twice for the same payload without harm; throwing means "try again later". */
export type JobHandlers = Record<string, (payload: unknown) => Promise<void>>
