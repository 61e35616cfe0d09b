import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** The audit trail: who did what to which record. Rows are only ever added; people appear as random ids. */
export const auditTrail = pgTable(
  'audit_trail',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    action: text().notNull(),
    actorKind: text({ enum: ['citizen', 'clerk', 'system'] }).notNull(),
    actorId: text(),
    settlementId: integer(),
    objectKind: text().notNull(),
    objectId: text().notNull(),
    detail: jsonb().$type<Record<string, string | number | boolean>>().notNull().default({}),
    requestId: text(),
  },
  (table) => [index().on(table.objectKind, table.objectId), index().on(table.settlementId, table.at)],
)
