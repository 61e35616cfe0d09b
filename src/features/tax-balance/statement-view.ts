import { budapestDay } from '../../platform/clock.ts'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { groupBankAccount, groupTaxNumber } from '../identifiers/index.ts'
import type { InterestStep } from './late-interest.ts'
import type { Books } from './service.ts'
import {
  type DetailedRow,
  detailedStatement,
  type Statement,
  type StatementAmounts,
  type StatementItem,
  type StatementRow,
  simpleStatement,
} from './statement.ts'
import { periodOf, type StatementWish } from './statement-wish.ts'
import { findTaxType } from './tax-types.ts'

/** Amounts in the order of a statement, with the names of their columns. */
const movements = ['openingHuf', 'assessedHuf', 'cancelledHuf', 'paidHuf', 'refundedHuf', 'balanceHuf'] as const
const positions = ['dueNowHuf', 'notYetDueHuf', 'overpaymentHuf', 'lateInterestHuf'] as const
export const amountColumns = [...movements, ...positions] as const

/** What a page, a printed statement and a file all say of one tax. */
export interface TaxView {
  taxType: string
  name: string
  bankAccount: string
  amounts: StatementAmounts
  state: 'due' | 'later' | 'overpaid' | 'settled'
  /** what is owed and not met, by due date */
  openItems: { dueOn: string; amountHuf: number; taxYear: number; isDue: boolean }[]
  /** how the late interest was counted; empty where there is none */
  interest: { dueOn: string; taxYear: number; interestHuf: number; steps: InterestStep[] }[]
  interestConfirmed: boolean
  /** bookings of the period with the running balance; empty on a simple statement */
  items: StatementItem[]
}

export interface StatementView {
  kind: StatementWish['kind']
  period: { from: string; to: string }
  /** the day to which due and not yet due refer */
  referenceOn: string
  asOf: Date
  askedAt: Date
  isCopy: boolean
  narrowed: boolean
  settlement: string
  authority: { name: string; address: string }
  taxpayer: { name: string; address: string; number: string; registerKey: string; kind: string }
  taxes: TaxView[]
  total: StatementAmounts
}

/** The statement (adószámla-kivonat) of a taxpayer's books. */
export function statementView(
  books: Books,
  wish: StatementWish,
  { settlement, language }: { settlement: string; language: Language },
): StatementView {
  const { taxpayer, accounts, office, today, now } = books
  const days = { asOf: budapestDay(taxpayer.asOf), today }
  const period = periodOf(wish)
  const statement: Statement | Statement<DetailedRow> =
    wish.kind === 'detailed' ? detailedStatement(accounts, period, days) : simpleStatement(accounts, period, days)
  return {
    kind: wish.kind,
    period,
    referenceOn: statement.referenceOn,
    asOf: taxpayer.asOf,
    askedAt: now,
    isCopy: books.isCopy,
    narrowed: books.narrowed,
    settlement,
    authority: {
      name: office?.name ?? settlement,
      address: office === undefined ? '' : `${office.postalCode} ${office.city}, ${office.streetAddress}`,
    },
    taxpayer: {
      name: taxpayer.name,
      address: taxpayer.address,
      number: taxNumberInGroups(taxpayer.taxNumber),
      registerKey: taxpayer.registerKey,
      kind: taxpayer.kind,
    },
    taxes: statement.rows.map((row) => taxView(row, statement.referenceOn, language)),
    total: statement.total,
  }
}

function taxView(row: StatementRow | DetailedRow, referenceOn: string, language: Language): TaxView {
  return {
    taxType: row.taxType,
    name: taxName(row.taxType, language),
    bankAccount: accountInGroups(row.bankAccount),
    amounts: row,
    state: stateOf(row),
    openItems: row.openItems.map((item) => ({ ...item, isDue: item.dueOn <= referenceOn })),
    interest: row.lateInterest.items.filter(({ interestHuf }) => interestHuf > 0),
    interestConfirmed: row.lateInterest.isConfirmed,
    items: 'items' in row ? row.items : [],
  }
}

function stateOf({ dueNowHuf, notYetDueHuf, overpaymentHuf }: StatementAmounts): TaxView['state'] {
  if (dueNowHuf > 0) return 'due'
  if (notYetDueHuf > 0) return 'later'
  return overpaymentHuf > 0 ? 'overpaid' : 'settled'
}

/** What a tax is called; one that a tax system invented is called by its code. */
export function taxName(code: string, language: Language): string {
  return findTaxType(code)?.name[language] ?? code
}

/** A collection account of 24 digits as people write it: eight zeros at its end say nothing. */
export function accountInGroups(bankAccount: string): string {
  const eights = bankAccount.match(/.{1,8}/g) ?? []
  return groupBankAccount(eights.filter((eight, place) => place < 2 || /[1-9]/.test(eight)).join('-'))
}

/** The number as people write it; only an adószám has groups. */
export function taxNumberInGroups(taxNumber: string | null): string {
  if (taxNumber === null) return ''
  return taxNumber.length === 11 ? groupTaxNumber(taxNumber) : taxNumber
}

/** The years one can ask for: from the first booking to this year, the newest first; at most so many as fit in a list. */
export function yearsOf({ accounts, today }: Pick<Books, 'accounts' | 'today'>): number[] {
  const thisYear = Number(today.slice(0, 4))
  const first = accounts
    .flatMap(({ bookings }) => bookings.map(({ bookedOn }) => Number(bookedOn.slice(0, 4))))
    .reduce((least, year) => Math.min(least, year), thisYear)
  return Array.from({ length: Math.min(thisYear - first, 30) + 1 }, (_, at) => thisYear - at)
}

/** Each amount with the name of its column. */
export function namedAmounts(
  amounts: StatementAmounts,
  columns: readonly (typeof amountColumns)[number][],
  translate: Translate,
): { name: string; valueHuf: number }[] {
  return columns.map((column) => ({ name: translate(`tax-balance.column.${column}`), valueHuf: amounts[column] }))
}
