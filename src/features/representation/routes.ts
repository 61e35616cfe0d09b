import type { FastifyPluginAsync } from 'fastify'
import { formats } from '../../platform/i18n/formats.ts'
import type { SettlementDirectory } from '../settlements/index.ts'
import { type Matters, mandateRows } from './matters-in-words.ts'
import { partyInWords } from './party.ts'
import type { Representation } from './service.ts'

interface RightPages {
  representation: Representation
  directory: SettlementDirectory
  matters: Matters
}

/** For whom one may act (Képviseleteim): where, in what and until when; registered below `/sajat`. */
export const rightPages: FastifyPluginAsync<RightPages> = async (app, { representation, directory, matters }) => {
  app.get('/kepviseletek', async (request, reply) => {
    const { language, translate } = request
    const businesses = await representation.ownBusinesses(request.person)
    const rights = await representation.list(request.person)
    return reply.view('representation/rights.njk', {
      businesses: businesses.map((party) => {
        const settlement = directory.byId(party.settlementId)
        return {
          name: party.name,
          settlement: settlement?.name ?? '',
          party: partyInWords(party, translate),
          base: `/${settlement?.slug ?? ''}/${party.slug}`,
        }
      }),
      rights: rights.map((right) => {
        const { party, kind, state } = right
        const settlement = directory.byId(party.settlementId)
        const base = `/${settlement?.slug ?? ''}/${party.slug}`
        return {
          name: party.name,
          settlement: settlement?.name ?? '',
          rows: [
            {
              key: translate('representation.rights.party'),
              value: partyInWords(party, translate),
            },
            { key: translate('representation.rights.settlement'), value: settlement?.name ?? '' },
            {
              key: translate('representation.rights.capacity'),
              value: translate(`representation.capacity.${kind}`),
            },
            ...mandateRows(right, matters, { language, translate, day: formats[language].day }),
          ],
          upcoming: state === 'upcoming',
          start: right.rights.includes('submit') ? `${base}/urlapok/uj` : '',
          balance: right.rights.includes('read-tax') ? `${base}/ado` : '',
        }
      }),
    })
  })
}
