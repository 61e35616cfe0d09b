import { sql } from 'drizzle-orm'
import { type Db, inScope, type Tx } from './database.ts'

/** The database's clock, the only one that decides; the same within a transaction. */
export async function databaseNow(tx: Tx): Promise<Date> {
  const { rows } = await tx.execute<{ now: Date | string }>(sql`select app_now() as now`)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the database gave no time')
  return new Date(now)
}

/**
 * Refuses to serve with a clock that somebody can move: tests and the demo may, production may not.
 * @throws Error that names what is wrong; OutsideSystemDown when the database is away
 */
export async function requireRealClock(db: Db): Promise<void> {
  await inScope(db, { role: 'door' }, requireRealClockOf)
}

/** The same over a connection of one's own, for the owner; before the first migration all is well. */
export async function requireRealClockOf(tx: Pick<Tx, 'execute'>): Promise<void> {
  const { rows } = await tx.execute<{ wrong: string }>(sql`
    select 'the schema test_clock exists' as wrong from pg_namespace where nspname = 'test_clock'
    union all select 'the function ' || proname || ' does not tell the time of the database'
      from pg_proc join (values ('app_now', 'select now()'), ('app_clock', 'select clock_timestamp()')) as real (name, body)
        on proname = name
      where pronamespace = 'public'::regnamespace and lower(btrim(prosrc)) <> body`)
  if (rows.length === 0) return
  const what = rows.map(({ wrong }) => wrong).join('; ')
  throw new Error(`production does not run on a clock that can be moved, as tests and the demo do: ${what}`)
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
