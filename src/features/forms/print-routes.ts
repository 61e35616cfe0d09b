import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { drawCodes } from '../../platform/codes/drawn-code.ts'
import { BadRequest, NotAllowed, NotFound, OutsideSystemDown } from '../../platform/http/errors.ts'
import { attachmentDisposition } from '../../platform/http/headers.ts'
import { keepLanguage } from '../../platform/http/language.ts'
import { postedFields, readPosted, readWith } from '../../platform/http/posted-form.ts'
import { isLanguage, translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { renderDocument } from '../../platform/pdf/render.ts'
import { carriedName, carry, readCarried } from './carried-answers.ts'
import type { Answers, FieldError } from './engine/answers.ts'
import { findPage, pageIdOf } from './engine/page-path.ts'
import { readPage } from './engine/page-reading.ts'
import { pageTitle, pageView } from './engine/page-view.ts'
import { type SummarySection, summarise } from './engine/summary.ts'
import { checkForm, firstOpenPage, isPageShown, visiblePages } from './engine/validation.ts'
import { openingOn } from './engine/validity.ts'
import { errorText } from './engine/wording.ts'
import { formAddress as address, type FormPages, type OfferedForm, offeredForm } from './offered-forms.ts'
import { codeWords, printedForm, printedFormDocument } from './printed-form.ts'

/** `row`: of a group, on a page of its own */
const pageParams = z.object({ form: address, page: address, row: z.string().max(3).optional() })

/** What the buttons of a page say; its answers are read by the engine. */
const buttons = z.object({
  _gomb: z.string().max(100).optional(),
  nyelv: z.string().optional(),
  action: z.string().max(200).optional(),
})

/** One form being filled in by somebody unknown: all there is travels with the page. */
interface Filling extends OfferedForm {
  answers: Answers
  /** `/ujhartyan/ugyek/altalanos-kerelem` */
  formAddress: string
}

/**
 * Filling in without signing in, only to print. Filled-in pages travel in a hidden field; nothing is kept, and there is no
 * way to submit from here. Who chooses to sign in takes along what is filled in. Each answer to a post is the next page
 * itself, not a redirect, since only it can carry them.
 */
export const printFillingPages: FastifyPluginAsync<FormPages> = async (app, portal) => {
  app.get('/ugyek/:form/kitoltes', async (request, reply) => {
    const filling = await begin(request, reply, undefined)
    if (filling === undefined) return reply
    return showPage(request, reply, filling, {
      pageId: filling.definition.pages[0]?.id ?? '',
      errors: [],
      warnings: [],
    })
  })

  const limit = { name: 'fill-in-for-print', max: 120, minutes: 1, by: 'address' } as const
  const signInLimit = { name: 'sign-in', max: 10, minutes: 1, by: 'address' } as const
  for (const pageAddress of ['/ugyek/:form/kitoltes/:page', '/ugyek/:form/kitoltes/:page/sor/:row']) {
    /** Nothing is kept, so who loads a page's address again begins anew. */
    app.get(pageAddress, async (request, reply) => {
      const { form } = readWith(pageParams, request.params, new NotFound('form page'))
      return reply.redirect(`/${request.settlement.slug}/ugyek/${form}/kitoltes`, 303)
    })

    app.post(pageAddress, { config: { limit } }, readPosting)

    /** Bejelentkezés, from a form that is filled in: what is on it goes with the attempt. */
    app.post(`${pageAddress}/belepes`, { config: { limit: signInLimit } }, signInFromPage)
  }

  /** The answer to the question whether a row is to be removed. */
  app.post('/ugyek/:form/kitoltes/:page/sor/:row/torles', { config: { limit } }, async (request, reply) => {
    const path = pathOf(request)
    const posted = postedFields(request.body)
    const read = readPosted(buttons, posted)
    if (!read.ok) throw new BadRequest()
    const filling = await begin(request, reply, posted[carriedName])
    if (filling === undefined) return reply
    const { action, nyelv } = read.value
    const { definition, context } = filling
    if (isLanguage(nyelv)) {
      speak(request, reply, nyelv)
      return showRemoval(request, reply, filling, path)
    }
    const answers =
      action === 'remove' ? readPage(definition, path, filling.answers, posted, context).answers : filling.answers
    const pageId = pageIdOf(path)
    return showPage(request, reply, { ...filling, answers }, { pageId, errors: [], warnings: [] })
  })

  async function readPosting(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const pageId = pathOf(request)
    const posted = postedFields(request.body)
    const read = readPosted(buttons, posted)
    if (!read.ok) throw new BadRequest()
    const before = await begin(request, reply, posted[carriedName])
    if (before === undefined) return reply
    const { _gomb: button = '', nyelv } = read.value
    if (isLanguage(nyelv)) speak(request, reply, nyelv)

    if (pageId === 'ellenorzes') {
      if (isLanguage(nyelv)) return showCheck(request, reply, before)
      return leaveCheck(request, reply, before, button)
    }
    const { definition, context } = before
    const reading = readPage(definition, pageId, before.answers, posted, context)
    const filling = { ...before, answers: reading.answers }
    const stay = { pageId, errors: [], warnings: [] }
    if (isLanguage(nyelv)) return showPage(request, reply, filling, stay)
    if (reading.goTo?.endsWith('/torles'))
      return showRemoval(request, reply, filling, reading.goTo.slice(0, -'/torles'.length))
    if (reading.goTo !== undefined) return showPage(request, reply, filling, { ...stay, pageId: reading.goTo })
    if (reading.stayAt !== undefined) return showPage(request, reply, filling, stay)
    const isRow = pageIdOf(pageId) !== pageId
    if (isRow && (button === 'vissza' || reading.errors.length === 0)) {
      return showPage(request, reply, filling, { ...stay, pageId: pageIdOf(pageId) })
    }
    if (button === 'vissza')
      return showPage(request, reply, filling, { ...stay, pageId: neighbour(filling, pageId, -1) ?? pageId })
    if (reading.errors.length > 0) {
      return showPage(request, reply.code(422), filling, { pageId, errors: reading.errors, warnings: reading.warnings })
    }
    // A page out of order, or an answer that made an earlier page wrong: the first page that wants something comes next.
    const next =
      button === 'ellenorzes' ? firstOpenPage(definition, filling.answers, context)?.id : neighbour(filling, pageId, 1)
    return next === undefined
      ? showCheck(request, reply, filling)
      : showPage(request, reply, filling, { ...stay, pageId: reachable(filling, next) })
  }

  async function signInFromPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const pageId = pathOf(request)
    const posted = postedFields(request.body)
    const before = await begin(request, reply, posted[carriedName])
    if (before === undefined) return reply
    const { definition, context } = before
    const isPage = findPage(definition, pageId) !== undefined
    const answers = isPage ? readPage(definition, pageId, before.answers, posted, context).answers : before.answers
    // In a session that is active something is kept at once, so the page must be this session's; what is on it is not lost.
    if (request.presence?.state === 'active' && !isOfThisSession(request, posted['_csrf'])) {
      return showCheck(request, reply.code(403), { ...before, answers }, 'take-again')
    }
    const { code, version } = definition
    try {
      const kept = JSON.stringify({ settlement: request.settlement.slug, form: { code, version }, answers })
      return await portal.signInWith(request, reply, kept)
    } catch (failure) {
      // What was filled in stands on the page; that nobody can sign in now is said beside it.
      if (!(failure instanceof OutsideSystemDown)) throw failure
      return showCheck(request, reply.code(503).header('retry-after', '30'), { ...before, answers }, 'sign-in-down')
    }
  }

  async function begin(
    request: FastifyRequest,
    reply: FastifyReply,
    carried: string | readonly string[] | undefined,
  ): Promise<Filling | undefined> {
    const offered = await offeredForm(request, reply, portal)
    if (offered === undefined) return undefined
    const { definition, context } = offered
    const formAddress = `/${request.settlement.slug}/ugyek/${definition.code}`
    if (openingOn(definition, context.today).state !== 'open') {
      // The form's own page says from when to when it is open.
      reply.redirect(formAddress, 303)
      return undefined
    }
    return { ...offered, answers: readCarried(definition, carried), formAddress }
  }

  async function leaveCheck(
    request: FastifyRequest,
    reply: FastifyReply,
    filling: Filling,
    button: string,
  ): Promise<FastifyReply> {
    const { definition, answers, context } = filling
    const [what, pageId = ''] = button.split(':')
    if (what === 'oldal') {
      const check = checkForm(definition, answers, context).pages.find(({ page }) => page.id === pageIdOf(pageId))
      if (check === undefined || !isPageShown(definition, pageId, answers, context)) throw new NotFound('form page')
      const errors = check.visited ? check.errors : []
      return showPage(request, reply, filling, { pageId: reachable(filling, pageId), errors, warnings: [] })
    }
    if (!checkForm(definition, answers, context).complete) return showCheck(request, reply.code(422), filling)
    const form = printedForm(definition, answers, filling, request.language)
    if (what === 'pdf') {
      const pdf = await renderDocument(printedFormDocument(form, request.language))
      return reply
        .type('application/pdf')
        .header('content-disposition', attachmentDisposition(`${definition.code}.pdf`))
        .send(pdf)
    }
    if (what !== 'nyomtatas') return showCheck(request, reply, filling)
    const drawn = await drawCodes(form.codes)
    return reply.view('forms/paper.njk', {
      form: {
        ...form,
        sections: asRows(form.sections),
        codes: drawn.map((code, at) => ({ ...code, ...codeWords(form, at, request.translate) })),
      },
      carried: carry(answers),
      carriedName,
      action: `${filling.formAddress}/kitoltes/ellenorzes`,
    })
  }
}

