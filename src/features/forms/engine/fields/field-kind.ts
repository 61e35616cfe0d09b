import type { Translate } from '../../../../platform/i18n/catalogue.ts'
import type { Language, Text } from '../../../../platform/i18n/language.ts'
import type { Answer, FormContext, Message } from '../answers.ts'
import type { FieldDefinition, FieldOf, FieldType } from '../definition.ts'
import type { PostedValues } from '../posted-values.ts'

/** What is wrong with an answer, and with which part of it. */
export interface Fault {
  part?: string
  message: Message
}

export type Parsed =
  | { state: 'empty' }
  /** `warnings` are told and block nothing */
  | { state: 'right'; value: Answer; warnings?: Fault[] }
  | { state: 'wrong'; faults: Fault[] }

/** How an answer is typed in: the macro of views/components/fields and what it needs. */
export type Control =
  | {
      macro: 'text'
      value: string
      type?: 'text' | 'email' | 'tel'
      inputmode?: 'numeric' | 'decimal'
      autocomplete?: string
      width?: string
      suffix?: string
      spellcheck?: false
    }
  /** typed, with suggestions */
  | { macro: 'search'; value: string; suggestions: string[] }
  /** computed and shown; `value` is empty while it cannot be computed */
  | { macro: 'calculated'; value: string }
  | { macro: 'textarea'; value: string; rows: number; maxLength: number }
  | { macro: 'radios' | 'select'; value: string; items: ChoiceItem[]; inline: boolean }
  | { macro: 'checkboxes'; value: string[]; items: ChoiceItem[] }
  | { macro: 'checkbox'; value: string }
  | { macro: 'date'; value: { year: string; month: string; day: string }; autocomplete: string }
  | { macro: 'parts'; parts: PartControl[] }
  | { macro: 'file'; multiple: boolean }

export interface ChoiceItem {
  value: string
  text: string
  hint: string
}

export interface PartControl {
  part: string
  label: string
  value: string
  optional: boolean
  width: string
  inputmode?: 'numeric'
  autocomplete?: string
  /** shown, not typed */
  fixed?: true
  /** seldom needed, so it is opened on demand */
  extra?: true
}

/** The language of the words around an answer. */
export interface Wording {
  language: Language
  say: Translate
}

/**
 * One type of field: how its answer is read from a posted form, judged, shown and typed in.
 *
 * `parse` takes what was typed and what it has itself called right before; the latter gives the same again.
 */
export interface KindOfField<Field extends FieldDefinition> {
  read(field: Field, posted: PostedValues, name: string): Answer
  parse(field: Field, answer: Answer | undefined, context: FormContext): Parsed
  /** a right value in words, one or more lines */
  show(field: Field, value: Answer, wording: Wording): string[]
  control(field: Field, answer: Answer | undefined, wording: Wording, context: FormContext): Control
  /** where a composite answer begins: what is missing altogether is missing there */
  firstPart?(field: Field): string
}
export type FieldKind<Type extends FieldType> = KindOfField<FieldOf<Type>>

export const empty: Parsed = { state: 'empty' }

export function right(value: Answer): Parsed {
  return { state: 'right', value }
}

export function wrong(key: string, values?: Record<string, string | number | Text>, part?: string): Parsed {
  return { state: 'wrong', faults: [fault(key, values, part)] }
}

export function fault(key: string, values?: Record<string, string | number | Text>, part?: string): Fault {
  return { ...(part === undefined ? {} : { part }), message: { key, ...(values === undefined ? {} : { values }) } }
}

/** A one-line answer as text; anything else counts as left empty. */
export function asText(answer: Answer | undefined): string {
  return typeof answer === 'string' ? answer : ''
}

/** A part of a composite answer as text; anything else counts as left empty. */
export function partOf(answer: Answer | undefined, part: string): string {
  if (typeof answer !== 'object' || Array.isArray(answer)) return ''
  return Object.hasOwn(answer, part) ? (answer[part] ?? '') : ''
}

/** Length as people count it: an accented letter or an emoji is one. */
export function lengthOf(text: string): number {
  return Array.from(text).length
}
