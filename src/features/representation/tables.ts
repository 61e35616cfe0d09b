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
    /** random, public: its part of every address */
    label: text().notNull().unique(),
    kind: text({ enum: ['person', 'sole-trader', 'company', 'public-body'] }).notNull(),
    name: text().notNull(),
    /** adóazonosító jel of a person, adószám of everybody else; canonical; null for a person who has not proven one */
    taxNumber: text(),
    /** keyed fingerprint of a person's own birth data, where they are known: the person sees what is done in his or her name */
    personMark: text(),
    /** the seat (székhely), or where the person lives */
    seat: jsonb().$type<Seat>(),
  },
  (table) => [
    unique('represented_parties_owned').on(table.id, table.settlementId),
    // One party however many registers name it; who has no number is known by birth data.
    unique('represented_parties_by_number').on(table.settlementId, table.kind, table.taxNumber),
    uniqueIndex('represented_parties_by_person')
      .on(table.settlementId, table.kind, table.personMark)
      .where(sql`tax_number is null`),
    index().on(table.personMark),
  ],
)

/** The right to act for a party (képviseleti jog, meghatalmazás); an ended one stays, with the time it ended. */
export const mandates = pgTable(
  'mandates',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    /**
     * where the right comes from: the office's register of representatives, the assignment to an organisation, the tax system,
     * the person's own word here, or a paper a clerk recorded
     */
    source: text({ enum: ['office', 'assignment', 'tax-system', 'online', 'paper'] })
      .notNull()
      .default('office'),
    /** the source's own name for the entry, by which it is brought in again */
    registryKey: text().notNull(),
    /** keyed fingerprint of the representative's birth data, in hexadecimal; the data themselves are not kept */
    representativeMark: text().notNull(),
    kind: text({ enum: ['statutory', 'permanent', 'single', 'employee'] }).notNull(),
    /** else the sectors and forms named */
    everything: boolean().notNull(),
    sectors: text().array().notNull().default(sql`'{}'`),
    formCodes: text().array().notNull().default(sql`'{}'`),
    /** send forms, read what was sent, read tax balances: separate rights */
    rights: text({ enum: ['submit', 'read-cases', 'read-tax'] })
      .array()
      .notNull()
      .default(sql`'{submit,read-cases}'`),
    /** codes of the tax types whose balance may be read; empty: all */
    taxTypes: text().array().notNull().default(sql`'{}'`),
    /** what the representative is called, as whoever gave the right wrote it; shown to the party and to the office */
    representativeName: text(),
    /** the account that gave it here; the clerk who recorded it, and from which submission */
    grantedBy: uuid(),
    recordedBy: uuid(),
    submissionId: uuid(),
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
    uniqueIndex().on(table.settlementId, table.source, table.registryKey).where(sql`revoked_at is null`),
    index().on(table.representativeMark),
    index().on(table.partyId),
  ],
)
