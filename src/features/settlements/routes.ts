import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { specialistSystems } from '../../adapters/specialist-systems/contract.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { pageOf, pagesToOffer, readSearchQuery, type SearchQuery, suggestionLimit } from './search-query.ts'
import type { SettlementService } from './service.ts'
import type { County, Settlement, SettlementDirectory } from './settlement-directory.ts'
import { slugOf } from './slug.ts'

/** The forms a settlement accepts, by sector (ágazat), with titles in the reader's language. */
export type OfferedForms = {
  sector: string
  title: string
  forms: { code: string; title: string; summary: string }[]
}[]

interface SearchPages {
  settlements: SettlementService
  ownSettlements: OwnSettlements
}

/** The settlements the signed-in person keeps, the default one first; none for a stranger. */
type OwnSettlements = (request: FastifyRequest) => Promise<readonly Settlement[]>

/** The start page and the search for a settlement; all of it but the marks of who has joined works without the database. */
export const settlementSearchPages: FastifyPluginAsync<SearchPages> = async (app, { settlements, ownSettlements }) => {
  const { directory } = settlements
  const counties = directory.counties.map(({ slug, name, settlements: those }) => ({ slug, name, count: those.length }))

  app.get('/', async (request, reply) => {
    const own = await ownSettlements(request)
    return reply.view('settlements/home.njk', {
      counties,
      settlementCount: directory.all.length,
      ownSettlements: own.map(nameOf),
      formsHref: own[0] === undefined ? '/onkormanyzatok' : `/${own[0].slug}/ugyek`,
    })
  })

  app.get(
    '/onkormanyzatok',
    { config: { limit: { name: 'search', max: 60, minutes: 1, by: 'address' } } },
    async (request, reply) => {
      const query = readSearchQuery(request.query)
      const county = directory.byCounty(query.megye)
      const wrong = query.wrong ?? (query.megye !== '' && !county ? 'settlements.search.unknown-county' : undefined)
      const everywhere = wrong === undefined && query.q !== '' ? directory.search(query.q) : []
      const found = wrong === undefined ? within(county, query.q, everywhere) : []
      const list = pageOf(found, query.oldal)
      const joined = await settlements.joinedAmong(list.settlements.map(({ id }) => id))
      return reply.code(wrong === undefined ? 200 : 400).view('settlements/search.njk', {
        query: query.q,
        county: county === undefined ? null : { slug: county.slug, name: county.name },
        counties,
        asked: wrong === undefined && (query.q !== '' || county !== undefined),
        wrong: wrong ?? '',
        errors: wrong === undefined ? [] : [wrong],
        total: list.total,
        results: list.settlements.map((settlement) => resultOf(settlement, joined)),
        joinedKnown: joined !== undefined,
        pages: pageLinks(query, list.page, list.pages),
        facets: county === undefined ? countiesAmong(directory, query.q, everywhere) : [],
        everywhereHref: searchHref({ q: query.q, megye: '' }, 1),
        suggestions: found.length === 0 ? directory.similar(query.q).map(nameOf) : [],
        elsewhere: found.length === 0 ? everywhere.slice(0, 5).map(nameOf) : [],
      })
    },
  )

  // one asks again with every letter, and a whole office may sit behind one address
  app.get(
    '/onkormanyzatok/javaslatok',
    { config: { limit: { name: 'suggestions', max: 300, minutes: 1, by: 'address' } } },
    async (request, reply) => {
      const { q, wrong } = readSearchQuery(request.query)
      const found = wrong === undefined ? directory.search(q).slice(0, suggestionLimit) : []
      // The words are in the reader's language, which is in a cookie.
      return reply.headers({ 'cache-control': 'private, max-age=300', vary: 'cookie' }).send(
        found.map(({ name, slug, called, kind, county }) => ({
          name,
          slug,
          type: called[0] ?? request.translate(`settlements.kind.${kind}`),
          county: county === 'Budapest' ? '' : request.translate('settlements.county', { name: county }),
        })),
      )
    },
  )
}

/** More forms than this are shown by sector, folded. */
const formsAtAGlance = 15

