/**
 * Forms (űrlapok): what each asks, of whom and why; published versions per settlement; filling in for print without signing in.
 *
 * Definitions are data, the engine is pure. Whoever keeps answers (the submissions feature) gives them to these functions and
 * stores what comes back; nothing here is stored.
 */
import type { Language } from '../../platform/i18n/language.ts'
import type { Answers, FieldError, FormContext, Message, Posted } from './engine/answers.ts'
import type { FormDefinition, PageDefinition, Sector } from './engine/definition.ts'
import type { PageView } from './engine/page-view.ts'

export type { Answer, Answers, AttachedFile, FieldError, FormContext, Message, Posted } from './engine/answers.ts'
export type {
  FieldDefinition,
  FormDefinition,
  GroupDefinition,
  MannerOfActing,
  PageDefinition,
  Sector,
} from './engine/definition.ts'
export type { PageView } from './engine/page-view.ts'

/** What came of a posted page. The answers are to be saved whatever `errors` says; errors only keep the person on the page. */
export interface PageReading {
  answers: Answers
  errors: FieldError[]
  warnings: FieldError[]
  /** a row was added or removed: show the page again, without errors, at this element */
  stayAt: string | undefined
}

export interface PageCheck {
  page: PageDefinition
  /** the page has been sent at least once (or asks nothing) */
  visited: boolean
  errors: FieldError[]
}

export interface FormCheck {
  /** every visible page is visited and free of errors */
  complete: boolean
  pages: PageCheck[]
  warnings: FieldError[]
}

export interface SummaryRow {
  fieldId: string
  label: string
  /** one or more lines; never empty: „nincs megadva” where the answer was optional */
  values: string[]
}
export interface SummarySection {
  pageId: string
  title: string
  rows: SummaryRow[]
}

export interface PublishedForm {
  definition: FormDefinition
  /** whom to ask about this form in this settlement */
  contact: string | null
  publishedAt: Date
}
export interface SectorForms {
  sector: Sector
  forms: PublishedForm[]
}

export interface FormCatalogue {
  /** a given version, for ever; undefined when there has never been such */
  definition(code: string, version: number): FormDefinition | undefined
  /** the newest version */
  latest(code: string): FormDefinition | undefined
  /** what a settlement accepts now, in the order of sectors */
  publishedBySector(settlementId: number): Promise<SectorForms[]>
  /** undefined: the settlement does not accept this form (now) */
  published(settlementId: number, code: string): Promise<PublishedForm | undefined>
}

/** Reads one posted page. What was typed stays, right or wrong; what is locked or hidden is not read. */
export declare function readPage(
  definition: FormDefinition,
  pageId: string,
  answers: Answers,
  posted: Posted,
  context: FormContext,
): PageReading

/** Everything that still stands between the answers and a submission, page by page. */
export declare function checkForm(definition: FormDefinition, answers: Answers, context: FormContext): FormCheck

/** The canonical answers of visible fields, locked data taken from the context: what is hashed, stored and sent. */
export declare function cleanAnswers(definition: FormDefinition, answers: Answers, context: FormContext): Answers

/** The pages to be filled in, in order. */
export declare function visiblePages(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
): PageDefinition[]

/** The first page not visited or not right; undefined when all are done. */
export declare function firstOpenPage(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
): PageDefinition | undefined

/** What views/forms/page-fields.njk shows. `errors` come from readPage or checkForm; others than this page's are ignored. */
export declare function pageView(
  definition: FormDefinition,
  pageId: string,
  answers: Answers,
  errors: readonly FieldError[],
  context: FormContext,
  language: Language,
): PageView

/** All visible answers in words: check page, receipt, PDF, clerk's page (there with `identity: null` and the stored answers). */
export declare function summarise(
  definition: FormDefinition,
  answers: Answers,
  context: FormContext,
  language: Language,
): SummarySection[]

/** An error's sentence in the reader's language. */
export declare function messageText(message: Message, language: Language): string
