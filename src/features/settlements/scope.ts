import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotFound } from '../../platform/http/errors.ts'
import { ownPath } from '../../platform/http/language.ts'
import type { Settlement, SettlementDirectory } from './settlement-directory.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** the settlement of the address; only behind `settlementScope` */
    settlement: Settlement
  }
}

/**
 * Guard of everything below `/:settlement`: the settlement of the address, known to handlers as `request.settlement` and to
 * pages as `settlement`. Who asks for an unknown one is told which were probably meant; who wrote the name with accents or
 * capitals is sent to its address.
 */
export function settlementScope(app: FastifyInstance, { directory }: { directory: SettlementDirectory }): void {
  if (!app.hasRequestDecorator('settlement')) app.decorateRequest('settlement')
  app.addHook('preHandler', async (request, reply) => {
    const written = writtenSettlement(request)
    const settlement = directory.findBySlug(written)
    if (settlement === undefined) return answerUnknown(directory, written, request, reply)
    request.settlement = settlement
    reply.locals = { ...reply.locals, settlement: { slug: settlement.slug, name: settlement.name } }
  })
}

function writtenSettlement({ params }: FastifyRequest): string {
  const written =
    typeof params === 'object' && params !== null && 'settlement' in params ? params.settlement : undefined
  return typeof written === 'string' ? written : ''
}

function answerUnknown(
  directory: SettlementDirectory,
  written: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const meant = directory.slugMeant(written)
  if (reads && meant !== undefined) {
    return reply.redirect(ownPath(`/${meant}${behindFirstPart(request.url)}`) ?? `/${meant}`, 302)
  }

  const suggestions = directory.similar(written)
  if (!reads || suggestions.length === 0 || request.headers['x-portal'] === '1') {
    throw new NotFound('settlement', 'settlements.unknown.reason')
  }
  return reply
    .code(404)
    .header('cache-control', 'no-store')
    .view('settlements/unknown.njk', { suggestions, reference: request.id })
}

/** „/Újhartyán/ugyek?oldal=2” → „/ugyek?oldal=2” */
function behindFirstPart(url: string): string {
  const at = url.slice(1).search(/[/?#]/)
  return at < 0 ? '' : url.slice(at + 1)
}
