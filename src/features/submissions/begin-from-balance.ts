import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TaxFigures } from '../forms/index.ts'
import { askWhichDraft, readKnown } from './open-drafts.ts'
import { basePath, matterOf } from './request-matter.ts'
import type { Submissions } from './service.ts'

/** A form somebody wants to begin from a tax balance, as their post to the address `action` says. */
export interface BalanceForm {
  formCode: string
  /** becomes the draft's id, so that pressing twice begins one draft */
  key: string
  figures: TaxFigures
  /** what was posted as `ismert`: the open drafts the person has been told of */
  known: unknown
  action: string
  /** what is to be posted there again, when the person is asked first whether to go on with a draft that is open */
  fields: Record<string, string>
}

export type BeginsFromBalance = ReturnType<typeof beginsFromBalance>

/**
 * Begins a form with the figures of a tax balance (adóegyenleg) in it, and leads to its first page; where one is open already, it
 * asks which to go on with. For addresses below `/{settlement}/{party}`: the draft is of that matter.
 *
 * @returns a handler's answer to a post
 * @throws as `start` of the submissions
 */
export function beginsFromBalance(submissions: Submissions) {
  return async (request: FastifyRequest, reply: FastifyReply, form: BalanceForm): Promise<FastifyReply> => {
    const { formCode, key: id, figures, known, action, fields } = form
    const matter = matterOf(request)
    const draft = await submissions.start(matter, { id, formCode, known: readKnown(known), figures })
    if ('asks' in draft) {
      const open = await submissions.openDrafts(matter, formCode)
      const drafts = open.filter(({ party }) => party.id === matter.partyId)
      return askWhichDraft(request, reply, { drafts, action, fields })
    }
    if ('submissionId' in draft) return reply.redirect(`${basePath(request)}/beadvanyok/${draft.submissionId}`, 303)
    const [first] = draft.definition.pages
    return reply.redirect(`${basePath(request)}/urlapok/${draft.id}/${first?.id ?? ''}`, 303)
  }
}
