import { type Translate, translator } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { Block, PrintedDocument } from '../../platform/pdf/document.ts'
import type { Office } from '../settlements/index.ts'
import type { Answers, FormContext } from './engine/answers.ts'
import type { FormDefinition } from './engine/definition.ts'
import { type SummarySection, summarise } from './engine/summary.ts'
import { fillIn, isGroup } from './engine/visibility.ts'
import { paperCodes } from './paper-content.ts'

/** A form on paper: what was answered, what to enclose, where to sign and where to take it. The same as page and as PDF. */
export interface PrintedForm {
  title: string
  code: string
  version: number
  madeOn: string
  settlement: string
  address: string[]
  sections: SummarySection[]
  enclosures: { label: string; required: boolean }[]
  /** under the line to sign on */
  signer: string
  /** the answers as texts of 2D codes; none when they would be too many for paper */
  codes: string[]
}

export function printedForm(
  definition: FormDefinition,
  answers: Answers,
  { context, office }: { context: FormContext; office: Office },
  language: Language,
): PrintedForm {
  const enclosing = enclosedFields(definition, answers, context)
  const ids = new Set(enclosing.map(({ id }) => id))
  const sections = summarise(definition, answers, context, language)
    .map((section) => ({ ...section, rows: section.rows.filter(({ fieldId }) => !ids.has(fieldId)) }))
    .filter(({ rows }) => rows.length > 0)
  const valueOf = (fieldId: string) =>
    sections.flatMap(({ rows }) => rows).find((row) => row.fieldId === fieldId)?.values[0] ?? ''
  return {
    title: definition.title[language],
    code: definition.code,
    version: definition.version,
    madeOn: formats[language].day(context.today),
    settlement: context.settlement.name,
    address: [office.name, `${office.postalCode} ${office.city}`, office.streetAddress],
    sections,
    enclosures: enclosing.map(({ label, required }) => ({ label: label[language], required })),
    signer: valueOf('sender-name'),
    codes: paperCodes(definition, answers, context) ?? [],
  }
}

function enclosedFields(definition: FormDefinition, answers: Answers, context: FormContext) {
  return fillIn(definition, answers, context)
    .flatMap(({ items }) => items)
    .flatMap((item) => (!isGroup(item) && item.field.type === 'attachment' ? [item.field] : []))
}

/** The same as a document for renderDocument. */
export function printedFormDocument(form: PrintedForm, language: Language): PrintedDocument {
  const say = translator(language)
  const code = say('forms.paper.form-code', { code: form.code, version: String(form.version) })
  const enclosures = form.enclosures.map(({ label, required }) => ({
    label,
    values: [say(required ? 'forms.enclose' : 'forms.enclose-optional')],
  }))
  return {
    language,
    title: form.title,
    subtitle: say('forms.paper.title-note'),
    footer: say('forms.paper.footer', { form: form.title, settlement: form.settlement }),
    blocks: [
      { kind: 'address', label: say('forms.paper.to'), lines: form.address },
      { kind: 'paragraph', text: `${code} · ${say('forms.paper.made-on', { day: form.madeOn })}` },
      ...form.sections.flatMap(({ title, rows }): Block[] => [
        { kind: 'heading', text: title },
        { kind: 'keyValues', rows: rows.map(({ label, values }) => ({ label, values })) },
      ]),
      ...(enclosures.length > 0
        ? ([
            { kind: 'heading', text: say('forms.paper.enclosures') },
            { kind: 'keyValues', rows: enclosures },
          ] satisfies Block[])
        : []),
      { kind: 'signature', place: say('forms.paper.place'), date: say('forms.paper.date'), name: form.signer },
      ...(form.codes.length > 0
        ? ([
            { kind: 'heading', text: say('forms.paper.codes') },
            { kind: 'paragraph', text: say('forms.paper.codes-text') },
            { kind: 'codes', codes: form.codes.map((text, at) => ({ text, ...codeWords(form, at, say) })) },
          ] satisfies Block[])
        : []),
    ],
  }
}

/** What stands below a code, and what is said of it to who cannot see it. */
export function codeWords({ codes, title }: PrintedForm, at: number, say: Translate) {
  const values = { number: at + 1, count: codes.length, title }
  return { caption: say('forms.paper.code', values), spoken: say('forms.paper.code-spoken', values) }
}
