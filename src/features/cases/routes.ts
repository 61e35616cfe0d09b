import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import type { FormCatalogue } from '../forms/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { isFinal, whoseTurn } from './case-state.ts'
import { caseTitle, deadlineView, timelineItems } from './case-view.ts'
import { type PageStart, readRowKey } from './list-page.ts'
import type { CaseFilter, CaseTracking } from './service.ts'

interface CasePages {
  cases: CaseTracking
  forms: FormCatalogue
  directory: SettlementDirectory
}

const filters: Record<string, CaseFilter> = { folyamatban: 'open', lezart: 'over', mind: 'all' }
const listQuery = z.object({ szuro: z.string(), utan: z.string(), elott: z.string() }).partial()
const caseParams = z.object({ id: z.uuid() })

/** The person's cases in all settlements; registered below `/sajat`. */
export const caseListPages: FastifyPluginAsync<CasePages> = async (app, { cases, forms, directory }) => {
  app.get('/ugyek', async (request, reply) => {
    const query = readWith(listQuery, request.query, new NotFound('page'))
    const shown = query.szuro !== undefined && Object.hasOwn(filters, query.szuro) ? query.szuro : 'mind'
    const page = await cases.list(request.person, {
      filter: filters[shown] ?? 'all',
      start: startOf(query),
    })
    const href = (name: string, key?: string) => {
      const parts = new URLSearchParams(shown === 'mind' ? {} : { szuro: shown })
      if (key !== undefined) parts.set(name, key)
      return `/sajat/ugyek${parts.size > 0 ? `?${parts.toString()}` : ''}`
    }
    return reply.view('cases/list.njk', {
      filter: shown,
      atBeginning: page.previous === undefined,
      previous: page.previous === undefined ? '' : href('elott', page.previous),
      next: page.next === undefined ? '' : href('utan', page.next),
      cases: page.rows.map((row) => {
        const settlement = directory.byId(row.settlementId)
        const party = page.parties.find(({ id }) => id === row.partyId)
        return {
          href: `/${settlement?.slug ?? ''}/${party?.slug ?? 'sajat'}/ugyek/${row.id}`,
          forWhom: party?.name ?? '',
          title: caseTitle(forms, row, request.language),
          subject: row.subject ?? '',
          settlement: settlement?.name ?? '',
          state: row.state,
          number: row.fileNumber ?? row.arrivalNumber,
          isRegistered: row.fileNumber !== null,
          submittedAt: row.submittedAt,
          changedAt: row.changedAt,
          over: isFinal(row.state),
          yourTurn: whoseTurn(row.state) === 'client',
          deadline: deadlineView(row, page.today),
        }
      }),
    })
  })
}

/** One case of a party; registered behind `settlementScope` and `partyScope`. */
export const casePages: FastifyPluginAsync<CasePages> = async (app, { cases, forms }) => {
  app.get('/ugyek/:id', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    const { settlement, party, language, translate } = request
    const { accountId } = request.person
    const { matter, events, senderName, office, today } = await cases.read(accountId, party, settlement.id, id)
    const assigned = events.findLast(({ kind }) => kind === 'assigned')
    return reply.view('cases/case.njk', {
      title: caseTitle(forms, matter, language),
      subject: matter.subject ?? '',
      forWhom: party.kind === 'self' ? '' : party.name,
      senderName,
      state: matter.state,
      arrivalNumber: matter.arrivalNumber,
      fileNumber: matter.fileNumber ?? '',
      submittedAt: matter.submittedAt,
      closedAt: matter.closedAt ?? '',
      answer: matter.answer ?? '',
      clerkName: assigned?.detail['name'] ?? '',
      over: isFinal(matter.state),
      yourTurn: whoseTurn(matter.state) === 'client',
      deadline: deadlineView(matter, today),
      timeline: timelineItems(events, matter, {
        translate,
        forWhom: 'client',
        sender: matter.authorId === accountId ? undefined : senderName,
      }),
      receipt: `/${settlement.slug}/${party.slug}/beadvanyok/${matter.submissionId}`,
      office: {
        name: office?.name ?? '',
        address: office ? `${office.postalCode} ${office.city}, ${office.streetAddress}` : '',
        phone: office?.phone ?? '',
        phoneHref: `tel:${(office?.phone ?? '').replaceAll(/[^+\d]/g, '')}`,
        email: office?.email ?? '',
      },
    })
  })
}

export function startOf({ utan, elott }: { utan?: string | undefined; elott?: string | undefined }): PageStart {
  const before = readRowKey(elott)
  if (before) return { before }
  const after = readRowKey(utan)
  return after ? { after } : undefined
}
