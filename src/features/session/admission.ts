import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../../platform/audit/index.ts'
import { type Db, inScope } from '../../platform/database.ts'
import { Conflict, NotAllowed, OtherSignIn } from '../../platform/http/errors.ts'
import { type Posted, postedFields } from '../../platform/http/posted-form.ts'
import { fingerprint } from '../../platform/seal.ts'
import { type FormTicket, type FormTickets, judgeTicket, ticketField } from './form-ticket.ts'
import type { Park, RefusedFile, Typed } from './parking.ts'
import type { Presence } from './service.ts'

export const csrfField = '_csrf'

/** What is needed to judge a posted form, and to put it aside. */
export interface Admitting {
  db: Db
  tickets: FormTickets
  park: Park
}

/** A form that may be carried out, or else only put aside. */
export interface Admission {
  may: 'act' | 'be-parked'
  ticket: FormTicket
  rendering: string
}

export interface ParkedForm {
  fields: Posted
  refusedFiles: RefusedFile[]
}

/** The page was shown too long ago. It is the person's own, so what was typed can be given back. */
export class TooOldTicket extends NotAllowed {
  readonly ticket: FormTicket
  constructor(ticket: FormTicket) {
    super('errors.not-allowed.old-ticket')
    this.ticket = ticket
  }
}

/**
 * Whether a form may be carried out, by its ticket and its token.
 *
 * @throws OtherSignIn for the page of another person's session; Conflict for that of another matter
 * @throws TooOldTicket for a page shown more than a day ago
 * @throws NotAllowed when there is no sound ticket, or the token is not the session's
 */
export async function admit(
  { db, tickets }: Admitting,
  request: FastifyRequest,
  token: unknown,
  written: unknown,
): Promise<Admission> {
  const { presence } = request
  const place = request.routeOptions.config.parks?.place(request)
  if (presence?.lineage === undefined || place === undefined) throw new NotAllowed()
  const { accountId, label } = presence.lineage
  const ticket = tickets.read(written)
  if (ticket === undefined) throw new NotAllowed('errors.not-allowed.no-ticket')
  const verdict = judgeTicket(ticket, { accountId, lineage: label, place, now: presence.now })
  if (verdict === 'other-person') {
    await inScope(db, { role: 'door' }, (tx) =>
      recordAudit(tx, {
        action: 'form.refused.other-person',
        actor: { kind: 'citizen', id: accountId },
        object: { kind: 'draft', id: ticket.draftId },
      }),
    )
    throw new OtherSignIn()
  }
  if (verdict === 'too-old') throw new TooOldTicket(ticket)
  if (verdict === 'other-context') throw new Conflict('errors.conflict.other-context')
  const may = presence.state === 'active' && verdict === 'normal' ? 'act' : 'be-parked'
  if (may === 'act') request.checkCsrf(token)
  request.ticket = ticket
  return { may, ticket, rendering: fingerprint(String(written)).toString('base64url') }
}

/** Puts a form aside that was admitted for that, and says so; what cannot be put aside is given back. */
export async function park(
  admitting: Admitting,
  request: FastifyRequest,
  reply: FastifyReply,
  { ticket, rendering }: Admission,
  { fields, refusedFiles }: ParkedForm,
): Promise<FastifyReply> {
  const { parks } = request.routeOptions.config
  if (parks === undefined) throw new Error('a route that parks nothing')
  const isScript = request.headers['x-portal'] === '1'
  const typed = withoutMarks(fields)
  const parking = await admitting.park({
    kind: parks.kind,
    autosave: isScript,
    rendering,
    ticket,
    fields: typed,
    refusedFiles,
  })
  const { presence } = request
  const parked = parking === 'parked'
  if (isScript) {
    if (presence?.state !== 'active') return refuseScript(reply, presence, parked)
    return reply.code(409).send({ saved: false, because: 'other-session', parked })
  }
  if (!parked) {
    return reply.code(409).view('errors/not-kept.njk', {
      because: parking,
      typed: parks.typed(ticket, typed, request.language),
      reference: request.id,
    })
  }
  if (presence?.state === 'active') return reply.redirect('/sajat/felretett?felreteve', 303)
  return reply.redirect(`/munkamenet/${presence?.state === 'reidentify' ? 'azonositas' : 'szunet'}?felreteve`, 303)
}

/** Nothing is done or kept of a page shown too long ago, and what was typed is given back. */
export function showOldTicket(
  request: FastifyRequest,
  reply: FastifyReply,
  { ticket }: TooOldTicket,
  posted: Posted,
): FastifyReply {
  return reply.code(403).view('errors/not-kept.njk', {
    because: 'too-old',
    typed: request.routeOptions.config.parks?.typed(ticket, withoutMarks(posted), request.language) ?? [],
    reference: request.id,
  })
}

/** Nobody is signed in: nothing is done or kept, and what was typed is given back. */
export function giveBack({ tickets }: Admitting, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const posted = postedFields(request.body)
  const typed = withoutMarks(posted)
  const ticket = tickets.read(posted[ticketField])
  const { parks } = request.routeOptions.config
  const known: Typed = ticket === undefined ? [] : (parks?.typed(ticket, typed, request.language) ?? [])
  return reply
    .code(401)
    .header('www-authenticate', 'Portal')
    .view('errors/not-signed-in.njk', {
      reference: request.id,
      reasonText: request.translate('errors.not-signed-in.nothing-kept'),
      typed: known,
      texts: known.length > 0 ? [] : texts(typed),
    })
}

/**
 * The session rests, and the route's posts are not put aside: nothing is done or kept, and what was typed is given back. Where nothing
 * was, being told so on the page to go on from is enough.
 *
 * @param page where the session goes on
 */
export function giveBackWhatIsNotParked(
  request: FastifyRequest,
  reply: FastifyReply,
  posted: Posted,
  page: string,
): FastifyReply {
  const written = texts(withoutMarks(posted))
  if (written.length === 0) return reply.redirect(`${page}?nem-mentve`, 303)
  return reply
    .code(409)
    .view('errors/not-kept.njk', { because: 'resting', typed: [], texts: written, page, reference: request.id })
}

/** What a person may have written, where nobody knows the names of the fields: not the values of choices and keys. */
function texts(fields: Posted): string[] {
  return Object.values(fields)
    .flatMap((value) => value ?? [])
    .filter((value) => /\s|[^a-z0-9_-]|^\d[\d-]{3,}$/.test(value.trim()))
}

/** The fields alone, without what our pages add to them. */
function withoutMarks(fields: Posted): Posted {
  const typed = Object.create(null) as Record<string, string | readonly string[]>
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && name !== csrfField && name !== ticketField) typed[name] = value
  }
  return typed
}

export function hasFiles(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith('multipart/') === true
}

const continueAt = {
  anonymous: '/belepes',
  active: '/sajat',
  paused: '/munkamenet/szunet',
  reidentify: '/munkamenet/azonositas',
}

/** The answer to a script whose session cannot act: it is told, and never redirected. */
export function refuseScript(reply: FastifyReply, presence: Presence | undefined, parked = false) {
  const state = presence?.state ?? 'anonymous'
  return reply
    .code(401)
    .header('www-authenticate', 'Portal')
    .type('application/problem+json; charset=utf-8')
    .send({ status: 401, state, continueAt: continueAt[state], parked })
}
