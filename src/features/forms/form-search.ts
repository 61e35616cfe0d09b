import type { Language } from '../../platform/i18n/language.ts'
import type { FormDefinition } from './engine/definition.ts'

/** Longer queries are not looked for: no form is called so. */
export const longestQuery = 100

/** „Iparűzési adó” → „iparuzesi ado”: without accents and capitals. */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/**
 * Whether a form is what somebody looks for: each word of the query begins a word of its title, its summary or the words people
 * use for it.
 */
export function matches(definition: FormDefinition, query: string, language: Language): boolean {
  const { title, summary, searchWords } = definition
  const words = fold([title[language], summary[language], ...searchWords[language]].join(' ')).split(/[^\p{L}\p{N}]+/u)
  const sought = fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return sought.every((one) => words.some((word) => word.startsWith(one)))
}
