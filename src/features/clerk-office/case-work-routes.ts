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
import { caseTitle } from '../cases/index.ts'
import { askableItems, type FormCatalogue, storedAnswers } from '../forms/index.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { readingContext } from '../submissions/index.ts'
import type { Done } from './case-acts.ts'
import type { CaseWorking } from './case-working.ts'
import { type ClerkAct, possibleActs } from './clerk-acts.ts'
import { actingClerk, officeHome } from './clerk-request.ts'
import { type ReasonedAct, reasonedActAt, reasonedActs } from './reasoned-acts.ts'
import type { CaseOnDesk, ClerkOffice } from './service.ts'

interface CaseWorkPages {
  clerkOffice: ClerkOffice
  caseWorking: CaseWorking
  forms: FormCatalogue
  directory: SettlementDirectory
}

const caseParams = z.object({ id: z.uuid() })
const stepParams = caseParams.extend({ lepes: z.string().max(40) })

const limits = { least: 10, most: 4000, target: 200, days: 180 }

const writtenText = (most: number, tooLong: string) =>
  z
    .string()
    .trim()
    .refine((text) => [...text].length <= most, tooLong)
    .refine((text) => !hasControlCharacters(text), 'clerk-office.errors.control-characters')

const callForm = z
  .object({
    kerdes: z.array(z.string()).default([]),
    leiras: writtenText(limits.most, 'clerk-office.errors.text-too-long').default(''),
    napok: z.coerce
      .number('clerk-office.errors.days')
      .int('clerk-office.errors.days')
      .min(1, 'clerk-office.errors.days')
      .max(limits.days, 'clerk-office.errors.days'),
  })
  .refine(({ kerdes, leiras }) => kerdes.length > 0 || leiras !== '', {
    path: ['leiras'],
    error: 'clerk-office.errors.nothing-asked',
  })

const reasonForm = (needsReason: boolean, needsTarget: boolean) =>
  z.object({
    cimzett: writtenText(limits.target, 'clerk-office.errors.target-too-long')
      .refine((text) => !needsTarget || text !== '', 'clerk-office.errors.target-missing')
      .prefault(''),
    indok: writtenText(limits.most, 'clerk-office.errors.text-too-long')
      .refine((text) => !needsReason || [...text].length >= limits.least, 'clerk-office.errors.reason-too-short')
      .prefault(''),
  })

const messageForm = z.object({
  kulcs: z.uuid(),
  fajta: z.enum(['from-office', 'note']).catch('from-office'),
  szoveg: writtenText(limits.most, 'clerk-office.errors.text-too-long')
    .refine((text) => text !== '', 'clerk-office.errors.text-missing')
    .prefault(''),
  valaszt: z.literal('yes').optional().catch(undefined),
})

