import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { readPosted, readWith } from '../../platform/http/posted-form.ts'
import { sectors } from '../forms/index.ts'
import { toReceipt } from './filling-routes.ts'
import { basePath, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const startQuery = z.object({
  agazat: z.enum(sectors).optional().catch(undefined),
  urlap: z.string().max(100).optional(),
})

const startForm = z.object({
  urlap: z.string().max(100),
  /** becomes the draft's id, so that pressing twice begins one draft */
  kulcs: z.uuid(),
  mod: z.string().optional(),
})

/** Starting a case (ügyindítás): sector, form, manner of acting. */
export const startPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  app.get('/urlapok/uj', async (request, reply) => {
    const { agazat, urlap } = readWith(startQuery, request.query, new NotFound('page'))
    if (urlap !== undefined && urlap !== '') return showManner(request, reply, urlap, randomUUID(), undefined)
    const offered = await submissions.offered(request.settlement.id)
    const sector = offered.length === 1 ? offered[0]?.sector : agazat
    const chosen = offered.find((one) => one.sector === sector)
    const { language, translate } = request
    if (chosen === undefined) {
      const items = offered.map((one) => ({
        value: one.sector,
        text: translate(`forms.sectors.${one.sector}`),
        hint: one.forms.map(({ definition }) => definition.title[language]).join(' · '),
      }))
      return reply.view('submissions/start-sector.njk', { action: `${basePath(request)}/urlapok/uj`, items })
    }
    return reply.view('submissions/start-form.njk', {
      action: `${basePath(request)}/urlapok/uj`,
      back: offered.length === 1 ? `/${request.settlement.slug}/ugyek` : `${basePath(request)}/urlapok/uj`,
      sector: translate(`forms.sectors.${chosen.sector}`),
      items: chosen.forms.map(({ definition }) => ({
        value: definition.code,
        text: definition.title[language],
        hint: definition.summary[language],
      })),
    })
  })

  app.post(
    '/urlapok/uj',
    { config: { limit: { name: 'start-draft', max: 60, minutes: 60, by: 'person' } } },
    async (request, reply) => {
      const read = readPosted(startForm, request.body)
      if (!read.ok) throw new BadRequest()
      const { urlap, kulcs, mod } = read.value
      if (mod !== 'self') {
        const error = request.translate('submissions.start.errors.manner')
        return showManner(request, reply.code(422), urlap, kulcs, error)
      }
      const draft = await submissions.start(matterOf(request), { id: kulcs, formCode: urlap })
      if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
      const [first] = draft.definition.pages
      return reply.redirect(`${basePath(request)}/urlapok/${draft.id}/${first?.id ?? ''}`, 303)
    },
  )

  async function showManner(
    request: FastifyRequest,
    reply: FastifyReply,
    code: string,
    key: string,
    error: string | undefined,
  ) {
    const { settlement, language } = request
    const offered = await submissions.offered(settlement.id)
    const form = offered.flatMap(({ forms }) => forms).find(({ definition }) => definition.code === code)
    if (form === undefined) throw new NotFound('form', 'submissions.start.not-offered')
    const { definition } = form
    const drafts = await submissions.openDrafts(matterOf(request), code)
    const base = `${basePath(request)}/urlapok`
    return reply.view('submissions/start-manner.njk', {
      action: `${base}/uj`,
      back: `${base}/uj?agazat=${definition.sector}`,
      key,
      form: {
        code,
        title: definition.title[language],
        needs: definition.needs.map((sentence) => sentence[language]),
        page: `/${settlement.slug}/ugyek/${code}`,
      },
      drafts: drafts.map(({ id, ...draft }) => ({ ...draft, href: `${base}/${id}` })),
      error: error ?? '',
      errors: error === undefined ? [] : [{ href: '#mod', text: error }],
    })
  }
}
