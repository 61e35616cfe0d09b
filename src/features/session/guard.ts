import Tokens from '@fastify/csrf'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import { CommitUnknown, type Tx } from '../../platform/database.ts'
import { NotAllowed, NotSignedIn, OutsideSystemDown, PortalError } from '../../platform/http/errors.ts'
import { ownPath } from '../../platform/http/language.ts'
import { postedFields } from '../../platform/http/posted-form.ts'
import { isPrefetch } from '../../platform/http/prefetch.ts'
import { countPage } from '../../platform/http/request-limits.ts'
import { formats } from '../../platform/i18n/formats.ts'
import {
  type Admission,
  type Admitting,
  admit,
  csrfField,
  giveBack,
  giveBackWhatIsNotParked,
  hasFiles,
  type ParkedForm,
  park,
  refuseScript,
  showOldTicket,
  TooOldTicket,
} from './admission.ts'
import { presentedIdentifier } from './carrier.ts'
import { type FormPlace, type FormTicket, type FormTickets, ticketField } from './form-ticket.ts'
import type { ParkedRoute } from './parking.ts'
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
    /** the sound ticket that a post came with; only behind activeSessionOnly on routes that park */
    ticket: FormTicket
    /** a ticket for a form page that is shown to the person of this session; set where the session is active */
    newTicket: (page: TicketPage) => string
    /** set behind activeSessionOnly; on routes that read a form with files themselves, with its first two parts */
    admitForm: (token: unknown, ticket: unknown) => Promise<Admission>
    /** puts the form aside that was admitted, and says so */
    parkForm: (reply: FastifyReply, admission: Admission, form: ParkedForm) => Promise<FastifyReply>
  }
  interface FastifyContextConfig {
    /** the route reads a stream and checks the token itself, before anything else */
    checksCsrfItself?: boolean
    /** looking at this is no activity: it does not keep a session awake */
    noActivity?: boolean
    /** posts of this route are put aside when the session cannot act; none is carried out without a form ticket */
    parks?: ParkedRoute
  }
}

export type TicketPage = FormPlace & Pick<FormTicket, 'form' | 'revision'>

/** Keeps the page a stranger wanted for after signing in. */
export type RememberForSignIn = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const tokens = Tokens()

/** What every page of a signed-in person needs, read in the same flush as the session. */
export interface Alongside<Read> {
  read(tx: Tx): Promise<Read>
  keep(request: FastifyRequest, read: Read): void
}

/** Looks who is there on every page, public ones too; a page that needs nobody is served all the same. */
export function noticesSessions<Read>(
  app: FastifyInstance,
  { sessions, tickets, alongside }: { sessions: Sessions; tickets: FormTickets; alongside: Alongside<Read> },
): void {
  app.decorateRequest('presence', undefined)
  app.decorateRequest('sessionsDown', undefined)
  app.decorateRequest('pageCount', undefined)
  app.decorateRequest('checkCsrf', refuseToken)
  app.decorateRequest('person')
  app.decorateRequest('ticket')
  app.decorateRequest('newTicket')
  app.decorateRequest('admitForm')
  app.decorateRequest('parkForm')
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.anonymous === true) return
    const identifier = presentedIdentifier(request)
    if (identifier === undefined) return
    const { limit } = request.routeOptions.config
    const looking = sessions.lookAndRead(identifier, isActivity(request), {
      ...(limit === undefined && { atTheDoor: countPage }),
      read: alongside.read,
    })
    const looked = await looking.catch((error: unknown) => {
      // A public page needs nobody: it is served while the store is away. A protected one answers 503, not "signed out".
      if (error instanceof OutsideSystemDown) request.sessionsDown = error
      // Whether the look was noted matters to nobody: nothing of the request itself has begun.
      else if (error instanceof CommitUnknown) request.sessionsDown = new OutsideSystemDown('database')
      else throw error
    })
    if (looked === undefined) {
      reply.locals = { ...reply.locals, sessionState: 'unknown' }
      return
    }
    const { presence, read, noted } = looked
    request.presence = presence
    request.pageCount = noted
    const { lineage } = presence
    if (lineage === undefined) return
    request.checkCsrf = (token) => {
      if (typeof token !== 'string' || !tokens.verify(lineage.csrfSecret, token)) throw new NotAllowed()
    }
    request.newTicket = (page) =>
      tickets.write({ ...page, accountId: lineage.accountId, lineage: lineage.label, issuedAt: presence.now })
    if (read !== undefined) alongside.keep(request, read)
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

