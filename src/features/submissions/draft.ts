import { isDeepStrictEqual } from 'node:util'
import { databaseNow } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { Conflict, NotFound } from '../../platform/http/errors.ts'
import type { Posted } from '../../platform/http/posted-form.ts'
import {
  type Answers,
  beginningAnswers,
  type Carrying,
  type Currency,
  carryAnswers,
  checkForm,
  type FormCheck,
  type FormContext,
  type FormDefinition,
  type LocalTerms,
  openingOn,
  type PageReading,
  pageIdOf,
  readPage,
  type SectorForms,
  storedAnswers,
  type TaxFigures,
} from '../forms/index.ts'
import { copiedAnswers } from './copy.ts'
import { fillingContext } from './form-context.ts'
import { limitsFor, type SubmissionLimits } from './limits.ts'
import { inMatter, type Matter, mannerOf, mayBegin, requireCovered, requireStandingSession } from './matter.ts'
import {
  type AttachmentRow,
  type DraftRow,
  deleteAttachment,
  deleteDraft,
  findAttachments,
  findDraft,
  findSubmissionOfDraft,
  insertDraft,
  listDrafts,
  lockBeginning,
  lockDraft,
  updateDraft,
} from './queries.ts'
import type { SubmissionParts } from './service.ts'

/** A draft with all one needs to show and judge it. */
export interface OpenDraft {
  id: string
  revision: number
  submissionKey: string
  definition: FormDefinition
  answers: Answers
  context: FormContext
  files: AttachmentRow[]
  keptUntil: Date
  limits: SubmissionLimits
  /** whether there is a newer version of its form, and whether this one may still be sent in */
  currency: Currency
  /** on which terms the settlement accepts the form now; undefined when it does not */
  local: LocalTerms | undefined
  now: Date
}

/** How a new draft begins. */
export interface Beginning {
  /** becomes the draft's id */
  id: string
  formCode: string
  /** open drafts of the same form that the person saw when choosing to begin another */
  known: readonly string[]
  /** what was filled in before signing in */
  filledIn?: FilledIn
  /** a submission of the party, whose answers it begins with (űrlap másolat) */
  copyOf?: string
  /** of a tax balance, which the form begins with; they are answers from then on */
  figures?: TaxFigures
}

export type Saving =
  | { outcome: 'saved'; draft: OpenDraft; reading: PageReading }
  /** the draft was saved elsewhere since the page was shown; nothing was overwritten */
  | { outcome: 'stale'; draft: OpenDraft; reading: PageReading }

/** The newest version of a draft's form, and what becomes of the draft there. */
export interface NewerVersion {
  definition: FormDefinition
  carrying: Carrying
  /** files of questions that it does not ask */
  lostFiles: AttachmentRow[]
}

/** What was filled in before signing in, and the parked work in which it was kept. */
interface FilledIn {
  answers: unknown
  /** of the form, as it was filled in */
  version: number
  parked: string
}

