/** The rules of the house that no compiler knows: who may import whom, what templates may do, that every sentence exists. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { IntlMessageFormat } from 'intl-messageformat'
import { expect, test } from 'vitest'
import { projectRoot } from '../src/platform/project-root.ts'
import rules from './dependency-cruiser.config.js'

interface TextFile {
  path: string
  text: string
}

function filesBelow(folder: string, ending: string): TextFile[] {
  const root = fileURLToPath(new URL(`${folder}/`, projectRoot))
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .sort()
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(`${root}${path}`, 'utf8') }))
}

const templates = filesBelow('views', '.njk')
const sources = filesBelow('src', '.ts')

test('features, adapters and the platform import each other in one direction only', async () => {
  const { output } = await cruise(['src'], {
    ...rules.options,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
  })
  const result = output as ICruiseResult
  // a compiler it does not understand makes it find nothing wrong with nothing
  expect(result.summary.totalCruised).toBeGreaterThan(sources.length)
  expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
})

type Catalogue = Map<string, string>

function catalogue(language: 'hu' | 'en'): Catalogue {
  const sentences: Catalogue = new Map()
  const collect = (key: string, content: unknown): void => {
    if (typeof content === 'string') sentences.set(key, content)
    else for (const [name, inner] of Object.entries(content ?? {})) collect(`${key}.${name}`, inner)
  }
  for (const { path, text } of filesBelow(`views/locales/${language}`, '.json')) {
    collect(path.replace(/^.*\//, '').replace(/\.json$/, ''), JSON.parse(text))
  }
  return sentences
}

const hungarian = catalogue('hu')
const english = catalogue('en')
const chapters = new Set([...hungarian.keys()].map((key) => key.split('.')[0]))

test('every sentence exists in Hungarian and in English', () => {
  expect(hungarian.size).toBeGreaterThan(50)
  const lacking = (from: Catalogue, other: Catalogue) => [...from.keys()].filter((key) => !other.has(key))
  expect({
    'missing in English': lacking(hungarian, english),
    'missing in Hungarian': lacking(english, hungarian),
  }).toEqual({ 'missing in English': [], 'missing in Hungarian': [] })
})

test('no sentence is empty, and both languages fill in the same values', () => {
  const odd: string[] = []
  for (const [key, sentence] of hungarian) {
    const other = english.get(key) ?? ''
    if (sentence.trim() === '' || other.trim() === '') odd.push(`${key} is empty`)
    else if (placeholders(sentence, 'hu') !== placeholders(other, 'en')) odd.push(`${key} fills in other values`)
  }
  expect(odd).toEqual([])
})

function placeholders(sentence: string, language: string): string {
  const names = new Set<string>()
  const collect = (parts: unknown): void => {
    if (!Array.isArray(parts)) return
    for (const part of parts as { type: number; value?: unknown; options?: Record<string, { value: unknown }> }[]) {
      // 0 is plain text, 7 the number sign of a plural
      if (part.type !== 0 && part.type !== 7) names.add(String(part.value))
      for (const option of Object.values(part.options ?? {})) collect(option.value)
    }
  }
  collect(new IntlMessageFormat(sentence, language).getAst())
  return [...names].sort().join(' ')
}

/** Words with a dot whose first part is also a chapter's name, and which are no keys. */
const otherDottedWords =
  /^(identity\.(name|full-name|birth-name|mother-name|birth-place|birth-date)|tax-balance\.(viewed|downloaded)|[a-z-]+\.(njk|json|ts|csv))$/

test('every key that is used has a sentence', () => {
  const known = [...hungarian.keys()]
  const unknown: string[] = []
  const look = (key: string, path: string): void => {
    const begun = /[.-]$/.test(key)
    if (begun ? !known.some((other) => other.startsWith(key)) : !hungarian.has(key)) unknown.push(`${key} in ${path}`)
  }
  for (const { path, text } of templates) {
    for (const [, key] of text.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)) if (key !== undefined) look(key, path)
  }
  for (const { path, text } of sources) {
    const withoutActions = text.replaceAll(/\baction: ?'[^']*'/g, '')
    for (const [, word] of withoutActions.matchAll(/['`]([a-z][a-z-]*(?:\.[A-Za-z0-9_-]+)+\.?)(?:['`]|\$\{)/g)) {
      if (word === undefined || !chapters.has(word.split('.')[0] ?? '') || otherDottedWords.test(word)) continue
      look(word, path)
    }
  }
  expect(unknown).toEqual([])
})

test('no sentence for people is written into a template', () => {
  const written: string[] = []
  // long texts are pages of their own, one for each language
  for (const { path, text } of templates.filter(({ path }) => !path.startsWith('views/help/'))) {
    const shown = text
      .replaceAll(/\{% block \w+ %\}[^<{]*\{% endblock %\}/g, '')
      .replaceAll(/\{#[^]*?#\}|\{%[^]*?%\}|\{\{[^]*?\}\}/g, '')
      // names that are the same in every language
      .replaceAll(/<code>[^]*?<\/code>|SHA-256/g, '')
      .replaceAll(/<!--[^]*?-->|<[^>]*>|\s[a-z-]+="[^"]*"/g, ' ')
      .replaceAll(/&[a-z]+;|&#\d+;/g, ' ')
    for (const word of shown.match(/\p{L}{3,}/gu) ?? []) written.push(`${word} in ${path}`)
  }
  expect(written).toEqual([])
})

/** What escaping does not make safe, or what switches it off (security requirement 19). */
const dangerous: [what: string, pattern: RegExp][] = [
  ['the safe filter', /\|\s*safe\b/],
  ['autoescape', /\bautoescape\b/],
  ['a value in an unquoted attribute', /<[^>]*\s[a-zA-Z-]+=\{\{/],
  ['a value in a handler or srcdoc', /\s(on[a-z]+|srcdoc)\s*=/],
  ['an inline style', /<[^>]*\sstyle\s*=/],
  ['an inline script or style sheet', /<style\b|<script\b(?![^>]*\bsrc=)/],
  ['a value in a markup comment', /<!--[^]*?\{\{[^]*?-->/],
  ['an address that runs', /javascript:/i],
]

test('templates leave escaping on and carry no script or style', () => {
  expect(templates.length).toBeGreaterThan(10)
  const found = templates.flatMap(({ path, text }) => {
    const markup = text.replaceAll(/\{#[^]*?#\}/g, '')
    return dangerous.filter(([, pattern]) => pattern.test(markup)).map(([what]) => `${what} in ${path}`)
  })
  expect(found).toEqual([])
})

test('no file is named for holding anything', () => {
  const vague = /(^|\/)(utils?|helpers?|common|types|constants|misc)(\.ts|\/)/
  const all = [...sources, ...filesBelow('test', '.ts')].map(({ path }) => path)
  expect(all.filter((path) => vague.test(path))).toEqual([])
})
