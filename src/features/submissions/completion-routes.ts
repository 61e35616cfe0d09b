import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acceptedExtensions } from '../../platform/files/file-kind.ts'
import { visibleName } from '../../platform/files/file-name.ts'
import {
  acceptMultipartForms,
  type MultipartForm,
  type ReceivedFile,
  readMultipartForm,
} from '../../platform/files/multipart-form.ts'
import { BadRequest, Conflict, NotFound } from '../../platform/http/errors.ts'
import { keepLanguage } from '../../platform/http/language.ts'
import { type Posted, postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { isLanguage } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import { completionSections, completionView, type FieldError, fileFieldsAsked } from '../forms/index.ts'
import { type Admission, csrfField, isTicketFor, type RefusedFile, ticketField } from '../session/index.ts'
import { answering, type OpenCompletion } from './completion.ts'
import { sizeInWords } from './file-size.ts'
import { toReceipt } from './filling-routes.ts'
import { fileErrors, kindsInWords } from './form-page.ts'
import { completionStep, parksCompletion, parksCompletionSending } from './parked-form.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const pageQuery = z.object({ felretett: z.coerce.number().int().nonnegative().max(99).optional().catch(undefined) })

/** What the page's form says besides answers. */
const pageForm = z.object({
  _gomb: z.string().optional(),
  _torles: z.uuid().optional(),
  _feltoltes: z.string().optional(),
  _felretett: z.uuid().optional(),
  nyelv: z.string().optional(),
})

const sendForm = z.object({
  _azonosito: z.uuid(),
  _tartalom: z.string().regex(/^[0-9a-f]{64}$/),
  nyilatkozat: z.string().optional(),
  nyelv: z.string().optional(),
})

/** How the page is shown when it is not simply opened. */
interface Showing {
  errors?: readonly FieldError[]
  /** typed into an older showing of the page, and not saved */
  typed?: { answers: OpenCompletion['answers']; parked?: string | undefined }
  /** it was put aside and is now saved; so many others still are put aside */
  resumed?: number | undefined
}

/** Answering a call for what is missing (hiánypótlás): the questions asked again, looking over, sending. */
export const completionPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  await acceptMultipartForms(app)
  const limit = { name: 'fill-in', max: 120, minutes: 1, by: 'person' } as const

  app.get('/potlasok/:draft', async (request, reply) => {
    const { felretett } = readWith(pageQuery, request.query, new NotFound('form page'))
    const draft = await openOrReceipt(request, reply)
    return draft === undefined ? reply : showCompletion(request, reply, draft, { resumed: felretett })
  })

  app.post('/potlasok/:draft', { config: { limit, parks: parksCompletion(submissions) } }, async (request, reply) =>
    save(request, reply, postedFields(request.body), []),
  )

  const uploadLimit = [
    { name: 'upload', max: 60, minutes: 60, by: 'person' },
    { name: 'upload-of-a-day', max: 500, minutes: 1_440, by: 'person' },
  ] as const
  const parks = { ...parksCompletion(submissions), parkFiles: takeUpload }
  app.post(
    '/potlasok/:draft/fajlok',
    { config: { limit: uploadLimit, checksCsrfItself: true, parks } },
    async (request, reply) =>
      request.isMultipart() ? takeUpload(request, reply) : save(request, reply, postedFields(request.body), []),
  )
  /** Who loads the address of an upload again lands on its page. */
  app.get('/potlasok/:draft/fajlok', async (request, reply) => {
    const draft = await openOrReceipt(request, reply)
    return draft === undefined ? reply : reply.redirect(addressOf(request), 303)
  })

  app.get('/potlasok/:draft/attekintes', async (request, reply) => {
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    if (draft.errors.length > 0) return showCompletion(request, reply.code(422), draft, { errors: draft.errors })
    const asked = Object.keys(request.query as object)
    return showOverview(request, reply, draft, asked.includes('felretett') ? 'parked' : '')
  })

  app.post(
    '/potlasok/:draft/bekuldes',
    { config: { limit: { name: 'submit', max: 20, minutes: 60, by: 'person' }, parks: parksCompletionSending } },
    async (request, reply) => {
      const read = readPosted(sendForm, request.body)
      if (!read.ok) throw new BadRequest()
      const { _azonosito: submissionKey, _tartalom: contentSha256, nyilatkozat, nyelv } = read.value
      const address = addressOf(request)
      if (isLanguage(nyelv)) {
        keepLanguage(reply, nyelv)
        return reply.redirect(`${address}/attekintes`, 303)
      }
      if (nyilatkozat !== 'yes') {
        const draft = await openOrReceipt(request, reply)
        return draft === undefined ? reply : showOverview(request, reply.code(422), draft, 'declaration')
      }
      const draftId = draftIdOf(request)
      const wish = { draftId, submissionKey, contentSha256 }
      const submitted = await submissions.submit(answering(matterOf(request)), wish)
      switch (submitted.outcome) {
        case 'submitted':
        case 'already-submitted':
          return toReceipt(request, reply, submitted.submissionId)
        case 'unknown':
          return reply
            .code(202)
            .header('refresh', `5; url=${address}/attekintes`)
            .view('submissions/checking.njk', { address: `${address}/attekintes` })
        case 'changed': {
          const draft = await openOrReceipt(request, reply)
          if (draft === undefined) return reply
          if (draft.errors.length > 0) return reply.redirect(`${address}/attekintes`, 303)
          return showOverview(request, reply.code(409), draft, 'changed')
        }
        default:
          return reply.redirect(`${address}/attekintes`, 303)
      }
    },
  )

  /** Its fields and files are taken, or else put aside: the fields for their owner, the files beside the draft. */
  async function takeUpload(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    let admission: Admission | undefined
    let form: MultipartForm | undefined
    try {
      form = await readMultipartForm(request, {
        atMost: submissions.largestUpload,
        leading: [csrfField, ticketField],
        admit: async (token, ticket) => {
          admission = await request.admitForm(token, ticket)
          return submissions.uploadLimits(admission.ticket)
        },
      })
      if (admission === undefined) throw new Error('a form was read that nobody admitted')
      const { fields, files } = form
      if (admission.may === 'act') return await save(request, reply, fields, files)
      const refusedFiles = await submissions.keepFiles(request.presence?.lineage, admission.ticket, files)
      return await request.parkForm(reply, admission, { fields, refusedFiles })
    } finally {
      await form?.discard()
    }
  }

  async function save(
    request: FastifyRequest,
    reply: FastifyReply,
    posted: Posted,
    files: readonly ReceivedFile[],
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    const id = draftIdOf(request)
    const read = readPosted(pageForm, posted)
    if (!read.ok) throw new NotFound('form page')
    const form = read.value
    const isScript = request.headers['x-portal'] === '1'
    const before = await submissions.findCompletion(matter, id)
    if ('submissionId' in before) {
      if (isScript) return reply.code(409).send({ saved: false, because: 'sent' })
      return toReceipt(request, reply, before.submissionId)
    }
    if (!isTicketFor(request.ticket, before.definition)) throw new Conflict('errors.conflict.other-context')
    const address = addressOf(request)
    if (form._gomb === 'fajl') {
      const refused = await attachAll(request, before, files)
      if (refused.length === 0) return reply.redirect(address, 303)
      return showCompletion(request, reply.code(422), await again(request), {
        errors: refusals(request, before, refused),
      })
    }
    const { revision } = request.ticket
    const saving = await submissions.saveCompletion(matter, id, { revision, posted }, form._felretett)
    if (isScript) {
      if (saving.outcome === 'stale') return reply.code(409).send({ saved: false, because: 'stale' })
      const at = formats[request.language].timeOfDay(saving.draft.now)
      return reply.send({ saved: true, at, ticket: ticketFor(request, saving.draft), calculated: [] })
    }
    if (saving.outcome === 'stale') {
      const { draft, answers } = saving
      return showCompletion(request, reply.code(409), draft, { typed: { answers, parked: form._felretett } })
    }
    if (isLanguage(form.nyelv)) {
      keepLanguage(reply, form.nyelv)
      return reply.redirect(address, 303)
    }
    if (form._torles !== undefined) {
      await submissions.detach(answering(matter), id, form._torles)
      return reply.redirect(address, 303)
    }
    const refused = await attachAll(request, saving.draft, files)
    if (refused.length === 0) {
      if (form._gomb === 'kesobb') return reply.redirect(caseAddress(request, saving.draft), 303)
      if (form._feltoltes !== undefined) return reply.redirect(address, 303)
      if (saving.stayAt !== undefined) return reply.redirect(`${address}#${saving.stayAt}`, 303)
    }
    const draft = files.length === 0 ? saving.draft : await again(request)
    const own = files.length === 0 ? saving.errors : draft.errors
    const wrong = refusals(request, draft, refused)
    const errors = [...wrong, ...own.filter(({ field }) => !refused.some((one) => one.field === field))]
    if (errors.length > 0) return showCompletion(request, reply.code(422), draft, { errors })
    return reply.redirect(`${address}/attekintes`, 303)
  }

  /** @returns the files that were not taken */
  async function attachAll(
    request: FastifyRequest,
    { id, definition, asked, limits }: OpenCompletion,
    files: readonly ReceivedFile[],
  ): Promise<RefusedFile[]> {
    const fields = fileFieldsAsked(definition, asked.fields)
    const refused: RefusedFile[] = []
    for (const file of files) {
      const field = fields.find((one) => one.id === file.field)
      if (field === undefined) continue
      const wish = { draftId: id, fieldId: field.id, multiple: field.multiple, file }
      const attaching = await submissions.attach(answering(matterOf(request)), wish, limits.attachment)
      if (attaching.ok) continue
      if (attaching.because === 'store-away') request.log.warn({ system: 'attachment store' }, 'a file was not taken')
      refused.push({ field: field.id, name: visibleName(file.fileName), because: attaching.because })
    }
    return refused
  }

  async function again(request: FastifyRequest): Promise<OpenCompletion> {
    const draft = await submissions.findCompletion(matterOf(request), draftIdOf(request))
    if ('submissionId' in draft) throw new Conflict('submissions.submit.sent-otherwise')
    return draft
  }

  /** The draft of the address; when it has been sent already, the receipt is shown instead. */
  async function openOrReceipt(request: FastifyRequest, reply: FastifyReply): Promise<OpenCompletion | undefined> {
    const draft = await submissions.findCompletion(matterOf(request), draftIdOf(request))
    if (!('submissionId' in draft)) return draft
    toReceipt(request, reply, draft.submissionId)
    return undefined
  }
}

