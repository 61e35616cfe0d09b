import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, Conflict } from '../../platform/http/errors.ts'
import { keepLanguage } from '../../platform/http/language.ts'
import { readPosted } from '../../platform/http/posted-form.ts'
import { isLanguage } from '../../platform/i18n/catalogue.ts'
import { checkForm, errorText, noLocalTerms, pageTitle, promisedDays, summarise } from '../forms/index.ts'
import { type OpenDraft, reachablePages } from './draft.ts'
import { draftHead, formSteps } from './draft-view.ts'
import { toReceipt } from './filling-routes.ts'
import { contentOf } from './form-context.ts'
import { addressOf, ticketFor } from './form-page.ts'
import { parksSending } from './parked-form.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const sendForm = z.object({
  _azonosito: z.uuid(),
  _tartalom: z.string().regex(/^[0-9a-f]{64}$/),
  nyelv: z.string().optional(),
})

/** Why the overview is shown, where the person did not just come to it. */
type OverviewNote = 'changed' | 'not-sent' | 'parked' | 'carried-over'

const overviewNotes: readonly (readonly [query: string, OverviewNote])[] = [
  ['felretett', 'parked'],
  ['nincs-bekuldve', 'not-sent'],
  ['atveve', 'carried-over'],
]

/** Checking (ellenőrzés), looking over (áttekintés), sending in (beküldés). */
export const sendingPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions, settlements }) => {
  app.get('/urlapok/:draft/ellenorzes', async (request, reply) => {
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    const check = checkForm(draft.definition, draft.answers, draft.context)
    const address = addressOf(request, draft)
    // Nothing to put right and nothing to think about: no reason to stop here.
    const carriedOver = Object.hasOwn(request.query as object, 'atveve')
    if (check.complete && check.warnings.length === 0) {
      return reply.redirect(`${address}/attekintes${carriedOver ? '?atveve' : ''}`, 303)
    }
    const { language } = request
    const open = reachablePages(check)
    return reply.view('submissions/check.njk', {
      ...draftHead(request, draft),
      carriedOver,
      steps: formSteps(draft, { current: 'ellenorzes', address, language }).items,
      complete: check.complete,
      address,
      pages: check.pages
        .filter(({ visited, errors }) => !visited || errors.length > 0)
        .map((one) => {
          const { page, visited, errors } = one
          // Pages come in their order: behind the first that is not filled in yet none can be opened.
          const href = open.includes(one) ? `${address}/${page.id}?vissza=ellenorzes` : ''
          return {
            title: page.title[language],
            href,
            visited,
            errors: visited
              ? errors.map((error) => ({
                  text: errorText(error, language),
                  href: href === '' ? '' : `${address}/${error.pageId}?vissza=ellenorzes&hibak#${error.field}`,
                }))
              : [],
          }
        }),
      warnings: check.warnings.map((warning) => ({
        text: errorText(warning, language),
        page: pageTitle(draft.definition, warning.pageId, language),
        href: `${address}/${warning.pageId}?vissza=ellenorzes#${warning.field}`,
      })),
    })
  })

  app.get('/urlapok/:draft/attekintes', async (request, reply) => {
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    const { complete } = checkForm(draft.definition, draft.answers, draft.context)
    if (!complete) return reply.redirect(`${addressOf(request, draft)}/ellenorzes`, 303)
    if (draft.currency === 'replaced') return reply.redirect(`${addressOf(request, draft)}/valtozat`, 303)
    const asked = Object.keys(request.query as object)
    const told = overviewNotes.find(([name]) => asked.includes(name))
    return showOverview(request, reply, draft, told?.[1])
  })

  app.post(
    '/urlapok/:draft/bekuldes',
    { config: { limit: { name: 'submit', max: 20, minutes: 60, by: 'person' }, parks: parksSending } },
    async (request, reply) => {
      const read = readPosted(sendForm, request.body)
      if (!read.ok) throw new BadRequest()
      const { _azonosito: submissionKey, _tartalom: contentSha256, nyelv } = read.value
      const draftId = draftIdOf(request)
      const address = `${basePath(request)}/urlapok/${draftId}`
      if (isLanguage(nyelv)) {
        keepLanguage(reply, nyelv)
        return reply.redirect(`${address}/attekintes`, 303)
      }
      const matter = matterOf(request)
      const submitted = await submissions.submit(matter, { draftId, submissionKey, contentSha256 })
      switch (submitted.outcome) {
        case 'submitted':
        case 'already-submitted':
          return toReceipt(request, reply, submitted.submissionId)
        case 'incomplete':
        case 'infected':
          return reply.redirect(`${address}/ellenorzes`, 303)
        case 'outdated':
          return reply.redirect(`${address}/valtozat`, 303)
        case 'not-offered':
          throw new Conflict('submissions.submit.not-offered')
        case 'not-open':
          throw new Conflict('submissions.submit.not-open')
        case 'unknown':
          return showChecking(reply.code(202), `${address}/bekuldes`)
        case 'changed': {
          const draft = await submissions.find(matter, draftId)
          if ('submissionId' in draft) throw new Conflict('submissions.submit.sent-otherwise')
          const { complete } = checkForm(draft.definition, draft.answers, draft.context)
          if (!complete) return reply.redirect(`${address}/ellenorzes`, 303)
          return showOverview(request, reply.code(409), draft, 'changed')
        }
      }
    },
  )

  /** Where the page „A beküldés állapota ellenőrzés alatt” finds out by itself. */
  app.get('/urlapok/:draft/bekuldes', async (request, reply) => {
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    return reply.redirect(`${addressOf(request, draft)}/attekintes?nincs-bekuldve`, 303)
  })

  async function showOverview(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: OpenDraft,
    problem: OverviewNote | undefined,
  ): Promise<FastifyReply> {
    const { language, translate, settlement, party } = request
    const { definition, answers, context, files } = draft
    const address = addressOf(request, draft)
    const content = contentOf(definition, answers, context, { settlement, files })
    const profile = await settlements.profile(settlement.id)
    return reply.view('submissions/overview.njk', {
      ...draftHead(request, draft),
      steps: formSteps(draft, { current: 'attekintes', address, language }).items,
      address,
      problem: problem ?? '',
      sections: summarise(definition, answers, context, language).map(({ pageId, title, rows }) => ({
        title,
        rows: rows.map(({ label, values, changeAt }) => ({
          key: label,
          values,
          actions:
            changeAt === ''
              ? []
              : [
                  {
                    href: `${address}/${pageId}?vissza=attekintes#${changeAt}`,
                    text: translate('common.change'),
                    hidden: label,
                  },
                ],
        })),
        page: `${address}/${pageId}`,
      })),
      filesWaiting: content.files.some(({ scan }) => scan === 'pending'),
      addressee: profile.joined
        ? {
            name: profile.office.name,
            address: `${profile.office.postalCode} ${profile.office.city}, ${profile.office.streetAddress}`,
          }
        : { name: settlement.name, address: '' },
      manner:
        party.kind === 'self'
          ? translate('submissions.manner.self')
          : translate('submissions.manner.for', { name: party.name }),
      deadlineDays: promisedDays(definition, draft.local ?? noLocalTerms),
      warnings: checkForm(definition, answers, context).warnings.map((warning) => errorText(warning, language)),
      ticket: ticketFor(request, draft, 'attekintes'),
      submissionKey: draft.submissionKey,
      contentSha256: content.sha256,
      languageForm: 'bekuldes',
    })
  }
}

/** Asks again by itself, without scripts. */
function showChecking(reply: FastifyReply, address: string): FastifyReply {
  return reply.header('refresh', `5; url=${address}`).view('submissions/checking.njk', { address })
}
