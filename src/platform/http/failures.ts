import type {} from '@fastify/view'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CommitUnknown, sqlState } from '../database.ts'
import { OutsideSystemDown, PortalError, TooMany } from './errors.ts'

export interface KnownRoute {
  method: string
  url: string
  pattern: RegExp
}

declare module 'fastify' {
  interface FastifyInstance {
    /** every address there is, with its methods */
    knownRoutes: readonly KnownRoute[]
  }
}

/**
 * One handler shows every failure, with the request's id as reference number; what the visitor sent is never echoed.
 * Scripts (`X-Portal: 1`) get application/problem+json instead of a page.
 */
export function showFailures(app: FastifyInstance): void {
  const knownRoutes: KnownRoute[] = []
  app.decorate('knownRoutes', knownRoutes)
  app.addHook('onRoute', ({ method, url }) => {
    const source = url
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/:[A-Za-z]+/g, '[^/]+')
      .replaceAll('*', '.*')
    // eslint-disable-next-line no-restricted-syntax -- made of the addresses of our own routes
    const pattern = new RegExp(`^${source}$`)
    for (const one of [method].flat()) knownRoutes.push({ method: one, url, pattern })
  })
  app.setErrorHandler((error: FastifyError, request, reply) => show(asPortalError(error), error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const path = request.raw.url?.split('?', 1)[0] ?? '/'
    const others = new Set(knownRoutes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    if (others.size > 0 && !others.has(request.method)) {
      reply.header('allow', [...others].sort().join(', '))
      return show(new PortalError(405, 'bad-request'), undefined, request, reply)
    }
    return show(new PortalError(404, 'not-found'), undefined, request, reply)
  })
}

/** SQLSTATEs of what may be over in a moment: deadlocks and failed serialization, no room, statements given up, locks not got. */
const passing = /^(40|53|57)|^55P03$/

function asPortalError(error: FastifyError): PortalError {
  if (error instanceof PortalError) return error
  if (error instanceof CommitUnknown) return new OutsideSystemDown('database', error)
  // Class 22: a value the column cannot hold. What a client sent is never answered as a failure of ours.
  const state = sqlState(error) ?? ''
  if (state.startsWith('22')) return new PortalError(400, 'bad-request', undefined, error)
  if (passing.test(state)) return new OutsideSystemDown('database', error)
  const status = error.statusCode ?? 500
  if (status === 413) return new PortalError(413, 'too-large', undefined, error)
  if (status >= 400 && status < 500) return new PortalError(status, 'bad-request', undefined, error)
  return new PortalError(500, 'failure', undefined, error)
}

function show(failure: PortalError, error: Error | undefined, request: FastifyRequest, reply: FastifyReply): unknown {
  if (failure.status >= 500) logFailure(failure, error, request)
  reply.code(failure.status).header('cache-control', 'no-store')
  if (failure instanceof OutsideSystemDown || failure instanceof TooMany) {
    reply.header('retry-after', String(failure.retryAfterSeconds))
  }
  if (request.headers['x-portal'] === '1') {
    reply.type('application/problem+json; charset=utf-8')
    return reply.send({ status: failure.status, title: failure.page, reference: request.id })
  }
  return reply.view(`errors/${failure.page}.njk`, {
    reference: request.id,
    reasonText: failure.reason === undefined ? '' : request.translate(failure.reason),
    system: failure instanceof OutsideSystemDown ? failure.system : '',
    posted: request.method === 'POST',
    outcomeUnknown: failure.cause instanceof CommitUnknown,
  })
}

/** The message of a failed statement holds its parameters: only the kind and SQLSTATE of a failure are written down. */
function logFailure(failure: PortalError, error: Error | undefined, request: FastifyRequest): void {
  const root = failure.cause instanceof Error ? failure.cause : error
  const cause = root?.cause instanceof Error ? root.cause : root
  request.log.error(
    {
      route: request.routeOptions.url,
      failure: failure.page,
      system: failure instanceof OutsideSystemDown ? failure.system : undefined,
      kind: cause?.name,
      code: cause !== undefined && 'code' in cause ? String(cause.code) : undefined,
      at: cause?.stack
        ?.split('\n')
        .filter((line) => line.trimStart().startsWith('at '))
        .slice(0, 6),
    },
    'a request failed',
  )
}
