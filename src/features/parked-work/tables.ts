import { sql } from 'drizzle-orm'
import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bytea } from '../../platform/bytea.ts'
import { accounts } from '../identity/tables.ts'

/** Parked work (félretett munka): what a form said that was posted while its session could not act; for its owner only. */
export const parkedWork = pgTable(
  'parked_work',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** public name of the lineage the form was shown in; each may park so many */
    lineageLabel: text().notNull(),
    /** encrypted: for which page it was, and its fields */
    contents: bytea().notNull(),
    parkedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [index().on(table.accountId)],
)
