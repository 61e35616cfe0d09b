import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import { readPosted, readWith } from '../../platform/http/posted-form.ts'
import { checkForm, compareVersions, leftInWords, summarise } from '../forms/index.ts'
import type { NewerVersion, OpenDraft } from './draft.ts'
import { draftHead } from './draft-view.ts'
import { toReceipt } from './filling-routes.ts'
import { addressOf } from './form-page.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const versionQuery = z.object({ valtozott: z.string().optional() })

/** The draft and the newer version as the person saw them. */
const carryForm = z.object({
  revizio: z.coerce.number().int().positive(),
  valtozat: z.coerce.number().int().positive(),
})

/** A newer version of a draft's form: what is different, what becomes of the answers, and the choice between the two. */
export const versionPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  app.get('/urlapok/:draft/valtozat', async (request, reply) => {
    const { valtozott } = readWith(versionQuery, request.query, new NotFound('page'))
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    const newer = submissions.newerVersion(draft)
    if (newer === undefined) return reply.redirect(addressOf(request, draft), 303)
    return showChoice(request, reply, draft, newer, valtozott !== undefined)
  })

  app.post('/urlapok/:draft/valtozat', async (request, reply) => {
    const read = readPosted(carryForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { revizio: revision, valtozat: version } = read.value
    const id = draftIdOf(request)
    const address = `${basePath(request)}/urlapok/${id}`
    const carrying = await submissions.carryOver(matterOf(request), id, { revision, version })
    return reply.redirect(`${address}/${carrying === 'carried' ? 'ellenorzes?atveve' : 'valtozat?valtozott'}`, 303)
  })
}

function showChoice(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: OpenDraft,
  { definition, carrying, lostFiles }: NewerVersion,
  changedMeanwhile: boolean,
): FastifyReply {
  const { language, translate } = request
  const address = addressOf(request, draft)
  const { pages } = checkForm(definition, carrying.answers, draft.context)
  const unanswered = translate('forms.summary.nothing')
  return reply.view('submissions/version.njk', {
    ...draftHead(request, draft),
    address,
    changedMeanwhile,
    replaced: draft.currency === 'replaced',
    versions: { from: draft.definition.version, to: definition.version },
    revision: draft.revision,
    changes: compareVersions(draft.definition, definition).map(({ kind, label, page, row, traits }) => ({
      kind,
      label: row === undefined ? label[language] : `${row[language]}: ${label[language]}`,
      page: page[language],
      traits: traits.map((trait) => translate(`submissions.version.trait.${trait}`)),
    })),
    carried: summarise(definition, carrying.answers, draft.context, language)
      .flatMap(({ rows }) => rows)
      .filter(({ values }) => !(values.length === 1 && values[0] === unanswered))
      .map(({ label, values }) => ({ key: label, values })),
    left: leftInWords(draft.definition, draft.answers, carrying, draft.context, language).map(({ label, values }) => ({
      key: label,
      values,
    })),
    lostFiles: lostFiles.map(({ fileName }) => fileName),
    toFillIn: pages
      .filter(({ visited, errors }) => !visited || errors.length > 0)
      .map(({ page }) => page.title[language]),
  })
}
