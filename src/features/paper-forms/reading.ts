import { type CodesRead, readCodes } from '../../platform/codes/numbered-codes.ts'
import {
  type Answers,
  checkForm,
  cleanAnswers,
  errorText,
  type FormCatalogue,
  type FormContext,
  type FormDefinition,
  namesOnForm,
  readPaperContent,
  receivedAnswers,
  storedAnswers,
} from '../forms/index.ts'
import type { Settlement, SettlementDirectory } from '../settlements/index.ts'

/** A form as its paper says it. */
export interface PaperForm {
  settlement: Settlement
  definition: FormDefinition
  answers: Answers
}

export type NotRead =
  | Exclude<CodesRead, { outcome: 'complete' }>
  /** the codes are sound and say something no paper of ours says */
  | { outcome: 'not-a-form' }
  | { outcome: 'unknown-form' }
  /** undefined: the code of a settlement there is not */
  | { outcome: 'other-settlement'; name: string | undefined }

export type PaperReading = { outcome: 'read'; form: PaperForm } | { outcome: 'not-read'; because: NotRead }

/** What a paper says by its codes. Whether it is right is judged elsewhere: a paper is received as it is. */
export function readPaper(
  codes: string,
  { forms, directory, settlementIds }: PaperParts & { settlementIds: readonly number[] },
): PaperReading {
  const read = readCodes(codes)
  if (read.outcome !== 'complete') return { outcome: 'not-read', because: read }
  const content = readPaperContent(read.content)
  if (content === undefined) return { outcome: 'not-read', because: { outcome: 'not-a-form' } }
  const settlement = directory.byId(content.settlementId)
  if (settlement === undefined || !settlementIds.includes(settlement.id)) {
    return { outcome: 'not-read', because: { outcome: 'other-settlement', name: settlement?.name } }
  }
  const definition = forms.definition(content.code, content.version)
  if (definition === undefined) return { outcome: 'not-read', because: { outcome: 'unknown-form' } }
  return { outcome: 'read', form: { settlement, definition, answers: storedAnswers(definition, content.answers) } }
}

export interface PaperParts {
  forms: FormCatalogue
  directory: SettlementDirectory
}

/** What the form may know of a paper: what it says itself, also of the day it was filled in; what is enclosed is paper. */
export function paperContext({ settlement }: PaperForm, today: string): FormContext {
  const { id, name, postalCodes } = settlement
  return {
    today,
    settlement: { id, name, postalCodes },
    identity: null,
    contact: {},
    actingAs: 'self',
    asSubmitted: true,
  }
}

/** The paper's answers as they are kept, whoever may have written its codes. */
export function receivedForm(form: PaperForm, today: string): PaperForm {
  return { ...form, answers: receivedAnswers(form.definition, form.answers, paperContext(form, today)) }
}

/** What the paper says its subject is, where it does so as its form asks; else nothing. */
export function subjectOn(form: PaperForm, today: string): string | null {
  const { subject } = cleanAnswers(form.definition, form.answers, paperContext(form, today))
  return typeof subject === 'string' ? subject : null
}

/** What is wrong or missing by the form's own rules, told in words; page by page. */
export function problemsOf(form: PaperForm, today: string, language: 'hu' | 'en'): { page: string; texts: string[] }[] {
  const { pages } = checkForm(form.definition, form.answers, paperContext(form, today))
  return pages
    .filter(({ errors }) => errors.length > 0)
    .map(({ page, errors }) => ({
      page: page.title[language],
      texts: errors.map((error) => errorText(error, language)),
    }))
}

/** The names on the paper: who sent it, and whose matter it is. */
export function namesOn(form: PaperForm, today: string): { sender: string; client: string | undefined } {
  const { sender, represented } = namesOnForm(form.definition, form.answers, paperContext(form, today))
  return { sender: sender ?? '', client: represented }
}
