import type { RepresentedParty } from '../representation/index.ts'
import type { ClientDue } from './client-dues.ts'

/** By what a list of due items is put in order; the rest follows by client, settlement, tax and day. */
export const dueOrders = ['hatarido', 'ugyfel', 'onkormanyzat', 'ado', 'osszeg'] as const
export type DueOrder = (typeof dueOrders)[number]

export interface DueWish {
  /** a part of the client's name or number, as typed */
  search: string
  order: DueOrder
  /** only what is due by today, or only what is due later */
  when: 'mind' | 'esedekes' | 'kesobb'
}

/** A due item with the names it is sorted and shown by. */
export interface NamedDue extends ClientDue {
  settlementName: string
  taxName: string
}

export interface DueList {
  rows: NamedDue[]
  /** of all that was found, not of what is netted: an overpayment of one tax lessens nothing of another */
  dueNowHuf: number
  laterHuf: number
}

const collator = new Intl.Collator('hu')

/** What of all due items was asked for, in the order asked for, with the sums. @param today calendar day in Budapest */
export function dueList(all: readonly NamedDue[], { search, order, when }: DueWish, today: string): DueList {
  const found = all.filter(({ client }) => isFound(client, search))
  const isDue = ({ dueOn }: ClientDue) => dueOn <= today
  const rows = found.filter((due) => when === 'mind' || isDue(due) === (when === 'esedekes')).toSorted(byOrder[order])
  return { rows, dueNowHuf: sum(found.filter(isDue)), laterHuf: sum(found.filter((due) => !isDue(due))) }
}

type Compare = (one: NamedDue, other: NamedDue) => number

const byClient: Compare = (one, other) =>
  collator.compare(one.client.name, other.client.name) || compare(one.client.id, other.client.id)
const bySettlement: Compare = (one, other) => collator.compare(one.settlementName, other.settlementName)
const byTax: Compare = (one, other) => collator.compare(one.taxName, other.taxName)
const byDay: Compare = (one, other) => compare(one.dueOn, other.dueOn)
const byAmount: Compare = (one, other) => other.amountHuf - one.amountHuf

const byOrder: Record<DueOrder, Compare> = {
  hatarido: firstBy(byDay),
  ugyfel: firstBy(byClient),
  onkormanyzat: firstBy(bySettlement),
  ado: firstBy(byTax),
  osszeg: firstBy(byAmount),
}

/** Two rows are never in an order of chance: a page that goes on after a row finds the same rows. */
function firstBy(first: Compare): Compare {
  return (one, other) =>
    first(one, other) ||
    byClient(one, other) ||
    bySettlement(one, other) ||
    byTax(one, other) ||
    byDay(one, other) ||
    one.taxYear - other.taxYear ||
    byAmount(one, other)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Whether every word typed stands in the client's name or number, whatever the accents and capitals. */
export function isFound({ name, taxNumber }: Pick<RepresentedParty, 'name' | 'taxNumber'>, search: string): boolean {
  const where = `${plain(name)} ${taxNumber ?? ''}`
  const words = plain(search).split(/\s+/)
  return words.every((word) => where.includes(word) || isPartOfNumber(word, taxNumber))
}

function isPartOfNumber(word: string, taxNumber: string | null): boolean {
  return /^[\d-]+$/.test(word) && taxNumber?.startsWith(word.replaceAll('-', '')) === true
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLocaleLowerCase('hu')
    .trim()
}

/** A piece of a list that goes on after its last row; `start` is where, as a page before said it. */
export function pageOf<Row>(rows: readonly Row[], start: number, size: number) {
  const from = Math.min(Math.max(0, start), Math.max(0, rows.length - 1))
  return {
    rows: rows.slice(from, from + size),
    from,
    previous: from > 0 ? Math.max(0, from - size) : undefined,
    next: from + size < rows.length ? from + size : undefined,
  }
}

function sum(dues: readonly ClientDue[]): number {
  return dues.reduce((total, { amountHuf }) => total + amountHuf, 0)
}
