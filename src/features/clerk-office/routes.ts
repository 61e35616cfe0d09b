import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { attachmentDisposition } from '../../platform/http/headers.ts'
import { ownPath } from '../../platform/http/language.ts'
import {
  type FieldErrors,
  hasControlCharacters,
  postedFields,
  readPosted,
  readWith,
} from '../../platform/http/posted-form.ts'
import type { FormCatalogue } from '../forms/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { caseView } from './case-page.ts'
import { actingClerk, officeHome } from './clerk-request.ts'
import { limits } from './limits.ts'
import { listView } from './list-page.ts'
import { caseViewsOf, countedIn, type DeskPage, inboxViews, type ListView, listQuery, listStart } from './lists.ts'
import type { ClerkOffice } from './service.ts'

interface OfficePages {
  clerkOffice: ClerkOffice
  forms: FormCatalogue
  directory: SettlementDirectory
}

const caseParams = z.object({ id: z.uuid() })
const attachmentParams = z.object({ id: z.uuid(), attachment: z.uuid() })

/** Choosing one's office; registered at `/hivatal`, behind `activeSessionOnly`. Who works nowhere finds no such page. */
export const clerkOfficeChoice: FastifyPluginAsync<Pick<OfficePages, 'clerkOffice'>> = async (app, { clerkOffice }) => {
  app.get('/', async (request, reply) => {
    const offices = await clerkOffice.officesOf(request.person.accountId)
    const [only] = offices
    if (!only) throw new NotFound('office')
    if (offices.length === 1) return reply.redirect(`/hivatal/${only.slug}`, 303)
    return reply.view('clerk-office/offices.njk', { offices })
  })
}

/** Leads to what the clerk is here for; registered at `/hivatal/:office`, behind `clerksOnly`. */
export const clerkOfficeHome: FastifyPluginAsync = async (app) => {
  app.get('/', async ({ clerk }, reply) => {
    const first = clerk.roles.includes('records_clerk') ? 'beerkezett' : clerk.roles.length > 0 ? 'ugyek' : 'urlapok'
    return reply.redirect(`${officeHome(clerk)}/${first}`, 303)
  })
}

