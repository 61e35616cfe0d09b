import { isDeepStrictEqual } from 'node:util'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acceptedExtensions } from '../../platform/files/file-kind.ts'
import {
  acceptMultipartForms,
  type MultipartForm,
  type ReceivedFile,
  readMultipartForm,
} from '../../platform/files/multipart-form.ts'
import { NotFound } from '../../platform/http/errors.ts'
import { keepLanguage } from '../../platform/http/language.ts'
import { type Posted, postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { isLanguage } from '../../platform/i18n/catalogue.ts'
import { checkForm, type FieldError, messageText, pageView, readPage, summarise } from '../forms/index.ts'
import { csrfField } from '../session/index.ts'
import { type OpenDraft, reachablePages } from './draft.ts'
import { draftHead, formSteps } from './draft-view.ts'
import { sizeInWords } from './file-size.ts'
import { basePath, draftIdOf, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'

const pageParams = z.object({ oldal: z.string().max(60) })
const pageQuery = z.object({ vissza: z.string().optional(), hibak: z.string().optional() })

/** What a page's form says besides answers; the leading line keeps these names apart from the form's own. */
const pageForm = z.object({
  _revizio: z.coerce.number().int().positive(),
  _vissza: z.string().optional(),
  _gomb: z.string().optional(),
  _torles: z.uuid().optional(),
  _feltoltes: z.string().optional(),
  nyelv: z.string().optional(),
})
type PageForm = z.output<typeof pageForm>

/** Filling in a form page by page. Every posted page is saved, right or wrong; then one goes on, or stays to put it right. */
export const fillingPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  await acceptMultipartForms(app)

  /** Where the person left off. */
  app.get('/urlapok/:draft', async (request, reply) => {
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    const open = reachablePages(checked(draft)).at(-1)
    const next = checked(draft).complete ? 'attekintes' : (open?.page.id ?? '')
    return reply.redirect(`${addressOf(request, draft)}/${next}`, 303)
  })

  app.get('/urlapok/:draft/:oldal', async (request, reply) => {
    const { oldal } = readWith(pageParams, request.params, new NotFound('form page'))
    const { vissza, hibak } = readWith(pageQuery, request.query, new NotFound('form page'))
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    const check = checked(draft)
    const asked = check.pages.find(({ page }) => page.id === oldal)
    if (asked === undefined) throw new NotFound('form page')
    if (!reachablePages(check).includes(asked)) {
      return reply.redirect(`${addressOf(request, draft)}/${reachablePages(check).at(-1)?.page.id ?? ''}`, 303)
    }
    const errors = hibak !== undefined && asked.visited ? asked.errors : []
    return showPage(request, reply, draft, { pageId: oldal, errors, returnTo: vissza })
  })

  const limit = { name: 'fill-in', max: 120, minutes: 1, by: 'person' } as const
  app.post('/urlapok/:draft/:oldal', { config: { limit } }, async (request, reply) =>
    savePage(request, reply, postedFields(request.body), []),
  )

  const uploadLimit = { name: 'upload', max: 60, minutes: 60, by: 'person' } as const
  app.post(
    '/urlapok/:draft/:oldal/fajlok',
    { config: { limit: uploadLimit, checksCsrfItself: true } },
    async (request, reply) => {
      const draft = await submissions.find(matterOf(request), draftIdOf(request))
      if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
      const { fileBytes, totalBytes } = draft.limits.attachment
      let form: MultipartForm | undefined
      try {
        if (request.isMultipart()) {
          form = await readMultipartForm(request, { fileBytes, totalBytes }, csrfField, request.checkCsrf)
        } else request.checkCsrf(postedFields(request.body)[csrfField])
        return await savePage(request, reply, form?.fields ?? postedFields(request.body), form?.files ?? [])
      } finally {
        await form?.discard()
      }
    },
  )
  /** Who loads the address of an upload again lands on its page. */
  app.get('/urlapok/:draft/:oldal/fajlok', async (request, reply) => {
    const { oldal } = readWith(pageParams, request.params, new NotFound('form page'))
    const draft = await openOrReceipt(request, reply)
    if (draft === undefined) return reply
    return reply.redirect(`${addressOf(request, draft)}/${encodeURIComponent(oldal)}`, 303)
  })

  async function savePage(
    request: FastifyRequest,
    reply: FastifyReply,
    posted: Posted,
    files: readonly ReceivedFile[],
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    const id = draftIdOf(request)
    const { oldal: pageId } = readWith(pageParams, request.params, new NotFound('form page'))
    const read = readPosted(pageForm, posted)
    if (!read.ok) throw new NotFound('form page')
    const form = read.value
    const before = await submissions.find(matter, id)
    if ('submissionId' in before) return toReceipt(request, reply, before.submissionId)

    const saving = await submissions.savePage(matter, id, { pageId, revision: form._revizio, posted })
    if (saving.outcome === 'stale') return showStale(request, reply, saving, { pageId, posted, files: files.length })
    const { reading } = saving
    const here = `${addressOf(request, saving.draft)}/${pageId}${form._vissza ? `?vissza=${encodeURIComponent(form._vissza)}` : ''}`
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
    if (reading.stayAt !== undefined) return reply.redirect(`${here}#${reading.stayAt}`, 303)

    // With new files another field may be right; what was taken out of the text still wants a look.
    const draft = files.length === 0 ? saving.draft : await submissions.reopen(matter, id)
    const again = readPage(draft.definition, pageId, draft.answers, posted, draft.context)
    const ownErrors = form._feltoltes !== undefined ? [] : again.errors
    const errors = [...refused, ...ownErrors.filter(({ field }) => !refused.some((one) => one.field === field))]
    if (errors.length > 0) return showPage(request, reply.code(422), draft, { pageId, errors, returnTo: form._vissza })
    return reply.redirect(nextAddress(request, draft, pageId, form), 303)
  }

  /** Errors for files that were not taken. */
  async function attachAll(
    request: FastifyRequest,
    draft: OpenDraft,
    pageId: string,
    files: readonly ReceivedFile[],
  ): Promise<FieldError[]> {
    const page = draft.definition.pages.find(({ id }) => id === pageId)
    const errors: FieldError[] = []
    for (const file of files) {
      const field = page?.items.find((item) => item.type === 'attachment' && item.id === file.field)
      if (field?.type !== 'attachment') continue
      const { attachment: limits } = draft.limits
      const attaching = await submissions.attach(
        matterOf(request),
        { draftId: draft.id, fieldId: field.id, multiple: field.multiple, file },
        limits,
      )
      if (attaching.ok) continue
      const { language } = request
      const values = {
        name: visibleName(file.fileName),
        allowed: kindsInWords(limits.kinds),
        fileSize: sizeInWords(limits.fileBytes, language),
        totalSize: sizeInWords(limits.totalBytes, language),
        unsubmittedSize: sizeInWords(limits.unsubmittedBytes, language),
        count: limits.files,
      }
      const key = `submissions.attachments.refused.${attaching.because}`
      errors.push({ field: field.id, pageId, message: { key, values } })
    }
    return errors
  }

  function showPage(
    request: FastifyRequest,
    reply: FastifyReply,
    draft: OpenDraft,
    shown: { pageId: string; errors: readonly FieldError[]; returnTo: string | undefined },
  ): FastifyReply {
    const { language } = request
    const { definition, answers, context } = draft
    const view = pageView(definition, shown.pageId, answers, shown.errors, context, language)
    if (view === undefined) throw new NotFound('form page')
    const steps = formSteps(draft, { current: shown.pageId, address: addressOf(request, draft), language })
    const address = `${addressOf(request, draft)}/${shown.pageId}`
    const { attachment: limits } = draft.limits
    return reply.view('submissions/fill-page.njk', {
      ...draftHead(draft, language),
      page: view,
      steps: steps.items,
      step: steps.number,
      stepCount: steps.items.length,
      back: steps.back,
      action: view.takesFiles ? `${address}/fajlok` : address,
      revision: draft.revision,
      returnTo: returnTarget(shown.returnTo) ?? '',
      errors: view.errors,
      languageForm: 'urlap',
      accept: acceptedExtensions(limits.kinds).join(','),
      fileHint: request.translate('submissions.attachments.hint', {
        allowed: kindsInWords(limits.kinds),
        fileSize: sizeInWords(limits.fileBytes, language),
        totalSize: sizeInWords(limits.totalBytes, language),
        count: limits.files,
      }),
      warnings: checked(draft)
        .warnings.filter(({ pageId }) => pageId === shown.pageId && shown.errors.length > 0)
        .map(({ message }) => messageText(message, language)),
    })
  }

  /** Two versions of the same page, and the choice between them; neither is lost before somebody chooses. */
  function showStale(
    request: FastifyRequest,
    reply: FastifyReply,
    { draft, reading }: { draft: OpenDraft; reading: { answers: OpenDraft['answers'] } },
    { pageId, posted, files }: { pageId: string; posted: Posted; files: number },
  ): FastifyReply {
    const { language } = request
    const rowsOf = (answers: OpenDraft['answers']) =>
      summarise(draft.definition, answers, draft.context, language)
        .filter((section) => section.pageId === pageId)
        .flatMap(({ rows }) => rows)
    const stored = rowsOf(draft.answers)
    const typed = rowsOf(reading.answers)
    const labels = [...new Set([...typed, ...stored].map(({ label }) => label))]
    const valuesIn = (rows: typeof stored, label: string) =>
      rows.filter((row) => row.label === label).flatMap(({ values }) => values)
    const versions = labels.map((key) => ({ key, typed: valuesIn(typed, key), stored: valuesIn(stored, key) }))
    const differing = versions.filter((row) => !isDeepStrictEqual(row.typed, row.stored))
    const own = new Set<string>([csrfField, ...Object.keys(pageForm.shape)])
    const address = `${addressOf(request, draft)}/${pageId}`
    return reply.code(409).view('submissions/stale.njk', {
      ...draftHead(draft, language),
      page: { title: draft.definition.pages.find(({ id }) => id === pageId)?.title[language] ?? '', href: address },
      typed: differing.map((row) => ({ key: row.key, values: row.typed })),
      stored: differing.map((row) => ({ key: row.key, values: row.stored })),
      equal: versions.length - differing.length,
      action: address,
      revision: draft.revision,
      lostFiles: files,
      fields: Object.entries(posted)
        .filter(([name]) => !own.has(name))
        .flatMap(([name, value]) => [value ?? []].flat().map((one) => ({ name, value: one }))),
    })
  }

  /** The draft of the address; when it has been sent already, the receipt is shown instead. */
  async function openOrReceipt(request: FastifyRequest, reply: FastifyReply): Promise<OpenDraft | undefined> {
    const draft = await submissions.find(matterOf(request), draftIdOf(request))
    if (!('submissionId' in draft)) return draft
    toReceipt(request, reply, draft.submissionId)
    return undefined
  }
}

function checked({ definition, answers, context }: OpenDraft) {
  return checkForm(definition, answers, context)
}

function addressOf(request: FastifyRequest, { id }: OpenDraft): string {
  return `${basePath(request)}/urlapok/${id}`
}

export function toReceipt(request: FastifyRequest, reply: FastifyReply, submissionId: string): FastifyReply {
  return reply.redirect(`${basePath(request)}/beadvanyok/${submissionId}`, 303)
}

/** Back to the check or the overview when one came from there, else to the next page. */
function nextAddress(request: FastifyRequest, draft: OpenDraft, pageId: string, { _vissza }: PageForm): string {
  const address = addressOf(request, draft)
  const pages = checked(draft).pages
  const next = pages[pages.findIndex(({ page }) => page.id === pageId) + 1]
  const target = returnTarget(_vissza)
  // A changed answer may have opened a page that nobody has seen.
  if (target !== undefined && pages.every(({ visited }) => visited)) return `${address}/${target}`
  return `${address}/${next?.page.id ?? 'ellenorzes'}`
}

function returnTarget(value: string | undefined): 'ellenorzes' | 'attekintes' | undefined {
  return value === 'ellenorzes' || value === 'attekintes' ? value : undefined
}

function fieldNameOf({ _feltoltes }: PageForm): string {
  return /^[a-z][a-z0-9-]*$/.test(_feltoltes ?? '') ? (_feltoltes ?? '') : ''
}

function kindsInWords(kinds: readonly string[]): string {
  return kinds.map((kind) => kind.toUpperCase()).join(', ')
}

/** A name as it came may hold anything; what works unseen is not shown. */
function visibleName(name: string): string {
  return name.replace(/[\p{C}]/gu, '·').slice(0, 120)
}
