import type { FastifyRequest } from 'fastify'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import { type LocalTerms, partsOfDay, sectors } from '../forms/index.ts'
import type { Settlement } from '../settlements/index.ts'
import type { DoneNotice } from './done-notice.ts'
import type { AdministeredForm } from './form-publishing.ts'
import { type TypedTerms, termLimits } from './local-terms-form.ts'

interface PageParts {
  request: FastifyRequest
  /** address of the office's forms */
  home: string
  /** the word of the act that led here, and the form it was about */
  done: { kesz?: string | undefined; urlap?: string | undefined }
}

/** What views/clerk-office/forms.njk shows. */
export function formListView(
  all: readonly AdministeredForm[],
  { request, home, settlement, done }: PageParts & { settlement: Settlement },
) {
  const { language, translate } = request
  const address = `${home}/${settlement.slug}`
  const justDone = all.find(({ definition }) => definition.code === done.urlap)
  return {
    home,
    settlementName: settlement.name,
    notice: justDone === undefined ? null : noticeOf(done.kesz, justDone, request),
    on: all.filter(({ on }) => on).length,
    count: all.length,
    sectors: sectors
      .map((sector) => ({
        sector,
        title: translate(`forms.sectors.${sector}`),
        rows: all
          .filter(({ definition }) => definition.sector === sector)
          .map(({ definition, on, local }) => ({
            code: definition.code,
            title: definition.title[language],
            href: `${address}/${definition.code}`,
            on,
            local: localParts(local).map((part) => translate(`clerk-office.forms.local.${part}`)),
          })),
      }))
      .filter(({ rows }) => rows.length > 0),
    address,
  }
}

/** What views/clerk-office/form-terms.njk shows. */
export function formTermsView(
  {
    settlement,
    form,
    typed,
    errors,
  }: { settlement: Settlement; form: AdministeredForm; typed: TypedTerms; errors: Record<string, string> },
  { request, home, done }: PageParts,
) {
  const { language, translate } = request
  const { definition, on } = form
  const values = { days: definition.deadlineDays, most: termLimits.feeHuf }
  const errorText = (key: string) => translate(key, values)
  return {
    back: `${home}/${settlement.slug}`,
    address: `${home}/${settlement.slug}/${definition.code}`,
    notice: noticeOf(done.kesz, form, request),
    settlementName: settlement.name,
    form: {
      code: definition.code,
      version: definition.version,
      title: definition.title[language],
      summary: definition.summary[language],
      deadlineDays: definition.deadlineDays,
      deadlineSource: definition.deadlineSource.text[language],
      fees: definition.fees.map(({ amountHuf, note, source }) => ({
        amountHuf,
        note: note[language],
        validFrom: source.validFrom,
        validTo: source.validTo ?? '',
      })),
    },
    publicPage: on ? `/${settlement.slug}/ugyek/${definition.code}` : '',
    on,
    typed,
    errors: Object.entries(errors).map(([field, key]) => ({ href: `#${field}`, text: errorText(key) })),
    errorOf: Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, errorText(key)])),
  }
}

/** What is stored, as the fields of the page show it. */
export function termsAsTyped({ contact, fee, deadlineDays }: LocalTerms): TypedTerms {
  const nothing = { year: '', month: '', day: '' }
  return {
    contact: contact ?? '',
    fee: fee === null ? '' : String(fee.amountHuf),
    note: fee?.note.hu ?? '',
    noteInEnglish: fee?.note.en ?? '',
    from: fee === null ? nothing : partsOfDay(fee.validFrom),
    to: fee === null || fee.validTo === null ? nothing : partsOfDay(fee.validTo),
    days: deadlineDays === null ? '' : String(deadlineDays),
  }
}

function localParts({ contact, fee, deadlineDays }: LocalTerms): string[] {
  return [
    ...(contact === null ? [] : ['contact']),
    ...(fee === null ? [] : ['fee']),
    ...(deadlineDays === null ? [] : ['deadline']),
  ]
}

/** Said only of a form that is so, since the address that asks for the words can be written by anybody. */
function noticeOf(
  word: string | undefined,
  { definition, on }: AdministeredForm,
  { language, translate }: { language: 'hu' | 'en'; translate: Translate },
): DoneNotice | null {
  const done = word?.replace(/^mar-/, '')
  const isTrue = done === 'mentve' || (done === 'be' && on) || (done === 'ki' && !on)
  if (done === undefined || !isTrue) return null
  const values = { title: definition.title[language] }
  return word === done
    ? { kind: 'success', text: translate(`clerk-office.forms.done.${done}`, values) }
    : { kind: 'info', text: translate(`clerk-office.forms.done-before.${done}`, values) }
}
