import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound, PortalError } from '../../platform/http/errors.ts'
import { postedFields, readWith } from '../../platform/http/posted-form.ts'
import { isPrefetch } from '../../platform/http/prefetch.ts'
import type { Filling, ParkedItem } from '../parked-work/index.ts'
import { RightEnded } from '../representation/index.ts'
import type { PostedWork, Sessions } from '../session/index.ts'
import { completionAddress, refusals, showCompletion } from './completion-routes.ts'
import { toReceipt } from './filling-routes.ts'
import { addressOf, fileErrors, showPage, showStale } from './form-page.ts'
import { askWhichDraft, knownField, readKnown } from './open-drafts.ts'
import { completionStep, itemAddress } from './parked-form.ts'
import { parkedView } from './parked-view.ts'
import { basePath, matterOf } from './request-matter.ts'
import type { SubmissionPages } from './routes.ts'
import type { Submissions } from './service.ts'

const itemParams = z.object({ item: z.uuid() })

/**
 * Where one goes on with what was put aside in this session, the last first; undefined when nothing was. Work for somebody the
 * person may no longer act for stands in nobody's way.
 *
 * @param kept what was filled in before this signing in: it is put aside for whoever signed in, and shown, never attached by itself
 */
export function resumesWork({ sessions, submissions }: { sessions: Sessions; submissions: Submissions }) {
  return async (identifier: string | undefined, kept?: string): Promise<string | undefined> => {
    const { state, lineage } = await sessions.look(identifier, false)
    if (state !== 'active' || lineage === undefined) return undefined
    const { accountId, identity, label } = lineage
    if (kept !== undefined) {
      const parking = await submissions.parked.parkFilling(accountId, label, kept)
      return parking === 'parked' ? list : `${list}?nem-fert-el`
    }
    for (const item of await submissions.parked.list(accountId)) {
      if (item.lineageLabel !== label || !(await submissions.mayGoOnWith({ accountId, identity }, item))) continue
      return item.work.kind === 'filling' ? list : itemAddress(item)
    }
    return undefined
  }
}

const list = '/sajat/felretett'

/**
 * Going on with parked work (félretett munka). What was put aside in this very session is saved at once: that is what the person
 * pressed a button for. Everything else is shown first, and taken over or thrown away.
 */