/** The work on a case: calls for what is missing, pauses and ends with their reasons, messages; behind `caseClerksOnly`. */
export const caseWorkPages: FastifyPluginAsync<CaseWorkPages> = async (
  app,
  { clerkOffice, caseWorking, forms, directory },
) => {
  app.get('/ugyek/:id/hianypotlas', async (request, reply) => showCallForm(request, reply, {}))

  app.post('/ugyek/:id/hianypotlas', async (request, reply) => {
    const id = caseId(request)
    const form = readPosted(callForm, request.body)
    if (!form.ok) return showCallForm(request, reply.code(422), form.errors)
    const { kerdes: fields, leiras: text, napok: days } = form.value
    const done = await caseWorking.call(actingClerk(request), id, { fields, text, days })
    return back(request, reply, id, done, 'felhivva')
  })

  app.get('/ugyek/:id/lepes/:lepes', async (request, reply) => showReasonForm(request, reply, {}))

  app.post('/ugyek/:id/lepes/:lepes', async (request, reply) => {
    const { id, wanted } = stepOf(request)
    const { needsReason, path } = reasonedActs[wanted]
    const form = readPosted(reasonForm(needsReason, wanted === 'transfer'), request.body)
    if (!form.ok) return showReasonForm(request, reply.code(422), form.errors)
    const { indok: reason, cimzett: target } = form.value
    const done = await caseWorking.doWithReason(actingClerk(request), id, wanted, { reason, target })
    return back(request, reply, id, done, path)
  })

  app.get('/ugyek/:id/uzenetek', async (request, reply) => reply.redirect(`${addressOf(request)}#uzenetek`, 303))

  app.post('/ugyek/:id/uzenetek', async (request, reply) => {
    const id = caseId(request)
    const form = readPosted(messageForm, request.body)
    // Nobody typed the key, so nobody can mend it.
    if (!form.ok && form.errors['kulcs'] !== undefined) throw new BadRequest()
    if (!form.ok) {
      return reply.code(422).view('clerk-office/message-form.njk', {
        ...(await head(request)).shown,
        ...errorsIn(request, form.errors),
        typed: typedIn(request),
      })
    }
    const { kulcs, fajta: kind, szoveg: text, valaszt } = form.value
    const message = { id: kulcs, kind, text, wantsAnswer: valaszt === 'yes' }
    const done = await caseWorking.write(actingClerk(request), id, message)
    return back(request, reply, id, done, kind === 'note' ? 'feljegyezve' : 'uzenet', '#uzenetek')
  })

  app.post('/ugyek/:id/uzenetek/rendben', async (request, reply) => {
    const id = caseId(request)
    return back(request, reply, id, await caseWorking.settle(actingClerk(request), id), 'rendben', '#uzenetek')
  })

  async function showCallForm(
    request: FastifyRequest,
    reply: FastifyReply,
    errors: FieldErrors,
  ): Promise<FastifyReply> {
    const { desk, shown } = await head(request, 'ask-client')
    const { matter, submission } = desk
    const definition = forms.definition(matter.formCode, matter.formVersion)
    const settlement = directory.byId(matter.settlementId)
    if (definition === undefined || settlement === undefined) throw new NotFound('form')
    const context = readingContext(settlement, submission.attachments, matter.submittedAt)
    const answers = storedAnswers(definition, submission.answers)
    const typed = postedFields(request.body)
    const groups = askableItems(definition, answers, context, request.language)
    return reply.view('clerk-office/call-form.njk', {
      ...shown,
      ...errorsIn(request, errors),
      groups: groups.map(({ page, items }, position) => ({
        id: `kerdes-${String(position)}`,
        page,
        items: items.map(({ id, label, values }) => ({ value: id, text: label, hint: values.join(' · ') })),
      })),
      chosen: [typed['kerdes'] ?? []].flat(),
      typed: { ...typedIn(request), napok: request.method === 'GET' ? '15' : typedIn(request)['napok'] },
      limits,
    })
  }

  async function showReasonForm(
    request: FastifyRequest,
    reply: FastifyReply,
    errors: FieldErrors,
  ): Promise<FastifyReply> {
    const { wanted } = stepOf(request)
    const { shown } = await head(request, wanted)
    const { path, needsReason } = reasonedActs[wanted]
    return reply.view('clerk-office/reason-form.njk', {
      ...shown,
      ...errorsIn(request, errors),
      act: wanted,
      path,
      needsReason,
      asksTarget: wanted === 'transfer',
      typed: typedIn(request),
      limits,
    })
  }

  /** The case, opened for an act; who cannot do it now is led back to the case by its page, which says so. */
  async function head(request: FastifyRequest, wanted?: ClerkAct) {
    const desk = await clerkOffice.read(request.clerk, caseId(request))
    if (wanted !== undefined && !canDo(request, desk, wanted)) throw new NotFound('act', 'clerk-office.refused.not-now')
    const { matter } = desk
    return {
      desk,
      shown: {
        title: caseTitle(forms, matter, request.language),
        clientName: matter.clientName,
        number: matter.fileNumber ?? matter.arrivalNumber,
        // not `address`, which the layout takes for the page's own
        casePage: addressOf(request),
      },
    }
  }
}

function canDo({ clerk }: FastifyRequest, { matter, represents }: CaseOnDesk, wanted: ClerkAct): boolean {
  return possibleActs({ ...clerk, represents }, matter).includes(wanted)
}

function errorsIn({ translate }: FastifyRequest, errors: FieldErrors) {
  return {
    errors: Object.entries(errors).map(([field, key]) => ({ href: `#${field}`, text: translate(key, limits) })),
    errorOf: Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, translate(key, limits)])),
  }
}

function stepOf({ params }: FastifyRequest): { id: string; wanted: ReasonedAct } {
  const { id, lepes } = readWith(stepParams, params, new NotFound('case'))
  const wanted = reasonedActAt(lepes)
  if (wanted === undefined) throw new NotFound('act')
  return { id, wanted }
}

function caseId({ params }: FastifyRequest): string {
  return readWith(caseParams, params, new NotFound('case')).id
}

function addressOf(request: FastifyRequest): string {
  return `${officeHome(request.clerk)}/ugyek/${caseId(request)}`
}

function typedIn({ body }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(postedFields(body)).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

function back(
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  done: Done,
  word: string,
  at = '',
): FastifyReply {
  return reply.redirect(`${addressOf(request)}?kesz=${done === 'done' ? word : `mar-${word}`}&ugy=${id}${at}`, 303)
}
