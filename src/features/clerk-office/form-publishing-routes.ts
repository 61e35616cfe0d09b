import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import type { Settlement, SettlementDirectory } from '../settlements/index.ts'
import type { Done } from './case-acts.ts'
import { actingClerk, officeHome } from './clerk-request.ts'
import type { AdministeredForm, FormPublishing } from './form-publishing.ts'
import { formListView, formTermsView, termsAsTyped } from './form-publishing-page.ts'
import { readLocalTerms, type TypedTerms, typedTerms } from './local-terms-form.ts'
import type { Clerk } from './rights.ts'

interface FormPublishingPages {
  formPublishing: FormPublishing
  directory: SettlementDirectory
}

const settlementParams = z.object({ settlement: z.string().max(100) })
const formParams = z.object({ form: z.string().max(100) })
const doneQuery = z.object({ kesz: z.string().max(40).optional(), urlap: z.string().max(100).optional() })
const switchForm = z.object({
  allapot: z.enum(['be', 'ki']),
  /** the list the button stands in, where it is not the form's own page */
  lista: z.literal('1').optional(),
})

/**
 * Which forms the settlements of the office accept, and on which terms; registered below `/hivatal/:office`, behind
 * `formAdministratorsOnly`.
 */
export const formPublishingPages: FastifyPluginAsync<FormPublishingPages> = async (
  app,
  { formPublishing, directory },
) => {
  app.get('/urlapok', async (request, reply) => {
    const settlements = servedBy(request.clerk)
    const [only] = settlements
    const home = formsHome(request)
    if (only && settlements.length === 1) return reply.redirect(`${home}/${only.slug}`, 303)
    const items = await Promise.all(
      settlements.map(async ({ id, slug, name }) => {
        const all = await formPublishing.list(request.clerk, id)
        return { name, href: `${home}/${slug}`, on: all.filter(({ on }) => on).length, count: all.length }
      }),
    )
    return reply.view('clerk-office/form-settlements.njk', { items })
  })

  app.get('/urlapok/:settlement', async (request, reply) => {
    const settlement = settlementOf(request)
    const all = await formPublishing.list(request.clerk, settlement.id)
    return reply.view('clerk-office/forms.njk', {
      ...formListView(all, { request, home: formsHome(request), settlement, done: doneOf(request) }),
      several: servedBy(request.clerk).length > 1,
    })
  })

  app.get('/urlapok/:settlement/:form', async (request, reply) => {
    const settlement = settlementOf(request)
    const form = await formOf(request, settlement)
    return showForm(request, reply, { settlement, form, typed: termsAsTyped(form.local), errors: {} })
  })

  app.post('/urlapok/:settlement/:form/kozzetetel', async (request, reply) => {
    const settlement = settlementOf(request)
    const { definition } = await formOf(request, settlement)
    const read = readPosted(switchForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { allapot, lista } = read.value
    const wanted = allapot === 'be' ? 'on' : 'off'
    const outcome = await formPublishing.switchForm(actingClerk(request), settlement.id, definition.code, wanted)
    return goBack(request, reply, settlement, definition.code, wordOf(outcome, allapot), lista === '1')
  })

  app.post('/urlapok/:settlement/:form/helyi-adatok', async (request, reply) => {
    const settlement = settlementOf(request)
    const form = await formOf(request, settlement)
    const typed = typedTerms(postedFields(request.body))
    const read = readLocalTerms(typed, form.definition.deadlineDays)
    if (!read.ok) return showForm(request, reply.code(422), { settlement, form, typed, errors: read.errors })
    const { code } = form.definition
    const outcome = await formPublishing.saveTerms(actingClerk(request), settlement.id, code, read.value)
    return goBack(request, reply, settlement, code, wordOf(outcome, 'mentve'), false)
  })

  function servedBy({ settlementIds }: Clerk): Settlement[] {
    return settlementIds.flatMap((id) => directory.byId(id) ?? [])
  }

  /** @throws NotFound for a settlement the office does not serve */
  function settlementOf({ clerk, params }: FastifyRequest): Settlement {
    const { settlement: slug } = readWith(settlementParams, params, new NotFound('settlement'))
    const settlement = servedBy(clerk).find((one) => one.slug === slug)
    if (settlement === undefined) throw new NotFound('settlement')
    return settlement
  }

  /** @throws NotFound */
  async function formOf({ clerk, params }: FastifyRequest, settlement: Settlement): Promise<AdministeredForm> {
    const { form: code } = readWith(formParams, params, new NotFound('form'))
    const all = await formPublishing.list(clerk, settlement.id)
    const form = all.find(({ definition }) => definition.code === code)
    if (form === undefined) throw new NotFound('form')
    return form
  }

  function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: { settlement: Settlement; form: AdministeredForm; typed: TypedTerms; errors: Record<string, string> },
  ): FastifyReply {
    const view = formTermsView(shown, { request, home: formsHome(request), done: doneOf(request) })
    return reply.view('clerk-office/form-terms.njk', view)
  }
}

function formsHome({ clerk }: FastifyRequest): string {
  return `${officeHome(clerk)}/urlapok`
}

function doneOf({ query }: FastifyRequest) {
  return readWith(doneQuery, query, new BadRequest())
}

function wordOf(outcome: Done, word: string): string {
  return outcome === 'done' ? word : `mar-${word}`
}

function goBack(
  request: FastifyRequest,
  reply: FastifyReply,
  { slug }: Settlement,
  code: string,
  word: string,
  toList: boolean,
): FastifyReply {
  const home = formsHome(request)
  // The row keeps its place on the screen, and the keyboard goes on from there.
  const target = toList
    ? `${home}/${slug}?kesz=${word}&urlap=${code}#urlap-${code}`
    : `${home}/${slug}/${code}?kesz=${word}`
  return reply.redirect(target, 303)
}
