import type { FastifyRequest } from 'fastify'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { type OpenDraft, reachablePages } from './draft.ts'
import { checkOf } from './draft-check.ts'
import { basePath } from './request-matter.ts'

/** What every page of a draft says of it. */
export function draftHead(request: FastifyRequest, { id, definition, keptUntil, currency, local }: OpenDraft) {
  const address = `${basePath(request)}/urlapok/${id}`
  return {
    form: { code: definition.code, title: definition.title[request.language] },
    keptUntil,
    /** by the settlement, now */
    accepted: local !== undefined,
    currency,
    versionAddress: `${address}/valtozat`,
    checkAddress: `${address}/ellenorzes`,
  }
}

interface Step {
  text: string
  href: string
  state: 'done' | 'current' | 'todo'
}

/** The form's pages and the overview as steps; what can be reached is a link. */
export function formSteps(
  draft: OpenDraft,
  { current, address, language }: { current: string; address: string; language: Language },
): { items: Step[]; number: number; back: string } {
  const check = checkOf(draft)
  const open = reachablePages(check)
  const items: Step[] = check.pages.map((one) => ({
    text: one.page.title[language],
    href: open.includes(one) && one.page.id !== current ? `${address}/${one.page.id}` : '',
    state: one.page.id === current ? 'current' : one.visited && one.errors.length === 0 ? 'done' : 'todo',
  }))
  const isOverview = current === 'attekintes' || current === 'ellenorzes'
  items.push({
    text: translator(language)('submissions.overview.step'),
    href: !isOverview && check.complete ? `${address}/attekintes` : '',
    state: isOverview ? 'current' : 'todo',
  })
  const at = isOverview ? items.length - 1 : check.pages.findIndex(({ page }) => page.id === current)
  const before = check.pages[at - 1]
  return { items, number: at + 1, back: before === undefined ? '' : `${address}/${before.page.id}` }
}
