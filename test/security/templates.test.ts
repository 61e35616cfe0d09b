/** What a template may not do, since escaping would not help there (security requirement 19). */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = new URL('../../views/', import.meta.url)
const templates = readdirSync(fileURLToPath(root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.njk'))
  .map((name) => ({ name, source: readFileSync(new URL(name, root), 'utf8').replaceAll(/\{#[\s\S]*?#\}/g, '') }))

/** Source with what is computed taken out: only the template’s own words stay, and a mark where something computed stood. */
function skeleton(source: string): string {
  return source.replaceAll(/\{%[\s\S]*?%\}/g, '').replaceAll(/\{\{[\s\S]*?\}\}/g, '⟦⟧')
}

const forbidden: [string, RegExp, 'source' | 'skeleton'][] = [
  ['trust what it is given', /\|\s*(?:safe|dump)\b|SafeString|markSafe/, 'source'],
  ['switch escaping off', /autoescape/, 'source'],
  ['take a template or a name from data', /\{%-?\s*(?:include|extends|import|from)\s+(?!")/, 'source'],
  ['take another value than a string for a key', /\b(?:constructor|__proto__|prototype)\b/, 'source'],
  ['write a value into an attribute without quotes', /\s[\w-]+\s*=\s*⟦⟧/, 'skeleton'],
  ['write a value into a script', /<script\b[^>]*>[^<]*\S[^<]*<\/script/i, 'skeleton'],
  ['have a style of its own', /<style\b|\sstyle\s*=/i, 'skeleton'],
  ['have a handler', /\son[a-z]+\s*=/i, 'skeleton'],
  ['hold a page in an attribute', /srcdoc/i, 'source'],
  ['write into a comment that is sent', /<!--/, 'skeleton'],
  ['name a tag or an attribute by a value', /<\/?[a-z]*⟦⟧|<[a-z][^<>]*\s⟦⟧\s*=/i, 'skeleton'],
  ['lead to a script', /javascript:|data:text/i, 'source'],
  ['load from elsewhere', /<(?:script|link|img|source|use)\b[^>]*(?:src|href)\s*=\s*"(?:https?:)?\/\//i, 'skeleton'],
  ['change where its addresses lead', /<base\b|<iframe|<object|<embed|http-equiv/i, 'skeleton'],
]

test('there are templates to look at', () => {
  expect(templates.length).toBeGreaterThan(90)
})

/** Looked at one by one: the name comes from the template that calls the macro, which the next test holds to. */
const reviewed = new Set([
  'components/attributes.njk: name a tag or an attribute by a value',
  'components/big-actions.njk: name a tag or an attribute by a value',
  'components/card.njk: name a tag or an attribute by a value',
  'components/feature-list.njk: name a tag or an attribute by a value',
  'components/timeline.njk: name a tag or an attribute by a value',
])

test.each(forbidden)('no template may %s', (what, pattern, where) => {
  const found = templates.filter(({ source }) => pattern.test(where === 'source' ? source : skeleton(source)))
  expect(found.map(({ name }) => `${name}: ${what}`).filter((one) => !reviewed.has(one))).toEqual([])
})

test('names of tags and attributes are written in templates', () => {
  let found = 0
  for (const { name, source } of templates) {
    for (const [, what, given] of source.matchAll(/\b(level|heading):\s*([^,}\s]+)/g)) {
      found += 1
      expect([name, what, given]).toEqual([name, what, expect.stringMatching(/^(?:[1-6]|'h[1-6]'|true|false)$/)])
    }
    for (const [, attributes] of source.matchAll(/\battributes:\s*([^,}]*)/g)) {
      found += 1
      expect([name, attributes]).toEqual([
        name,
        expect.stringMatching(/^\{\s*'?(?!on)[a-z][a-z-]*'?:|^params\.attributes$/),
      ])
    }
  }
  expect(found).toBeGreaterThan(2)
})

test.each([
  '<a href={{ x }}>',
  '{{ x | safe }}',
  '<p style="color: {{ x }}">',
  '<button onclick="x()">',
  '<script>let a = {{ x }}</script>',
  '{% autoescape false %}',
  '{% include page %}',
  '<{{ tag }}>',
  '<h{{ level }}>',
  '<p {{ name }}="x">',
  '<iframe srcdoc="{{ x }}">',
  '<!-- {{ x }} -->',
  '<link rel="stylesheet" href="https://elsewhere.example/x.css">',
])('%s would be found', (source) => {
  const found = forbidden.filter(([, pattern, where]) => pattern.test(where === 'source' ? source : skeleton(source)))
  expect(found).not.toEqual([])
})

test('nobody makes a template from a text, or a text trusted', () => {
  const sources = new URL('../../src/', import.meta.url)
  for (const name of readdirSync(fileURLToPath(sources), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const code = readFileSync(new URL(name, sources), 'utf8')
    expect([
      name,
      /renderString|SafeString|markSafe|autoescape: false|\beval\(|new Function\(|node:vm|node:child_process|sql\.raw/.test(
        code,
      ),
    ]).toEqual([name, false])
  }
})
