import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { postedFields, readWith } from '../../platform/http/posted-form.ts'
import type { ParkedItem } from '../parked-work/index.ts'
import type { FormPlace, ParkedRoute } from '../session/index.ts'
import type { Submissions } from './service.ts'

const matterParams = z.object({ settlement: z.string(), party: z.string() })
const draftParams = matterParams.extend({ draft: z.string(), oldal: z.string().optional(), sor: z.string().optional() })

/** The step whose page sends the form in. */
export const overviewStep = 'attekintes'
/** The step at which a call for what is missing is answered; no page of a form is called so. */
export const completionStep = '_potlas'
/** The step that begins a draft. */
export const startStep = 'uj'

/** A page of a form: what was posted is saved when its person goes on. */
export function parksPage({ typedText }: Pick<Submissions, 'typedText'>): ParkedRoute {
  return { kind: 'save', place: placeOf, typed: typedText }
}

/** The overview: sending is never done later by itself; the person comes back to the button. Nothing is typed there. */
export const parksSending: ParkedRoute = {
  kind: 'submission',
  place: (request) => ({ ...placeOf(request), step: overviewStep }),
  typed: () => [],
}

/** The page on which a call for what is missing is answered. */
export function parksCompletion({ typedText }: Pick<Submissions, 'typedText'>): ParkedRoute {
  return { kind: 'save', place: placeOfCompletion, typed: typedText }
}

/** Sending the answer, which is never done later by itself. */
export const parksCompletionSending: ParkedRoute = {
  kind: 'submission',
  place: placeOfCompletion,
  typed: () => [],
}

/** Beginning a draft, whose name comes with the form. */
export const parksStart: ParkedRoute = {
  kind: 'start',
  place(request) {
    const { settlement, party } = readWith(matterParams, request.params, new NotFound('page'))
    return { settlement, party, draftId: String(postedFields(request.body)['kulcs']), step: startStep }
  },
  typed: () => [],
}

/** The address of an item, below its own settlement and party: whoever opens it must have the right to act there. */
export function itemAddress({ id, work }: ParkedItem): string {
  const { settlement, party } = work.kind === 'filling' ? { settlement: work.settlement, party: 'sajat' } : work.ticket
  return `/${settlement}/${party}/felretett/${id}`
}

function placeOfCompletion({ params }: FastifyRequest): FormPlace {
  const { settlement, party, draft } = readWith(draftParams, params, new NotFound('form page'))
  return { settlement, party, draftId: draft, step: completionStep }
}

function placeOf({ params }: FastifyRequest): FormPlace {
  const { settlement, party, draft, oldal = '', sor } = readWith(draftParams, params, new NotFound('form page'))
  return { settlement, party, draftId: draft, step: sor === undefined ? oldal : `${oldal}/sor/${sor}` }
}