interface SettlementPages {
  settlements: SettlementService
  ownSettlements: OwnSettlements
  offeredForms(settlementId: number, language: Language): Promise<OfferedForms>
  /** whether one can ask there what one owes */
  offersTaxBalance(settlementId: number): Promise<boolean>
}

/** A settlement's own page; registered behind `settlementScope`. */
export const settlementPages: FastifyPluginAsync<SettlementPages> = async (
  app,
  { settlements, ownSettlements, offeredForms, offersTaxBalance },
) => {
  app.get('/', async (request, reply) => {
    const { settlement } = request
    const profile = await settlements.profile(settlement.id)
    const what = {
      place: placeOf(settlement),
      countySlug: slugOf(settlement.county),
      namesakes: settlements.directory.namesakes(settlement).map(nameOf),
    }
    if (!profile.joined) return reply.viewForAll('settlements/not-joined.njk', what)
    const { office, systems } = profile
    const own = await ownSettlements(request)
    const offered = await offeredForms(settlement.id, request.language)
    return reply.viewForAll('settlements/settlement.njk', {
      ...what,
      settlementId: settlement.id,
      isOwn: own.some(({ id }) => id === settlement.id),
      office: {
        name: office.name,
        address: `${office.postalCode} ${office.city}, ${office.streetAddress}`,
        phone: office.phone ?? '',
        phoneHref: `tel:${(office.phone ?? '').replaceAll(/[^+\d]/g, '')}`,
        email: office.email ?? '',
        openingHours: office.openingHours.map(({ days, hours }) => ({ days: days[request.language], hours })),
        note: office.note?.[request.language] ?? '',
      },
      offered,
      taxBalance: await offersTaxBalance(settlement.id),
      longOffer: offered.flatMap((group) => group.forms).length > formsAtAGlance,
      systems: specialistSystems.map((system) => ({ system, introduced: systems.includes(system) })),
    })
  })
}

function within(county: County | undefined, q: string, everywhere: readonly Settlement[]): readonly Settlement[] {
  if (county === undefined) return everywhere
  return q === '' ? county.settlements : everywhere.filter(({ county: name }) => name === county.name)
}

/** The counties in which something was found, to narrow the search down to. */
function countiesAmong({ counties }: SettlementDirectory, q: string, found: readonly Settlement[]) {
  return counties
    .map(({ slug, name }) => ({
      name,
      count: found.filter(({ county }) => county === name).length,
      href: searchHref({ q, megye: slug }, 1),
    }))
    .filter(({ count }) => count > 0)
}

/** A district of Budapest has twenty postal codes; as many as fit in a line tell it apart. */
const postalCodesShown = 4

function placeOf({ name, called, kind, county, district, postalCodes }: Settlement) {
  return {
    name,
    called: called.join(', '),
    kind,
    county,
    district,
    postalCodes: postalCodes.join(', '),
    postalCodeCount: postalCodes.length,
  }
}

function resultOf(settlement: Settlement, joined: ReadonlySet<number> | undefined) {
  const { slug, postalCodes } = settlement
  const more = postalCodes.length > postalCodesShown ? ' …' : ''
  return {
    ...placeOf(settlement),
    slug,
    postalCodes: postalCodes.slice(0, postalCodesShown).join(', ') + more,
    joined: joined?.has(settlement.id) ?? false,
  }
}

function nameOf({ name, slug, county }: Settlement) {
  return { name, slug, county }
}

function searchHref({ q, megye }: Pick<SearchQuery, 'q' | 'megye'>, page: number): string {
  const query = new URLSearchParams()
  if (q !== '') query.set('q', q)
  if (megye !== '') query.set('megye', megye)
  if (page > 1) query.set('oldal', String(page))
  return `/onkormanyzatok?${query.toString()}`
}

function pageLinks(query: SearchQuery, current: number, count: number) {
  const linkTo = (page: number) => ({ href: searchHref(query, page) })
  if (count === 1) return { current, count, items: [] }
  return {
    current,
    count,
    previous: current > 1 ? linkTo(current - 1) : null,
    next: current < count ? linkTo(current + 1) : null,
    items: pagesToOffer(current, count).map((number) =>
      number === 0 ? { ellipsis: true } : { number, current: number === current, ...linkTo(number) },
    ),
  }
}
