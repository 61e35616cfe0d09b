import fastifySession from '@fastify/session'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export const sessionCookie = '__Host-munkamenet'

/**
 * The session plugin carries the identifier in the browser's cookie, signed, and nothing more: its store knows every
 * identifier and keeps none, so no slow request can bring back what has ended. Who an identifier belongs to is decided by
 * the lineages alone.
 */
export async function carriesIdentifier(app: FastifyInstance, { secret }: { secret: string }): Promise<void> {
  await app.register(fastifySession, {
    secret,
    cookieName: sessionCookie,
    rolling: false,
    saveUninitialized: false,
    cookie: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' },
    store: {
      get: (_id, answer) => answer(null, {} as never), // nothing is kept: the plugin only asks whether to accept the signature
      set: (_id, _session, answer) => answer(),
      destroy: (_id, answer) => answer(),
    },
  })
}

/** The identifier the browser showed, if its signature is ours. */
export function presentedIdentifier(request: FastifyRequest): string | undefined {
  const shown = request.cookies[sessionCookie]
  return shown !== undefined && shown === request.session?.encryptedSessionId ? request.session.sessionId : undefined
}

/** A new random identifier for this browser; the answer to the request sets the cookie. */
export async function newIdentifier(request: FastifyRequest): Promise<string> {
  await request.session.regenerate()
  return request.session.sessionId
}

/** Sends the new identifier to the browser; only after it was accepted into a lineage. */
export async function sendIdentifier(request: FastifyRequest): Promise<void> {
  await request.session.save()
}

export async function forgetIdentifier(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await request.session.destroy()
  reply.clearCookie(sessionCookie, { path: '/', secure: true, httpOnly: true, sameSite: 'lax' })
}
