import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { projectRoot } from '../../platform/project-root.ts'

/** Legal status (jogállás): village, large village, town, town of county rank, district of Budapest, the capital. */
export const settlementKinds = [
  'village',
  'large-village',
  'town',
  'county-town',
  'capital-district',
  'capital',
] as const
export type SettlementKind = (typeof settlementKinds)[number]

/** A settlement (település) as the gazetteer lists it. */
export interface ListedSettlement {
  /** the KSH code as a number: the settlement's key in the database */
  id: number
  /** KSH settlement identifier (településazonosító törzsszám), five digits */
  kshCode: string
  name: string
  kind: SettlementKind
  /** name of the county (vármegye), or Budapest */
  county: string
  /** járás; empty for Budapest as a whole */
  district: string
  /** main codes first */
  postalCodes: readonly string[]
  population: number
}

const kindByListedWord: Record<string, SettlementKind> = {
  község: 'village',
  nagyközség: 'large-village',
  város: 'town',
  'megyei jogú város': 'county-town',
  'fővárosi kerület': 'capital-district',
  főváros: 'capital',
}

const listedRow = z.object({
  ksh_code: z.string().regex(/^\d{5}$/),
  name: z.string().min(1),
  type: z.string().transform((word, context) => {
    const kind = kindByListedWord[word]
    if (kind) return kind
    context.addIssue({ code: 'custom', message: `unknown type ${word}` })
    return z.NEVER
  }),
  county: z.string().min(1),
  district: z.string(),
  postal_codes: z
    .string()
    .regex(/^(\d{4}(;\d{4})*)?$/)
    .transform((codes) => (codes === '' ? [] : codes.split(';'))),
  population: z.coerce.number().int().nonnegative(),
})

/**
 * Reads the list of settlements; a row that does not fit stops the start, since a wrong key would reach every table.
 *
 * @param csv header first; no value contains a comma or a quotation mark
 * @throws Error naming the line
 */
export function readSettlementList(csv: string): ListedSettlement[] {
  const [header, ...lines] = csv.trimEnd().split('\n')
  const columns = (header ?? '').split(',')
  return lines.map((line, index) => {
    const values = line.split(',')
    const row = listedRow.safeParse(Object.fromEntries(columns.map((column, at) => [column, values[at]])))
    if (!row.success || values.length !== columns.length)
      throw new Error(
        `Line ${index + 2} of the list of settlements is wrong: ${row.error?.message ?? 'number of values'}`,
      )
    const { ksh_code, name, type, county, district, postal_codes, population } = row.data
    return {
      id: Number(ksh_code),
      kshCode: ksh_code,
      name,
      kind: type,
      county,
      district,
      postalCodes: postal_codes,
      population,
    }
  })
}

/** The gazetteer that belongs to this release (KSH, Magyarország helységnévtára; population register). */
export function settlementListOfRelease(): ListedSettlement[] {
  return readSettlementList(readFileSync(new URL('src/features/settlements/data/settlements.csv', projectRoot), 'utf8'))
}
