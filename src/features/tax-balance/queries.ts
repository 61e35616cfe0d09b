import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { Booking } from './ledger.ts'
import { rememberedTaxNumbers, taxAccounts, taxBookings, taxpayers, taxSources } from './tables.ts'

export type TaxSourceRow = typeof taxSources.$inferSelect
export type TaxpayerRow = typeof taxpayers.$inferSelect
export type TaxAccountRow = typeof taxAccounts.$inferSelect
export type RememberedRow = typeof rememberedTaxNumbers.$inferSelect

/** Where each of these settlements has its tax data from; one without a row offers no tax balance. */
export function findTaxSources(tx: Tx, settlementIds: readonly number[]): Promise<TaxSourceRow[]> {
  return tx
    .select()
    .from(taxSources)
    .where(inArray(taxSources.settlementId, [...settlementIds]))
}

/** Every taxpayer that is the transaction's own person and has one of these keys („6293:8446619903”). */
export function findOwnTaxpayers(tx: Tx, taxKeys: readonly string[]): Promise<TaxpayerRow[]> {
  return tx
    .select()
    .from(taxpayers)
    .where(and(inArray(taxpayers.taxKey, [...taxKeys]), sql`${taxpayers.personMark} = any (app_person())`))
    .orderBy(asc(taxpayers.settlementId), asc(taxpayers.kind), asc(taxpayers.registerKey))
}

/** Every taxpayer that is the transaction's own person, in all settlements. */
export function findOwnTaxpayersEverywhere(tx: Tx): Promise<TaxpayerRow[]> {
  return tx
    .select()
    .from(taxpayers)
    .where(sql`${taxpayers.personMark} = any (app_person())`)
    .orderBy(asc(taxpayers.settlementId), asc(taxpayers.kind), asc(taxpayers.registerKey))
}

/** The taxpayers with these keys that the transaction may read for others: its rights were read before (`letSeeTaxOf`). */
export function findReadableTaxpayers(tx: Tx, taxKeys: readonly string[]): Promise<TaxpayerRow[]> {
  return tx
    .select()
    .from(taxpayers)
    .where(and(inArray(taxpayers.taxKey, [...taxKeys]), sql`${taxpayers.taxKey} = any (app_tax_keys())`))
    .orderBy(asc(taxpayers.settlementId), asc(taxpayers.kind), asc(taxpayers.registerKey))
}

/** Lets the transaction see the accounts of taxpayers that it has found itself. */
export async function letSeeTaxpayers(tx: Tx, taxpayerIds: readonly string[]): Promise<void> {
  await tx.execute(sql`select set_config('app.taxpayers', ${taxpayerIds.join(',')}, true)`)
}

/** Accounts of taxpayers with what is due on each; no booking is read. */
export function findTaxAccounts(tx: Tx, taxpayerIds: readonly string[]): Promise<TaxAccountRow[]> {
  return tx
    .select()
    .from(taxAccounts)
    .where(inArray(taxAccounts.taxpayerId, [...taxpayerIds]))
    .orderBy(asc(taxAccounts.taxpayerId), asc(taxAccounts.taxType))
}

export interface BookingOfAccount extends Booking {
  accountId: string
}

/** All bookings of a taxpayer's accounts, each account in the order of its books; touches nothing of anybody else, however many there are. */
export function findBookings(tx: Tx, taxpayerId: string): Promise<BookingOfAccount[]> {
  return tx
    .select({
      accountId: taxBookings.accountId,
      bookedOn: taxBookings.bookedOn,
      dueOn: taxBookings.dueOn,
      valueOn: taxBookings.valueOn,
      title: taxBookings.title,
      document: taxBookings.document,
      taxYear: taxBookings.taxYear,
      amountHuf: taxBookings.amountHuf,
    })
    .from(taxAccounts)
    .innerJoin(taxBookings, eq(taxBookings.accountId, taxAccounts.id))
    .where(eq(taxAccounts.taxpayerId, taxpayerId))
    .orderBy(asc(taxBookings.accountId), asc(taxBookings.position))
}

/** The numbers a person has asked with, the last used first. */
export function listRemembered(tx: Tx, accountId: string): Promise<RememberedRow[]> {
  return tx
    .select()
    .from(rememberedTaxNumbers)
    .where(eq(rememberedTaxNumbers.accountId, accountId))
    .orderBy(sql`${rememberedTaxNumbers.usedAt} desc`, asc(rememberedTaxNumbers.id))
}

export async function remember(
  tx: Tx,
  number: Pick<RememberedRow, 'accountId' | 'numberMark' | 'sealed' | 'masked'>,
): Promise<void> {
  await tx
    .insert(rememberedTaxNumbers)
    .values(number)
    .onConflictDoUpdate({
      target: [rememberedTaxNumbers.accountId, rememberedTaxNumbers.numberMark],
      set: { sealed: number.sealed, usedAt: sql`app_now()` },
    })
}

/** With the account that is closed. */
export async function forgetNumbersOf(tx: Tx, accountId: string): Promise<void> {
  await tx.delete(rememberedTaxNumbers).where(eq(rememberedTaxNumbers.accountId, accountId))
}

/** @returns whether there was one to forget */
export async function forget(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(rememberedTaxNumbers)
    .where(and(eq(rememberedTaxNumbers.accountId, accountId), eq(rememberedTaxNumbers.id, id)))
    .returning({ id: rememberedTaxNumbers.id })
  return gone.length > 0
}
