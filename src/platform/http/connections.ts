import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { compile } from '@fastify/proxy-addr'
import type { FastifyInstance } from 'fastify'
import { TooMany } from './errors.ts'
import { networkOf } from './network.ts'

export interface ConnectionLimit {
  /** at most so many at a time of one client address */
  perAddress: number
  trustedProxies: readonly string[]
}

export const retryAfterSeconds = 5

/**
 * Nobody takes up all the room: connections of one client address are counted, and those too many are refused at once. Trusted
 * proxies connect for everybody and are not counted. Each process counts its own, since its own room is what is limited.
 *
 * @param refuse answers on a connection and closes it
 * Source: security requirement 66
 */
export function limitsConnections(
  server: Server,
  { perAddress, trustedProxies }: ConnectionLimit,
  refuse: (socket: Socket) => void,
): void {
  const isProxy = compile([...trustedProxies])
  const enter = counter(perAddress)
  // Whoever serves connections must not see those refused: it would read a request from them, and answer it.
  const serving = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    // One that is closed already has no address, and takes up nothing.
    if (remoteAddress !== undefined && !isProxy(remoteAddress, 0)) {
      const leave = enter(networkOf(remoteAddress))
      if (leave === undefined) return refuse(socket)
      socket.once('close', leave)
    }
    for (const serve of serving) serve.call(server, socket)
  })
}

/** The same behind a trusted proxy, whose connections say nothing: requests of one client address that are answered at a time. */
export function limitsRequestsAtATime(app: FastifyInstance, { perAddress, trustedProxies }: ConnectionLimit): void {
  const isProxy = compile([...trustedProxies])
  const enter = counter(perAddress)
  app.addHook('onRequest', async (request, reply) => {
    const { remoteAddress } = request.socket
    if (remoteAddress === undefined || !isProxy(remoteAddress, 0)) return
    const leave = enter(networkOf(request.ip))
    if (leave === undefined) throw new TooMany(retryAfterSeconds)
    reply.raw.once('close', leave)
  })
}

/** Lets in so many of each name at a time: gives what to call at the end, or nothing when there are too many already. */
function counter(most: number): (name: string) => (() => void) | undefined {
  const counts = new Map<string, number>()
  return (name) => {
    const count = counts.get(name) ?? 0
    if (count >= most) return undefined
    counts.set(name, count + 1)
    return () => {
      const left = (counts.get(name) ?? 1) - 1
      if (left === 0) counts.delete(name)
      else counts.set(name, left)
    }
  }
}
