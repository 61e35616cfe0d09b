import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { BadRequest, NotFound } from '../../platform/http/errors.ts'
import {
  type FieldErrors,
  hasControlCharacters,
  postedFields,
  readPosted,
  readWith,
} from '../../platform/http/posted-form.ts'
import { isPrefetch } from '../../platform/http/prefetch.ts'
import type { FormCatalogue } from '../forms/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { matterOf, type Submissions } from '../submissions/index.ts'
import { isFinal, nextState, whoseTurn } from './case-state.ts'
import { caseTitle, deadlineView, stopViews, timelineItems } from './case-view.ts'
import { whoOwes } from './conversation.ts'
import { type PageStart, readRowKey } from './list-page.ts'
import type { CaseFilter, CaseTracking, ClientActing } from './service.ts'

interface CasePages {
  cases: CaseTracking
  forms: FormCatalogue
  directory: SettlementDirectory
}

const filters: Record<string, CaseFilter> = { folyamatban: 'open', lezart: 'over', mind: 'all' }
const listQuery = z.object({ szuro: z.string(), utan: z.string(), elott: z.string() }).partial()
const caseParams = z.object({ id: z.uuid() })
const doneQuery = z.object({ kesz: z.string() }).partial()
const doneWords = ['visszavonva', 'uzenet']

const limits = { most: 4000 }

function written(tooLong: string, unseen: string) {
  return z
    .string()
    .trim()
    .refine((text) => [...text].length <= limits.most, tooLong)
    .refine((text) => !hasControlCharacters(text), unseen)
}

const withdrawForm = z.object({
  visszavonom: z.literal('yes', 'cases.withdraw.errors.confirm'),
  indok: written('cases.withdraw.errors.reason-too-long', 'cases.withdraw.errors.control-characters').default(''),
})

const messageForm = z.object({
  kulcs: z.uuid(),
  uzenet: written('cases.message.errors.too-long', 'cases.message.errors.control-characters')
    .refine((text) => text !== '', 'cases.message.errors.empty')
    .prefault(''),
})

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
          unread: page.unread.has(row.id),
          isNew: isNewSince(page.visits.get(row.id), row.changedAt),
          deadline: deadlineView(row, page.today),
        }
      }),
    })
  })
}

