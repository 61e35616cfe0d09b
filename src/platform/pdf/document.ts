import type { Language } from '../i18n/language.ts'

/**
 * What a printed document says, without saying how it looks: a receipt, a filled-in form to sign, later a decision.
 *
 * Every string arrives in the document's language and formatted for reading (amounts, dates, sizes); nothing here is
 * interpreted as markup. Plain data, so that a document can be kept, compared and rendered again.
 */
export interface PrintedDocument {
  language: Language
  title: string
  subtitle?: string | undefined
  /** repeated on each page beside the title: an arrival number, a form code */
  reference?: string | undefined
  blocks: Block[]
  /** repeated at the foot of each page, before the page number */
  footer?: string | undefined
}

export type Block =
  /** level 2 below the document's title; level 3 below that */
  | { kind: 'heading'; text: string; level?: 2 | 3 | undefined }
  /** line breaks are kept; an empty line parts paragraphs */
  | { kind: 'paragraph'; text: string }
  /** label on the left, its value or values on the right; a row without values shows a dash */
  | { kind: 'keyValues'; rows: KeyValues[] }
  /** the head is repeated on each page; a cell's text may have line breaks */
  | { kind: 'table'; caption: string; head: { text: string; numeric?: boolean | undefined }[]; rows: string[][] }
  /** where and when, and a line to sign on; never parted by a page break */
  | { kind: 'signature'; place: string; date: string; name: string }
  /** set off by a frame: what the reader must not overlook */
  | { kind: 'notice'; title?: string | undefined; text: string }
  /** a postal address to copy onto an envelope */
  | { kind: 'address'; label: string; lines: string[] }
  /** questions to answer by hand, each kept together with the space for its answer */
  | { kind: 'questions'; questions: Question[] }
  /** numbered 2D codes, read by machines; `spoken` says for each what it is to who cannot see it */
  | { kind: 'codes'; codes: { text: string; caption: string; spoken: string }[] }
  /** attached files with their facts (size, SHA-256) */
  | { kind: 'files'; caption: string; files: { name: string; details: KeyValues[] }[] }

/** A question on a form that is filled in by hand. */
export interface Question {
  label: string
  /** in smaller letters below: in another language, what to write, in which case at all */
  notes: string[]
  space: WritingSpace
}

/** Where the answer to a question is written. */
export type WritingSpace =
  /** one box for each sign, parted by what always stands there: a day as 4, 2 and 2 */
  | { kind: 'boxes'; groups: number[]; between: string }
  /** `after` stands behind the line: a unit */
  | { kind: 'lines'; count: number; after?: string | undefined }
  /** one or more of these are marked; `others`: there are more, one of which is written on a line */
  | { kind: 'choices'; items: string[]; others?: boolean | undefined }
  /** named pieces side by side, each with its share of the width in percent and, where there are so many signs, boxes */
  | { kind: 'parts'; parts: { label: string; percent: number; boxes?: number | undefined }[] }
  /** nothing to write here */
  | { kind: 'none' }

export interface KeyValues {
  label: string
  values: string[]
}