/** The questions asked again, as they are answered now, or as they were typed into an older showing of the page. */
export function showCompletion(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: OpenCompletion,
  { errors = [], typed, resumed }: Showing,
): FastifyReply {
  const { language, translate } = request
  const { definition, asked, context, answers, before } = draft
  const { attachment: limits } = draft.limits
  const shown = typed?.answers ?? answers
  const address = addressOf(request)
  const view = completionView(definition, asked.fields, shown, errors, context, language)
  const rowsOf = (of: OpenCompletion['answers']) =>
    completionSections(definition, asked.fields, of, context, language).flatMap(({ rows }) =>
      rows.map(({ label, values }) => ({ key: label, values })),
    )
  return reply.view('submissions/completion.njk', {
    ...headOf(request, draft),
    view,
    errors: view.errors,
    action: `${address}/fajlok`,
    autosave: address,
    ticket: ticketFor(request, draft),
    languageForm: 'urlap',
    resumed: resumed ?? '',
    hasResumed: resumed !== undefined,
    stored: typed === undefined ? [] : rowsOf(answers),
    parked: typed?.parked ?? '',
    sent: asked.fields.length === 0 ? [] : rowsOf(before).filter(({ key }) => key !== ''),
    accept: acceptedExtensions(limits.kinds).join(','),
    fileBytes: limits.fileBytes,
    fileSize: sizeInWords(limits.fileBytes, language),
    fileHint: translate('submissions.attachments.hint', {
      allowed: kindsInWords(limits.kinds),
      fileSize: sizeInWords(limits.fileBytes, language),
      totalSize: sizeInWords(limits.totalBytes, language),
      count: limits.files,
    }),
  })
}