/** The cases of one office; registered below `/hivatal/:office`, behind `clerksOnly` and `caseClerksOnly`. */
export const clerkOfficePages: FastifyPluginAsync<OfficePages> = async (app, { clerkOffice, forms, directory }) => {
  // Where an act leads back to is read before the act: a form that cannot be understood does nothing.
  app.addHook('preHandler', async (request) => {
    if (request.method === 'POST') readPosted(returnForm, request.body)
  })

  app.get('/beerkezett', (request, reply) => showList('inbox', inboxViews, request, reply))
  app.get('/ugyek', (request, reply) => showList('cases', caseViewsOf(request.clerk), request, reply))

  /** From a number, as written on a letter or said on the phone, straight to the case. */
  app.get('/kereses', async (request, reply) => {
    const { szam = '' } = readWith(listQuery, request.query, new BadRequest())
    const found = await clerkOffice.find(request.clerk, szam)
    const home = officeHome(request.clerk)
    if (found !== undefined) return reply.redirect(`${home}/ugyek/${found}`, 303)
    return reply.code(404).view('clerk-office/not-found.njk', { typed: szam, home })
  })

  app.get('/ugyek/:id', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    return showCase(request, reply, id, { errors: {}, typed: {} })
  })

  app.get('/ugyek/:id/csatolmanyok/:attachment', async (request, reply) => {
    const { id, attachment } = readWith(attachmentParams, request.params, new NotFound('attachment'))
    const file = await clerkOffice.attachment(request.clerk, id, attachment)
    return reply
      .type(file.mediaType)
      .header('content-disposition', attachmentDisposition(file.fileName))
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('content-length', String(file.sizeBytes))
      .send(file.bytes)
  })

  app.post('/ugyek/:id/erkeztetes', async (request, reply) => {
    const id = caseId(request)
    return goBack(request, reply, id, await clerkOffice.receive(actingClerk(request), id), 'erkeztetve')
  })

  app.post('/ugyek/:id/iktatas', async (request, reply) => {
    const id = caseId(request)
    const { outcome } = await clerkOffice.register(actingClerk(request), id)
    return goBack(request, reply, id, outcome, 'iktatva')
  })

  app.post('/ugyek/:id/szignalas', async (request, reply) => {
    const id = caseId(request)
    const form = readPosted(assignForm, request.body)
    if (!form.ok) return showCase(request, reply, id, { errors: form.errors, typed: typedIn(request) })
    const { ugyintezo, helyett, utasitas } = form.value
    const assignment = {
      caseWorkerId: ugyintezo,
      insteadOf: helyett === '' ? null : helyett,
      instruction: utasitas,
    }
    return goBack(request, reply, id, await clerkOffice.assign(actingClerk(request), id, assignment), 'szignalva')
  })

  app.post('/ugyek/:id/atadas', async (request, reply) => {
    const id = caseId(request)
    return goBack(request, reply, id, await clerkOffice.route(actingClerk(request), id), 'atadva')
  })

  app.post('/ugyek/:id/megkezdes', async (request, reply) => {
    const id = caseId(request)
    return goBack(request, reply, id, await clerkOffice.start(actingClerk(request), id), 'megkezdve')
  })

  app.post('/ugyek/:id/lezaras', async (request, reply) => {
    const id = caseId(request)
    const form = readPosted(closeForm, request.body)
    if (!form.ok) return showCase(request, reply, id, { errors: form.errors, typed: typedIn(request) })
    return goBack(request, reply, id, await clerkOffice.close(actingClerk(request), id, form.value.valasz), 'lezarva')
  })

  async function showList(
    name: DeskPage,
    views: readonly ListView[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { clerk } = request
    const query = readWith(listQuery, request.query, new BadRequest())
    const view = views.find((one) => one.name === query.nezet) ?? views[0]
    if (!view) throw new NotFound('page')
    const settlement = clerk.settlementIds.find((id) => directory.byId(id)?.slug === query.telepules)
    const assignedTo = view.mine ? clerk.id : undefined
    const list = await clerkOffice.list(
      clerk,
      {
        settlementIds: settlement === undefined ? clerk.settlementIds : [settlement],
        states: view.states,
        formCode: query.urlap,
        assignedTo,
        newestFirst: view.newestFirst,
        start: listStart(query),
      },
      countedIn(name, clerk),
      query.ugy,
    )
    return reply.view('clerk-office/list.njk', listView(name, views, view, list, { request, query, forms, directory }))
  }

  async function showCase(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { errors, typed }: { errors: FieldErrors; typed: Record<string, string> },
  ): Promise<FastifyReply> {
    const desk = await clerkOffice.read(request.clerk, id)
    const { kesz } = readWith(listQuery, request.query, new BadRequest())
    return reply
      .code(Object.keys(errors).length > 0 ? 422 : 200)
      .view('clerk-office/case.njk', caseView(desk, { request, forms, directory, errors, typed, done: kesz }))
  }
}

const writtenText = (max: number, tooLong: string) =>
  z
    .string()
    .trim()
    .refine((text) => [...text].length <= max, tooLong)
    .refine((text) => !hasControlCharacters(text), 'clerk-office.errors.control-characters')

/** the list the act was begun in */
const returnForm = z.object({ vissza: z.string().optional() })

const assignForm = z.object({
  ugyintezo: z.uuid('clerk-office.errors.choose-case-worker'),
  helyett: z.union([z.literal(''), z.uuid()]).catch(''),
  utasitas: writtenText(limits.instruction, 'clerk-office.errors.instruction-too-long').default(''),
})

const closeForm = z.object({
  valasz: writtenText(limits.answer.max, 'clerk-office.errors.answer-too-long')
    .refine((text) => [...text].length >= limits.answer.min, 'clerk-office.errors.answer-too-short')
    // a missing answer is one that is too short, and is judged as such
    .prefault(''),
})

function typedIn({ body }: FastifyRequest): Record<string, string> {
  const posted = postedFields(body)
  return Object.fromEntries(
    Object.entries(posted).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function caseId(request: FastifyRequest): string {
  return readWith(caseParams, request.params, new NotFound('case')).id
}

/** Back to the list the act was begun in, or to the case itself, saying what was done. */
function goBack(
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  outcome: 'done' | 'already-done',
  word: string,
): FastifyReply {
  const home = officeHome(request.clerk)
  const read = readPosted(returnForm, request.body)
  const wanted = read.ok ? ownPath(read.value.vissza) : undefined
  const toList = wanted?.startsWith(`${home}/`) === true
  const target = new URL(toList ? wanted : `${home}/ugyek/${id}`, 'https://portal.invalid')
  target.searchParams.set('kesz', outcome === 'done' ? word : `mar-${word}`)
  target.searchParams.set('ugy', id)
  // The row keeps its place on the screen, and the keyboard goes on from there.
  return reply.redirect(`${target.pathname}${target.search}${toList ? `#ugy-${id}` : ''}`, 303)
}
