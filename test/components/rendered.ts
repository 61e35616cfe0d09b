import { readFileSync } from 'node:fs'
import { HTMLElement, type Node, parse, TextNode } from 'node-html-parser'
import type { Assets } from '../../src/platform/assets/manifest.ts'
import type { Language } from '../../src/platform/i18n/language.ts'
import { projectRoot } from '../../src/platform/project-root.ts'
import { templateEnvironment } from '../../src/platform/views/environment.ts'

/** Stands in for the built files: a component only passes their names on. */
export const namesOnly: Assets = { asset: (name) => `/assets/${name}`, integrity: (name) => `sha384-${name}` }

const environments = {
  hu: templateEnvironment('hu', { assets: namesOnly, cache: true }),
  en: templateEnvironment('en', { assets: namesOnly, cache: true }),
}

/** One call of a component's macro; `inside` is what a page puts between call and endcall. */
export function component(
  file: string,
  macro: string,
  params: unknown,
  { language = 'en', inside }: { language?: Language; inside?: string } = {},
): string {
  const call = inside === undefined ? `{{ ${macro}(params) }}` : `{% call ${macro}(params) %}${inside}{% endcall %}`
  // eslint-disable-next-line no-restricted-syntax -- the text is the test's own, and a macro has no page to be tried on
  return environments[language].renderString(`{% from "components/${file}.njk" import ${macro} %}${call}`, { params })
}

export function page(template: string, values: object, language: Language = 'hu'): string {
  return environments[language].render(template, { ...unlessTold, ...values })
}

/** Every component at once, within a layout, for those who look at it in a browser. */
export function gallery(
  assets: Assets,
  layout: 'citizen' | 'clerk' | 'print',
  values: object,
  language: Language,
): string {
  const text = readFileSync(new URL('test/components/gallery.njk', projectRoot), 'utf8')
  // eslint-disable-next-line no-restricted-syntax -- a template of the tests' own, which views/ must not hold
  return templateEnvironment(language, { assets, cache: true }).renderString(text, {
    ...unlessTold,
    layout,
    states: ['submitted', 'registered', 'in_progress', 'waiting_client', 'closed', 'rejected', 'draft'],
    ...values,
  })
}

const unlessTold = {
  person: null,
  csrf: '',
  clocks: null,
  lineage: '',
  settlement: null,
  clerk: null,
  errors: [],
  languageForm: '',
  sessionState: '',
  demo: false,
  address: '/',
  path: '/',
}

/**
 * Markup as lines one can compare: a line per tag with its classes and attributes in order of the alphabet, a line per text.
 * What we add for ourselves (classes portal-…) and what only a script of theirs reads is left out.
 */
export function normalised(markup: string, { without = [] }: { without?: string[] } = {}): string {
  const lines: string[] = []
  const walk = (node: Node, depth: number): void => {
    if (node instanceof TextNode) {
      const text = node.text.replaceAll(/\s+/g, ' ').trim()
      if (text !== '') lines.push(`${'  '.repeat(depth)}${text}`)
    } else if (node instanceof HTMLElement) {
      const tag = (node.rawTagName ?? '').toLowerCase()
      if (tag !== '') lines.push(`${'  '.repeat(depth)}<${[tag, ...attributesOf(node, without)].join(' ')}>`)
      for (const child of node.childNodes) walk(child, tag === '' ? depth : depth + 1)
    }
  }
  walk(parse(markup), 0)
  return lines.join('\n')
}

/** What our own scripts say: theirs bring their texts themselves. */
const ownTexts = ['data-left', 'data-over']

function attributesOf(element: HTMLElement, without: string[]): string[] {
  return Object.entries(element.attributes)
    .map(([name, value]) => [name, name === 'class' ? classesOf(value) : value] as const)
    .filter(
      ([name, value]) => !without.includes(name) && !ownTexts.includes(name) && !(name === 'class' && value === ''),
    )
    .map(([name, value]) => `${name}="${value}"`)
    .sort()
}

function classesOf(value: string): string {
  return value
    .split(/\s+/)
    .filter((name) => name !== '' && !name.startsWith('portal-'))
    .sort()
    .join(' ')
}
