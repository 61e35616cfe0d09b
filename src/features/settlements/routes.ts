import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { specialistSystems } from '../../adapters/specialist-systems/contract.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { pageOf, pagesToOffer, readSearchQuery, type SearchQuery, suggestionLimit } from './search-query.ts'
import type { SettlementService } from './service.ts'
import type { Settlement, SettlementDirectory } from './settlement-directory.ts'

/** The forms a settlement accepts, by sector (ágazat), with titles in the reader's language. */
export type OfferedForms = { sector: string; title: string; forms: { code: string; title: string; summary: string }[] }[]

interface SearchPages {
  settlements: SettlementService
  /** the settlements the signed-in person keeps; none for a stranger */
  ownSettlements(request: FastifyRequest): Promise<readonly Settlement[]>
}

/** The start page and the search for a settlement; all of it but the marks of who has joined works without the database. */
export const settlementSearchPages: FastifyPluginAsync<SearchPages> = async (app, { settlements, ownSettlements }) => {
  const { directory } = settlements
  const counties = directory.counties.map(({ slug, name, settlements: those }) => ({ slug, name, count: those.length }))

  app.get('/', async (request, reply) => {
    return reply.view('settlements/home.njk', {
      counties,
      settlementCount: directory.all.length,
      ownSettlements: (await ownSettlements(request)).map(({ slug, name }) => ({ slug, name })),
    })
  })

  app.get('/onkormanyzatok', async (request, reply) => {
    const query = readSearchQuery(request.query)
    const county = directory.byCounty(query.megye)
    const wrong = query.wrong ?? (query.megye !== '' && !county ? 'settlements.search.unknown-county' : undefined)
    const asked = query.q !== '' || county !== undefined
    const found = wrong === undefined ? find(directory, query) : []
    const list = pageOf(found, query.oldal)
    const joined = await settlements.joinedAmong(list.settlements.map(({ id }) => id))
    return reply.code(wrong === undefined ? 200 : 400).view('settlements/search.njk', {
      query: query.q,
      county: county === undefined ? null : { slug: county.slug, name: county.name },
      counties,
      asked,
      wrong: wrong ?? '',
      total: list.total,
      results: list.settlements.map((settlement) => resultOf(settlement, joined)),
      joinedKnown: joined !== undefined,
      pages: pageLinks(query, list.page, list.pages),
      suggestions: asked && found.length === 0 ? directory.similar(query.q).map(nameOf) : [],
      elsewhere: asked && found.length === 0 && county ? directory.search(query.q).slice(0, 5).map(nameOf) : [],
    })
  })

  app.get('/onkormanyzatok/javaslatok', async (request, reply) => {
    const { q, wrong } = readSearchQuery(request.query)
    const found = wrong === undefined ? directory.search(q).slice(0, suggestionLimit) : []
    return reply
      .header('cache-control', 'public, max-age=3600')
      .send({ suggestions: found.map(({ name, called, slug, county }) => ({ name, called, county, href: `/${slug}` })) })
  })
}

interface SettlementPages {
  settlements: SettlementService
  offeredForms(settlementId: number, language: Language): Promise<OfferedForms>
}

/** A settlement's own page; registered behind `settlementScope`. */
export const settlementPages: FastifyPluginAsync<SettlementPages> = async (app, { settlements, offeredForms }) => {
  app.get('/', async (request, reply) => {
    const { settlement } = request
    const profile = await settlements.profile(settlement.id)
    const namesakes = settlements.directory.namesakes(settlement).map(nameOf)
    if (!profile.joined) {
      return reply.view('settlements/not-joined.njk', { place: placeOf(settlement), namesakes })
    }
    const { office, systems } = profile
    return reply.view('settlements/settlement.njk', {
      place: placeOf(settlement),
      namesakes,
      office: {
        name: office.name,
        address: `${office.postalCode} ${office.city}, ${office.streetAddress}`,
        phone: office.phone ?? '',
        phoneHref: `tel:${(office.phone ?? '').replaceAll(/[^+\d]/g, '')}`,
        email: office.email ?? '',
        openingHours: office.openingHours.map(({ days, hours }) => ({ days: days[request.language], hours })),
        note: office.note?.[request.language] ?? '',
      },
      offered: await offeredForms(settlement.id, request.language),
      systems: specialistSystems.map((system) => ({ system, introduced: systems.includes(system) })),
    })
  })
}

function find(directory: SettlementDirectory, { q, megye }: SearchQuery): readonly Settlement[] {
  const county = directory.byCounty(megye)
  if (q === '') return county?.settlements ?? []
  const found = directory.search(q)
  return county ? found.filter(({ county: name }) => name === county.name) : found
}

function placeOf({ name, called, kind, county, district, postalCodes }: Settlement) {
  return { name, called: called.join(', '), kind, county, district, postalCodes: postalCodes.join(', ') }
}

function resultOf(settlement: Settlement, joined: ReadonlySet<number> | undefined) {
  const { postalCodes } = settlement
  const shown = postalCodes.length > 4 ? `${postalCodes.slice(0, 4).join(', ')} …` : postalCodes.join(', ')
  return {
    ...placeOf(settlement),
    slug: settlement.slug,
    postalCodes: shown,
    joined: joined?.has(settlement.id) ?? false,
  }
}

function nameOf({ name, slug, county, district }: Settlement) {
  return { name, slug, county, district }
}

function pageLinks({ q, megye }: SearchQuery, page: number, pages: number) {
  const href = (number: number) => {
    const query = new URLSearchParams()
    if (q !== '') query.set('q', q)
    if (megye !== '') query.set('megye', megye)
    if (number > 1) query.set('oldal', String(number))
    return `/onkormanyzatok?${query}`
  }
  if (pages === 1) return { items: [] }
  return {
    ...(page > 1 ? { previous: { href: href(page - 1) } } : {}),
    ...(page < pages ? { next: { href: href(page + 1) } } : {}),
    items: pagesToOffer(page, pages).map((number) =>
      number === 0 ? { ellipsis: true } : { number, href: href(number), current: number === page },
    ),
  }
}
