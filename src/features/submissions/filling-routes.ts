import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { visibleName } from '../../platform/files/file-name.ts'
import {
  acceptMultipartForms,
  type MultipartForm,
  type ReceivedFile,
  readMultipartForm,
} from '../../platform/files/multipart-form.ts'
import { Conflict, NotFound } from '../../platform/http/errors.ts'
import { keepLanguage } from '../../platform/http/language.ts'
import { type Posted, postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { isLanguage } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import { isPageShown, pageIdOf, readPage, shownCalculations } from '../forms/index.ts'
import { type Admission, csrfField, isTicketFor, type RefusedFile, ticketField } from '../session/index.ts'
import { type OpenDraft, reachablePages } from './draft.ts'
import { checkOf } from './draft-check.ts'
import { addressOf, fileErrors, returnTarget, showPage, showRemoval, showStale, ticketFor } from './form-page.ts'
import { parksPage } from './parked-form.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

/** `sor`: the row of a group, on a page of its own */
const pageParams = z.object({ oldal: z.string().max(60), sor: z.string().max(3).optional() })
const pageQuery = z.object({
  vissza: z.string().optional(),
  hibak: z.string().optional(),
  /** the page was put aside and is now saved; so many others still are put aside */
  felretett: z.coerce.number().int().nonnegative().max(99).optional().catch(undefined),
})

/** What a page's form says besides answers; the leading line keeps these names apart from the form's own. */
const pageForm = z.object({
  _vissza: z.string().optional(),
  _gomb: z.string().optional(),
  _torles: z.uuid().optional(),
  _feltoltes: z.string().optional(),
  /** parked work that this is, and that is taken when it is saved */
  _felretett: z.uuid().optional(),
  nyelv: z.string().optional(),
})
type PageForm = z.output<typeof pageForm>

const pageAddress = '/urlapok/:draft/:oldal'
const rowAddress = `${pageAddress}/sor/:sor`

/** Filling in a form page by page. Every posted page is saved, right or wrong; then one goes on, or stays to put it right. */
export const fillingPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  await acceptMultipartForms(app)

  /** Where the person left off. */
  app.get('/urlapok/:draft', async (request, reply) => {
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    const open = reachablePages(checkOf(draft)).at(-1)
    const next = checkOf(draft).complete ? 'attekintes' : (open?.page.id ?? '')
    return reply.redirect(`${addressOf(request, draft)}/${next}`, 303)
  })

  const limit = { name: 'fill-in', max: 120, minutes: 1, by: 'person' } as const
  for (const address of [pageAddress, rowAddress]) {
    app.get(address, async (request, reply) => {
      const { vissza, hibak, felretett } = readWith(pageQuery, request.query, new NotFound('form page'))
      const asked = await askedPage(request, reply)
      if (asked === undefined) return reply
      const { draft, path, visited } = asked
      const errors = hibak !== undefined && visited ? asked.errors : []
      const resumed = felretett === undefined ? undefined : { others: felretett }
      return showPage(request, reply, draft, { pageId: path, errors, returnTo: vissza, resumed })
    })

    app.post(address, { config: { limit, parks: parksPage(submissions) } }, async (request, reply) =>
      savePage(request, reply, postedFields(request.body), []),
    )
  }

  /** Whether a row is to be removed; the answer is posted to the row's page. */
  app.get(`${rowAddress}/torles`, async (request, reply) => {
    const { vissza } = readWith(pageQuery, request.query, new NotFound('form page'))
    const asked = await askedPage(request, reply)
    return asked === undefined ? reply : showRemoval(request, reply, asked.draft, asked.path, vissza)
  })

  /** The page of the address, when it is its turn; else the person is led to the one that is. */
  async function askedPage(request: FastifyRequest, reply: FastifyReply) {
    const path = pathOf(request)
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return undefined
    const check = checkOf(draft)
    const asked = check.pages.find(({ page }) => page.id === pageIdOf(path))
    if (asked === undefined) throw new NotFound('form page')
    const open = reachablePages(check)
    // A row that is not there, or not any more: the page that lists the rows shows what there is.
    if (open.includes(asked) && isPageShown(draft.definition, path, draft.answers, draft.context)) {
      return { draft, path, ...asked }
    }
    const next = open.includes(asked) ? asked : open.at(-1)
    reply.redirect(`${addressOf(request, draft)}/${next?.page.id ?? ''}`, 303)
    return undefined
  }

  const uploadLimit = [
    { name: 'upload', max: 60, minutes: 60, by: 'person' },
    { name: 'upload-of-a-day', max: 500, minutes: 1_440, by: 'person' },
  ] as const
  const parks = { ...parksPage(submissions), parkFiles: takeUpload }
  app.post(
    '/urlapok/:draft/:oldal/fajlok',
    { config: { limit: uploadLimit, checksCsrfItself: true, parks } },
    async (request, reply) =>
      request.isMultipart() ? takeUpload(request, reply) : savePage(request, reply, postedFields(request.body), []),
  )
  /** Who loads the address of an upload again lands on its page. */
  app.get('/urlapok/:draft/:oldal/fajlok', async (request, reply) => {
    const { oldal } = readWith(pageParams, request.params, new NotFound('form page'))
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    return reply.redirect(`${addressOf(request, draft)}/${encodeURIComponent(oldal)}`, 303)
  })

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
      if (admission.may === 'act') return await savePage(request, reply, fields, files)
      const refusedFiles = await submissions.keepFiles(request.presence?.lineage, admission.ticket, files)
      return await request.parkForm(reply, admission, { fields, refusedFiles })
    } finally {
      await form?.discard()
    }
  }

  async function savePage(
    request: FastifyRequest,
    reply: FastifyReply,
    posted: Posted,
    files: readonly ReceivedFile[],
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    const id = draftIdOf(request)
    const pageId = pathOf(request)
    const read = readPosted(pageForm, posted)
    if (!read.ok) throw new NotFound('form page')
    const form = read.value
    const isScript = request.headers['x-portal'] === '1'
    const before = await submissions.find(matter, id)
    if ('submissionId' in before) {
      return isScript ? refuseAutosave(reply, 'sent') : toReceipt(request, reply, before.submissionId)
    }
    if (!isTicketFor(request.ticket, before.definition) && !isOlder(request.ticket.form, before.definition)) {
      throw new Conflict('errors.conflict.other-context')
    }

    // While a page sends its files by itself, what is typed into it goes on changing, and is saved by itself too.
    if (form._gomb === 'fajl') {
      const refused = await attachAll(request, before, pageId, files)
      if (refused.length === 0) return reply.redirect(`${addressOf(request, before)}/${pageId}`, 303)
      const draft = await submissions.reopen(matter, id)
      const errors = fileErrors(request, draft, pageId, refused)
      return showPage(request, reply.code(statusOf(refused)), draft, { pageId, errors, returnTo: form._vissza })
    }

    const { revision } = request.ticket
    const saving = await submissions.savePage(matter, id, { pageId, revision, posted }, form._felretett)
    if (isScript) return answerAutosave(request, reply, saving, pageId)
    if (saving.outcome === 'stale') {
      const { draft, reading } = saving
      const kept = form._felretett === undefined ? {} : { parked: form._felretett }
      return showStale(request, reply, { draft, reading, pageId, posted, files: files.length, ...kept })
    }
    const { reading } = saving
    const returnQuery = form._vissza ? `?vissza=${encodeURIComponent(form._vissza)}` : ''
    const here = `${addressOf(request, saving.draft)}/${pageId}${returnQuery}`
    if (isLanguage(form.nyelv)) {
      keepLanguage(reply, form.nyelv)
      return reply.redirect(here, 303)
    }
    if (form._torles !== undefined) {
      await submissions.detach(matter, id, form._torles)
      return reply.redirect(here, 303)
    }
    const refused = await attachAll(request, saving.draft, pageId, files)
    if (form._gomb === 'kesobb' && refused.length === 0) return reply.redirect(`/sajat/urlapok?mentve=${id}`, 303)
    if (form._feltoltes !== undefined && refused.length === 0)
      return reply.redirect(`${here}#${fieldNameOf(form)}`, 303)
    const at = reading.stayAt === undefined ? '' : `#${reading.stayAt}`
    if (reading.goTo !== undefined)
      return reply.redirect(`${addressOf(request, saving.draft)}/${reading.goTo}${returnQuery}${at}`, 303)
    if (at !== '') return reply.redirect(`${here}${at}`, 303)

    // With new files another field may be right; what was taken out of the text still wants a look.
    const draft = files.length === 0 ? saving.draft : await submissions.reopen(matter, id)
    const again = readPage(draft.definition, pageId, draft.answers, posted, draft.context)
    const ownErrors = form._feltoltes !== undefined ? [] : again.errors
    const refusals = fileErrors(request, draft, pageId, refused)
    const errors = [...refusals, ...ownErrors.filter(({ field }) => !refused.some((one) => one.field === field))]
    if (errors.length > 0) {
      return showPage(request, reply.code(statusOf(refused)), draft, { pageId, errors, returnTo: form._vissza })
    }
    return reply.redirect(nextAddress(request, draft, pageId, form), 303)
  }

  /** @returns the files that were not taken */
  async function attachAll(
    request: FastifyRequest,
    { id, definition, limits: { attachment: limits } }: OpenDraft,
    pageId: string,
    files: readonly ReceivedFile[],
  ): Promise<RefusedFile[]> {
    const page = definition.pages.find((one) => one.id === pageId)
    const refused: RefusedFile[] = []
    for (const file of files) {
      const field = page?.items.find((item) => item.type === 'attachment' && item.id === file.field)
      if (field?.type !== 'attachment') continue
      const wish = { draftId: id, fieldId: field.id, multiple: field.multiple, file }
      const attaching = await submissions.attach(matterOf(request), wish, limits)
      if (attaching.ok) continue
      if (attaching.because === 'store-away') request.log.warn({ system: 'attachment store' }, 'a file was not taken')
      refused.push({ field: field.id, name: visibleName(file.fileName), because: attaching.because })
    }
    return refused
  }

  /** The draft of the address; when it has been sent already, the receipt is shown instead. */
  async function openOrReceipt(request: FastifyRequest, reply: FastifyReply): Promise<OpenDraft | undefined> {
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if (!('submissionId' in draft)) return draft
    toReceipt(request, reply, draft.submissionId)
    return undefined
  }
}