function showOverview(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: OpenCompletion,
  problem: 'declaration' | 'changed' | 'parked' | '',
): FastifyReply {
  const { language, translate } = request
  const { definition, asked, answers, before, context, content } = draft
  const was = completionSections(definition, asked.fields, before, context, language).flatMap(({ rows }) => rows)
  const files = fileFieldsAsked(definition, asked.fields).map(({ id }) => id)
  const sentBefore = asked.fields.filter((field) => !files.includes(field))
  const error = problem === 'declaration' ? translate('submissions.completion.declare') : ''
  const address = addressOf(request)
  return reply.view('submissions/completion-overview.njk', {
    ...headOf(request, draft),
    answerPage: address,
    problem,
    sections: completionSections(definition, asked.fields, answers, context, language).map(({ title, rows }) => ({
      title,
      rows: rows.map(({ fieldId, label, values, changeAt }) => {
        const earlier = was.find((row) => row.fieldId === fieldId && row.label === label)?.values ?? []
        // files are always new: those sent earlier stay with what was sent
        const isSame = sentBefore.includes(fieldId) && earlier.join('\n') === values.join('\n')
        return {
          key: label,
          values: isSame ? [...values, translate('submissions.completion.unchanged')] : values,
          actions:
            changeAt === ''
              ? []
              : [{ href: `${address}#${changeAt}`, text: translate('common.change'), hidden: label }],
        }
      }),
    })),
    filesWaiting: content.files.some(({ scan }) => scan === 'pending'),
    ticket: ticketFor(request, draft),
    submissionKey: draft.submissionKey,
    contentSha256: content.sha256,
    declarationError: error,
    errors: error === '' ? [] : [{ href: '#nyilatkozat', text: error }],
    languageForm: 'bekuldes',
  })
}

