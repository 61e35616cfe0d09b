import Tokens from '@fastify/csrf'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import { NotAllowed, NotSignedIn, OutsideSystemDown } from '../../platform/http/errors.ts'
import { ownPath } from '../../platform/http/language.ts'
import { postedFields } from '../../platform/http/posted-form.ts'
import { formats } from '../../platform/i18n/formats.ts'
import { presentedIdentifier } from './carrier.ts'
import type { Presence, PresentLineage, Sessions } from './service.ts'

/** The person of an active session. */
export interface Person {
  accountId: string
  lineageId: string
  /** as shown in the header */
  name: string
  identity: NaturalIdentity
  assurance: 'low' | 'substantial' | 'high'
}

declare module 'fastify' {
  interface FastifyRequest {
    /** set behind activeSessionOnly; elsewhere asking for it is a mistake of ours */
    person: Person
    presence: Presence | undefined
    sessionsDown: OutsideSystemDown | undefined
    /** @throws NotAllowed unless it is the session's token */
    checkCsrf: (token: unknown) => void
  }
  interface FastifyContextConfig {
    /** the route reads a stream and checks the token itself, before anything else */
    checksCsrfItself?: boolean
    /** looking at this is no activity: it does not keep a session awake */
    noActivity?: boolean
  }
}

/** Keeps the page a stranger wanted for after signing in. */
export type RememberForSignIn = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const tokens = Tokens()
export const csrfField = '_csrf'

/** Looks who is there on every page, public ones too; a page that needs nobody is served all the same. */
export function noticesSessions(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.decorateRequest('presence', undefined)
  app.decorateRequest('sessionsDown', undefined)
  app.decorateRequest('checkCsrf', refuseToken)
  app.decorateRequest('person')
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.anonymous === true) return
    const identifier = presentedIdentifier(request)
    if (identifier === undefined) return
    const presence = await sessions.look(identifier, isActivity(request)).catch((error: unknown) => {
      // A public page needs nobody: it is served while the store is away. A protected one answers 503, not "signed out".
      if (!(error instanceof OutsideSystemDown)) throw error
      request.sessionsDown = error
    })
    if (presence === undefined) return
    request.presence = presence
    const { lineage } = presence
    if (lineage === undefined) return
    request.checkCsrf = (token) => {
      if (typeof token !== 'string' || !tokens.verify(lineage.csrfSecret, token)) throw new NotAllowed()
    }
    if (presence.state === 'active') introduce(request, reply, presence, lineage, sessions.limits.idleMinutes)
    else reply.locals = { ...reply.locals, sessionState: presence.state }
  })
}

/** Where it matters who is there, a store that is away is a failure, never "not signed in". */
export function requiresSessionStore(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.sessionsDown !== undefined) throw request.sessionsDown
  })
}

/**
 * Only for a person whose session is active. Others are sent to continue, to identify again or to sign in; a page load is
 * remembered and goes on afterwards.
 */
export function activeSessionOnly(
  app: FastifyInstance,
  { sessions, rememberForSignIn }: { sessions: Sessions; rememberForSignIn: RememberForSignIn },
): void {
  requiresSessionStore(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { presence } = request
    if (presence?.state === 'active') return
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (request.headers['x-portal'] === '1') return refuseScript(reply, presence)
    if (presence?.lineage === undefined) {
      if (!reading) throw new NotSignedIn('errors.not-signed-in.nothing-kept')
      await rememberForSignIn(request, reply)
      return reply.redirect('/belepes', 303)
    }
    const target = reading ? ownPath(request.raw.url) : undefined
    if (target !== undefined) await sessions.rememberTarget(presence.lineage.id, target)
    const page = presence.state === 'reidentify' ? '/munkamenet/azonositas' : '/munkamenet/szunet'
    return reply.redirect(reading ? page : `${page}?nem-mentve`, 303)
  })
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'POST' || request.routeOptions.config.checksCsrfItself === true) return
    request.checkCsrf(postedFields(request.body)[csrfField])
  })
}

function introduce(
  request: FastifyRequest,
  reply: FastifyReply,
  presence: Presence,
  lineage: PresentLineage,
  idleMinutes: number,
): void {
  const { identity } = lineage
  const name = `${identity.familyName} ${identity.givenName}`
  request.person = {
    accountId: lineage.accountId,
    lineageId: lineage.id,
    name,
    identity,
    assurance: lineage.assurance,
  }
  const at = (seconds: number) =>
    formats[request.language].timeToTheSecond(new Date(presence.now.getTime() + seconds * 1_000))
  reply.header('cache-control', 'no-store')
  reply.locals = {
    ...reply.locals,
    person: { name },
    csrf: tokens.create(lineage.csrfSecret),
    clocks: {
      idleUntil: at(presence.secondsLeft.idle),
      identifiedUntil: at(presence.secondsLeft.identified),
      idleSeconds: presence.secondsLeft.idle,
      identifiedSeconds: presence.secondsLeft.identified,
      idleLimitSeconds: idleMinutes * 60,
    },
    lineage: lineage.label,
  }
}

/** The answer to a script whose session cannot act: it is told, and never redirected. */
export function refuseScript(reply: FastifyReply, presence: Presence | undefined) {
  const state = presence?.state ?? 'anonymous'
  return reply
    .code(401)
    .header('www-authenticate', 'Portal')
    .type('application/problem+json; charset=utf-8')
    .send({ status: 401, state, continueAt: state === 'anonymous' ? '/belepes' : '/munkamenet/szunet', parked: false })
}

/** A page load, a posted form, an upload or a download caused by the person; not a prefetch. */
function isActivity(request: FastifyRequest): boolean {
  const purpose = String(request.headers['sec-purpose'] ?? request.headers['purpose'] ?? '')
  return request.routeOptions.config.noActivity !== true && !purpose.includes('prefetch') && !request.is404
}

function refuseToken(): void {
  throw new NotAllowed()
}
