import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BadRequest, NotAllowed, NotFound, PortalError } from './errors.ts'

/** Routes that outside systems post to; each guards itself. */
declare module 'fastify' {
  interface FastifyContextConfig {
    acceptsForeignPosts?: boolean
  }
}

const allowedMethods = new Set(['GET', 'HEAD', 'POST'])
const embeddedUses = new Set(['iframe', 'frame', 'embed', 'object', 'script', 'image', 'style', 'audio', 'video'])

/**
 * What is refused before the body is read: other methods, other host names, posts that do not come from our own pages,
 * and pages asked for as part of somebody else's page.
 */
export function ownPagesOnly(app: FastifyInstance, publicUrl: URL): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!allowedMethods.has(request.method)) {
      reply.header('allow', 'GET, HEAD, POST')
      throw new PortalError(405, 'bad-request')
    }
    if (request.headers.host !== publicUrl.host || hostNames(request) > 1) {
      reply.header('connection', 'close')
      throw new BadRequest()
    }
    // No browser packs a form; what is small on the way may be too large to unpack.
    const packed = request.headers['content-encoding'] ?? 'identity'
    if (packed.toLowerCase() !== 'identity') throw new PortalError(415, 'bad-request')
    const { url = '/' } = request.raw
    if (url.length > 2_048) throw new PortalError(414, 'bad-request')
    if ((url.split('?', 2)[1]?.split('&').length ?? 0) > 100) throw new BadRequest()
    // „//somewhere” repeated in a link or a redirect is another host's address.
    if (!/^\/(?![/\\])/.test(url)) throw new NotFound('page')
    const site = request.headers['sec-fetch-site']
    if (request.method === 'POST' && request.routeOptions.config.acceptsForeignPosts !== true) {
      const { origin } = request.headers
      if (origin !== undefined && origin !== publicUrl.origin) throw new NotAllowed()
      if (site !== undefined && site !== 'same-origin') throw new NotAllowed()
    }
    const use = request.headers['sec-fetch-dest']
    if (
      site !== undefined &&
      site !== 'same-origin' &&
      site !== 'none' &&
      typeof use === 'string' &&
      embeddedUses.has(use)
    ) {
      throw new NotAllowed()
    }
  })
}

/** Node keeps the first of several; a proxy may have looked at another. */
function hostNames({ raw }: FastifyRequest): number {
  return raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
}