interface Guarding extends Admitting {
  sessions: Sessions
  rememberForSignIn: RememberForSignIn
}

/**
 * Only for a person whose session is active. Others are sent to continue, to identify again or to sign in; a page load is
 * remembered and goes on afterwards, and what a form page posts is put aside for the person of its ticket. A post is judged in
 * this order: the state of the session, the form ticket, the token.
 */
export function activeSessionOnly(app: FastifyInstance, guarding: Guarding): void {
  const { sessions, rememberForSignIn } = guarding
  requiresSessionStore(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    request.admitForm = (token, ticket) => admit(guarding, request, token, ticket)
    request.parkForm = (where, admission, form) => park(guarding, request, where, admission, form)
    const { presence } = request
    if (presence?.state === 'active') return
    const reading = request.method === 'GET' || request.method === 'HEAD'
    const isScript = request.headers['x-portal'] === '1'
    if (presence?.lineage === undefined) {
      if (isScript) return refuseScript(reply, presence)
      if (!reading) {
        if (!hasFiles(request)) return // read, to be given back
        reply.header('connection', 'close')
        throw new NotSignedIn('errors.not-signed-in.nothing-kept')
      }
      await rememberForSignIn(request, reply)
      return reply.redirect('/belepes', 303)
    }
    if (!reading && request.routeOptions.config.parks !== undefined) return // judged by its ticket once it is read
    if (isScript) return refuseScript(reply, presence)
    if (!reading && !hasFiles(request)) return // read, to be given back
    const target = reading ? ownPath(request.raw.url) : undefined
    if (target !== undefined) await sessions.rememberTarget(presence.lineage.id, target)
    return reply.redirect(reading ? pageOf(presence) : `${pageOf(presence)}?nem-mentve`, 303)
  })
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST') return
    const { parks, checksCsrfItself } = request.routeOptions.config
    const { presence } = request
    if (presence?.lineage === undefined) return giveBack(guarding, request, reply)
    if (hasFiles(request)) {
      if (presence.state !== 'active') {
        // A hook that returns nothing lets the request through: only who puts files aside may take it from here.
        if (parks?.parkFiles === undefined) throw new NotAllowed()
        return parks.parkFiles(request, reply)
      }
      if (checksCsrfItself === true) return
    }
    const posted = postedFields(request.body)
    if (parks === undefined) {
      if (presence.state !== 'active') return giveBackWhatIsNotParked(request, reply, posted, pageOf(presence))
      return request.checkCsrf(posted[csrfField])
    }
    try {
      const admission = await admit(guarding, request, posted[csrfField], posted[ticketField])
      if (admission.may === 'act') return
      return await park(guarding, request, reply, admission, { fields: posted, refusedFiles: [] })
    } catch (refusal) {
      const isScript = request.headers['x-portal'] === '1'
      if (!isScript && refusal instanceof TooOldTicket) return showOldTicket(request, reply, refusal, posted)
      if (!isScript || presence.state === 'active' || !(refusal instanceof PortalError)) throw refusal
      return refuseScript(reply, presence)
    }
  })
}

/** Where a session that rests goes on. */
function pageOf({ state }: Presence): string {
  return state === 'reidentify' ? '/munkamenet/azonositas' : '/munkamenet/szunet'
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

/** A page load, a posted form, an upload or a download caused by the person; not a prefetch. */
function isActivity(request: FastifyRequest): boolean {
  return request.routeOptions.config.noActivity !== true && !isPrefetch(request) && !request.is404
}

function refuseToken(): void {
  throw new NotAllowed()
}
