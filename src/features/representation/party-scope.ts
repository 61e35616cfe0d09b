import type { FastifyInstance } from 'fastify'
import { NotFound } from '../../platform/http/errors.ts'

/** On whose behalf something is done. */
export interface Party {
  /** one's own party has the id of the personal account */
  id: string
  /** its part of every address: `sajat` for oneself */
  slug: string
  kind: 'self'
}

declare module 'fastify' {
  interface FastifyRequest {
    /** set behind partyScope; elsewhere asking for it is a mistake of ours */
    party: Party
  }
}

/**
 * Guard of everything below `/:settlement/:party`: on whose behalf, from the address. Only oneself so far; whoever is named
 * otherwise does not exist for the asker.
 */
export function partyScope(app: FastifyInstance): void {
  if (!app.hasRequestDecorator('party')) app.decorateRequest('party')
  app.addHook('preHandler', async (request) => {
    const { params } = request
    const written = typeof params === 'object' && params !== null && 'party' in params ? params.party : undefined
    if (written !== 'sajat') throw new NotFound('party')
    request.party = { id: request.person.accountId, slug: 'sajat', kind: 'self' }
  })
}
