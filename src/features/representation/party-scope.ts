import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NotFound } from '../../platform/http/errors.ts'
import type {} from '../settlements/index.ts'
import type { Party } from './party.ts'
import type { Representation } from './service.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** set behind partyScope; elsewhere asking for it is a mistake of ours */
    party: Party
  }
}

/**
 * Guard of everything below `/:settlement/:party`: on whose behalf, from the address; behind `settlementScope`. The right to act for
 * somebody else is read from the store for each request; pages name whom one acts for (`actingFor`, `actingSelf`). Who is named otherwise does not
 * exist for the asker.
 */
export function partyScope(app: FastifyInstance, { representation }: { representation: Representation }): void {
  if (!app.hasRequestDecorator('party')) app.decorateRequest('party')
  app.addHook('preHandler', async (request, reply) => {
    const { person, settlement } = request
    const party = await representation.find(person, settlement.id, writtenParty(request))
    request.party = party
    const acting = party.kind === 'self' ? { actingSelf: true } : { actingFor: { name: party.name, slug: party.slug } }
    reply.locals = { ...reply.locals, ...acting }
  })
}

/** @throws NotFound when the address names nobody */
function writtenParty({ params }: FastifyRequest): string {
  const written = typeof params === 'object' && params !== null && 'party' in params ? params.party : undefined
  if (typeof written !== 'string') throw new NotFound('party')
  return written
}
