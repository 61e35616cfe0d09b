import { foreignKey, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { settlements } from '../settlements/tables.ts'
import { submissions } from '../submissions/tables.ts'

/** A yearly register (iktatókönyv) of a settlement; its row is locked while a number is given. */
export const registers = pgTable(
  'registers',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    year: integer().notNull(),
    prefix: text().notNull(),
    lastMainNumber: integer().notNull().default(0),
  },
  (table) => [
    unique().on(table.settlementId, table.year),
    // Its entries belong to the same settlement.
    unique('registers_owned').on(table.id, table.settlementId),
  ],
)

/** One numbered document of a register (iktatás): főszám–alszám. Nothing is deleted; a voided number stays visible. */
export const registerEntries = pgTable(
  'register_entries',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    registerId: uuid().notNull(),
    mainNumber: integer().notNull(),
    subNumber: integer().notNull(),
    submissionId: uuid().unique(),
    subject: text().notNull(),
    registeredAt: timestamp({ withTimezone: true }).notNull(),
    registeredBy: uuid().notNull(),
    voidedAt: timestamp({ withTimezone: true }),
    voidedBy: uuid(),
    voidReason: text(),
  },
  (table) => [
    unique().on(table.registerId, table.mainNumber, table.subNumber),
    foreignKey({
      name: 'register_entries_register_fk',
      columns: [table.registerId, table.settlementId],
      foreignColumns: [registers.id, registers.settlementId],
    }),
    foreignKey({
      name: 'register_entries_submission_fk',
      columns: [table.submissionId, table.settlementId],
      foreignColumns: [submissions.id, submissions.settlementId],
    }),
    index().on(table.settlementId, table.registeredAt),
  ],
)

/** The office has taken a submission over (érkeztetés). */
export const arrivals = pgTable(
  'arrivals',
  {
    submissionId: uuid().primaryKey(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    receivedAt: timestamp({ withTimezone: true }).notNull(),
    receivedBy: uuid().notNull(),
  },
  (table) => [
    foreignKey({
      name: 'arrivals_submission_fk',
      columns: [table.submissionId, table.settlementId],
      foreignColumns: [submissions.id, submissions.settlementId],
    }),
  ],
)
