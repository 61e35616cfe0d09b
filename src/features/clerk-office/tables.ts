import { sql } from 'drizzle-orm'
import { date, index, pgTable, primaryKey, text, timestamp, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { offices } from '../settlements/tables.ts'

/** A clerk of an office (hivatali munkatárs), by the municipality's assignment; named as at the KAÜ by issuer and subject. */
export const clerks = pgTable(
  'clerks',
  {
    id: uuid().primaryKey().defaultRandom(),
    officeId: uuid()
      .notNull()
      .references(() => offices.id),
    issuer: text().notNull(),
    subject: text().notNull(),
    name: text().notNull(),
    validFrom: date().notNull(),
    /** exclusive */
    validTo: date(),
  },
  (table) => [unique().on(table.officeId, table.issuer, table.subject), index().on(table.issuer, table.subject)],
)

/** What a clerk may do; a revoked role ends with the next request. */
export const clerkRoles = pgTable(
  'clerk_roles',
  {
    clerkId: uuid()
      .notNull()
      .references(() => clerks.id),
    role: text({ enum: ['records_clerk', 'case_worker', 'head', 'administrator', 'auditor'] }).notNull(),
    grantedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    revokedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.clerkId, table.role, table.grantedAt] }),
    uniqueIndex().on(table.clerkId, table.role).where(sql`revoked_at is null`),
  ],
)
