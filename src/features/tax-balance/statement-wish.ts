import { z } from 'zod'
import type { Period } from './statement.ts'

/** Which statement (egyszerű, részletes), of which year and which part of it. */
export interface StatementWish {
  kind: 'simple' | 'detailed'
  year: number
  part: YearPart
}

const partsOfYear = {
  ev: ['01-01', '12-31'],
  'elso-felev': ['01-01', '06-30'],
  'masodik-felev': ['07-01', '12-31'],
  'elso-negyedev': ['01-01', '03-31'],
  'masodik-negyedev': ['04-01', '06-30'],
  'harmadik-negyedev': ['07-01', '09-30'],
  'negyedik-negyedev': ['10-01', '12-31'],
} as const

export type YearPart = keyof typeof partsOfYear
export const yearParts = Object.keys(partsOfYear) as YearPart[]

/** As addresses say it; what cannot be read is as if it were not there. */
export const statementQuery = z.object({
  tipus: z.enum(['egyszeru', 'reszletes']).catch('egyszeru'),
  ev: z.coerce.number().int().min(1991).max(2199).optional().catch(undefined),
  resz: z.enum(namedParts()).catch('ev'),
  szamla: z.uuid().optional().catch(undefined),
})

function namedParts(): [YearPart, ...YearPart[]] {
  return ['ev', ...yearParts.filter((part) => part !== 'ev')]
}

/** @param thisYear of the day in Budapest, for an address that names none */
export function wishOf(query: z.output<typeof statementQuery>, thisYear: number): StatementWish {
  return { kind: query.tipus === 'reszletes' ? 'detailed' : 'simple', year: query.ev ?? thisYear, part: query.resz }
}

export function periodOf({ year, part }: Pick<StatementWish, 'year' | 'part'>): Period {
  const [from, to] = partsOfYear[part]
  return { from: `${String(year)}-${from}`, to: `${String(year)}-${to}` }
}

/** The query of an address that leads to this statement. */
export function queryOf({ kind, year, part }: StatementWish, taxpayerId: string | undefined): string {
  const query = new URLSearchParams({ tipus: kind === 'detailed' ? 'reszletes' : 'egyszeru', ev: String(year) })
  if (part !== 'ev') query.set('resz', part)
  if (taxpayerId !== undefined) query.set('szamla', taxpayerId)
  return query.toString()
}
