import type { Language } from '../../platform/i18n/language.ts'
import type { FormDefinition } from './engine/definition.ts'

/** Longer queries are not looked for: no form is called so. */
export const longestQuery = 100

/** „Iparűzési adó” → „iparuzesi”, „ado”: words without accents and capitals. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/**
 * Whether a form is what somebody looks for: each word of the query is one of its title, its summary or the words people use for it.
 *
 * @param more sentences that speak of it elsewhere
 */
export function matches(
  definition: FormDefinition,
  query: string,
  language: Language,
  more: readonly string[] = [],
): boolean {
  const { title, summary, searchWords } = definition
  const words = wordsOf([title[language], summary[language], ...searchWords[language], ...more].join(' '))
  return wordsOf(query).every((sought) => words.some((word) => isMeant(word, sought)))
}

/** Word lengths from which a part is more than a chance. */
const compound = { partFrom: 4, endFrom: 3 }
const suffixes = { wordFrom: 4, longest: 4 }

/**
 * Hungarian words are put together and grow at their end: „adó” also means „telekadó”, „szállás” the „magánszállásadó”, and „kutyát”,
 * „hagyatékhoz” are the „kutya” and the „hagyaték”.
 */
function isMeant(word: string, sought: string): boolean {
  if (word.startsWith(sought)) return true
  if (sought.length >= compound.partFrom ? word.includes(sought) : isEndOf(word, sought)) return true
  const grown = sought.length - word.length
  return word.length >= suffixes.wordFrom && grown <= suffixes.longest && sought.startsWith(word)
}

function isEndOf(word: string, sought: string): boolean {
  return sought.length >= compound.endFrom && word.endsWith(sought)
}
