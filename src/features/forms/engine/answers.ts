import type { NaturalIdentity } from '../../../adapters/national-identity/contract.ts'
import type { Text } from '../../../platform/i18n/language.ts'
import type { MannerOfActing } from './definition.ts'

/** A value with parts, as typed or canonical. */
export type Parts = { [part: string]: string }

/**
 * One answer, JSON-serialisable. Canonical once it is right (`2026-11-22`, `1/2`, `8300439994`), else exactly what was typed,
 * so that a page can be shown again and a draft kept. Reading a canonical value again gives the same value.
 */
export type Answer = string | string[] | Parts | AnswerRow[]
export type AnswerRow = { [fieldId: string]: Answer }

/** Answers by the field's id; a repeating group is a list of rows. A missing key: the page has not been sent yet. */
export type Answers = { [fieldId: string]: Answer }

/** A file already stored by whoever keeps the draft. */
export interface AttachedFile {
  id: string
  name: string
  sizeBytes: number
  /** what the virus check says; an infected file counts as none */
  scan: 'pending' | 'clean' | 'infected' | 'not-scanned'
}

/** Whom somebody acts for, as the office's register names them. */
export interface Represented {
  kind: 'person' | 'organisation'
  name: string
  /** adóazonosító jel of a person, adószám of an organisation */
  taxNumber: string | undefined
  /** parts of an address */
  seat: Parts | undefined
  capacity: 'statutory' | 'permanent' | 'single' | 'employee'
}

/** Everything a form may know besides the answers. The engine has no clock, no request and no database. */
export interface FormContext {
  /** calendar day in Budapest, YYYY-MM-DD */
  today: string
  settlement: { id: number; name: string; postalCodes: readonly string[] }
  /** null: filling in without signing in; then nothing is locked */
  identity: NaturalIdentity | null
  contact: { email?: string | undefined; phone?: string | undefined }
  actingAs: MannerOfActing
  /** whom the sender acts for by a registered right; undefined: for oneself, or nobody is signed in */
  represented?: Represented | undefined
  /** files by attachment field; undefined where no files are kept (print), and then none is asked for */
  attachments?: { readonly [fieldId: string]: readonly AttachedFile[] } | undefined
  /** the answers are those of a submission: everything is read from them, nothing from the context */
  asSubmitted?: true
  /** calculated values are worked out all the same: whoever brought the answers may have put others there */
  calculatesAnew?: true
}

/** A sentence of the catalogue, or the definition's own. */
export type Message = { key: string; values?: Record<string, string | number | Text> } | { text: Text }

/** `field` is the id of the HTML element that the error leads to. */
export interface FieldError {
  field: string
  /** the path of the page where it is put right: its id, or that of a row's own page, `tulajdonosok/sor/2` */
  pageId: string
  message: Message
  /** the row of a repeating group it stands in, counted from 1 */
  row?: { label: Text; number: number }
}
