import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { readPosted, readWith } from '../../platform/http/posted-form.ts'
import { parkedView } from './parked-view.ts'
import type { Submissions } from './service.ts'

const listQuery = z.object({
  felreteve: z.string().optional(),
  elvetve: z.string().optional(),
  'nem-fert-el': z.string().optional(),
})
const itemParams = z.object({ item: z.uuid() })
/** „lap”: back to the page the item was for, as it is saved there */
const discardForm = z.object({ tovabb: z.enum(['lap']).optional() })

/** Everything that is put aside for a person, in all settlements; registered below `/sajat`. */
export const parkedListPages: FastifyPluginAsync<{ submissions: Submissions }> = async (app, { submissions }) => {
  app.get('/felretett', async (request, reply) => {
    const { felreteve, elvetve, 'nem-fert-el': full } = readWith(listQuery, request.query, new BadRequest())
    const items = await submissions.parked.list(request.person.accountId)
    return reply.view('submissions/parked-list.njk', {
      items: await Promise.all(items.map((item) => parkedView(submissions, request.person, item, request.language))),
      parked: felreteve !== undefined,
      discarded: elvetve !== undefined,
      full: full !== undefined,
    })
  })

  /** Elvetem. */
  app.post('/felretett/:item/elvetes', async (request, reply) => {
    const { item: id } = readWith(itemParams, request.params, new NotFound('parked work'))
    const read = readPosted(discardForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { accountId } = request.person
    const item = await submissions.parked.find(accountId, id)
    if (item === undefined || !(await submissions.parked.discard(accountId, id))) {
      throw new NotFound('parked work', 'submissions.parked.was-gone')
    }
    const { work } = item
    if (read.value.tovabb === undefined || work.kind === 'filling') {
      return reply.redirect('/sajat/felretett?elvetve', 303)
    }
    const { settlement, party, draftId, step } = work.ticket
    return reply.redirect(`/${settlement}/${party}/urlapok/${draftId}/${step}`, 303)
  })
}