function showPage(
  request: FastifyRequest,
  reply: FastifyReply,
  filling: Filling,
  shown: { pageId: string; errors: readonly FieldError[]; warnings: readonly FieldError[] },
): FastifyReply {
  const { definition, answers, context, formAddress } = filling
  const { language } = request
  const page = pageView(definition, shown.pageId, answers, shown.errors, context, language)
  const steps = stepsOf(filling, pageIdOf(shown.pageId), language)
  return reply.header('cache-control', 'no-store').view('forms/fill-page.njk', {
    ...headOf(filling, language),
    page,
    steps,
    step: steps.findIndex(({ state }) => state === 'current') + 1,
    action: `${formAddress}/kitoltes/${shown.pageId}`,
    signInFrom: { form: 'urlap', action: `${formAddress}/kitoltes/${shown.pageId}/belepes` },
    first: steps[0]?.state === 'current' && pageIdOf(shown.pageId) === shown.pageId,
    mayCheck: checkForm(definition, answers, context).pages.every(({ visited }) => visited),
    carried: carry(answers),
    carriedName,
    errors: page.errors,
    warnings: shown.warnings.map((warning) => errorText(warning, language)),
    languageForm: 'urlap',
  })
}

/** Asks whether a row is to be removed; the answer is posted to the row's page. */
function showRemoval(request: FastifyRequest, reply: FastifyReply, filling: Filling, path: string): FastifyReply {
  const { definition, answers, context, formAddress } = filling
  const { language } = request
  return reply.header('cache-control', 'no-store').view('forms/remove-row.njk', {
    ...headOf(filling, language),
    row: pageTitle(definition, path, language),
    rows: asRows(summarise(definition, answers, context, language).filter(({ pageId }) => pageId === path)).flatMap(
      ({ rows }) => rows,
    ),
    action: `${formAddress}/kitoltes/${path}/torles`,
    carried: carry(answers),
    carriedName,
    languageForm: 'urlap',
  })
}

