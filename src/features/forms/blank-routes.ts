import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { attachmentDisposition } from '../../platform/http/headers.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import { renderDocument } from '../../platform/pdf/render.ts'
import { type BlankForm, blankForm, blankFormDocument } from './blank-form.ts'
import { type FormPages, showUnknownForm } from './offered-forms.ts'

const formParams = z.object({ form: z.string().regex(/^[a-z0-9-]{1,80}$/) })

/** Every form as it is on paper before anybody has written on it: as a page to print, and as a document to keep. */
export const blankFormPages: FastifyPluginAsync<FormPages> = async (app, portal) => {
  app.get('/ugyek/:form/ures', async (request, reply) => {
    const form = await blank(request, reply)
    if (form === undefined) return reply
    return reply.view('forms/blank.njk', {
      form,
      back: `/${request.settlement.slug}/ugyek/${form.code}`,
      // What stands on the paper is said in the office's language, whatever the page around it speaks.
      hu: translator('hu'),
    })
  })

  const limit = { name: 'blank-form', max: 30, minutes: 1, by: 'address' } as const
  app.get('/ugyek/:form/ures.pdf', { config: { limit } }, async (request, reply) => {
    const form = await blank(request, reply)
    if (form === undefined) return reply
    return reply
      .type('application/pdf')
      .header('content-disposition', attachmentDisposition(`${form.code}.pdf`))
      .send(await renderDocument(blankFormDocument(form)))
  })

  async function blank(request: FastifyRequest, reply: FastifyReply): Promise<BlankForm | undefined> {
    const { settlement, language } = request
    const { form: code } = readWith(formParams, request.params, new NotFound('form', 'forms.unknown.reason'))
    const [found, profile] = await Promise.all([
      portal.forms.forFillingIn(settlement.id, code),
      portal.settlements.profile(settlement.id),
    ])
    if (found === undefined || !profile.joined) {
      await showUnknownForm(request, reply, portal)
      return undefined
    }
    const { id, name, postalCodes } = settlement
    const context = {
      today: found.today,
      settlement: { id, name, postalCodes },
      identity: null,
      contact: {},
      actingAs: 'self',
    } as const
    return blankForm(found.form.definition, { context, office: profile.office }, language)
  }
}
