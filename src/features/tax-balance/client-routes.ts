import { stringify } from 'csv-stringify/sync'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { attachmentDisposition } from '../../platform/http/headers.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import { formats } from '../../platform/i18n/formats.ts'
import { partyInWords, type Representation, readableTaxTypes, taxNumberInWords } from '../representation/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import type { ClientDue, ClientDues } from './client-dues.ts'
import { type DueList, type DueWish, dueList, dueOrders, isFound, type NamedDue, pageOf } from './client-list.ts'
import { findTaxType } from './tax-types.ts'

interface ClientPages {
  clientDues: ClientDues
  representation: Pick<Representation, 'marksOf'>
  directory: SettlementDirectory
}

const start = z.coerce.number().int().min(0).max(1_000_000).catch(0)
const listQuery = z.object({ keres: z.string().max(100).default(''), tol: start.default(0) })
const dueQuery = listQuery.extend({
  rend: z.enum(dueOrders).catch('hatarido').default('hatarido'),
  mikor: z.enum(['mind', 'esedekes', 'kesobb']).catch('mind').default('mind'),
})

const clientsOnPage = 50
const duesOnPage = 50

/** The clients of whoever acts for many (könyvelő, ügyvéd), and all they have to pay; registered below `/sajat`. */
export const clientPages: FastifyPluginAsync<ClientPages> = async (app, { clientDues, representation, directory }) => {
  app.get('/ugyfelek', async (request, reply) => {
    const { keres, tol } = readWith(listQuery, request.query, new BadRequest())
    const all = await clientDues.clients(request.person, representation.marksOf(request.person))
    const found = all.filter((client) => isFound(client, keres))
    const page = pageOf(found, tol, clientsOnPage)
    const { translate } = request
    return reply.view('tax-balance/clients.njk', {
      search: keres,
      count: found.length,
      any: all.length > 0,
      ...linksOf('/sajat/ugyfelek', keres === '' ? {} : { keres }, page),
      clients: page.rows.map((client) => {
        const settlement = directory.byId(client.settlementId)
        const base = `/${settlement?.slug ?? ''}/${client.slug}`
        const maySubmit = client.mandates.some(({ rights }) => rights.includes('submit'))
        return {
          name: client.name,
          party: partyInWords(client, translate),
          settlement: settlement?.name ?? '',
          balance: readableTaxTypes(client) === undefined ? '' : `${base}/ado`,
          start: maySubmit ? `${base}/urlapok/uj` : '',
        }
      }),
    })
  })

  app.get('/ugyfelek/tetelek', async (request, reply) => {
    const query = readWith(dueQuery, request.query, new BadRequest())
    const { rows, list, page } = await read(request, 'tax-balance.viewed', query, query.tol)
    const { translate, language } = request
    const wish = wishInAddress(query)
    return reply.view('tax-balance/client-dues.njk', {
      search: query.keres,
      order: query.rend,
      when: query.mikor,
      orders: dueOrders.map((value) => ({ value, text: translate(`tax-balance.clients.orders.${value}`) })),
      whens: ['mind', 'esedekes', 'kesobb'].map((value) => ({
        value,
        text: translate(`tax-balance.clients.whens.${value}`),
      })),
      dueNowHuf: list.dueNowHuf,
      laterHuf: list.laterHuf,
      count: list.rows.length,
      csv: `/sajat/ugyfelek/tetelek.csv${addressOf(wish)}`,
      ...linksOf('/sajat/ugyfelek/tetelek', wish, page),
      rows: rows.map((due) => {
        const { client, dueOn, amountHuf, taxYear, asOf } = due
        const base = `/${directory.byId(due.settlementId)?.slug ?? ''}/${client.slug}/ado`
        return [
          { text: client.name, href: base, note: taxNumberInWords(client) },
          {
            text: due.settlementName,
            note: translate('tax-balance.clients.as-of', { moment: formats[language].day(asOf) }),
          },
          { text: due.taxName, note: String(taxYear) },
          {
            text: formats[language].day(dueOn),
            note: translate(dueOn <= page.today ? 'tax-balance.clients.due' : 'tax-balance.clients.later'),
          },
          { text: formats[language].amount(amountHuf), numeric: true },
          {
            text: translate('tax-balance.pay.open'),
            href: `${base}/fizetes`,
            hidden: `${client.name}, ${due.taxName}`,
          },
        ]
      }),
    })
  })

  app.get('/ugyfelek/tetelek.csv', async (request, reply) => {
    const query = readWith(dueQuery, request.query, new BadRequest())
    const { list } = await read(request, 'tax-balance.downloaded', query)
    const { translate: t } = request
    const head = ['client', 'number', 'settlement', 'tax', 'year', 'due', 'amount', 'as-of']
    const rows = list.rows.map(({ client, settlementName, taxName, taxYear, dueOn, amountHuf, asOf }) => [
      client.name,
      taxNumberInWords(client),
      settlementName,
      taxName,
      taxYear,
      dueOn,
      amountHuf,
      asOf.toISOString(),
    ])
    const text = stringify([head.map((name) => t(`tax-balance.clients.csv.${name}`)), ...rows], {
      delimiter: ';',
      record_delimiter: 'windows',
      bom: true,
      escape_formulas: true,
    })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', attachmentDisposition('ugyfelek-fizetendo-tetelei.csv'))
      .send(Buffer.from(text, 'utf8'))
  })

  /** @param from the row the page begins with; without one everything is read out */
  async function read(
    request: FastifyRequest,
    action: 'tax-balance.viewed' | 'tax-balance.downloaded',
    query: z.output<typeof dueQuery>,
    from?: number,
  ) {
    const { person, id, language } = request
    const wish: DueWish = { search: query.keres, order: query.rend, when: query.mikor }
    return clientDues.dues(
      person,
      representation.marksOf(person),
      { requestId: id, action },
      (all, today): { rows: NamedDue[]; list: DueList; page: ReturnType<typeof pageOf> & { today: string } } => {
        const list = dueList(
          all.map((due) => named(due, language)),
          wish,
          today,
        )
        const page = pageOf(list.rows, from ?? 0, from === undefined ? Number.MAX_SAFE_INTEGER : duesOnPage)
        return { rows: page.rows, list, page: { ...page, today } }
      },
    )
  }

  function named(due: ClientDue, language: 'hu' | 'en'): NamedDue {
    const taxName = findTaxType(due.taxType)?.name[language] ?? due.taxType
    return { ...due, taxName, settlementName: directory.byId(due.settlementId)?.name ?? '' }
  }
}

function wishInAddress({ keres, rend, mikor }: z.output<typeof dueQuery>): Record<string, string> {
  return {
    ...(keres === '' ? {} : { keres }),
    ...(rend === 'hatarido' ? {} : { rend }),
    ...(mikor === 'mind' ? {} : { mikor }),
  }
}

function linksOf(
  path: string,
  wish: Record<string, string>,
  page: { previous: number | undefined; next: number | undefined },
) {
  const link = (from: number | undefined) =>
    from === undefined ? '' : `${path}${addressOf(from === 0 ? wish : { ...wish, tol: String(from) })}`
  return { previous: link(page.previous), next: link(page.next) }
}

function addressOf(wish: Record<string, string>): string {
  const parts = new URLSearchParams(wish).toString()
  return parts === '' ? '' : `?${parts}`
}
