import { budapestDay } from '../../platform/clock.ts'
import { visibleName } from '../../platform/files/file-name.ts'
import type { ReceivedFile } from '../../platform/files/multipart-form.ts'
import { PortalError } from '../../platform/http/errors.ts'
import type { Posted } from '../../platform/http/posted-form.ts'
import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import {
  completionDefinition,
  type FormContext,
  type FormDefinition,
  storedAnswers,
  summarise,
  typedText,
} from '../forms/index.ts'
import type { Filling, ParkedItem } from '../parked-work/index.ts'
import { type Asker, maySubmit } from '../representation/index.ts'
import type { FormTicket, PresentLineage, RefusedFile, Typed } from '../session/index.ts'
import type { Settlement } from '../settlements/index.ts'
import type { attachmentVerbs } from './attachment.ts'
import { largestUpload, limitsFor, type SubmissionLimits } from './limits.ts'
import type { Matter } from './matter.ts'
import { completionStep } from './parked-form.ts'
import type { SubmissionParts } from './service.ts'

/** What becomes of a form that was posted while its session could not act. */
export function parkedVerbs(
  { forms, directory, representation, parkedWork, limits: overrides }: SubmissionParts,
  { attach }: Pick<ReturnType<typeof attachmentVerbs>, 'attach'>,
) {
  return {
    largestUpload: largestUpload(overrides),
    uploadLimits,

    definition: ({ code, version }: FormTicket['form']): FormDefinition | undefined => forms.definition(code, version),

    /** Name of the settlement that is called so in addresses. */
    settlementName: (slug: string): string => directory.findBySlug(slug)?.name ?? slug,

    /**
     * Whether the person may still act for the party that parked work is for, read anew. What is one's own, and what was filled in
     * before signing in, may always be gone on with.
     */
    async mayGoOnWith(asker: Asker, { work }: ParkedItem): Promise<boolean> {
      if (work.kind === 'filling' || work.ticket.party === 'sajat') return true
      const { settlement, party: slug, form } = work.ticket
      const settlementId = directory.findBySlug(settlement)?.id
      if (settlementId === undefined) return false
      try {
        const party = await representation.find(asker, settlementId, slug)
        const definition = forms.definition(form.code, form.version)
        // A form that was only begun to be chosen may turn out to be for oneself.
        if (work.kind === 'start' || definition === undefined) return true
        return maySubmit(party, { sector: definition.sector, formCode: form.code })
      } catch (failure) {
        if (failure instanceof PortalError && failure.status === 404) return false
        throw failure
      }
    },

    /** What was filled in before signing in, in words. */
    filledText({ form, settlement, answers }: Filling, parkedAt: Date, language: Language): Typed {
      const definition = forms.definition(form.code, form.version)
      const place = directory.findBySlug(settlement)
      if (definition === undefined || place === undefined) return []
      const say = translator(language)
      const unanswered = [say('forms.summary.nothing'), say('forms.summary.enclose')]
      return summarise(definition, storedAnswers(definition, answers), strangersContext(place, parkedAt), language)
        .flatMap(({ rows }) => rows)
        .filter(({ values }) => !values.every((value) => unanswered.includes(value)))
        .map(({ label, values }) => ({ key: label, values }))
    },

    /** What was typed on the page of a ticket, in words. */
    typedText({ form, step, issuedAt }: FormTicket, fields: Posted, language: Language): Typed {
      const definition = forms.definition(form.code, form.version)
      if (definition === undefined) return []
      const reader = { today: budapestDay(issuedAt), language }
      if (step !== completionStep) return typedText(definition, step, fields, reader)
      const whole = completionDefinition(definition, [])
      return whole.pages.flatMap(({ id }) => typedText(whole, id, fields, reader))
    },

    /**
     * Files that came while the session could not act: they lie beside the draft of the ticket, in quarantine, under the same
     * limits as any. The right to act for the party is read anew.
     *
     * @param sender whose session it is; the ticket was found to be the same person's
     * @returns the files that were not taken
     */
    async keepFiles(
      sender: PresentLineage | undefined,
      ticket: FormTicket,
      files: readonly ReceivedFile[],
    ): Promise<RefusedFile[]> {
      const definition = forms.definition(ticket.form.code, ticket.form.version)
      const pages =
        definition === undefined
          ? []
          : ticket.step === completionStep
            ? completionDefinition(definition, []).pages
            : definition.pages.filter(({ id }) => id === ticket.step)
      const refused: RefusedFile[] = []
      for (const file of files) {
        const field = pages
          .flatMap(({ items }) => items)
          .find(({ type, id }) => type === 'attachment' && id === file.field)
        if (field?.type !== 'attachment') continue
        const because = await whyNotKept(sender, ticket, { fieldId: field.id, multiple: field.multiple, file })
        if (because !== undefined) refused.push({ field: field.id, name: visibleName(file.fileName), because })
      }
      return refused
    },

    parked: parkedWork,
  }

  function uploadLimits({ form, settlement }: FormTicket): SubmissionLimits['attachment'] {
    const settlementId = directory.findBySlug(settlement)?.id ?? 0
    return limitsFor({ formCode: form.code, settlementId }, overrides).attachment
  }

  async function whyNotKept(
    sender: PresentLineage | undefined,
    ticket: FormTicket,
    wish: { fieldId: string; multiple: boolean; file: ReceivedFile },
  ): Promise<string | undefined> {
    try {
      const matter = await matterOfTicket(sender, ticket)
      if (matter === undefined) return 'draft-gone'
      const attaching = await attach(matter, { draftId: ticket.draftId, ...wish }, uploadLimits(ticket))
      return attaching.ok ? undefined : attaching.because
    } catch (failure) {
      // The draft was sent or deleted meanwhile, or the right to act for the party has ended.
      if (failure instanceof PortalError && failure.status === 404) return 'draft-gone'
      throw failure
    }
  }

  async function matterOfTicket(sender: PresentLineage | undefined, ticket: FormTicket): Promise<Matter | undefined> {
    const settlement = directory.findBySlug(ticket.settlement)
    if (sender === undefined || settlement === undefined) return undefined
    const { accountId, identity } = sender
    const party = await representation.find({ accountId, identity }, settlement.id, ticket.party)
    const name = `${identity.familyName} ${identity.givenName}`
    return {
      author: { accountId, lineageId: sender.id, name, identity, contact: {} },
      party,
      partyId: party.id,
      settlement,
      ...(ticket.step === completionStep ? { answersCalls: true as const } : {}),
    }
  }
}

function strangersContext({ id, name, postalCodes }: Settlement, at: Date): FormContext {
  return {
    today: budapestDay(at),
    settlement: { id, name, postalCodes },
    identity: null,
    contact: {},
    actingAs: 'self',
  }
}
