import type { FastifyRequest } from 'fastify'
import { formats } from '../../platform/i18n/formats.ts'
import { caseTitle, deadlineView } from '../cases/index.ts'
import type { FormCatalogue } from '../forms/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { type ClerkAct, isOwnCase, possibleActs } from './clerk-acts.ts'
import { noticeOf } from './done-notice.ts'
import { type DeskPage, type ListAddress, type ListQuery, type ListView, listHref } from './lists.ts'
import { type DeskList, mostCounted } from './service.ts'

interface ListParts {
  request: FastifyRequest
  query: ListQuery
  forms: FormCatalogue
  directory: SettlementDirectory
}

/** The steps a clerk can do from the list, without opening the case. */
const stepsInList: Partial<Record<ClerkAct, string>> = { receive: 'erkeztetes', register: 'iktatas' }

/** What views/clerk-office/list.njk shows. */
export function listView(
  page: DeskPage,
  views: readonly ListView[],
  view: ListView,
  list: DeskList,
  { request, query, forms, directory }: ListParts,
) {
  const { translate, language } = request
  const clerk = { ...request.clerk, represents: list.represents }
  const home = `/hivatal/${clerk.office.slug}`
  const address: ListAddress = {
    path: `${home}/${page === 'inbox' ? 'beerkezett' : 'ugyek'}`,
    view: view === views[0] ? '' : view.name,
    settlement: query.telepules ?? '',
    form: query.urlap ?? '',
  }
  const here = listHref(address, leafed(query))
  const formTitle = (code: string) => forms.latest(code)?.title[language] ?? code
  const formCodes = new Set([...list.formCodes, ...(query.urlap === undefined ? [] : [query.urlap])])

  return {
    page,
    home,
    here,
    notice: noticeOf(query.kesz, list.justDone, translate),
    tabs: views.map((one) => {
      const count = countOf(one, list, page)
      const text = translate(`clerk-office.${page}.views.${one.name}`)
      return {
        text: count === 'many' ? `${text} (${translate('clerk-office.list.more')})` : text,
        href: listHref({ ...address, view: one === views[0] ? '' : one.name }),
        current: one === view,
        ...(typeof count === 'number' ? { count } : {}),
      }
    }),
    filter: {
      path: address.path,
      view: address.view,
      settlement: address.settlement,
      form: address.form,
      settlements: clerk.settlementIds.flatMap((id) => {
        const settlement = directory.byId(id)
        return settlement ? [{ value: settlement.slug, text: settlement.name }] : []
      }),
      forms: [...formCodes].map((code) => ({ value: code, text: formTitle(code) })),
      useful: list.rows.length > fewRows || list.previous !== undefined || list.next !== undefined,
      active: address.settlement !== '' || address.form !== '',
      clear: listHref({ ...address, settlement: '', form: '' }),
    },
    severalSettlements: clerk.settlementIds.length > 1,
    showsCaseWorker: page === 'cases' && !view.mine,
    previous: list.previous === undefined ? '' : listHref(address, { elott: list.previous }),
    next: list.next === undefined ? '' : listHref(address, { utan: list.next }),
    rows: list.rows.map((row) => {
      const acts = possibleActs(clerk, row)
      const act = acts.find((possible) => possible in stepsInList)
      const step = act === undefined ? undefined : stepsInList[act]
      return {
        id: row.id,
        href: `${home}/ugyek/${row.id}`,
        title: caseTitle(forms, row, language),
        subject: row.subject ?? '',
        clientName: row.clientName,
        settlement: directory.byId(row.settlementId)?.name ?? '',
        submittedAt: row.submittedAt,
        // Of a paper only the day is known.
        submittedTime:
          row.authorId === null
            ? translate('clerk-office.list.on-paper')
            : formats[language].timeOfDay(row.submittedAt),
        deadline: deadlineView(row, list.today),
        state: row.state,
        number: row.fileNumber ?? row.arrivalNumber,
        assignedName: row.assignedName ?? (row.routedTo === null ? '' : translate(`cases.system.${row.routedTo}`)),
        own: isOwnCase(clerk, row),
        unread: list.unread.has(row.id),
        step: step === undefined ? '' : `${home}/ugyek/${row.id}/${step}`,
        linkText: translate(acts.includes('assign') ? 'clerk-office.acts.assign' : 'clerk-office.list.open'),
        stepText: act === undefined ? '' : translate(`clerk-office.acts.${act}`),
      }
    }),
  }
}

/** So few are read sooner than filtered. */
const fewRows = 8

/** How many cases a tab leads to; undefined where that is not what one wants to know. */
function countOf(view: ListView, { counts }: DeskList, page: DeskPage): number | 'many' | undefined {
  if (page === 'cases' && !view.mine) return undefined
  const each = view.states.map((state) => counts.get(state) ?? 0)
  return each.some((count) => count >= mostCounted) ? 'many' : each.reduce((sum, count) => sum + count, 0)
}

/** Coming back after an act leads to the same stretch of the list. */
function leafed({ utan, elott }: ListQuery): Record<string, string> {
  if (elott !== undefined) return { elott }
  return utan === undefined ? {} : { utan }
}
