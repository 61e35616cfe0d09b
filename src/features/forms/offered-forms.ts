import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { OfferedForms, Office, SettlementService } from '../settlements/index.ts'
import type { FormContext } from './engine/answers.ts'
import type { FormDefinition } from './engine/definition.ts'
import { acceptedGeneralRequest } from './general-request.ts'
import type { FormCatalogue, SectorForms } from './service.ts'

export interface FormPages {
  forms: FormCatalogue
  settlements: SettlementService
  /** signs the visitor in, and takes along what is filled in */
  signInWith: (request: FastifyRequest, reply: FastifyReply, kept: string) => Promise<FastifyReply>
}

/** A form as somebody sees it who has not signed in. */
export interface OfferedForm {
  definition: FormDefinition
  /** knows the day and the settlement, and nothing of a person */
  context: FormContext
  office: Office
}

export const formAddress = z.string().regex(/^[a-z0-9-]{1,80}$/)
const formParams = z.object({ form: formAddress })

/** The form that the address names, filled in by nobody yet; where the settlement does not accept it, that is the answer. */
export async function offeredForm(
  request: FastifyRequest,
  reply: FastifyReply,
  portal: Pick<FormPages, 'forms' | 'settlements'>,
): Promise<OfferedForm | undefined> {
  const { id, name, postalCodes } = request.settlement
  const { form: code } = readWith(formParams, request.params, new NotFound('form', 'forms.unknown.reason'))
  const [found, profile] = await Promise.all([portal.forms.forFillingIn(id, code), portal.settlements.profile(id)])
  if (found === undefined || !profile.joined) {
    await showUnknownForm(request, reply, portal)
    return undefined
  }
  const settlement = { id, name, postalCodes }
  const context: FormContext = { today: found.today, settlement, identity: null, contact: {}, actingAs: 'self' }
  return { definition: found.form.definition, context, office: profile.office }
}

/** 404 with what the settlement does accept. */
export async function showUnknownForm(
  request: FastifyRequest,
  reply: FastifyReply,
  { forms }: Pick<FormPages, 'forms'>,
): Promise<FastifyReply> {
  const all = await forms.publishedBySector(request.settlement.id)
  return reply
    .code(404)
    .header('cache-control', 'no-store')
    .view('forms/unknown.njk', {
      sectors: offered(all, request.language),
      general: acceptedGeneralRequest(all),
      reference: request.id,
    })
}

/** What a settlement's own page says of its forms. */
export function offeredForms(forms: FormCatalogue) {
  return async (settlementId: number, language: Language): Promise<OfferedForms> =>
    offered(await forms.publishedBySector(settlementId), language)
}

export function offered(groups: readonly SectorForms[], language: Language): OfferedForms {
  return groups.map(({ sector, forms }) => ({
    sector,
    title: translator(language)(`forms.sectors.${sector}`),
    forms: forms.map(({ definition }) => ({
      code: definition.code,
      title: definition.title[language],
      summary: definition.summary[language],
    })),
  }))
}