function showCheck(
  request: FastifyRequest,
  reply: FastifyReply,
  filling: Filling,
  problem?: 'sign-in-down' | 'take-again',
): FastifyReply {
  const { definition, answers, context, formAddress, office } = filling
  const { language } = request
  const check = checkForm(definition, answers, context)
  return reply.header('cache-control', 'no-store').view('forms/check.njk', {
    ...headOf(filling, language),
    complete: check.complete,
    missing: check.pages
      .filter(({ visited, errors }) => !visited || errors.length > 0)
      .map(({ page, visited, errors }) => ({
        pageId: page.id,
        title: page.title[language],
        texts: visited ? errors.map((error) => errorText(error, language)) : [],
      })),
    warnings: check.warnings.map((warning) => errorText(warning, language)),
    sections: asRows(summarise(definition, answers, context, language)),
    steps: stepsOf(filling, 'ellenorzes', language),
    office: `${office.name}, ${office.postalCode} ${office.city}, ${office.streetAddress}`,
    action: `${formAddress}/kitoltes/ellenorzes`,
    signInFrom: { form: 'urlap', action: `${formAddress}/kitoltes/ellenorzes/belepes` },
    problem: problem ?? '',
    carried: carry(answers),
    carriedName,
    languageForm: 'urlap',
  })
}

/** From this answer on, in this language. */
function speak(request: FastifyRequest, reply: FastifyReply, language: Language): void {
  keepLanguage(reply, language)
  request.language = language
  request.translate = translator(language)
}

/** The path of the page that an address names. */
function pathOf(request: FastifyRequest): string {
  const { page, row } = readWith(pageParams, request.params, new NotFound('form page'))
  return row === undefined ? page : `${page}/sor/${row}`
}

function isOfThisSession(request: FastifyRequest, token: unknown): boolean {
  try {
    request.checkCsrf(token)
    return true
  } catch (refusal) {
    if (refusal instanceof NotAllowed) return false
    throw refusal
  }
}

function asRows(sections: readonly SummarySection[]) {
  return sections.map(({ rows, ...section }) => ({
    ...section,
    rows: rows.map(({ label, values }) => ({ key: label, values })),
  }))
}

function headOf({ definition, formAddress }: Filling, language: Language) {
  return { form: { code: definition.code, title: definition.title[language], href: formAddress } }
}

function stepsOf({ definition, answers, context }: Filling, current: string, language: Language) {
  const { pages } = checkForm(definition, answers, context)
  return [
    ...pages.map(({ page, visited, errors }) => ({
      text: page.title[language],
      state: page.id === current ? 'current' : visited && errors.length === 0 ? 'done' : 'todo',
    })),
    { text: translator(language)('forms.fill.check-title'), state: current === 'ellenorzes' ? 'current' : 'todo' },
  ]
}

function neighbour({ definition, answers, context }: Filling, pageId: string, step: 1 | -1): string | undefined {
  const pages = visiblePages(definition, answers, context)
  return pages[pages.findIndex(({ id }) => id === pageId) + step]?.id
}

/** The page asked for, or the one before it that must be done first. */
function reachable({ definition, answers, context }: Filling, pageId: string): string {
  const pages = visiblePages(definition, answers, context).map(({ id }) => id)
  const open = firstOpenPage(definition, answers, context)?.id
  return open !== undefined && pages.indexOf(open) < pages.indexOf(pageIdOf(pageId)) ? open : pageId
}
