import type { FastifyPluginAsync } from 'fastify'
import type { Language } from '../../platform/i18n/language.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { taxNumberInWords } from './party.ts'
import type { ListedRight, Representation } from './service.ts'

interface RightPages {
  representation: Representation
  directory: SettlementDirectory
  /** what a form is called */
  formTitle(code: string, language: Language): string
}

/** For whom one may act (Képviseleteim): where, in what and until when; registered below `/sajat`. */
export const rightPages: FastifyPluginAsync<RightPages> = async (app, { representation, directory, formTitle }) => {
  app.get('/kepviseletek', async (request, reply) => {
    const { language, translate } = request
    const rights = await representation.list(request.person)
    return reply.view('representation/rights.njk', {
      rights: rights.map(({ party, kind, scope, validFrom, validUntil, state }) => {
        const settlement = directory.byId(party.settlementId)
        return {
          name: party.name,
          party: translate(`representation.party.${party.kind}`, { number: taxNumberInWords(party) }),
          settlement: settlement?.name ?? '',
          capacity: translate(`representation.capacity.${kind}`),
          matters: mattersOf(scope),
          validFrom,
          validUntil: validUntil ?? '',
          upcoming: state === 'upcoming',
          start: `/${settlement?.slug ?? ''}/${party.slug}/urlapok/uj`,
        }
      }),
    })

    function mattersOf({ everything, sectors, formCodes }: ListedRight['scope']): string[] {
      if (everything) return [translate('representation.everything')]
      return [
        ...sectors.map((sector) => translate(`forms.sectors.${sector}`)),
        ...formCodes.map((code) => formTitle(code, language)),
      ]
    }
  })
}
