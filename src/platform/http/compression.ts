import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import negotiator from '@fastify/accept-negotiator'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyReply {
    /** what this very text is when compressed, where it is sent to many */
    packings: Map<string, Buffer> | undefined
  }
}

/** Shorter answers fit in one packet anyway. */
const leastBytes = 1_024
const texts = /^(text\/|image\/svg\+xml|application\/(json|problem\+json|javascript|xml))/

const ways = {
  br: (text: Buffer) =>
    brotliCompressSync(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text: Buffer) => gzipSync(text, { level: 6 }),
} as const

/**
 * Compresses texts that are whole when they are sent, which all pages are: at once and in one piece, since a stream, or another
 * thread, costs twice the processor time for answers of this size. What comes as a stream is a file, and goes as it is.
 */
export function compressesTexts(app: FastifyInstance): void {
  app.decorateReply('packings', undefined)
  app.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return done(null, payload)
    if (payload.length < leastBytes || reply.hasHeader('content-encoding')) return done(null, payload)
    if (!texts.test(String(reply.getHeader('content-type') ?? ''))) return done(null, payload)
    const others = reply.getHeader('vary')
    reply.header('vary', others === undefined ? 'accept-encoding' : `${String(others)}, accept-encoding`)
    const way = negotiator.negotiate(request.headers['accept-encoding'] ?? '', ['br', 'gzip'])
    if (way !== 'br' && way !== 'gzip') return done(null, payload)
    reply.header('content-encoding', way).removeHeader('content-length')
    const { packings } = reply
    const packed = packings?.get(way) ?? ways[way](typeof payload === 'string' ? Buffer.from(payload) : payload)
    packings?.set(way, packed)
    done(null, packed)
  })
}
