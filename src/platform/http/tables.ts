import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** How many requests came from one source in the running window; shared by all processes. */
export const requestCounts = pgTable('request_counts', {
  key: text().primaryKey(),
  count: integer().notNull(),
  windowEndsAt: timestamp({ withTimezone: true }).notNull(),
})
