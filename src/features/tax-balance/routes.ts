import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { budapestDay } from '../../platform/clock.ts'
import { downloadHeaders } from '../../platform/files/download-headers.ts'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { renderDocument } from '../../platform/pdf/render.ts'
import type {} from '../identity/index.ts'
import type { Representation } from '../representation/index.ts'
import type {} from '../settlements/index.ts'
import { comingView } from './coming-view.ts'
import { type BalanceFigures, figuresForMandate, figuresOf, followingForms, mandateForm } from './figures.ts'
import { payingView } from './paying-view.ts'
import type { Books, Look, Looking, TaxBalances } from './service.ts'
import { statementCsv } from './statement-csv.ts'
import { statementDocument } from './statement-document.ts'
import { statementView, taxNumberInGroups, yearsOf } from './statement-view.ts'
import { queryOf, type StatementWish, statementQuery, wishOf, yearParts } from './statement-wish.ts'
import { readTypedNumber } from './typed-number.ts'

export interface TaxBalancePages {
  taxBalances: TaxBalances
  representation: Pick<Representation, 'find'>
  /** codes of the forms a settlement accepts */
  acceptedForms(settlementId: number): Promise<ReadonlySet<string>>
  /** begins a form with these figures in it, and answers with where it is filled in */
  beginForm(
    request: FastifyRequest,
    reply: FastifyReply,
    form: {
      formCode: string
      key: string
      figures: BalanceFigures
      known: unknown
      action: string
      fields: Record<string, string>
    },
  ): Promise<FastifyReply>
}

const askQuery = statementQuery.extend({ masik: z.string().optional() })
const askForm = z.object({ azonosito: z.string().max(100).default('') })
const followingForm = z.object({ urlap: z.string().max(100), kulcs: z.uuid(), szamla: z.uuid().optional() })
const mandateWish = z.object({
  kulcs: z.uuid(),
  parti: z.string().max(50).default(''),
  azonosito: z.string().max(100).default(''),
})

