import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { settlements } from '../settlements/tables.ts'
import type { Seat } from './party.ts'

/** Whom somebody may act for in a settlement (képviselt): a person or an organisation, as the office registers it. */
export const representedParties = pgTable(
  'represented_parties',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    /** the office's own name for the entry, by which its file is brought in again */
    registryKey: text().notNull(),
    /** random, public: its part of every address */
    label: text().notNull().unique(),
    kind: text({ enum: ['person', 'sole-trader', 'company', 'public-body'] }).notNull(),
    name: text().notNull(),
    /** adóazonosító jel of a person, adószám of everybody else; canonical */
    taxNumber: text().notNull(),
    /** the seat (székhely), or where the person lives */
    seat: jsonb().$type<Seat>(),
  },
  (table) => [
    unique('represented_parties_owned').on(table.id, table.settlementId),
    unique('represented_parties_of_register').on(table.settlementId, table.registryKey),
  ],
)

/** The right to act for a party (képviseleti jog, meghatalmazás); an ended one stays, with the time it ended. */
export const mandates = pgTable(
  'mandates',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    registryKey: text().notNull(),
    /** keyed fingerprint of the representative's birth data, in hexadecimal; the data themselves are not kept */
    representativeMark: text().notNull(),
    kind: text({ enum: ['statutory', 'permanent', 'single', 'employee'] }).notNull(),
    /** else the sectors and forms named */
    everything: boolean().notNull(),
    sectors: text().array().notNull().default(sql`'{}'`),
    formCodes: text().array().notNull().default(sql`'{}'`),
    validFrom: date().notNull(),
    /** the last day on which it holds; null: until it is revoked */
    validUntil: date(),
    registeredAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    revokedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    // What is done under a mandate names its settlement and party too, since keys are not bound by policies.
    unique('mandates_owned').on(table.id, table.settlementId, table.partyId),
    foreignKey({
      name: 'mandates_party_fk',
      columns: [table.partyId, table.settlementId],
      foreignColumns: [representedParties.id, representedParties.settlementId],
    }),
    uniqueIndex().on(table.settlementId, table.registryKey).where(sql`revoked_at is null`),
    index().on(table.representativeMark),
    index().on(table.partyId),
  ],
)
