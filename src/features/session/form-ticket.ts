import { z } from 'zod'
import type { Seal } from '../../platform/seal.ts'

/** Where a form page stands, as its address says. */
export interface FormPlace {
  /** part of the address: „ujhartyan” */
  settlement: string
  /** part of the address: on whose behalf */
  party: string
  draftId: string
  /** the form's page, or the step around it: `uj`, `attekintes` */
  step: string
}

/**
 * The form ticket (űrlapjegy): for whom, of which session and for what a form page was shown. Every such page carries one. It
 * gives no right; it keeps a page that was shown to one from being posted as another's, or into another matter.
 */
export interface FormTicket extends FormPlace {
  accountId: string
  /** public label of the lineage in which the page was shown */
  lineage: string
  form: { code: string; version: number }
  /** the draft's change counter when the page was shown */
  revision: number
  /** database time */
  issuedAt: Date
}

/** Who posts, where to and when. */
export interface FormPost {
  accountId: string
  lineage: string
  place: FormPlace
  /** database time */
  now: Date
}

export type TicketVerdict = 'normal' | 'earlier-lineage' | 'other-person' | 'other-context' | 'too-old'

export const ticketField = '_jegy'
export const ticketHours = 24

/**
 * What a ticket says of the post it came with. Whose page it is counts before everything else; an older counter of the draft is
 * judged where the draft is saved, under its lock.
 */
export function judgeTicket(ticket: FormTicket, post: FormPost): TicketVerdict {
  if (ticket.accountId !== post.accountId) return 'other-person'
  if (post.now.getTime() - ticket.issuedAt.getTime() >= ticketHours * 3_600_000) return 'too-old'
  const { place } = post
  const sameContext =
    ticket.settlement === place.settlement &&
    ticket.party === place.party &&
    ticket.draftId === place.draftId &&
    ticket.step === place.step
  if (!sameContext) return 'other-context'
  return ticket.lineage === post.lineage ? 'normal' : 'earlier-lineage'
}

/** Whether the ticket was given for this very form; a draft keeps its version, so another one is another draft's. */
export function isTicketFor({ form }: FormTicket, { code, version }: FormTicket['form']): boolean {
  return form.code === code && form.version === version
}

export const ticketSchema = z.object({
  settlement: z.string(),
  party: z.string(),
  draftId: z.string(),
  step: z.string(),
  accountId: z.string(),
  lineage: z.string(),
  form: z.object({ code: z.string(), version: z.number() }),
  revision: z.number(),
  issuedAt: z.coerce.date(),
})

const longest = 2_000

export type FormTickets = ReturnType<typeof formTickets>

/** Writes and reads tickets; only what this portal wrote, unchanged to the last letter, can be read. */
export function formTickets(seal: Seal) {
  return {
    write: (ticket: FormTicket): string => seal.close(JSON.stringify(ticket), purpose).toString('base64url'),

    /** undefined: none of ours, or altered */
    read(written: unknown): FormTicket | undefined {
      if (typeof written !== 'string' || written.length > longest) return undefined
      const sealed = Buffer.from(written, 'base64url')
      // Several spellings decode to the same bytes; only ours counts.
      if (sealed.toString('base64url') !== written) return undefined
      try {
        return ticketSchema.parse(JSON.parse(seal.open(sealed, purpose)))
      } catch {
        return undefined
      }
    },
  }
}

const purpose = 'form-ticket'
