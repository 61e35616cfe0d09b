import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { attachmentDisposition } from '../../platform/http/headers.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import { renderDocument } from '../../platform/pdf/render.ts'
import { type BlankForm, blankForm, blankFormDocument } from './blank-form.ts'
import { type FormPages, offeredForm } from './offered-forms.ts'

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
    const offered = await offeredForm(request, reply, portal)
    if (offered === undefined) return undefined
    return blankForm(offered.definition, offered, request.language)
  }
}