/** One case of a party; registered behind `settlementScope` and `partyScope`. */
export const casePages: FastifyPluginAsync<CasePages & { submissions: Submissions }> = async (
  app,
  { cases, forms, submissions },
) => {
  app.get('/ugyek/:id', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    return showCase(request, reply, id, {})
  })

  /** Begins the answer to an open call, or goes on with it. */
  app.post('/ugyek/:id/hianypotlas', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    const { party, settlement, person } = request
    const call = await cases.callToAnswer(person.accountId, party, settlement.id, id)
    const begun = await submissions.startCompletion(matterOf(request), call)
    const base = `/${settlement.slug}/${party.slug}`
    if ('submissionId' in begun) return reply.redirect(`${base}/beadvanyok/${begun.submissionId}`, 303)
    return reply.redirect(`${base}/potlasok/${begun.draftId}`, 303)
  })
  /** Who comes back to the address after signing in finds the call on the case's page. */
  app.get('/ugyek/:id/hianypotlas', async (request, reply) => reply.redirect(addressOf(request), 303))

  app.post('/ugyek/:id/visszavonas', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    const form = readPosted(withdrawForm, request.body)
    if (!form.ok) return showCase(request, reply.code(422), id, { errors: form.errors, typed: typedIn(request) })
    const { party, settlement } = request
    await cases.withdraw(acting(request), party, settlement.id, id, form.value.indok)
    return reply.redirect(`${addressOf(request)}?kesz=visszavonva`, 303)
  })

  app.post('/ugyek/:id/uzenetek', async (request, reply) => {
    const { id } = readWith(caseParams, request.params, new NotFound('case'))
    const form = readPosted(messageForm, request.body)
    // Nobody typed the key, so nobody can mend it.
    if (!form.ok && form.errors['kulcs'] !== undefined) throw new BadRequest()
    if (!form.ok) return showCase(request, reply.code(422), id, { errors: form.errors, typed: typedIn(request) })
    const { party, settlement } = request
    const { kulcs, uzenet } = form.value
    await cases.write(acting(request), party, settlement.id, id, { id: kulcs, text: uzenet })
    return reply.redirect(`${addressOf(request)}?kesz=uzenet#uzenetek`, 303)
  })

  async function showCase(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { errors = {}, typed = {} }: { errors?: FieldErrors; typed?: Record<string, string> },
  ): Promise<FastifyReply> {
    const { settlement, party, language, translate } = request
    const { accountId } = request.person
    const isSeen = request.method === 'GET' && !isPrefetch(request)
    const file = await cases.read(accountId, party, settlement.id, id, { isSeen })
    const { matter, events, calls, stops, messages, mayAct, visitedAt, senderName, office, today } = file
    const { kesz } = readWith(doneQuery, request.query, new NotFound('page'))
    const open = calls.find(({ endedAt }) => endedAt === null)
    const definition = forms.definition(matter.formCode, matter.formVersion)
    const labelsOf = (fields: readonly string[]) =>
      (definition?.pages ?? [])
        .flatMap(({ items }) => items)
        .flatMap((item) => (fields.includes(item.id) ? [item.label[language]] : []))
    const base = `/${settlement.slug}/${party.slug}`
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
      cleanDueOn: matter.cleanDueOn ?? '',
      stops: stopViews(stops, language),
      address: `${base}/ugyek/${id}`,
      notice:
        doneWords.includes(kesz ?? '') && (kesz !== 'visszavonva' || matter.state === 'withdrawn') ? (kesz ?? '') : '',
      call:
        open === undefined
          ? null
          : { text: open.text, answerBy: open.answerBy, by: open.officeName, asked: labelsOf(open.fields) },
      earlierCalls: calls
        .filter(({ endedAt }) => endedAt !== null)
        .map((call) => ({
          text: call.text,
          asked: labelsOf(call.fields),
          sentAt: call.sentAt,
          outcome: translate(`cases.call.outcome.${call.outcome ?? 'dropped'}`),
          receipt: call.answerId === null ? '' : `${base}/beadvanyok/${call.answerId}`,
        })),
      mayAct,
      mayWithdraw: mayAct && nextState(matter.state, 'withdraw', 'client').ok,
      mayWrite: mayAct && !isFinal(matter.state),
      messages: messages.map((message) => ({
        text: message.text,
        at: message.writtenAt,
        by:
          message.kind === 'from-office'
            ? (message.officeName ?? '')
            : message.writerId === accountId
              ? translate('cases.message.from-you')
              : message.writerName,
        own: message.kind === 'from-client',
        unread: message.kind === 'from-office' && message.readAt === null,
        wantsAnswer: message.wantsAnswer && message.settledAt === null && !isFinal(matter.state),
      })),
      owes: isFinal(matter.state) ? 'nobody' : whoOwes(messages),
      messageKey: typed['kulcs'] ?? randomUUID(),
      typed,
      errors: Object.entries(errors).map(([field, key]) => ({ href: `#${field}`, text: translate(key, limits) })),
      errorOf: Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, translate(key, limits)])),
      limits,
      timeline: timelineItems(events, matter, {
        translate,
        language,
        forWhom: 'client',
        sender: matter.authorId === accountId ? undefined : senderName,
      }).map((item) => ({
        ...item,
        isNew: visitedAt !== undefined && item.at !== undefined && item.at > visitedAt && !item.byClient,
      })),
      receipt: `/${settlement.slug}/${party.slug}/beadvanyok/${matter.submissionId}`,
      office: {
        name: office?.name ?? '',
        address: office ? `${office.postalCode} ${office.city}, ${office.streetAddress}` : '',
        phone: office?.phone ?? '',
        phoneHref: `tel:${(office?.phone ?? '').replaceAll(/[^+\d]/g, '')}`,
        email: office?.email ?? '',
      },
    })
  }
}

function addressOf({ params, settlement, party }: FastifyRequest): string {
  const { id } = readWith(caseParams, params, new NotFound('case'))
  return `/${settlement.slug}/${party.slug}/ugyek/${id}`
}

function acting({ person }: FastifyRequest): ClientActing {
  const { accountId, lineageId, name } = person
  return { accountId, lineageId, name }
}

function typedIn({ body }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(postedFields(body)).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

export function startOf({ utan, elott }: { utan?: string | undefined; elott?: string | undefined }): PageStart {
  const before = readRowKey(elott)
  if (before) return { before }
  const after = readRowKey(utan)
  return after ? { after } : undefined
}

/** Something happened since the person looked at it; what one has never opened is no news. */
function isNewSince(visitedAt: Date | undefined, changedAt: Date): boolean {
  return visitedAt !== undefined && changedAt > visitedAt
}
