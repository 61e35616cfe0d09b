import { budapestDistrictNames } from './budapest-districts.ts'
import { type ListedSettlement, settlementListOfRelease } from './settlement-list.ts'
import { byName, indexOf, search, similar } from './settlement-search.ts'
import { fold, slugOf, slugsFor } from './slug.ts'

export interface Settlement extends ListedSettlement {
  /** its part of every address, without accents; unique, never changed by the office */
  slug: string
  /** what a district of Budapest is called beside its number: „Zugló” */
  called: readonly string[]
}

/** A county (vármegye), or Budapest, with its settlements in alphabetical order. */
export interface County {
  slug: string
  name: string
  settlements: readonly Settlement[]
}

/** Longer words are not looked for: nothing in Hungary is called so. */
export const longestQuery = 100

/**
 * All settlements of the country, held in memory: they change with a release only, so finding one works without the database.
 */
export interface SettlementDirectory {
  readonly all: readonly Settlement[]
  readonly counties: readonly County[]
  findBySlug(slug: string): Settlement | undefined
  byId(id: number): Settlement | undefined
  byCounty(countySlug: string): County | undefined
  /** best first; nothing for a query without letters or digits, or longer than `longestQuery` */
  search(query: string): Settlement[]
  /** what was probably meant when a search finds nothing */
  similar(query: string): Settlement[]
  /** settlements whose names are the same without accents (Komló and Kömlő) */
  namesakes(settlement: Settlement): Settlement[]
  /** the slug to offer for what somebody wrote into the address line („Újhartyán”) */
  slugMeant(written: string): string | undefined
}

export function settlementDirectory(
  list: readonly ListedSettlement[] = settlementListOfRelease(),
): SettlementDirectory {
  const slugs = slugsFor(list)
  const all = list
    .map((listed) => ({
      ...listed,
      slug: slugs.get(listed.kshCode) ?? listed.kshCode,
      called: districtNames(listed)?.called ?? [],
    }))
    .toSorted(byName)
  const bySlug = new Map(all.map((settlement) => [settlement.slug, settlement]))
  const byId = new Map(all.map((settlement) => [settlement.id, settlement]))
  const byFolded = new Map<string, Settlement[]>()
  for (const settlement of all) {
    const folded = fold(settlement.name)
    byFolded.set(folded, [...(byFolded.get(folded) ?? []), settlement])
  }
  const counties = countiesOf(all)
  const countyBySlug = new Map(counties.map((county) => [county.slug, county]))
  const index = indexOf(all, otherNames)

  return {
    all,
    counties,
    findBySlug: (slug) => bySlug.get(slug),
    byId: (id) => byId.get(id),
    byCounty: (countySlug) => countyBySlug.get(countySlug),
    search: (query) => (query.length > longestQuery ? [] : search(index, query)),
    similar: (query) => (query.length > longestQuery ? [] : similar(index, query, 6)),
    namesakes: (settlement) => (byFolded.get(fold(settlement.name)) ?? []).filter((other) => other !== settlement),
    slugMeant: (written) => (written.length > longestQuery ? undefined : bySlug.get(slugOf(written))?.slug),
  }
}

function countiesOf(settlements: readonly Settlement[]): County[] {
  const names = [...new Set(settlements.map(({ county }) => county))]
  return names
    .map((name) => ({
      slug: slugOf(name),
      name,
      settlements: settlements.filter(({ county }) => county === name),
    }))
    .sort(byName)
}

function districtNames({ name, kind }: ListedSettlement) {
  return kind === 'capital-district'
    ? budapestDistrictNames.find(({ roman }) => name.includes(` ${roman}.`))
    : undefined
}

function otherNames(settlement: Settlement): string[] {
  if (settlement.kind === 'capital') return ['Bp']
  const district = districtNames(settlement)
  if (!district) return []
  const { roman, number, called } = district
  return [`Budapest ${number}. kerület`, `Bp ${roman}. kerület`, `Bp ${number}. kerület`, ...called]
}
