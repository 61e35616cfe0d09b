import { type Translate, translator } from '../../platform/i18n/catalogue.ts'
import type { Language, Text } from '../../platform/i18n/language.ts'
import type { Block, PrintedDocument, WritingSpace } from '../../platform/pdf/document.ts'
import type { Office } from '../settlements/index.ts'
import { conditionInWords } from './condition-words.ts'
import type { FormContext } from './engine/answers.ts'
import type {
  Condition,
  FieldDefinition,
  FormDefinition,
  GroupDefinition,
  PageDefinition,
} from './engine/definition.ts'
import type { Control } from './engine/fields/field-kind.ts'
import { kindOf } from './engine/fields/index.ts'

/**
 * A form to be filled in by hand (üres űrlap): all of its pages and questions, each with the space for its answer, and in words when
 * it is to be answered. It is in Hungarian, the language of the office; whoever reads the portal in English finds the same in
 * English below.
 */
export interface BlankForm {
  title: Words
  code: string
  version: number
  settlement: string
  address: string[]
  sections: BlankSection[]
  enclosures: { label: Words; required: boolean; notes: Words[] }[]
  /** something on it is marked as required */
  marks: boolean
}

export interface Words {
  text: string
  /** the same in English; empty where nobody reads English */
  also: string
}

export interface BlankSection {
  title: Words
  notes: Words[]
  parts: BlankPart[]
}

/** Questions one after another; `title` where they are one row of several. */
export interface BlankPart {
  title: Words | undefined
  notes: Words[]
  questions: BlankQuestion[]
}

export interface BlankQuestion {
  label: Words
  required: boolean
  notes: Words[]
  space: WritingSpace
}

/** So many rows of a repeating group stand on the paper, unless it needs more or takes fewer. */
const rowsOnPaper = 3
/** More choices than this are not listed; the right one is written down. */
const mostChoices = 60

export function blankForm(
  definition: FormDefinition,
  { context, office }: { context: FormContext; office: Office },
  language: Language,
): BlankForm {
  const say = translator('hu')
  const wording = { language: 'hu', say } as const
  const words = ({ hu, en }: Text): Words => ({ text: hu, also: language === 'en' && en !== hu ? en : '' })
  const fromCatalogue = (key: string, values: Record<string, string | number> = {}): Words =>
    words({ hu: translator('hu')(key, values), en: translator('en')(key, values) })
  const onlyIf = (when: Condition | undefined): Words[] => {
    if (when === undefined) return []
    const told = (one: Language) =>
      translator(one)('forms.blank.only-if', { condition: conditionInWords(when, definition, one) })
    return [words({ hu: told('hu'), en: told('en') })]
  }
  const fields = definition.pages.flatMap(({ items }) => items)

  return {
    title: words(definition.title),
    code: definition.code,
    version: definition.version,
    settlement: context.settlement.name,
    address: [office.name, `${office.postalCode} ${office.city}`, office.streetAddress],
    sections: definition.pages.map(section).filter(({ parts }) => parts.length > 0),
    enclosures: definition.pages.flatMap(enclosuresOf),
    marks: fields.some((item) => item.type === 'group' || item.required),
  }

  function section({ title, intro, when, items }: PageDefinition): BlankSection {
    const parts: BlankPart[] = []
    for (const item of items) {
      if (item.type === 'group') parts.push(...rows(item))
      else if (item.type !== 'attachment') questionsOf(parts).push(question(item))
    }
    return { title: words(title), notes: [...intro.map(words), ...onlyIf(when)], parts }
  }

  function enclosuresOf(page: PageDefinition): BlankForm['enclosures'] {
    return page.items.flatMap((item) => {
      const inRows = item.type === 'group' ? item.when : undefined
      const fields = item.type === 'group' ? item.fields : [item]
      return fields
        .filter(({ type }) => type === 'attachment')
        .map(({ label, required, hint, when }) => ({
          label: words(label),
          required,
          notes: [...(hint ? [words(hint)] : []), ...[page.when, inRows, when].flatMap(onlyIf)],
        }))
    })
  }

  function questionsOf(parts: BlankPart[]): BlankQuestion[] {
    const last = parts.at(-1)
    if (last !== undefined && last.title === undefined) return last.questions
    const part: BlankPart = { title: undefined, notes: [], questions: [] }
    parts.push(part)
    return part.questions
  }

  function rows(group: GroupDefinition): BlankPart[] {
    const count = Math.min(group.max, Math.max(group.min, rowsOnPaper))
    return Array.from({ length: count }, (_, at) => {
      const row = (one: Language) => translator(one)('forms.row', { label: group.rowLabel[one], number: at + 1 })
      const first = [
        words(group.label),
        ...(group.hint ? [words(group.hint)] : []),
        ...onlyIf(group.when),
        fromCatalogue(group.min === 0 ? 'forms.blank.rows-optional' : 'forms.blank.rows', { count: group.min }),
        ...(group.max > count ? [fromCatalogue('forms.blank.more-rows', { max: group.max })] : []),
      ]
      return {
        title: words({ hu: row('hu'), en: row('en') }),
        notes: at === 0 ? first : [],
        questions: group.fields.filter(({ type }) => type !== 'attachment').map(question),
      }
    })
  }

  function question(field: FieldDefinition): BlankQuestion {
    const space = spaceFor(field, kindOf(field).control(field, undefined, wording, context), say)
    const notes = [
      ...(field.hint ? [words(field.hint)] : []),
      ...(field.type === 'calculated' ? [fromCatalogue('forms.blank.calculated')] : []),
      ...(field.type === 'choices' ? [fromCatalogue('forms.blank.several')] : []),
      ...onlyIf(field.when),
    ]
    return { label: words(field.label), required: field.required, notes, space }
  }
}

