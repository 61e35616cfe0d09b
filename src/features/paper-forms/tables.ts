import { sql } from 'drizzle-orm'
import { date, foreignKey, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { settlements } from '../settlements/tables.ts'
import { submissions } from '../submissions/tables.ts'

/** A paper (papíron érkezett űrlap) that a clerk read by its codes and took over. */
export const papers = pgTable(
  'papers',
  {
    submissionId: uuid().primaryKey(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    partyId: uuid().notNull(),
    /** the day it reached the office */
    arrivedOn: date().notNull(),
    /** hexadecimal SHA-256 of what its codes say */
    contentSha256: text().notNull(),
    /** 1, unless a clerk has confirmed that the same came again on another sheet */
    copy: integer().notNull(),
    takenBy: uuid().notNull(),
    takenAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [
    unique('papers_taken_once').on(table.settlementId, table.contentSha256, table.copy),
    foreignKey({
      name: 'papers_submission_fk',
      columns: [table.submissionId, table.settlementId, table.partyId],
      foreignColumns: [submissions.id, submissions.settlementId, submissions.partyId],
    }),
  ],
)
