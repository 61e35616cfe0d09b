import type { Socket } from 'node:net'
import fastifyCookie from '@fastify/cookie'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Log } from '../log.ts'
import { compressesTexts } from './compression.ts'
import { limitsConnections, retryAfterSeconds } from './connections.ts'
import { BadRequest } from './errors.ts'
import { sendSecurityHeaders } from './headers.ts'
import { newReference, type RefusalPage, refuser } from './refusal.ts'
import { type LeastSpeed, watchSpeed } from './slow-senders.ts'

/** Times in milliseconds; Fastify's own defaults mean "no limit". */
const limits = {
  headers: 10_000,
  body: 30_000,
  upload: 300_000,
  keepAlive: 65_000,
  requestsPerSocket: 1_000,
  bodyBytes: 262_144,
  headerBytes: 16_384,
}

const uploadSpeed: LeastSpeed = { graceMilliseconds: 10_000, bytesPerSecond: 8_000, everyMilliseconds: 1_000 }

export interface ServerOptions {
  log: Log
  headers: Record<string, string>
  trustedProxies: readonly string[]
  connectionsPerAddress: number
  /** shown for what never becomes a request */
  refusalPage?: RefusalPage
  leastSpeed?: LeastSpeed
}

/** A Fastify instance with limits on everything a client can send, and the headers of every answer. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { log, headers, trustedProxies, connectionsPerAddress, refusalPage, leastSpeed = uploadSpeed } = options
  const logger: FastifyBaseLogger = log
  const refuse = refuser(log, headers, refusalPage)
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newReference,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.upload,
    keepAliveTimeout: limits.keepAlive,
    maxRequestsPerSocket: limits.requestsPerSocket,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    // Longer addresses are refused with a page of ours; the router's own refusal has neither headers nor words.
    routerOptions: { maxParamLength: limits.headerBytes, ignoreTrailingSlash: true },
    // A request that names no host is refused with the others that do not name ours.
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headers,
      requireHostHeader: false,
      connectionsCheckingInterval: 5_000,
    },
    // An address that cannot be decoded would never reach a route, nor a page that says so.
    rewriteUrl: ({ url = '/' }) => (isDecodable(url) ? url : unreadableAddress),
    clientErrorHandler: ({ code }, socket) => refuse(socket, statusBelow[code] ?? 400),
  })
  limitsConnections(app.server, { perAddress: connectionsPerAddress, trustedProxies }, (socket) =>
    refuse(socket, 429, { 'retry-after': String(retryAfterSeconds) }),
  )
  sendSecurityHeaders(app, headers)
  app.server.on('checkExpectation', ({ socket }) => refuse(socket, 417))
  await app.register(fastifyCookie)
  compressesTexts(app)
  bodiesArriveInTime(app, leastSpeed, (socket) => {
    refuse(socket, 408)
    // Not a moment longer: it must not come to its end after all.
    socket.destroySoon()
  })
  closesConnectionsAtTheEnd(app)
  app.addHook('onResponse', async (request, reply) => {
    log.info(
      {
        request: request.id,
        method: request.method,
        route: request.routeOptions.url ?? '?',
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  return app
}

/** What Node says of a request it could not take. */
const statusBelow: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

const unreadableAddress = '/olvashatatlan-cim'

/** The page for addresses that cannot be decoded; registered where pages are shown. */
export function refusesUnreadableAddresses(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'POST'],
    url: unreadableAddress,
    handler: () => {
      throw new BadRequest()
    },
  })
}

function isDecodable(url: string): boolean {
  try {
    decodeURI(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** the same for everybody: nobody looks whose session it is */
    anonymous?: boolean
  }
}

/** Files in a folder whose names carry a hash of their content: kept by browsers for ever, sent compressed as built. */
export async function serveBuiltFiles(
  app: FastifyInstance,
  { folder, prefix }: { folder: string; prefix: string },
): Promise<void> {
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, anonymous: true }
    })
    await files.register(fastifyStatic, {
      root: folder,
      prefix,
      index: false,
      wildcard: false,
      immutable: true,
      maxAge: '365d',
      preCompressed: true,
      decorateReply: false,
      globIgnore: ['**/*.json', '**/*.br', '**/*.gz'],
    })
  })
}

/** A posted form arrives within 30 s; uploads have the request's own limit, and a speed to keep. */
function bodiesArriveInTime(app: FastifyInstance, leastSpeed: LeastSpeed, refuse: (socket: Socket) => void): void {
  app.addHook('preParsing', async ({ headers, raw }, reply, payload) => {
    // An answer that has begun is all there is to say.
    const giveUp = () => (reply.raw.headersSent ? raw.destroy() : refuse(raw.socket))
    if (headers['content-type']?.startsWith('multipart/') === true) {
      watchSpeed(raw, leastSpeed, giveUp)
      return payload
    }
    const timer = setTimeout(giveUp, limits.body)
    timer.unref()
    payload.once('close', () => clearTimeout(timer))
    payload.once('end', () => clearTimeout(timer))
    return payload
  })
  // Answered before all of it was here: the sender may finish and read the answer, but not keep the connection for long.
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy()
    }, limits.body)
    timer.unref()
    raw.once('close', () => clearTimeout(timer))
  })
}

/**
 * No connection holds up the stopping: browsers open some in advance, and one that has not asked for anything counts as busy;
 * and one whose request is still answered would stay open for the next.
 */
function closesConnectionsAtTheEnd(app: FastifyInstance): void {
  const unused = new Set<Socket>()
  let closing = false
  app.server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }) => unused.delete(socket))
  app.addHook('preClose', async () => {
    closing = true
    for (const socket of unused) socket.destroy()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
}