/** Drafts (piszkozat): begun, filled in page by page, carried over to a newer version. */
export function draftVerbs({ db, forms, parkedWork, limits: overrides }: SubmissionParts) {
  return {
    /** What the settlement accepts now, by sector; empty when it has not joined or accepts nothing. */
    offered(settlementId: number): Promise<SectorForms[]> {
      return forms.publishedBySector(settlementId)
    },

    /** Whether the form can be begun and sent in today. */
    async isOpen(settlementId: number, formCode: string): Promise<boolean> {
      const found = await forms.forFillingIn(settlementId, formCode)
      return found !== undefined && openingOn(found.form.definition, found.today).state === 'open'
    },

    /**
     * Begins a draft. The same id again is the same draft, or the submission it has become: whoever goes back to the page where
     * it was begun, and presses again, begins no other under a name that is used up.
     *
     * A second draft of the same form, party and settlement is begun only by somebody who knows of the first: `asks` says that there
     * is one the person was not told of. Of two windows that begin at the same time the later one is asked.
     *
     * @throws NotFound when the settlement does not accept the form, or not in this manner of acting, or when there is nothing to
     *   copy; RightEnded when the right does not cover it; Conflict when too many drafts are open, or the form is not open today
     */
    async start(
      matter: Matter,
      { id, formCode, known, filledIn, copyOf, figures }: Beginning,
    ): Promise<OpenDraft | { submissionId: string } | { asks: true }> {
      const published = await forms.published(matter.settlement.id, formCode)
      if (published === undefined) throw new NotFound('form', 'submissions.start.not-offered')
      const { definition } = published
      const limits = limitsFor({ formCode, settlementId: matter.settlement.id }, overrides)
      return inMatter(db, matter, { hold: true }, async (tx, held) => {
        await requireStandingSession(tx, held)
        requireCovered(held, definition)
        if (!mayBegin(held.party, definition)) throw new NotFound('form', 'submissions.start.not-in-this-manner')
        await lockBeginning(tx, held, formCode)
        const sent = await findSubmissionOfDraft(tx, held, id)
        if (sent !== undefined) return { submissionId: sent.id }
        if ((await forms.acceptedNow(tx, held.settlement.id, formCode)) === undefined) {
          throw new Conflict('submissions.start.not-open')
        }
        const open = await listDrafts(tx, matter.author.accountId)
        if (!open.some((one) => one.id === id)) {
          if (open.some((one) => isOf(held, formCode, one) && !known.includes(one.id))) return { asks: true }
          if (open.length >= limits.draft.count) throw new Conflict('submissions.start.too-many')
        }
        await insertDraft(tx, held, {
          id,
          formCode,
          formVersion: definition.version,
          actingAs: mannerOf(held.party),
          kept: limits.draft,
        })
        const answers = await firstAnswers(tx, held, definition, { filledIn, copyOf, figures })
        if (answers !== undefined) await updateDraft(tx, held, { id, revision: 1, answers, kept: limits.draft })
        if (filledIn !== undefined) await parkedWork.takeWithin(tx, matter.author.accountId, filledIn.parked)
        // Looked for after the insertion, which has waited for a submission that was under way.
        const submission = await findSubmissionOfDraft(tx, held, id)
        if (submission !== undefined) {
          await deleteDraft(tx, held, id)
          return { submissionId: submission.id }
        }
        return openDraft(tx, held, await found(tx, held, id))
      })
    },

    /**
     * The draft; or the submission it has become, for pages that are asked for again afterwards.
     *
     * @throws NotFound when there is neither
     */
    find(matter: Matter, id: string): Promise<OpenDraft | { submissionId: string }> {
      return inMatter(db, matter, { hold: false }, async (tx, now) => {
        const draft = await findDraft(tx, now, id)
        if (draft !== undefined) return openDraft(tx, now, draft)
        const submission = await findSubmissionOfDraft(tx, now, id)
        if (submission === undefined) throw new NotFound('draft', 'submissions.draft.gone')
        return { submissionId: submission.id }
      })
    },

    /**
     * Saves a posted page, right or wrong, unless the draft was saved elsewhere since the page was shown. Posting the same
     * page again is no conflict: nothing would be lost.
     *
     * @param parked the parked work that is saved with it, and is gone when that is done
     */
    savePage(
      matter: Matter,
      id: string,
      page: { pageId: string; revision: number; posted: Posted },
      parked?: string,
    ): Promise<Saving> {
      return inMatter(db, matter, { hold: true }, async (tx, held) => {
        // Two windows, or two presses of one button, come one after another.
        const row = await lockDraft(tx, held, id)
        if (row === undefined) throw new NotFound('draft', 'submissions.draft.gone')
        await requireStandingSession(tx, held)
        const draft = await openDraft(tx, held, row)
        requireReachable(draft, page.pageId)
        const reading = readPage(draft.definition, page.pageId, draft.answers, page.posted, draft.context)
        const same = isDeepStrictEqual(reading.answers, draft.answers)
        const revision = same
          ? draft.revision
          : await updateDraft(tx, held, {
              id,
              revision: page.revision,
              answers: reading.answers,
              kept: draft.limits.draft,
            })
        if (revision === undefined) return { outcome: 'stale', draft, reading }
        if (parked !== undefined) await parkedWork.takeWithin(tx, matter.author.accountId, parked)
        return { outcome: 'saved', draft: { ...draft, answers: reading.answers, revision }, reading }
      })
    },

    /** The draft again, after its files changed; what was read of the page stays valid. */
    reopen(matter: Matter, id: string): Promise<OpenDraft> {
      return inMatter(db, matter, { hold: false }, async (tx, now) => openDraft(tx, now, await found(tx, now, id)))
    },

    /** What going over to the newest version of its form would mean for a draft; undefined when it is of the newest. */
    newerVersion,

    /**
     * Carries a draft over to the newest version of its form, with all its answers that fit there. What does not fit is gone, with
     * the files of questions that are gone.
     *
     * @param seen the draft and the version as they were when the person decided
     * @returns `changed`: the draft was saved, or a still newer version came, since then; nothing was done
     * @throws Conflict when the newest version may not be sent in this manner of acting
     */
    carryOver(matter: Matter, id: string, seen: { revision: number; version: number }): Promise<'carried' | 'changed'> {
      return inMatter(db, matter, { hold: true }, async (tx, held) => {
        const row = await lockDraft(tx, held, id)
        if (row === undefined) throw new NotFound('draft', 'submissions.draft.gone')
        await requireStandingSession(tx, held)
        const draft = await openDraft(tx, held, row)
        const newer = newerVersion(draft)
        // Pressed twice: it has been done.
        if (newer === undefined && draft.definition.version === seen.version) return 'carried'
        if (newer?.definition.version !== seen.version || draft.revision !== seen.revision) return 'changed'
        if (!mayBegin(held.party, newer.definition)) throw new Conflict('submissions.start.not-in-this-manner')
        for (const file of newer.lostFiles) await deleteAttachment(tx, id, file.id)
        await updateDraft(tx, held, {
          id,
          revision: draft.revision,
          answers: newer.carrying.answers,
          kept: draft.limits.draft,
          formVersion: newer.definition.version,
        })
        return 'carried'
      })
    },
  }

  function newerVersion(draft: OpenDraft): NewerVersion | undefined {
    const definition = forms.latest(draft.definition.code)
    if (definition === undefined || draft.currency === 'newest') return undefined
    const carrying = carryAnswers(draft.definition, definition, draft.answers, draft.context)
    const items = definition.pages.flatMap((page) => page.items)
    const asked = new Set(items.filter(({ type }) => type === 'attachment').map(({ id }) => id))
    return { definition, carrying, lostFiles: draft.files.filter(({ fieldId }) => !asked.has(fieldId)) }
  }

  /** Undefined: it begins empty. @throws NotFound when there is nothing to copy */
  async function firstAnswers(
    tx: Tx,
    matter: Matter,
    definition: FormDefinition,
    { filledIn, copyOf, figures }: { [Given in 'filledIn' | 'copyOf' | 'figures']: Beginning[Given] | undefined },
  ): Promise<Answers | undefined> {
    if (filledIn !== undefined) return filledInAnswers(tx, matter, definition, filledIn)
    if (copyOf !== undefined) return copiedAnswers(tx, matter, forms, copyOf, definition)
    if (figures === undefined) return undefined
    return beginningAnswers(definition, figures, fillingContext(matter, definition, [], await databaseNow(tx)))
  }

  /** A newer version may have come between filling in and signing in. */
  async function filledInAnswers(tx: Tx, matter: Matter, newest: FormDefinition, filledIn: FilledIn): Promise<Answers> {
    const definition = forms.definition(newest.code, filledIn.version) ?? newest
    const context = fillingContext(matter, newest, [], await databaseNow(tx))
    return carryAnswers(definition, newest, storedAnswers(definition, filledIn.answers), context).answers
  }

  async function found(tx: Tx, matter: Matter, id: string): Promise<DraftRow> {
    const draft = await findDraft(tx, matter, id)
    if (draft === undefined) throw new NotFound('draft', 'submissions.draft.gone')
    return draft
  }

  async function openDraft(tx: Tx, matter: Matter, draft: DraftRow): Promise<OpenDraft> {
    const definition = forms.definition(draft.formCode, draft.formVersion)
    if (definition === undefined) throw new Error(`no definition of ${draft.formCode} ${String(draft.formVersion)}`)
    requireCovered(matter, definition)
    const [files, now, local] = await Promise.all([
      findAttachments(tx, { draftId: draft.id }),
      databaseNow(tx),
      forms.acceptedNow(tx, draft.settlementId, draft.formCode),
    ])
    return {
      id: draft.id,
      revision: draft.revision,
      submissionKey: draft.submissionKey,
      definition,
      answers: storedAnswers(definition, draft.answers),
      context: fillingContext(matter, definition, files, now),
      files,
      keptUntil: draft.keptUntil,
      limits: limitsFor({ formCode: draft.formCode, settlementId: draft.settlementId }, overrides),
      currency: forms.currency(definition),
      local,
      now,
    }
  }
}

/** Pages are filled in one after another: a page is open when every page before it has been sent. */
export function reachablePages({ pages }: FormCheck): FormCheck['pages'] {
  const firstUnsent = pages.findIndex(({ visited }) => !visited)
  return firstUnsent < 0 ? pages : pages.slice(0, firstUnsent + 1)
}

function isOf({ settlement, partyId }: Matter, formCode: string, draft: DraftRow): boolean {
  return draft.formCode === formCode && draft.settlementId === settlement.id && draft.partyId === partyId
}

/** @throws NotFound for a page that is none of the form's, or not yet to be filled in */
function requireReachable({ definition, answers, context }: OpenDraft, path: string): void {
  const pages = reachablePages(checkForm(definition, answers, context))
  if (!pages.some(({ page }) => page.id === pageIdOf(path))) throw new NotFound('form page')
}
