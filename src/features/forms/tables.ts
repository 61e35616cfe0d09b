import { sql } from 'drizzle-orm'
import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { settlements } from '../settlements/tables.ts'

/** Which forms a settlement accepts (közzétett űrlapok). */
export const settlementForms = pgTable(
  'settlement_forms',
  {
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    formCode: text().notNull(),
    publishedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    closedAt: timestamp({ withTimezone: true }),
    contact: text(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.formCode] })],
)
