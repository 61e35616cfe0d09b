import { readdirSync, readFileSync } from 'node:fs'
import { IntlMessageFormat } from 'intl-messageformat'
import { projectRoot } from '../project-root.ts'
import { type Language, languages } from './language.ts'

export type Values = Record<string, string | number | Date>
export type Translate = (key: string, values?: Values) => string

/**
 * Every sentence of the interface, by key: file name, then the path inside the file (`settlements.search.title`).
 * Sentences are ICU messages; they are read and compiled once, at start.
 */
const catalogues: Record<Language, Map<string, IntlMessageFormat | string>> = { hu: read('hu'), en: read('en') }

/** Translators per language. @throws Error for a key the catalogue does not have: a missing sentence is a mistake of ours */
const translators: Record<Language, Translate> = { hu: translate('hu'), en: translate('en') }

export function translator(language: Language): Translate {
  return translators[language]
}

/** All keys of a language, for the test that compares them. */
export function catalogueKeys(language: Language): string[] {
  return [...catalogues[language].keys()].sort()
}

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value)
}

function translate(language: Language): Translate {
  return (key, values) => {
    const message = catalogues[language].get(key)
    if (message === undefined) throw new Error(`the ${language} catalogue has no sentence ${key}`)
    if (typeof message === 'string') return message
    return String(message.format(values))
  }
}

function read(language: Language): Map<string, IntlMessageFormat | string> {
  const folder = new URL(`views/locales/${language}/`, projectRoot)
  const sentences = new Map<string, IntlMessageFormat | string>()
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.json')) continue
    const content: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    collect(file.slice(0, -'.json'.length), content, language, sentences)
  }
  return sentences
}

function collect(
  key: string,
  content: unknown,
  language: Language,
  sentences: Map<string, IntlMessageFormat | string>,
): void {
  if (typeof content === 'string') {
    // Most sentences have no value to fill in; the formatter is only for those that do.
    sentences.set(key, /[{}']/.test(content) ? new IntlMessageFormat(content, language) : content)
    return
  }
  if (typeof content !== 'object' || content === null) throw new Error(`the ${language} catalogue is broken at ${key}`)
  for (const [name, inner] of Object.entries(content)) collect(`${key}.${name}`, inner, language, sentences)
}