/** What a page that saves by itself is told; whether its answers are right is no matter. */
function answerAutosave(
  request: FastifyRequest,
  reply: FastifyReply,
  { outcome, draft }: { outcome: 'saved' | 'stale'; draft: OpenDraft },
  pageId: string,
): FastifyReply {
  if (outcome === 'stale') return refuseAutosave(reply, outcome)
  const at = formats[request.language].timeOfDay(draft.now)
  const { definition, answers, context } = draft
  const calculated = shownCalculations(definition, pageId, answers, context, request.language)
  return reply.send({ saved: true, at, ticket: ticketFor(request, draft, pageId), calculated })
}

function refuseAutosave(reply: FastifyReply, because: 'stale' | 'sent'): FastifyReply {
  return reply.code(409).send({ saved: false, because })
}

/** The page was shown before the draft went over to another version: what is saved meanwhile is judged by its revision, as ever. */
function isOlder(shown: { code: string; version: number }, { code, version }: OpenDraft['definition']): boolean {
  return shown.code === code && shown.version < version
}

export function toReceipt(request: FastifyRequest, reply: FastifyReply, submissionId: string): FastifyReply {
  return reply.redirect(`${basePath(request)}/beadvanyok/${submissionId}`, 303)
}

/** A file that could not be stored is no fault of the person's. */
function statusOf(refused: readonly RefusedFile[]): 422 | 503 {
  return refused.some(({ because }) => because === 'store-away') ? 503 : 422
}

/** Back to the check or the overview when one came from there, else to the next page. */
function nextAddress(request: FastifyRequest, draft: OpenDraft, pageId: string, { _vissza }: PageForm): string {
  const address = addressOf(request, draft)
  const pages = checkOf(draft).pages
  const own = pageIdOf(pageId)
  const next = pages[pages.findIndex(({ page }) => page.id === own) + 1]
  const target = returnTarget(_vissza)
  // A changed answer may have opened a page that nobody has seen.
  if (target !== undefined && pages.every(({ visited }) => visited)) return `${address}/${target}`
  // From a row back to the list of rows.
  if (own !== pageId) return `${address}/${own}`
  return `${address}/${next?.page.id ?? 'ellenorzes'}`
}

/** The path of the page that an address names. */
function pathOf(request: FastifyRequest): string {
  const { oldal, sor } = readWith(pageParams, request.params, new NotFound('form page'))
  return sor === undefined ? oldal : `${oldal}/sor/${sor}`
}

function fieldNameOf({ _feltoltes }: PageForm): string {
  return /^[a-z][a-z0-9-]*$/.test(_feltoltes ?? '') ? (_feltoltes ?? '') : ''
}
