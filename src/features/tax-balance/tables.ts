import { type SQL, sql } from 'drizzle-orm'
import {
  bigint,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea } from '../../platform/bytea.ts'
import { accounts } from '../identity/tables.ts'
import { settlements } from '../settlements/tables.ts'
import type { BookingTitle, OpenItem } from './ledger.ts'

/**
 * Where a settlement's tax data come from, and how old our copy is: files the municipality delivers, or its tax specialist system
 * (adó szakrendszer). A settlement without a row offers no tax balance.
 */
export const taxSources = pgTable('tax_sources', {
  settlementId: integer()
    .primaryKey()
    .references(() => settlements.id),
  kind: text({ enum: ['files', 'system'] }).notNull(),
  /** what the last good delivery shows: the moment of the books, and when we took them over */
  asOf: timestamp({ withTimezone: true }),
  takenAt: timestamp({ withTimezone: true }),
  /** SHA-256 of the file that was taken over last, in hexadecimal */
  fileSha256: text(),
})

/** A taxpayer (adózó) as the tax register of one settlement knows it. */
export const taxpayers = pgTable(
  'taxpayers',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    /** the authority's own number of the taxpayer (adózó mutató száma) */
    registerKey: text().notNull(),
    kind: text({ enum: ['person', 'sole-trader', 'company', 'public-body'] }).notNull(),
    name: text().notNull(),
    address: text().notNull(),
    /** adóazonosító jel of a person, adószám of everybody else; canonical; null where the register has none */
    taxNumber: text(),
    /** settlement and tax number in one, by which a transaction is let see somebody it may read for */
    taxKey: text().generatedAlwaysAs((): SQL => sql`settlement_id::text || ':' || tax_number`),
    /** keyed fingerprint of the person's birth data as the register has them; null for organisations */
    personMark: text(),
    /** the moment of the books, and when this copy was taken over */
    asOf: timestamp({ withTimezone: true }).notNull(),
    takenAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [
    unique('taxpayers_of_register').on(table.settlementId, table.registerKey),
    unique('taxpayers_owned').on(table.id, table.settlementId),
    index().on(table.taxKey),
    index().on(table.personMark),
  ],
)

/** The account of one tax (adónem) of a taxpayer (adószámla), with its own collection account at a bank. */
export const taxAccounts = pgTable(
  'tax_accounts',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer().notNull(),
    taxpayerId: uuid().notNull(),
    /** code of the tax type */
    taxType: text().notNull(),
    /** collection account (GIRO, 24 digits), payee and BIC as the tax system gives them */
    bankAccount: text().notNull(),
    payee: text(),
    bic: text(),
    /** forint; what is owed is positive */
    balanceHuf: bigint({ mode: 'number' }).notNull(),
    /** what is owed and not met yet, by due date; written with the bookings it follows from */
    openItems: jsonb().$type<OpenItem[]>().notNull(),
    /** up to which day the authority itself has booked late interest */
    interestBookedUntil: date(),
  },
  (table) => [
    unique('tax_accounts_of_taxpayer').on(table.taxpayerId, table.taxType),
    unique('tax_accounts_owned').on(table.id, table.taxpayerId, table.settlementId),
    foreignKey({
      name: 'tax_accounts_taxpayer_fk',
      columns: [table.taxpayerId, table.settlementId],
      foreignColumns: [taxpayers.id, taxpayers.settlementId],
    }).onDelete('cascade'),
    index().on(table.settlementId),
  ],
)

/** One booking of a tax account (könyvelési tétel). */
export const taxBookings = pgTable(
  'tax_bookings',
  {
    accountId: uuid().notNull(),
    /** order within the account, from 1: by booking day, then as the register lists them */
    position: integer().notNull(),
    settlementId: integer().notNull(),
    taxpayerId: uuid().notNull(),
    bookedOn: date().notNull(),
    /** the day by which it is to be paid, as the register has it (before moving to a working day) */
    dueOn: date(),
    /** the day that counts: when the payer's account was debited */
    valueOn: date(),
    title: text().$type<BookingTitle>().notNull(),
    document: text().notNull(),
    taxYear: smallint().notNull(),
    /** forint, signed: what is owed is positive, what lessens it negative */
    amountHuf: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [
    unique('tax_bookings_in_order').on(table.accountId, table.position),
    foreignKey({
      name: 'tax_bookings_account_fk',
      columns: [table.accountId, table.taxpayerId, table.settlementId],
      foreignColumns: [taxAccounts.id, taxAccounts.taxpayerId, taxAccounts.settlementId],
    }).onDelete('cascade'),
  ],
)

/** A tax number somebody asked with and found an account, kept for the next time; the person can remove it. */
export const rememberedTaxNumbers = pgTable(
  'remembered_tax_numbers',
  {
    id: uuid().primaryKey().defaultRandom(),
    accountId: uuid()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** keyed fingerprint, so that one number is kept once */
    numberMark: text().notNull(),
    /** the canonical number, encrypted */
    sealed: bytea().notNull(),
    /** as it is shown, for example 8•••••••03 */
    masked: text().notNull(),
    usedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [unique('remembered_tax_numbers_once').on(table.accountId, table.numberMark)],
)
