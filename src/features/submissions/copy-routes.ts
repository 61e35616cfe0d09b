import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { readPosted, readWith } from '../../platform/http/posted-form.ts'
import { leftInWords } from '../forms/index.ts'
import type { Original } from './copy.ts'
import { toReceipt } from './filling-routes.ts'
import { readingContext } from './form-context.ts'
import { type Matter, mayBegin } from './matter.ts'
import { askWhichDraft, knownField, openDraftsView, readKnown, writeKnown } from './open-drafts.ts'
import { basePath, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const submissionParams = z.object({ id: z.uuid() })
const copyForm = z.object({
  /** becomes the draft's id, so that pressing twice begins one draft */
  kulcs: z.uuid(),
  [knownField]: z.string().optional(),
})

/** A new form that begins with the answers of one that was sent (űrlap másolat): first what is taken over and what is not. */
export const copyPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  app.get('/beadvanyok/:id/masolat', async (request, reply) => {
    const matter = matterOf(request)
    const original = await submissions.original(matter, submissionIdOf(request))
    const offered = await submissions.offered(matter.settlement.id)
    const isOffered = offered.some(({ forms }) =>
      forms.some(({ definition }) => definition.code === original.newest.code),
    )
    if (!isOffered) throw new NotFound('form', 'submissions.start.not-offered')
    if (!mayBegin(matter.party, original.newest)) throw new NotFound('form', 'submissions.start.not-in-this-manner')
    return showOriginal(request, reply, original, await openDrafts(matter, original.newest.code))
  })

  const limit = { name: 'start-draft', max: 60, minutes: 60, by: 'person' } as const
  app.post('/beadvanyok/:id/masolat', { config: { limit } }, async (request, reply) => {
    const read = readPosted(copyForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { kulcs: id, ismert } = read.value
    const matter = matterOf(request)
    const { id: copyOf, newest } = await submissions.original(matter, submissionIdOf(request))
    const draft = await submissions.start(matter, { id, formCode: newest.code, known: readKnown(ismert), copyOf })
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    if ('asks' in draft) {
      const action = `${basePath(request)}/beadvanyok/${copyOf}/masolat`
      return askWhichDraft(request, reply, {
        drafts: await openDrafts(matter, newest.code),
        action,
        fields: { kulcs: id },
      })
    }
    return reply.redirect(`${basePath(request)}/urlapok/${draft.id}/${draft.definition.pages[0]?.id ?? ''}`, 303)
  })

  async function openDrafts(matter: Matter, formCode: string) {
    const open = await submissions.openDrafts(matter, formCode)
    return open.filter(({ party }) => party.id === matter.partyId)
  }
}

function showOriginal(
  request: FastifyRequest,
  reply: FastifyReply,
  { id, arrivalNumber, submittedAt, definition, answers, files, newest, carrying }: Original,
  drafts: Awaited<ReturnType<SubmissionPages['submissions']['openDrafts']>>,
): FastifyReply {
  const { language, settlement } = request
  const address = `${basePath(request)}/beadvanyok/${id}`
  const items = newest.pages.flatMap((page) => page.items)
  const context = readingContext(settlement, files, submittedAt)
  return reply.view('submissions/copy.njk', {
    title: newest.title[language],
    receipt: address,
    action: `${address}/masolat`,
    key: randomUUID(),
    arrivalNumber,
    submittedAt,
    isNewer: newest.version !== definition.version,
    declares: items.some(({ type }) => type === 'declaration'),
    files: files.map(({ fileName }) => fileName),
    left: leftInWords(definition, answers, carrying, context, language).map(({ label, values }) => ({
      key: label,
      values,
    })),
    drafts: openDraftsView(drafts, language),
    known: writeKnown(drafts),
  })
}

function submissionIdOf(request: FastifyRequest): string {
  return readWith(submissionParams, request.params, new NotFound('submission')).id
}
