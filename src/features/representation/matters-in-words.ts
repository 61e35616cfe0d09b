import type { Translate } from '../../platform/i18n/catalogue.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { TypedMandate } from './mandate-form.ts'
import { rightFields } from './mandate-form.ts'
import type { MandateScope, MandateSource, RightToAct } from './party.ts'

/** What mandates can be about, of which this room knows the codes alone. */
export interface Matters {
  sectors: readonly string[]
  forms(language: Language): { code: string; title: string }[]
  taxTypes(language: Language): { code: string; name: string }[]
}

interface Told {
  rights: readonly RightToAct[]
  scope: MandateScope
  taxTypes: readonly string[]
  source: MandateSource
  validFrom: string
  validUntil: string | null
}

interface Reader {
  language: Language
  translate: Translate
  day(written: string): string
}

/** What a mandate allows, in what, by which source and until when: rows for a list of keys and values. */
export function mandateRows(told: Told, matters: Matters, { language, translate, day }: Reader) {
  const { rights, scope, taxTypes, source, validFrom, validUntil } = told
  const until =
    validUntil === null
      ? translate('representation.rights.until-revoked', { from: day(validFrom) })
      : translate('representation.rights.until', { from: day(validFrom), until: day(validUntil) })
  const aboutCases = rights.includes('submit') || rights.includes('read-cases')
  return [
    {
      key: translate('representation.rights.may'),
      values: rights.map((right) => translate(`representation.right.${right}`)),
    },
    ...(aboutCases ? [{ key: translate('representation.rights.matters'), values: mattersIn() }] : []),
    ...(rights.includes('read-tax') ? [{ key: translate('representation.rights.taxes'), values: taxesIn() }] : []),
    { key: translate('representation.rights.source'), value: translate(`representation.source.${source}`) },
    { key: translate('representation.rights.valid'), value: until },
  ]

  function mattersIn(): string[] {
    if (scope.everything) return [translate('representation.everything')]
    const titles = new Map(matters.forms(language).map(({ code, title }) => [code, title]))
    return [
      ...scope.sectors.map((sector) => translate(`forms.sectors.${sector}`)),
      ...scope.formCodes.map((code) => titles.get(code) ?? code),
    ]
  }

  function taxesIn(): string[] {
    if (taxTypes.length === 0) return [translate('representation.every-tax')]
    const names = new Map(matters.taxTypes(language).map(({ code, name }) => [code, name]))
    return taxTypes.map((code) => names.get(code) ?? code)
  }
}

/** What the page of a mandate is written on shows: `mandateFields` of the components. */
export function mandateFieldsView(
  typed: TypedMandate,
  errorOf: Readonly<Record<string, string>>,
  matters: Matters,
  { language, translate }: Pick<Reader, 'language' | 'translate'>,
) {
  return {
    typed,
    errorOf,
    rightsHint: translate('representation.give.rights-hint'),
    rights: rightFields.map((value) => ({ value, text: translate(`representation.give.rights.${value}`) })),
    sectors: matters.sectors.map((value) => ({ value, text: translate(`forms.sectors.${value}`) })),
    forms: matters.forms(language).map(({ code, title }) => ({ value: code, text: title })),
    taxTypes: matters.taxTypes(language).map(({ code, name }) => ({ value: code, text: name })),
  }
}

/** Errors as a page shows them: a list that leads to the fields, and a sentence at each. */
export function shownErrors(errors: Readonly<Record<string, string>>, translate: Translate) {
  const shown = Object.entries(errors).map(([field, key]) => ({ field, text: translate(key) }))
  return {
    errors: shown.map(({ field, text }) => ({ href: `#${field}`, text })),
    errorOf: Object.fromEntries(shown.map(({ field, text }) => [field, text])),
  }
}
