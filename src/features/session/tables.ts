import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bytea } from '../../platform/bytea.ts'

/**
 * A lineage (lánc): one person's session in one browser, from signing in to its end. Written by single conditional
 * updates only; a row comes into being by an accepted identification and by nothing else.
 */
export const sessionLineages = pgTable(
  'session_lineages',
  {
    id: uuid().primaryKey(),
    /** public random name of the lineage, for pages that compare themselves with it */
    label: text().notNull().unique(),
    /** the personal account; the foreign key stands in the migration, since accounts belong to a later room */
    accountId: uuid().notNull(),
    /** SHA-256 of the one valid identifier */
    identifierHash: bytea().notNull().unique(),
    /** when the person gave credentials at the KAÜ */
    identifiedAt: timestamp({ withTimezone: true }).notNull(),
    /** the latest activity (művelet) */
    activeAt: timestamp({ withTimezone: true }).notNull(),
    /** the clock never runs backwards for a lineage */
    lastSeenAt: timestamp({ withTimezone: true }).notNull(),
    kauSession: text(),
    /** encrypted: token secret of the posted forms */
    csrfSecret: bytea().notNull(),
    /** encrypted: the ID token, for signing out */
    idToken: bytea().notNull(),
    /** encrypted: natural identity data, for as long as the lineage lives */
    identity: bytea().notNull(),
    assurance: text({ enum: ['low', 'substantial', 'high'] }).notNull(),
    epoch: integer().notNull(),
    mustReidentify: boolean().notNull().default(false),
    startedAt: timestamp({ withTimezone: true }).notNull(),
    endedAt: timestamp({ withTimezone: true }),
    endReason: text(),
    /** where an interrupted page load goes on after continuing */
    target: text(),
    device: text().notNull(),
  },
  (table) => [index().on(table.accountId), index().on(table.kauSession)],
)

/** Identifiers a lineage had before; they know the lineage but have no authority. */
export const formerIdentifiers = pgTable('former_identifiers', {
  identifierHash: bytea().primaryKey(),
  lineageId: uuid()
    .notNull()
    .references(() => sessionLineages.id, { onDelete: 'cascade' }),
})

/** The epoch (korszak): raised after a failover or restore, so that no session is active before the KAÜ confirms it. */
export const sessionEpoch = pgTable('session_epoch', {
  id: integer().primaryKey().default(1),
  epoch: integer().notNull().default(1),
  /** cluster and timeline of the database when last looked at; another one means a failover or a restore */
  store: text(),
})

/**
 * What the KAÜ reported ended; kept longer than any of it could have lived, so that none opens or continues a session here.
 * A session by its own name; a whole person by a mark of issuer and subject, for whatever was identified until then.
 */
export const endedKauSessions = pgTable('ended_kau_sessions', {
  kauSession: text().primaryKey(),
  endedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
})

/** Logout tokens (kijelentkeztetési token) seen, by SHA-256 of their `jti`: each counts once. */
export const usedLogoutTokens = pgTable('used_logout_tokens', {
  jtiHash: bytea().primaryKey(),
  /** SHA-256 of the whole token: the same one may come twice, another one under its name may not */
  tokenHash: bytea().notNull(),
  usedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
})
