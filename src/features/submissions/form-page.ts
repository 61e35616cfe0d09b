import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedExtensions } from '../../platform/files/file-kind.ts'
import type { Posted } from '../../platform/http/posted-form.ts'
import { type FieldError, messageText, pageIdOf, pageTitle, pageView, summarise } from '../forms/index.ts'
import type { RefusedFile } from '../session/index.ts'
import type { OpenDraft } from './draft.ts'
import { checkOf } from './draft-check.ts'
import { draftHead, formSteps } from './draft-view.ts'
import { sizeInWords } from './file-size.ts'
import { basePath } from './request-matter.ts'

/** A page of a draft as it is shown: with what is wrong on it, where one came from, and what happened before. */
export interface ShownPage {
  pageId: string
  errors: readonly FieldError[]
  returnTo: string | undefined
  /** the page was put aside and is now saved; the number of other things still put aside */
  resumed?: { others: number } | undefined
}

export function showPage(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: OpenDraft,
  { pageId, errors, returnTo, resumed }: ShownPage,
): FastifyReply {
  const { language } = request
  const { definition, answers, context } = draft
  const view = pageView(definition, pageId, answers, errors, context, language)
  const steps = formSteps(draft, { current: pageIdOf(pageId), address: addressOf(request, draft), language })
  const address = `${addressOf(request, draft)}/${pageId}`
  const { attachment: limits } = draft.limits
  return reply.view('submissions/fill-page.njk', {
    ...draftHead(request, draft),
    page: view,
    steps: steps.items,
    step: steps.number,
    stepCount: steps.items.length,
    back: pageIdOf(pageId) === pageId ? steps.back : `${addressOf(request, draft)}/${pageIdOf(pageId)}`,
    action: view.takesFiles ? `${address}/fajlok` : address,
    autosave: address,
    ticket: ticketFor(request, draft, pageId),
    returnTo: returnTarget(returnTo) ?? '',
    errors: view.errors,
    languageForm: 'urlap',
    resumed,
    accept: acceptedExtensions(limits.kinds).join(','),
    fileBytes: limits.fileBytes,
    fileSize: sizeInWords(limits.fileBytes, language),
    fileHint: request.translate('submissions.attachments.hint', {
      allowed: kindsInWords(limits.kinds),
      fileSize: sizeInWords(limits.fileBytes, language),
      totalSize: sizeInWords(limits.totalBytes, language),
      count: limits.files,
    }),
    warnings: checkOf(draft)
      .warnings.filter((warning) => warning.pageId === pageId && errors.length > 0)
      .map(({ message }) => messageText(message, language)),
  })
}

/** Asks whether a row is to be removed, before it is. */
export function showRemoval(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: OpenDraft,
  path: string,
  returnTo: string | undefined,
): FastifyReply {
  const { language } = request
  const { definition, answers, context } = draft
  const target = returnTarget(returnTo) ?? ''
  return reply.view('submissions/remove-row.njk', {
    ...draftHead(request, draft),
    row: pageTitle(definition, path, language),
    rows: summarise(definition, answers, context, language)
      .filter((section) => section.pageId === path)
      .flatMap(({ rows }) => rows.map(({ label, values }) => ({ key: label, values }))),
    action: `${addressOf(request, draft)}/${path}`,
    back: `${addressOf(request, draft)}/${pageIdOf(path)}${target === '' ? '' : `?vissza=${target}`}`,
    ticket: ticketFor(request, draft, path),
    returnTo: target,
  })
}

/** What was typed into an older showing of a page, beside what has been saved since. */
export interface StalePage {
  draft: OpenDraft
  reading: { answers: OpenDraft['answers'] }
  pageId: string
  posted: Posted
  /** files that came with it and have not been taken */
  files: number
  /** what was typed had been put aside, and is kept until one of the two is chosen */
  parked?: string
}

/** Two versions of the same page, and the choice between them; neither is lost before somebody chooses. */
export function showStale(
  request: FastifyRequest,
  reply: FastifyReply,
  { draft, reading, pageId, posted, files, parked }: StalePage,
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
  const address = `${addressOf(request, draft)}/${pageId}`
  return reply.code(409).view('submissions/stale.njk', {
    ...draftHead(request, draft),
    page: { title: pageTitle(draft.definition, pageId, language), href: address },
    typed: differing.map((row) => ({ key: row.key, values: row.typed })),
    stored: differing.map((row) => ({ key: row.key, values: row.stored })),
    equal: versions.length - differing.length,
    action: address,
    ticket: ticketFor(request, draft, pageId),
    lostFiles: files,
    parked: parked ?? '',
    // Names with a leading line are the page's own: its marks and its buttons.
    fields: Object.entries(posted)
      .filter(([name]) => !name.startsWith('_') && name !== 'nyelv')
      .flatMap(([name, value]) => [value ?? []].flat().map((one) => ({ name, value: one }))),
  })
}

/** The form ticket of a draft's page, or of a step around its pages. */
export function ticketFor(request: FastifyRequest, draft: OpenDraft, step: string): string {
  const { settlement, party } = request
  const { code, version } = draft.definition
  return request.newTicket({
    settlement: settlement.slug,
    party: party.slug,
    draftId: draft.id,
    step,
    form: { code, version },
    revision: draft.revision,
  })
}

/** Why files were not taken, as errors of their fields. */
export function fileErrors(
  request: FastifyRequest,
  { limits: { attachment: limits } }: Pick<OpenDraft, 'limits'>,
  pageId: string,
  refused: readonly RefusedFile[],
): FieldError[] {
  const { language } = request
  return refused.map(({ field, name, because }) => ({
    field,
    pageId,
    message: {
      key: `submissions.attachments.refused.${because}`,
      values: {
        name,
        allowed: kindsInWords(limits.kinds),
        fileSize: sizeInWords(limits.fileBytes, language),
        totalSize: sizeInWords(limits.totalBytes, language),
        unsubmittedSize: sizeInWords(limits.unsubmittedBytes, language),
        count: limits.files,
      },
    },
  }))
}

export function addressOf(request: FastifyRequest, { id }: OpenDraft): string {
  return `${basePath(request)}/urlapok/${id}`
}

export function returnTarget(value: string | undefined): 'ellenorzes' | 'attekintes' | undefined {
  return value === 'ellenorzes' || value === 'attekintes' ? value : undefined
}

export function kindsInWords(kinds: readonly string[]): string {
  return kinds.map((kind) => kind.toUpperCase()).join(', ')
}
