import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Posted } from '../../platform/http/posted-form.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { FormPlace, FormTicket } from './form-ticket.ts'

/** A posted form that is put aside, since its session could not act. */
export interface PostedWork {
  /** what the person wanted; nothing but a save ever comes of it */
  kind: 'save' | 'submission' | 'start'
  /** sent by the page itself, not by its button */
  autosave: boolean
  /** names the one showing of the page that this was typed into */
  rendering: string
  ticket: FormTicket
  /** without token and ticket */
  fields: Posted
  /** files that came with it and were not taken; those that were lie beside the draft */
  refusedFiles: RefusedFile[]
}

export interface RefusedFile {
  /** the form's field */
  field: string
  name: string
  because: string
}

/** Nothing is kept of what is not parked: the person must be told, and given back what was typed. */
export type Parking = 'parked' | 'too-many' | 'too-large'

/** Puts a posted form aside for the person of its ticket; it is there when this returns. */
export type Park = (work: PostedWork) => Promise<Parking>

/** What was typed, in words, to be given back to whoever typed it. */
export type Typed = { key: string; values: readonly string[] }[]

/** A route whose posts are put aside when the session cannot act. Its pages carry a form ticket. */
export interface ParkedRoute {
  kind: PostedWork['kind']
  /** what the address says the post is for */
  place(request: FastifyRequest): FormPlace
  typed(ticket: FormTicket, fields: Posted, language: Language): Typed
  /** Reads a form with files, which the guard does not; called for one instead of the handler while the session cannot act. */
  parkFiles?(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}
