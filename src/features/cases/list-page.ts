import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/**
 * A page of a long list, found by the key of the row it follows or precedes: as fast on the thousandth page as on the first,
 * and nothing is skipped or doubled when rows come and go.
 */

/** Which row the page follows or precedes; the time in microseconds, as exact as the database keeps it. */
export interface RowKey {
  microseconds: string
  id: string
}
export type PageStart = { after: RowKey } | { before: RowKey } | undefined

export interface ListPage<Row> {
  rows: Row[]
  /** what leads to the page before and after, where there is one */
  previous: string | undefined
  next: string | undefined
}

const written = /^(\d{1,17})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Reads a key from an address; undefined when it is none of ours. */
export function readRowKey(text: string | undefined): RowKey | undefined {
  const [, microseconds, id] = written.exec(text ?? '') ?? []
  return microseconds === undefined || id === undefined ? undefined : { microseconds, id }
}

/** The key of a row as text, selected beside its columns. */
export function rowKey(time: PgColumn, id: PgColumn): SQL<string> {
  return sql<string>`(extract(epoch from ${time}) * 1000000)::bigint || '-' || ${id}`
}

/** The row stands on the wanted side of the key. */
export function besideKey(
  time: PgColumn,
  id: PgColumn,
  start: PageStart,
  newestFirst: boolean,
): { where: SQL | undefined; reversed: boolean } {
  if (start === undefined) return { where: undefined, reversed: false }
  const reversed = 'before' in start
  const { microseconds, id: rowId } = reversed ? start.before : start.after
  const key = sql`(timestamptz 'epoch' + ${microseconds}::bigint * interval '1 microsecond', ${rowId}::uuid)`
  return {
    where: reversed === newestFirst ? sql`(${time}, ${id}) > ${key}` : sql`(${time}, ${id}) < ${key}`,
    reversed,
  }
}

/**
 * Makes a page of what was read: one row more than the page holds tells whether it goes on.
 *
 * @param read rows in the order of reading: away from the key
 */
export function listPage<Row extends { key: string }>(
  read: readonly Row[],
  size: number,
  start: PageStart,
): ListPage<Row> {
  const reversed = start !== undefined && 'before' in start
  const goesOn = read.length > size
  const rows = read.slice(0, size)
  if (reversed) rows.reverse()
  const first = rows.at(0)?.key
  const last = rows.at(-1)?.key
  return {
    rows,
    previous: (reversed ? goesOn : start !== undefined) ? first : undefined,
    next: (reversed ? rows.length > 0 : goesOn) ? last : undefined,
  }
}
