import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { bytea } from '../../platform/bytea.ts'
import { settlements } from '../settlements/tables.ts'

/**
 * The personal account (személyes fiók): who the KAÜ says it is, and the person's own settings; no identity data.
 * `id` is also the person's own party.
 */
export const accounts = pgTable(
  'accounts',
  {
    id: uuid().primaryKey().defaultRandom(),
    issuer: text().notNull(),
    subject: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    termsAcceptedAt: timestamp({ withTimezone: true }),
    termsVersion: text(),
    defaultSettlementId: integer().references(() => settlements.id),
    language: text({ enum: ['hu', 'en'] })
      .notNull()
      .default('hu'),
    contactEmail: text(),
    contactPhone: text(),
    noticesByEmail: boolean().notNull().default(true),
    /** set by the operator: the account was erased, or the person has died; nothing is done for it any more */
    closedAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique().on(table.issuer, table.subject)],
)

/** The person's own settlements (saját önkormányzatok). */
export const accountSettlements = pgTable(
  'account_settlements',
  {
    accountId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    addedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.settlementId] })],
)

/** One round trip to the KAÜ (kísérlet): used once, at most 600 s old, bound to the browser by its cookie. */
export const signInAttempts = pgTable(
  'sign_in_attempts',
  {
    stateHash: bytea().primaryKey(),
    browserHash: bytea().notNull(),
    kind: text({ enum: ['sign-in', 'continue', 'reidentify'] }).notNull(),
    /** nonce and code verifier, encrypted */
    secrets: bytea().notNull(),
    startedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    /** where to go afterwards: a path of the portal */
    target: text(),
    lineageId: uuid(),
    /** the automatic second try after an identification that was too old */
    retried: boolean().notNull().default(false),
    /** encrypted: what somebody filled in without signing in and wants to take along */
    keptFields: bytea(),
  },
  (table) => [index().on(table.browserHash)],
)
