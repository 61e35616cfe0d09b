import type { FastifyReply, FastifyRequest } from 'fastify'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { OfferedForms, SettlementService } from '../settlements/index.ts'
import { acceptedGeneralRequest } from './general-request.ts'
import type { FormCatalogue, SectorForms } from './service.ts'

export interface FormPages {
  forms: FormCatalogue
  settlements: SettlementService
  /** signs the visitor in, and takes along what is filled in */
  signInWith: (request: FastifyRequest, reply: FastifyReply, kept: string) => Promise<FastifyReply>
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