/** The tax balance (adóegyenleg) of a party in a settlement; registered behind `settlementScope` and `partyScope`. */
export const taxBalancePages: FastifyPluginAsync<TaxBalancePages> = async (
  app,
  { taxBalances, representation, acceptedForms, beginForm },
) => {
  app.get('/ado', async (request, reply) => {
    const query = readWith(askQuery, request.query, new NotFound('page'))
    const look = await taxBalances.look(lookingOf(request), {
      taxpayerId: query.szamla,
      typeAgain: query.masik !== undefined,
    })
    if (look.outcome !== 'books') return showOther(request, reply, look)
    const { books } = look
    const wish = wishOf(query, Number(books.today.slice(0, 4)))
    const { language, settlement } = request
    const statement = statementView(books, wish, { settlement: settlement.name, language })
    const current = statementView(books, thisYear(books), { settlement: settlement.name, language })
    const figures = figuresOf(books)
    const accepted = await acceptedForms(settlement.id)
    return reply.view('tax-balance/statement.njk', {
      statement,
      current: current.total,
      currentTaxes: current.taxes,
      coming: comingView(current.taxes, books.today, language),
      wish,
      today: books.today,
      years: yearsOf(books),
      parts: yearParts,
      taxpayerId: books.hasOthers ? books.taxpayer.id : '',
      remembered: books.remembered ?? null,
      hrefs: hrefsOf(request, wish, books),
      key: randomUUID(),
      forms: followingForms(figures).filter((code) => accepted.has(code)),
    })
  })

  /** Asks with a typed number; what is found is shown at an address without it. */
  app.post(
    '/ado',
    { config: { limit: { name: 'tax-number', max: 30, minutes: 60, by: 'person' } } },
    async (request, reply) => {
      if (request.party.kind !== 'self') throw new NotFound('page')
      const read = readPosted(askForm, request.body)
      if (!read.ok) throw new BadRequest()
      const typed = read.value.azonosito
      const number = readTypedNumber(typed, todayOf(request))
      if (!number.ok) return showAsk(request, reply.code(422), { typed, error: request.translate(number.error) })
      const asked = await taxBalances.ask(lookingOf(request), number.value)
      if (asked === 'found') return reply.redirect(`${basePath(request)}/ado`, 303)
      if (asked === 'no-service') return showOther(request, reply.code(404), { outcome: 'no-service' })
      if (asked === 'down') return showAsk(request, reply.code(503), { typed, isDown: true })
      return showAsk(request, reply.code(422), { typed, isNothing: true })
    },
  )

  const limit = { name: 'tax-statement', max: 60, minutes: 10, by: 'person' } as const

  app.get('/ado/egyenleg.pdf', { config: { limit } }, async (request, reply) => {
    const { books, wish } = await booksFor(request)
    const view = statementView(books, wish, { settlement: request.settlement.name, language: request.language })
    const document = statementDocument(view, request.language, request.translate)
    const bytes = await renderDocument(document, { madeAt: books.now })
    return reply.headers(downloadHeaders(fileName(request, wish, 'pdf'), 'application/pdf')).send(bytes)
  })

  app.get('/ado/egyenleg.csv', { config: { limit } }, async (request, reply) => {
    const { books, wish } = await booksFor(request)
    const view = statementView(books, wish, { settlement: request.settlement.name, language: request.language })
    const bytes = statementCsv(view, request.translate)
    return reply.headers(downloadHeaders(fileName(request, wish, 'csv'), 'text/csv; charset=utf-8')).send(bytes)
  })

  app.get('/ado/fizetes', async (request, reply) => {
    const { szamla } = readWith(statementQuery, request.query, new NotFound('page'))
    const look = await taxBalances.look(lookingOf(request), { taxpayerId: szamla })
    if (look.outcome !== 'books') return reply.redirect(`${basePath(request)}/ado`, 303)
    const { books } = look
    const chosen = books.hasOthers ? `?szamla=${books.taxpayer.id}` : ''
    return reply.view('tax-balance/paying.njk', {
      back: `${basePath(request)}/ado${chosen}`,
      taxpayer: { name: books.taxpayer.name, number: taxNumberInGroups(books.taxpayer.taxNumber) },
      asOf: books.taxpayer.asOf,
      isCopy: books.isCopy,
      accounts: payingView(books, request.language),
    })
  })

  /** Begins a form that follows from the balance, with its figures. */
  app.post('/ado/urlap', async (request, reply) => {
    const read = readPosted(followingForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { urlap, kulcs, szamla } = read.value
    const look = await taxBalances.look(lookingOf(request), { taxpayerId: szamla })
    if (look.outcome !== 'books') return reply.redirect(`${basePath(request)}/ado`, 303)
    const figures = figuresOf(look.books)
    if (!followingForms(figures).includes(urlap)) throw new NotFound('form')
    return beginForm(request, reply, {
      formCode: urlap,
      key: kulcs,
      figures,
      known: postedFields(request.body)['ismert'],
      action: `${basePath(request)}/ado/urlap`,
      fields: { urlap, kulcs, ...(szamla === undefined ? {} : { szamla }) },
    })
  })

  /** Begins the mandate (meghatalmazás) with which the balance of somebody else could be read; in one's own name. */
  app.post('/ado/meghatalmazas', async (request, reply) => {
    const read = readPosted(mandateWish, request.body)
    if (!read.ok || request.party.kind !== 'self') throw new BadRequest()
    const { kulcs, parti, azonosito } = read.value
    const taxNumber = parti === '' ? numberTyped(request, azonosito) : await numberOf(request, parti)
    return beginForm(request, reply, {
      formCode: mandateForm,
      key: kulcs,
      figures: figuresForMandate(taxNumber),
      known: postedFields(request.body)['ismert'],
      action: `${basePath(request)}/ado/meghatalmazas`,
      fields: { kulcs, parti, azonosito },
    })
  })

  /** Of somebody the person may act for, though not in this. @throws NotFound, RightEnded for everybody else */
  async function numberOf({ person, settlement }: FastifyRequest, slug: string): Promise<string> {
    const party = await representation.find(person, settlement.id, slug)
    return party.kind === 'self' ? '' : (party.taxNumber ?? '')
  }

  /** @throws NotFound where there is no statement to take along */
  async function booksFor(request: FastifyRequest): Promise<{ books: Books; wish: StatementWish }> {
    const query = readWith(statementQuery, request.query, new NotFound('page'))
    const look = await taxBalances.look({ ...lookingOf(request), isDownload: true }, { taxpayerId: query.szamla })
    if (look.outcome !== 'books') throw new NotFound('statement')
    return { books: look.books, wish: wishOf(query, Number(look.books.today.slice(0, 4))) }
  }

  async function showOther(request: FastifyRequest, reply: FastifyReply, look: Exclude<Look, { outcome: 'books' }>) {
    switch (look.outcome) {
      case 'ask':
        return showAsk(request, reply, { typed: '', nothingUnder: look.nothingUnder, isDown: look.isDown })
      case 'no-service':
        return reply.view('tax-balance/no-service.njk')
      case 'choose':
        return reply.view('tax-balance/choose.njk', {
          taxpayers: look.taxpayers.map(({ id, kind, name, taxNumber, registerKey }) => ({
            href: `${basePath(request)}/ado?szamla=${id}`,
            kind,
            name,
            number: taxNumberInGroups(taxNumber),
            registerKey,
          })),
        })
      case 'nothing':
        return reply.view('tax-balance/nothing.njk', { isDown: look.isDown })
      case 'right-missing': {
        const { party, settlement } = request
        const accepted = await acceptedForms(settlement.id)
        return reply.code(403).view('tax-balance/right-missing.njk', {
          party: { name: party.kind === 'self' ? '' : party.name, slug: party.slug },
          action: `/${settlement.slug}/sajat/ado/meghatalmazas`,
          key: randomUUID(),
          formAccepted: accepted.has(mandateForm),
        })
      }
    }
  }

  async function showAsk(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: { typed: string; error?: string; isNothing?: boolean; isDown?: boolean; nothingUnder?: readonly string[] },
  ) {
    const { typed, error = '', isNothing = false, isDown = false, nothingUnder = [] } = shown
    const accepted = await acceptedForms(request.settlement.id)
    return reply.view('tax-balance/ask.njk', {
      action: `${basePath(request)}/ado`,
      typed,
      error,
      errors: error === '' ? [] : [{ href: '#azonosito', text: error }],
      isNothing,
      isDown,
      nothingUnder,
      mandate: { action: `${basePath(request)}/ado/meghatalmazas`, accepted: accepted.has(mandateForm) },
      key: randomUUID(),
    })
  }
}

function lookingOf(request: FastifyRequest): Looking {
  const { person, party, settlement } = request
  return { asker: person, party, settlement, requestId: request.id }
}

function todayOf({ presence }: FastifyRequest): string {
  if (presence === undefined) throw new Error('only for whoever is signed in')
  return budapestDay(presence.now)
}

/** Empty where it is none. */
function numberTyped(request: FastifyRequest, typed: string): string {
  const number = readTypedNumber(typed, todayOf(request))
  return number.ok ? number.value : ''
}

function basePath({ settlement, party }: FastifyRequest): string {
  return `/${settlement.slug}/${party.slug}`
}

function thisYear({ today }: Books): StatementWish {
  return { kind: 'simple', year: Number(today.slice(0, 4)), part: 'ev' }
}

function hrefsOf(request: FastifyRequest, wish: StatementWish, { taxpayer, hasOthers }: Books) {
  const base = `${basePath(request)}/ado`
  const id = hasOthers ? taxpayer.id : undefined
  return {
    simple: `${base}?${queryOf({ ...wish, kind: 'simple' }, id)}`,
    detailed: `${base}?${queryOf({ ...wish, kind: 'detailed' }, id)}`,
    pdf: `${base}/egyenleg.pdf?${queryOf(wish, id)}`,
    csv: `${base}/egyenleg.csv?${queryOf(wish, id)}`,
    pay: `${base}/fizetes${id === undefined ? '' : `?szamla=${id}`}`,
    other: `${base}?masik`,
    choose: base,
    form: `${base}/urlap`,
    statement: base,
  }
}

function fileName(request: FastifyRequest, { year }: StatementWish, ending: string): string {
  return `${request.translate('tax-balance.file-name')}-${request.settlement.slug}-${String(year)}.${ending}`
}
