import { translator } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { pageTitle } from '../forms/index.ts'
import { type ParkedItem, parkedHours } from '../parked-work/index.ts'
import type { Asker } from '../representation/index.ts'
import { completionStep, itemAddress } from './parked-form.ts'
import type { Submissions } from './service.ts'

/**
 * An item of parked work as it is shown: what it is for, what was typed, until when it is kept, what one can do with it. Of work
 * for somebody the asker may no longer act for only that there is such work.
 */
export async function parkedView(submissions: Submissions, asker: Asker, item: ParkedItem, language: Language) {
  const { id, parkedAt, work } = item
  const kept = {
    id,
    parkedAt,
    keptUntil: new Date(parkedAt.getTime() + parkedHours * 3_600_000),
    discard: `/sajat/felretett/${id}/elvetes`,
  }
  if (!(await submissions.mayGoOnWith(asker, item))) return { ...kept, rightEnded: true }
  const { form, settlement } = work.kind === 'filling' ? work : { ...work.ticket, form: work.ticket.form }
  const definition = submissions.definition(form)
  const shown = {
    ...kept,
    rightEnded: false,
    kind: work.kind,
    form: definition?.title[language] ?? form.code,
    settlement: submissions.settlementName(settlement),
    take: itemAddress(item),
  }
  if (work.kind === 'filling') {
    return { ...shown, page: '', forOther: false, typed: submissions.filledText(work, parkedAt, language), files: [] }
  }
  const { ticket, fields, refusedFiles } = work
  return {
    ...shown,
    page:
      ticket.step === completionStep
        ? translator(language)('forms.completion.page')
        : definition
          ? pageTitle(definition, ticket.step, language)
          : '',
    forOther: ticket.party !== 'sajat',
    typed: submissions.typedText(ticket, fields, language),
    files: refusedFiles.map(({ name }) => name),
  }
}
