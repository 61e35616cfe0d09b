import { date, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Text } from '../../platform/i18n/language.ts'

/** Every settlement of the country; `id` is its KSH code read as a number. The rows come from data/settlements.csv. */
export const settlements = pgTable('settlements', {
  id: integer().primaryKey(),
  kshCode: text().notNull().unique(),
  name: text().notNull(),
  slug: text().notNull().unique(),
  county: text().notNull(),
})

/** A mayor's office or a common office (polgármesteri hivatal, közös önkormányzati hivatal). */
export const offices = pgTable('offices', {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  postalCode: text().notNull(),
  city: text().notNull(),
  streetAddress: text().notNull(),
  phone: text(),
  email: text(),
  openingHours: jsonb().$type<{ days: Text; hours: string }[]>().notNull(),
  note: jsonb().$type<Text>(),
})

/** Which office serves a settlement, and since when; the last day is exclusive. */
export const officeSettlements = pgTable(
  'office_settlements',
  {
    officeId: uuid()
      .notNull()
      .references(() => offices.id),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    validFrom: date().notNull(),
    validTo: date(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.officeId, table.validFrom] })],
)

/** A settlement that has joined the portal. */
export const settlementProfiles = pgTable('settlement_profiles', {
  settlementId: integer()
    .primaryKey()
    .references(() => settlements.id),
  joinedOn: date().notNull(),
  /** before the file numbers of its register (iktatókönyv) */
  registerPrefix: text().notNull(),
})

/** The specialist systems (szakrendszerek) a settlement has introduced. */
export const settlementSystems = pgTable(
  'settlement_systems',
  {
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    system: text().notNull(),
    introducedOn: date().notNull(),
  },
  (table) => [primaryKey({ columns: [table.settlementId, table.system] })],
)
