import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { ListedDraft } from './draft-list.ts'
import { authorOf, draftIdOf } from './request-matter.ts'
import type { Submissions } from './service.ts'

const listQuery = z.object({ mentve: z.uuid().optional().catch(undefined), torolve: z.string().optional() })

/** Saved forms (Mentett űrlapok) of a person in all settlements; registered below `/sajat`. */
export const draftListPages: FastifyPluginAsync<{ submissions: Submissions }> = async (app, { submissions }) => {
  app.get('/urlapok', async (request, reply) => {
    const { mentve, torolve } = readWith(listQuery, request.query, new BadRequest())
    const { drafts } = await submissions.list(authorOf(request))
    return reply.view('submissions/saved.njk', {
      saved: mentve !== undefined && drafts.some(({ id }) => id === mentve),
      deleted: torolve !== undefined,
      drafts: drafts.map((draft) => shown(draft, request.language)),
    })
  })

  app.get('/urlapok/:draft/torles', async (request, reply) => {
    const draft = await submissions.findOwn(authorOf(request), draftIdOf(request))
    return reply.view('submissions/delete.njk', {
      draft: shown(draft, request.language),
      action: `/sajat/urlapok/${draft.id}/torles`,
    })
  })

  app.post('/urlapok/:draft/torles', async (request, reply) => {
    await submissions.remove(authorOf(request), draftIdOf(request))
    return reply.redirect('/sajat/urlapok?torolve', 303)
  })
}

function shown(draft: ListedDraft, language: Language) {
  return {
    title: draft.title[language],
    subject: draft.subject[language],
    settlement: draft.settlement?.name ?? '',
    sent: draft.sent,
    pages: draft.pages,
    forWhom: draft.party.kind === 'self' ? '' : draft.party.name,
    href: `/${draft.settlement?.slug ?? ''}/${draft.party.slug}/urlapok/${draft.id}`,
    deleteHref: `/sajat/urlapok/${draft.id}/torles`,
    changedAt: draft.changedAt,
    keptUntil: draft.keptUntil,
    endsSoon: draft.endsSoon,
    currency: draft.currency,
    versionHref: `/${draft.settlement?.slug ?? ''}/${draft.party.slug}/urlapok/${draft.id}/valtozat`,
  }
}
