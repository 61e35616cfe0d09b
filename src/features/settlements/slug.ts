/**
 * First words of addresses that belong to the portal itself, now or soon; no settlement's page may stand there.
 * A new address at the top level is added here first.
 */
export const reservedSlugs: ReadonlySet<string> = new Set([
  'adatok',
  'adatvedelem',
  'admin',
  'akadalymentesites',
  'api',
  'assets',
  'aszf',
  'beallitasok',
  'bejelentkezes',
  'belepes',
  'csp-jelentes',
  'ellenorzes',
  'en',
  'favicon',
  'gyik',
  'health',
  'hivatal',
  'hu',
  'kapcsolat',
  'kau',
  'kijelentkezes',
  'kijelentkezve',
  'live',
  'metrics',
  'munkamenet',
  'munkamenetrol',
  'nyelv',
  'olvashatatlan-cim',
  'onkormanyzatok',
  'ready',
  'robots',
  'sajat',
  'static',
  'sugo',
  'tajekoztato',
  'technikai-ajanlas',
  'ugyek',
  'ugyinditas',
  'ugykovetes',
  'urlapok',
  'well-known',
  'www',
])

/** Lower case without accents: what makes „Új”, „UJ” and „uj” the same. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The text as a part of an address: letters and digits without accents, joined by hyphens. */
export function slugOf(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

interface Named {
  kshCode: string
  name: string
  county: string
  district: string
  population: number
}

/**
 * Gives each settlement its own address. Where names fall together without accents (Komló, Kömlő), the most populous keeps
 * the plain one; the others get their county behind it, their district (járás) where the county is the same too.
 *
 * @returns slug by KSH code; the same whatever the order of the list
 */
export function slugsFor(
  settlements: readonly Named[],
  reserved: ReadonlySet<string> = reservedSlugs,
): Map<string, string> {
  const slugs = new Map<string, string>()
  const taken = new Set(reserved)
  const give = (settlement: Named, slug: string) => {
    taken.add(slug)
    slugs.set(settlement.kshCode, slug)
  }

  const mostPopulousFirst = settlements.toSorted(
    (one, other) => other.population - one.population || (one.kshCode < other.kshCode ? -1 : 1),
  )
  const left = mostPopulousFirst.filter((settlement) => {
    const plain = slugOf(settlement.name)
    const free = plain !== '' && !taken.has(plain)
    if (free) give(settlement, plain)
    return !free
  })
  for (const settlement of left) {
    const plain = slugOf(settlement.name)
    const namesakes = settlements.filter((other) => other !== settlement && slugOf(other.name) === plain)
    const telling = [
      ...(namesakes.some(({ county }) => county === settlement.county) ? [] : [settlement.county]),
      ...(namesakes.some(({ district }) => district === settlement.district) ? [] : [settlement.district]),
      settlement.kshCode,
    ]
    const slug = telling.map((place) => slugOf(`${plain} ${place}`)).find((candidate) => !taken.has(candidate))
    if (slug === undefined) throw new Error(`No address is left for settlement ${settlement.kshCode}`)
    give(settlement, slug)
  }
  return slugs
}
