import type { FastifyRequest } from 'fastify'

/** Whether the browser loads a page ahead, before anybody has asked for it. */
export function isPrefetch({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return String(headers['sec-purpose'] ?? headers['purpose'] ?? '').includes('prefetch')
}
