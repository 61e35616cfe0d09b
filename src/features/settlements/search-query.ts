import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { hasControlCharacters, normalised } from '../../platform/http/posted-form.ts'
import { longestQuery, type Settlement } from './settlement-directory.ts'

/** What one page of a list shows at most. */
export const pageSize = 25

/** Suggestions while somebody types: as many as fit beneath the field on a telephone. */
export const suggestionLimit = 8

/** The address of a search: `?q=` what is looked for, `megye=` the county's slug, `oldal=` the page. */
export interface SearchQuery {
  q: string
  megye: string
  oldal: number
  /** catalogue key of what is wrong with `q` */
  wrong: string | undefined
}

const once = z.string().default('')
const schema = z.object({
  q: once,
  megye: once.refine((slug) => slug.length <= 60),
  oldal: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .default('1')
    .transform(Number),
})

/**
 * A word that cannot be looked for is told beside the field.
 *
 * @throws BadRequest for what no form of ours sends: a name that came twice, a page that is no number
 */
export function readSearchQuery(query: unknown): SearchQuery {
  const read = schema.safeParse(query)
  if (!read.success) throw new BadRequest('settlements.search.wrong-query')
  const q = normalised(read.data.q).trim()
  if (q.length > longestQuery) return { ...read.data, q: '', wrong: 'settlements.search.too-long' }
  if (hasControlCharacters(q)) return { ...read.data, q: '', wrong: 'settlements.search.not-text' }
  return { ...read.data, q, wrong: undefined }
}

export interface ListPage {
  total: number
  page: number
  pages: number
  settlements: readonly Settlement[]
}

/** One page of a list; a page behind the last one is the last one. */
export function pageOf(list: readonly Settlement[], wanted: number): ListPage {
  const pages = Math.max(1, Math.ceil(list.length / pageSize))
  const page = Math.min(wanted, pages)
  return { total: list.length, page, pages, settlements: list.slice((page - 1) * pageSize, page * pageSize) }
}

/** The pages to offer: the first, the last and those around the present one; 0 stands for a gap. */
export function pagesToOffer(page: number, pages: number): number[] {
  const near = [1, page - 1, page, page + 1, pages].filter((number) => number >= 1 && number <= pages)
  const offered = [...new Set(near)].sort((one, other) => one - other)
  return offered.flatMap((number, at) => {
    const before = offered[at - 1] ?? number - 1
    if (number - before === 2) return [number - 1, number]
    return number - before > 2 ? [0, number] : [number]
  })
}