export const parkedPages: FastifyPluginAsync<SubmissionPages> = async (app, { submissions }) => {
  const { parked } = submissions

  // Opening it saves: that is for the person alone, not for whoever asks for the head or loads pages ahead.
  app.get('/felretett/:item', { exposeHeadRoute: false }, async (request, reply) => {
    const item = await ownItem(request)
    const goesOn = item.lineageLabel === request.presence?.lineage?.label && !isPrefetch(request)
    if (goesOn && item.work.kind !== 'filling') return goOn(request, reply, item, item.work)
    return reply.view('submissions/parked-item.njk', {
      item: await parkedView(submissions, request.person, item, request.language),
    })
  })

  /** Átveszem. */
  app.post('/felretett/:item', async (request, reply) => {
    const item = await ownItem(request)
    if (item.work.kind === 'filling') return beginWith(request, reply, item, item.work)
    return goOn(request, reply, item, item.work)
  })

  /**
   * @throws NotFound for what is gone, somebody else's, or of another settlement or party than the address says
   * @throws RightEnded for a form that the right to act for the party does not cover any more
   */
  async function ownItem(request: FastifyRequest): Promise<ParkedItem> {
    const { item: id } = readWith(itemParams, request.params, new NotFound('parked work'))
    const item = await parked.find(request.person.accountId, id)
    if (item === undefined || itemAddress(item) !== `${basePath(request)}/felretett/${id}`) {
      throw new NotFound('parked work', 'submissions.parked.was-gone')
    }
    if (!(await submissions.mayGoOnWith(request.person, item))) throw new RightEnded()
    return item
  }

  async function goOn(
    request: FastifyRequest,
    reply: FastifyReply,
    item: ParkedItem,
    { kind, ticket, fields, refusedFiles }: PostedWork,
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    if (kind === 'start') {
      await parked.take(matter.author.accountId, item.id)
      return reply.redirect(`${basePath(request)}/urlapok/uj?urlap=${encodeURIComponent(ticket.form.code)}`, 303)
    }
    if (ticket.step === completionStep)
      return goOnAnswering(request, reply, item, { kind, ticket, fields, refusedFiles })
    const draft = await orNothing(submissions.find(matter, ticket.draftId))
    if (draft === undefined) return showGone(request, reply, item, 'deleted')
    if ('submissionId' in draft) {
      // A sending that was put aside has been done in another window: its receipt is all there is to see.
      if (kind === 'save') return showGone(request, reply, item, 'sent', draft.submissionId)
      await parked.take(matter.author.accountId, item.id)
      return toReceipt(request, reply, draft.submissionId)
    }
    const address = addressOf(request, draft)
    if (kind === 'submission') {
      await parked.take(matter.author.accountId, item.id)
      return reply.redirect(`${address}/attekintes?felretett`, 303)
    }
    const page = { pageId: ticket.step, revision: ticket.revision, posted: fields }
    const saving = await orNothing(submissions.savePage(matter, draft.id, page, item.id))
    if (saving === undefined) return showGone(request, reply, item, 'not-asked')
    if (saving.outcome === 'stale') {
      return showStale(request, reply, {
        draft: saving.draft,
        reading: saving.reading,
        pageId: ticket.step,
        posted: fields,
        files: refusedFiles.length,
        parked: item.id,
      })
    }
    const others = (await parked.list(matter.author.accountId)).length
    if (refusedFiles.length === 0) {
      // A button that was pressed has done its part: a row was added, and that is where one goes on.
      const { goTo = ticket.step, stayAt } = saving.reading
      const at = stayAt === undefined ? '' : `#${stayAt}`
      return reply.redirect(`${address}/${goTo}?felretett=${String(others)}${at}`, 303)
    }
    const again = await submissions.reopen(matter, draft.id)
    return showPage(request, reply.code(422), again, {
      pageId: ticket.step,
      errors: fileErrors(request, again, ticket.step, refusedFiles),
      returnTo: undefined,
      resumed: { others },
    })
  }

  /** The same for an answer to a call for what is missing. */
  async function goOnAnswering(
    request: FastifyRequest,
    reply: FastifyReply,
    item: ParkedItem,
    { kind, ticket, fields, refusedFiles }: Pick<PostedWork, 'kind' | 'ticket' | 'fields' | 'refusedFiles'>,
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    const draft = await orNothing(submissions.findCompletion(matter, ticket.draftId))
    if (draft === undefined) return showGone(request, reply, item, 'deleted')
    if ('submissionId' in draft) {
      if (kind === 'save') return showGone(request, reply, item, 'sent', draft.submissionId)
      await parked.take(matter.author.accountId, item.id)
      return toReceipt(request, reply, draft.submissionId)
    }
    const address = completionAddress(request, draft.id)
    if (kind === 'submission') {
      await parked.take(matter.author.accountId, item.id)
      return reply.redirect(`${address}/attekintes?felretett`, 303)
    }
    const page = { revision: ticket.revision, posted: fields }
    const saving = await submissions.saveCompletion(matter, draft.id, page, item.id)
    if (saving.outcome === 'stale') {
      return showCompletion(request, reply.code(409), saving.draft, {
        typed: { answers: saving.answers, parked: item.id },
      })
    }
    const others = (await parked.list(matter.author.accountId)).length
    if (refusedFiles.length > 0) {
      const errors = refusals(request, saving.draft, refusedFiles)
      return showCompletion(request, reply.code(422), saving.draft, { errors, resumed: others })
    }
    return reply.redirect(`${address}?felretett=${String(others)}`, 303)
  }

  /** Begins a draft with what was filled in before signing in; pressed twice, it is one draft. */
  async function beginWith(
    request: FastifyRequest,
    reply: FastifyReply,
    { id }: ParkedItem,
    { form, answers }: Filling,
  ): Promise<FastifyReply> {
    const matter = matterOf(request)
    const known = readKnown(postedFields(request.body)[knownField])
    const filledIn = { answers, version: form.version, parked: id }
    const draft = await submissions.start(matter, { id, formCode: form.code, known, filledIn })
    if ('asks' in draft) {
      const open = await submissions.openDrafts(matter, form.code)
      return askWhichDraft(request, reply, {
        drafts: open.filter(({ party }) => party.id === matter.partyId),
        action: `${basePath(request)}/felretett/${id}`,
        fields: {},
      })
    }
    if ('submissionId' in draft) return toReceipt(request, reply, draft.submissionId)
    // From the first page on: what the portal knows of the person now stands where it had to be typed.
    return reply.redirect(`${addressOf(request, draft)}/${draft.definition.pages[0]?.id ?? ''}`, 303)
  }

  /** What was typed cannot be saved any more, and why; it stays here to be copied until its owner throws it away. */
  async function showGone(
    request: FastifyRequest,
    reply: FastifyReply,
    item: ParkedItem,
    because: 'deleted' | 'sent' | 'not-asked',
    submissionId?: string,
  ): Promise<FastifyReply> {
    return reply.code(409).view('submissions/parked-item.njk', {
      item: await parkedView(submissions, request.person, item, request.language),
      because,
      receipt: submissionId === undefined ? '' : `${basePath(request)}/beadvanyok/${submissionId}`,
    })
  }
}

/** Undefined where something does not exist (any more). */
async function orNothing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking
  } catch (failure) {
    if (failure instanceof PortalError && failure.status === 404) return undefined
    throw failure
  }
}
