import { sql } from 'drizzle-orm'
import { date, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { Text } from '../../platform/i18n/language.ts'
import { settlements } from '../settlements/tables.ts'

/**
 * Which forms a settlement accepts (közzétett űrlapok), and what differs there from what the form itself says. A form that nobody
 * has ever switched on may have no row.
 */
export const settlementForms = pgTable(
  'settlement_forms',
  {
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    formCode: text().notNull(),
    publishedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    closedAt: timestamp({ withTimezone: true }),
    /** when the office's administrator switched it on or off last; null: nobody has, so the office file decides */
    switchedAt: timestamp({ withTimezone: true }),
    /** whom to ask about this form */
    contact: text(),
    feeHuf: integer(),
    feeNote: jsonb().$type<Text>(),
    feeValidFrom: date(),
    /** inclusive */
    feeValidTo: date(),
    /** calendar days the office takes at most, where it promises fewer than the form says */
    deadlineDays: integer(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.formCode] })],
)
