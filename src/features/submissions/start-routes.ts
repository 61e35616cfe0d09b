import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, Conflict, NotFound } from '../../platform/http/errors.ts'
import { readPosted, readWith } from '../../platform/http/posted-form.ts'
import { acceptedGeneralRequest, sectors } from '../forms/index.ts'
import { taxNumberInWords } from '../representation/index.ts'
import { recordedMandate } from './matter.ts'
import { askWhichDraft, knownField, openDraftsView, readKnown, writeKnown } from './open-drafts.ts'
import { parksStart, startStep } from './parked-form.ts'
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
  /** `self`, or the label of whom one acts for */
  mod: z.string().max(50).optional(),
  [knownField]: z.string().optional(),
})

interface FormVersion {
  code: string
  version: number
}

/** Starting a case (ügyindítás): sector, form, manner of acting. */
export const startPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  app.get('/urlapok/uj', async (request, reply) => {
    const { agazat, urlap } = readWith(startQuery, request.query, new NotFound('page'))
    if (urlap !== undefined && urlap !== '') return showManner(request, reply, urlap, randomUUID(), undefined)
    const offered = await submissions.offered(request.settlement.id)
    const sector = offered.length === 1 ? offered[0]?.sector : agazat
    const chosen = offered.find((one) => one.sector === sector)
    const { language, translate } = request
    const code = acceptedGeneralRequest(offered)
    const general = code === '' ? '' : `${basePath(request)}/urlapok/uj?urlap=${code}`
    if (chosen === undefined) {
      const items = offered.map((one) => ({
        value: one.sector,
        text: translate(`forms.sectors.${one.sector}`),
        hint: one.forms.map(({ definition }) => definition.title[language]).join(' · '),
      }))
      return reply.view('submissions/start-sector.njk', { action: `${basePath(request)}/urlapok/uj`, items, general })
    }
    return reply.view('submissions/start-form.njk', {
      action: `${basePath(request)}/urlapok/uj`,
      back: offered.length === 1 ? `/${request.settlement.slug}/ugyek` : `${basePath(request)}/urlapok/uj`,
      sector: translate(`forms.sectors.${chosen.sector}`),
      general,
      items: chosen.forms.map(({ definition }) => ({
        value: definition.code,
        text: definition.title[language],
        hint: definition.summary[language],
      })),
    })
  })

  app.post(
    '/urlapok/uj',
    { config: { limit: { name: 'start-draft', max: 60, minutes: 60, by: 'person' }, parks: parksStart } },
    async (request, reply) => {
      const read = readPosted(startForm, request.body)
      if (!read.ok) throw new BadRequest()
      const { urlap, kulcs, mod } = read.value
      if (request.ticket.form.code !== urlap) throw new Conflict('errors.conflict.other-context')
      if (mod === undefined || mod === '') {
        const error = request.translate('submissions.start.errors.manner')
        return showManner(request, reply.code(422), urlap, kulcs, error)
      }
      const matter = await submissions.forParty(matterOf(request), mod === 'self' ? 'sajat' : mod)
      const draft = await submissions.start(matter, { id: kulcs, formCode: urlap, known: readKnown(read.value.ismert) })
      if ('asks' in draft) {
        const open = await submissions.openDrafts(matter, urlap)
        return askWhichDraft(request, reply, {
          drafts: open.filter(({ party }) => party.id === matter.partyId),
          action: `${basePath(request)}/urlapok/uj`,
          fields: { urlap, kulcs, mod },
          ticket: startTicket(request, kulcs, request.ticket.form),
        })
      }
      // From here on the address says for whom.
      const base = `/${matter.settlement.slug}/${matter.party.slug}`
      if ('submissionId' in draft) return reply.redirect(`${base}/beadvanyok/${draft.submissionId}`, 303)
      const [first] = draft.definition.pages
      return reply.redirect(`${base}/urlapok/${draft.id}/${first?.id ?? ''}`, 303)
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
    // The form's own page says from when to when it is open.
    if (!(await submissions.isOpen(settlement.id, code)))
      return reply.redirect(`/${settlement.slug}/ugyek/${code}`, 303)
    const { definition } = form
    const matter = matterOf(request)
    const drafts = await submissions.openDrafts(matter, code)
    const choices = await submissions.mannerChoices(matter.author, settlement.id, definition)
    const { translate } = request
    const manners = [
      {
        value: 'self',
        text: translate('submissions.manner.self'),
        hint: translate('submissions.manner.self-hint', { name: matter.author.name }),
      },
      ...choices.parties.map((party) => ({
        value: party.slug,
        text: translate('submissions.manner.for', { name: party.name }),
        hint: [
          translate(`representation.party.${party.kind}`, { number: taxNumberInWords(party) }),
          translate(`representation.capacity.${recordedMandate(party, definition).kind}`),
        ].join(' · '),
      })),
    ]
    const here = manners.find(({ value }) => value === request.party.slug)?.value ?? 'self'
    const base = `${basePath(request)}/urlapok`
    return reply.view('submissions/start-manner.njk', {
      action: `${base}/uj`,
      back: `${base}/uj?agazat=${definition.sector}`,
      key,
      ticket: startTicket(request, key, definition),
      form: {
        code,
        title: definition.title[language],
        needs: definition.needs.map((sentence) => sentence[language]),
        page: `/${settlement.slug}/ugyek/${code}`,
      },
      manners,
      chosen: error === undefined ? here : '',
      othersCannot: choices.othersCannot,
      drafts: openDraftsView(drafts, language),
      known: writeKnown(drafts),
      error: error ?? '',
      errors: error === undefined ? [] : [{ href: '#mod', text: error }],
    })
  }
}

function startTicket(request: FastifyRequest, draftId: string, { code, version }: FormVersion): string {
  const { settlement, party } = request
  return request.newTicket({
    settlement: settlement.slug,
    party: party.slug,
    draftId,
    step: startStep,
    form: { code, version },
    revision: 1,
  })
}