/** How many boxes for the signs of what always has so many, and what stands between them. */
const boxes: { [type in FieldDefinition['type']]?: WritingSpace & { kind: 'boxes' } } = {
  date: { kind: 'boxes', groups: [4, 2, 2], between: '.' },
  month: { kind: 'boxes', groups: [4, 2], between: '.' },
  time: { kind: 'boxes', groups: [2, 2], between: ':' },
  'tax-id': { kind: 'boxes', groups: [10], between: '' },
  'tax-number': { kind: 'boxes', groups: [8, 1, 2], between: '-' },
  'social-security-number': { kind: 'boxes', groups: [3, 3, 3], between: '-' },
  'bank-account': { kind: 'boxes', groups: [8, 8, 8], between: '-' },
  'company-register-number': { kind: 'boxes', groups: [2, 2, 6], between: '-' },
  'statistical-number': { kind: 'boxes', groups: [8, 4, 3, 2], between: '-' },
  share: { kind: 'boxes', groups: [4, 4], between: '/' },
}

/** What the parts of an address and the like are given of the width, in percent. */
const partWidths: Record<string, number> = { 'w-2': 20, 'w-3': 20, 'w-4': 20, 'w-5': 20, 'w-10': 30, 'w-20': 50 }

function spaceFor(field: FieldDefinition, control: Control, say: Translate): WritingSpace {
  const inBoxes = boxes[field.type]
  if (inBoxes !== undefined) return inBoxes
  if (field.type === 'calculated') return { kind: 'lines', count: 1, after: field.suffix?.hu }
  if (field.type === 'amount') return { kind: 'lines', count: 1, after: say('forms.blank.forints') }
  if (
    field.type === 'text' &&
    field.digits !== undefined &&
    field.digits[0] === field.digits[1] &&
    field.digits[1] <= 24
  )
    return { kind: 'boxes', groups: [field.digits[1]], between: '' }
  switch (control.macro) {
    case 'radios':
    case 'select':
    case 'search':
    case 'checkboxes': {
      const items = control.macro === 'search' ? control.suggestions : control.items.map(({ text }) => text)
      return items.length > mostChoices ? { kind: 'lines', count: 1 } : { kind: 'choices', items }
    }
    case 'checkbox':
      return { kind: 'choices', items: [say('forms.blank.declare')] }
    case 'textarea':
      return { kind: 'lines', count: Math.min(14, Math.max(4, control.rows + 2)) }
    case 'parts':
      return {
        kind: 'parts',
        parts: control.parts.map(({ part, label, width }) => ({
          label,
          percent: partWidths[width] ?? 100,
          ...(part === 'postalCode' ? { boxes: 4 } : {}),
        })),
      }
    case 'text':
      return { kind: 'lines', count: 1, after: control.suffix }
    default:
      return { kind: 'lines', count: 1 }
  }
}

/** The same as a document for renderDocument. */
export function blankFormDocument(form: BlankForm): PrintedDocument {
  const say = translator('hu')
  const both = (words: Words) => (words.also === '' ? [words.text] : [words.text, words.also])
  const mark = (label: Words, required: boolean) => (required ? `${label.text} *` : label.text)
  const notesOf = (notes: Words[]) => notes.flatMap(both)
  return {
    language: 'hu',
    title: form.title.text,
    subtitle: form.title.also === '' ? undefined : form.title.also,
    reference: say('forms.paper.form-code', { code: form.code, version: String(form.version) }),
    footer: say('forms.paper.footer', { form: form.title.text, settlement: form.settlement }),
    blocks: [
      { kind: 'address', label: say('forms.paper.to'), lines: form.address },
      ...(form.marks ? [paragraph(say('forms.blank.marks'))] : []),
      ...form.sections.flatMap(({ title, notes, parts }): Block[] => [
        { kind: 'heading', text: both(title).join(' / ') },
        ...notesOf(notes).map(paragraph),
        ...parts.flatMap((part): Block[] => [
          ...(part.title === undefined ? [] : [heading3(both(part.title).join(' / '))]),
          ...notesOf(part.notes).map(paragraph),
          {
            kind: 'questions',
            questions: part.questions.map(({ label, required, notes: own, space }) => ({
              label: mark(label, required),
              notes: [...(label.also === '' ? [] : [label.also]), ...notesOf(own)],
              space,
            })),
          },
        ]),
      ]),
      ...(form.enclosures.length > 0
        ? ([
            { kind: 'heading', text: say('forms.paper.enclosures') },
            {
              kind: 'questions',
              questions: form.enclosures.map(({ label, required, notes }) => ({
                label: mark(label, required),
                notes: [...(label.also === '' ? [] : [label.also]), ...notesOf(notes)],
                space: { kind: 'choices', items: [say('forms.blank.enclosed')] },
              })),
            },
          ] satisfies Block[])
        : []),
      {
        kind: 'signature',
        place: say('forms.paper.place'),
        date: say('forms.paper.date'),
        name: say('common.signature.name'),
      },
    ],
  }
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', text }
}

function heading3(text: string): Block {
  return { kind: 'heading', text, level: 3 }
}