function headOf(request: FastifyRequest, draft: OpenCompletion) {
  const { asked, definition } = draft
  return {
    form: { title: definition.title[request.language] },
    call: { text: asked.text, answerBy: asked.answerBy },
    casePage: caseAddress(request, draft),
  }
}

/** Why files were not taken, as errors of their fields. */
export function refusals(
  request: FastifyRequest,
  draft: OpenCompletion,
  refused: readonly RefusedFile[],
): readonly FieldError[] {
  const pageOf = (field: string) =>
    draft.definition.pages.find(({ items }) => items.some(({ id }) => id === field))?.id ?? ''
  return refused.flatMap((file) => fileErrors(request, draft, pageOf(file.field), [file]))
}

function ticketFor(request: FastifyRequest, draft: OpenCompletion): string {
  const { settlement, party } = request
  const { code, version } = draft.definition
  return request.newTicket({
    settlement: settlement.slug,
    party: party.slug,
    draftId: draft.id,
    step: completionStep,
    form: { code, version },
    revision: draft.revision,
  })
}

function addressOf(request: FastifyRequest): string {
  return completionAddress(request, draftIdOf(request))
}

/** Where a call is answered. */
export function completionAddress(request: FastifyRequest, draftId: string): string {
  return `${basePath(request)}/potlasok/${draftId}`
}

function caseAddress(request: FastifyRequest, { asked }: OpenCompletion): string {
  return `${basePath(request)}/ugyek/${asked.caseId}`
}
