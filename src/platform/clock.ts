import { sql } from 'drizzle-orm'
import type { Tx } from './database.ts'

/** The database's clock, the only one that decides; the same within a transaction. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await tx.execute<{ now: Date | string }>(sql`select app_now() as now`)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the database gave no time')
  return new Date(now)
}

const budapest = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Budapest',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The calendar day in Budapest, YYYY-MM-DD. */
export function budapestDay(moment: Date): string {
  return budapest.format(moment)
}
