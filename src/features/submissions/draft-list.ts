import { databaseNow } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { NotFound } from '../../platform/http/errors.ts'
import type { Text } from '../../platform/i18n/language.ts'
import { type Currency, checkForm, storedAnswers, tellingAnswer } from '../forms/index.ts'
import { actForAll, maySubmit, type Party, type Rights } from '../representation/index.ts'
import type { Settlement } from '../settlements/index.ts'
import { fillingContext } from './form-context.ts'
import type { Author, Matter } from './matter.ts'
import { type DraftRow, deleteOwnDraft, listDrafts } from './queries.ts'
import type { SubmissionParts } from './service.ts'

/** A draft in a list: enough to tell it from the others. */
export interface ListedDraft {
  id: string
  /** on whose behalf it is filled in */
  party: Party
  formCode: string
  title: Text
  settlement: Settlement | undefined
  /** the answer that tells it from others of the same form; empty while there is none */
  subject: Text
  /** pages that have been sent, of those to be filled in */
  sent: number
  pages: number
  changedAt: Date
  keptUntil: Date
  /** it ends so soon that the person is told */
  endsSoon: boolean
  currency: Currency
}

/** The drafts of a person in all settlements and for all parties (mentett űrlapok). */
export function draftListVerbs({ db, forms, directory, representation }: SubmissionParts) {
  return {
    /** Drafts of this form that the person could go on with in this settlement, for whomever. */
    async openDrafts({ author, settlement }: Matter, formCode: string): Promise<ListedDraft[]> {
      const { drafts } = await list(author)
      return drafts.filter((draft) => draft.settlement?.id === settlement.id && draft.formCode === formCode)
    },

    /** One of the person's drafts, wherever it belongs. @throws NotFound when it is gone already */
    async findOwn(author: Author, id: string): Promise<ListedDraft> {
      const draft = (await list(author)).drafts.find((one) => one.id === id)
      if (draft === undefined) throw new NotFound('draft', 'submissions.draft.gone')
      return draft
    },

    /** Throws a draft away with its files. @throws NotFound when it is gone already */
    async remove(author: Author, id: string): Promise<void> {
      await acrossParties(author, async (tx, rights) => {
        const row = (await listDrafts(tx, author.accountId)).find((one) => one.id === id)
        const draft = row && listed(row, author, rights, await databaseNow(tx))
        if (draft === undefined || !(await deleteOwnDraft(tx, author.accountId, id))) {
          throw new NotFound('draft', 'submissions.draft.gone')
        }
      })
    },

    /** The person's drafts in all settlements and for all parties, the last changed first. */
    list,
  }

  function list(author: Author): Promise<{ drafts: ListedDraft[]; now: Date }> {
    return acrossParties(author, async (tx, rights) => {
      const now = await databaseNow(tx)
      const rows = await listDrafts(tx, author.accountId)
      return { drafts: rows.flatMap((row) => listed(row, author, rights, now) ?? []), now }
    })
  }

  function acrossParties<T>(author: Author, work: (tx: Tx, rights: Rights) => Promise<T>): Promise<T> {
    return actForAll(db, { accountId: author.accountId, marks: representation.marksOf(author) }, work)
  }

  /** Undefined for a party the person may not act for any more, or not in this. */
  function listed(row: DraftRow, author: Author, rights: Rights, now: Date): ListedDraft | undefined {
    const { id, settlementId, changedAt, keptUntil, warnAt, formCode } = row
    const party: Party | undefined =
      row.partyId === author.accountId
        ? { kind: 'self', id: author.accountId, slug: 'sajat', marks: representation.marksOf(author) }
        : rights.parties.find((one) => one.id === row.partyId)
    if (party === undefined) return undefined
    const definition = forms.definition(row.formCode, row.formVersion)
    const settlement = directory.byId(settlementId)
    if (definition !== undefined && !maySubmit(party, { sector: definition.sector, formCode })) return undefined
    const shown = {
      id,
      party,
      formCode,
      settlement,
      changedAt,
      keptUntil,
      endsSoon: warnAt <= now,
      currency: definition === undefined ? 'newest' : forms.currency(definition),
      title: definition?.title ?? { hu: row.formCode, en: row.formCode },
    }
    if (definition === undefined || settlement === undefined)
      return { ...shown, subject: { hu: '', en: '' }, sent: 0, pages: 0 }
    const answers = storedAnswers(definition, row.answers)
    const matter = { author, party, partyId: party.id, settlement }
    const context = fillingContext(matter, definition, [], now)
    const { pages } = checkForm(definition, answers, context)
    return {
      ...shown,
      subject: tellingAnswer(definition, answers, context),
      sent: pages.filter(({ visited }) => visited).length,
      pages: pages.length,
    }
  }
}
