import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import type { FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import { faultsOfDefinition } from '../../../src/features/forms/engine/soundness.ts'
import { matches } from '../../../src/features/forms/form-search.ts'
import { catalogueKeys } from '../../../src/platform/i18n/catalogue.ts'
import { languages } from '../../../src/platform/i18n/language.ts'
import { tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

const definitions = readDefinitions()
/** what a settlement offers: of each form the newest version */
const newest = definitions.filter(
  ({ code, version }) => !definitions.some((other) => other.code === code && other.version > version),
)
const find = (code: string): FormDefinition => {
  const found = newest.find((definition) => definition.code === code)
  if (found === undefined) throw new Error(`no form ${code}`)
  return found
}

test('the first forms are there', () => {
  const first = ['adoigazolas-kerelem', 'altalanos-kerelem', 'kommunalis-ado-adatbejelentes']
  expect(newest.map(({ code }) => code)).toEqual(expect.arrayContaining(first))
})

/** Every sentence of a definition with the place where it stands. */
function* sentencesOf(value: unknown, where: string): Generator<{ where: string; hu: string; en: string }> {
  if (typeof value !== 'object' || value === null) return
  if ('hu' in value && 'en' in value && typeof value.hu === 'string' && typeof value.en === 'string') {
    yield { where, hu: value.hu, en: value.en }
    return
  }
  for (const [key, inner] of Object.entries(value)) yield* sentencesOf(inner, `${where}.${key}`)
}

describe.each(definitions.map((definition) => [`${definition.code} ${definition.version}`, definition] as const))(
  '%s',
  (_code, definition) => {
    const sentences = [...sentencesOf(definition, definition.code)]

    test('says everything in both languages, and each language in its own', () => {
      expect(sentences.length).toBeGreaterThan(50)
      for (const { where, hu, en } of sentences) {
        expect(en, where).not.toMatch(/[őűŐŰ]/)
        if (hu.split(' ').length > 2) expect(en, where).not.toBe(hu)
        // no abbreviation instead of a word, no doubled space, no space before a full stop
        expect(`${hu} ${en}`, where).not.toMatch(/ {2}| [.,;?!]|\bstb\.|\bill\./)
        expect(hu, where).not.toMatch(/(?<!\p{L})(te|neked|tiéd|add meg|válassz|írd)(?!\p{L})/iu)
      }
    })

    test('asks once, of everybody, to declare that the data are true', () => {
      const asked = definition.pages.filter(({ when }) => when === undefined).flatMap(({ items }) => items)
      const declarations = asked.filter(
        (item) => item.type === 'declaration' && item.required && item.when === undefined,
      )
      expect(declarations.map(({ label }) => label.hu)).toContainEqual(
        expect.stringMatching(/valóságnak megfelel|^Kijelentem/),
      )
    })

    test('asks each question with a label of its own on its page', () => {
      for (const page of definition.pages) {
        for (const language of languages) {
          const labels = page.items.map(({ label }) => label[language])
          expect(new Set(labels).size, `${page.id} ${language}`).toBe(labels.length)
        }
      }
    })

    test('has Hungarian addresses without accents', () => {
      for (const { id } of definition.pages) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    })

    test('names its sources', () => {
      for (const source of [
        definition.deadlineSource,
        ...definition.fees.map((fee) => fee.source),
        definition.retention.source,
      ]) {
        expect(source.text.hu.length).toBeGreaterThan(10)
      }
    })
  },
)

test('every message of the engine is in the catalogue', () => {
  const keys = new Set(catalogueKeys('hu'))
  const types = definitions
    .flatMap(({ pages }) => pages.flatMap(({ items }) => items))
    .flatMap((item) => (item.type === 'group' ? item.fields : [item]))
    .map(({ type }) => type)
  for (const type of new Set(types)) expect([...keys]).toContain(`forms.errors.required.${type}`)
})

describe('a definition is refused when', () => {
  const choice = (id: string, more: object = {}) => tinyField('choice', id, { choices: tinyChoices('a', 'b'), ...more })
  const text = (id: string, more: object = {}) => tinyField('text', id, { maxLength: 10, ...more })
  const calculated = (id: string, value: object) => tinyField('calculated', id, { value })
  const cases: [string, unknown[], RegExp][] = [
    ['two fields share an id', [tinyPage('egy', [text('x')]), tinyPage('ketto', [text('x')])], /two fields/],
    ['two pages share an id', [tinyPage('egy', [text('x')]), tinyPage('egy', [text('y')])], /two pages/],
    ['a page is called like a part of the address', [tinyPage('ellenorzes', [text('x')])], /no page may be called/],
    [
      'a condition names nothing',
      [tinyPage('egy', [text('x', { when: { field: 'nincs', is: 'a' } })])],
      /does not exist/,
    ],
    [
      'a page’s condition names nothing',
      [tinyPage('egy', [text('x')]), tinyPage('ketto', [text('y')], { when: { field: 'nincs', is: 'a' } })],
      /does not exist/,
    ],
    [
      'a condition looks ahead',
      [tinyPage('egy', [text('x', { when: { field: 'y', is: 'a' } }), choice('y')])],
      /looks ahead/,
    ],
    ['a page hangs on itself', [tinyPage('egy', [choice('x')], { when: { field: 'x', is: 'a' } })], /looks ahead/],
    [
      'a choice is never made',
      [tinyPage('egy', [choice('x')]), tinyPage('ketto', [text('y')], { when: { field: 'x', is: 'c' } })],
      /never „c”/,
    ],
    [
      'no answers lead to a page',
      [
        tinyPage('egy', [choice('x')]),
        tinyPage('ketto', [text('y')], {
          when: {
            all: [
              { field: 'x', is: 'a' },
              { field: 'x', is: 'b' },
            ],
          },
        }),
      ],
      /no answers lead/,
    ],
    [
      'a page hangs on a field that is hidden whenever it should show',
      [
        tinyPage('egy', [choice('x'), choice('y', { when: { field: 'x', is: 'a' } })]),
        tinyPage('ketto', [text('z')], {
          when: {
            all: [
              { field: 'x', is: 'b' },
              { field: 'y', is: 'a' },
            ],
          },
        }),
      ],
      /no answers lead/,
    ],
    [
      'a field hangs on a choice of its page in a way only a script could show',
      [tinyPage('egy', [choice('x'), text('y', { when: { not: { field: 'x', is: 'a' } } })])],
      /without a script/,
    ],
    [
      'a field does not follow the choice on which it hangs',
      [tinyPage('egy', [choice('x'), text('y'), text('z', { when: { field: 'x', is: 'a' } })])],
      /does not follow/,
    ],
    [
      'a choice shows different fields for the same answer',
      [
        tinyPage('egy', [
          choice('x'),
          text('y', { when: { field: 'x', is: 'a' } }),
          text('z', { when: { field: 'x', in: ['a', 'b'] } }),
        ]),
      ],
      /different fields/,
    ],
    [
      'a rule names nothing',
      [tinyPage('egy', [text('x', { rules: [tinyRule({ field: 'nincs', filled: true })] })])],
      /does not exist/,
    ],
    [
      'a rule looks into one row from outside',
      [
        tinyPage('egy', [
          tinyGroup('g', [tinyField('share', 'h')]),
          text('x', { rules: [tinyRule({ field: 'h', filled: true })] }),
        ]),
      ],
      /looks into the rows/,
    ],
    [
      'a draft would change with the day',
      [
        tinyPage('egy', [tinyField('date', 'x')]),
        tinyPage('ketto', [text('y')], { when: { compare: [{ field: 'x' }, '<', { today: true }] } }),
      ],
      /change by itself/,
    ],
    [
      'attachments stand among other fields',
      [tinyPage('egy', [text('x'), tinyField('attachment', 'y')])],
      /page of their own/,
    ],
    [
      'something is filled in from a later page',
      [
        tinyPage('egy', [text('x', { prefill: { from: 'answer', field: 'y', locked: true } })]),
        tinyPage('ketto', [text('y')]),
      ],
      /earlier page/,
    ],
    [
      'something is filled in from another type',
      [
        tinyPage('egy', [tinyField('date', 'y')]),
        tinyPage('ketto', [text('x', { prefill: { from: 'answer', field: 'y', locked: true } })]),
      ],
      /another type/,
    ],
    ['the preset is no choice', [tinyPage('egy', [choice('x', { preset: 'c' })])], /is no choice/],
    ['an id looks like a row', [tinyPage('egy', [text('x-1')])], /looks like a row/],
    [
      'it calculates with what does not exist',
      [tinyPage('egy', [calculated('c', { add: [{ value: '1' }, { field: 'nincs' }] })])],
      /does not exist/,
    ],
    [
      'it calculates with what comes later',
      [tinyPage('egy', [calculated('c', { field: 'n' }), tinyField('amount', 'n')])],
      /comes later/,
    ],
    ['it calculates with words', [tinyPage('egy', [text('x'), calculated('c', { field: 'x' })])], /is no number/],
    [
      'it looks into one row from outside to calculate',
      [tinyPage('egy', [tinyGroup('g', [tinyField('amount', 'h')]), calculated('c', { field: 'h' })])],
      /looks into the rows/,
    ],
    [
      'a row sums all rows while they are filled in',
      [tinyPage('egy', [tinyGroup('g', [tinyField('amount', 'h'), calculated('c', { sum: ['h'] })])])],
      /sums the rows it stands in/,
    ],
    [
      'rows are counted where there are none',
      [tinyPage('egy', [tinyField('amount', 'n'), calculated('c', { rows: 'n' })])],
      /has none/,
    ],
    [
      'a calculation would change with the day',
      [
        tinyPage('egy', [
          tinyField('date', 'd'),
          calculated('c', {
            if: { compare: [{ after: { field: 'd' }, days: 3 }, '<', { today: true }] },
            then: { value: '1' },
            else: { value: '2' },
          }),
        ]),
      ],
      /change by itself/,
    ],
    [
      'no calculated value leads to a page',
      [
        tinyPage('egy', [tinyField('amount', 'n'), calculated('c', { least: [{ field: 'n' }, { value: '5' }] })]),
        tinyPage('ketto', [text('y')], { when: { compare: [{ field: 'c' }, '>', { value: '5' }] } }),
      ],
      /no answers lead/,
    ],
    [
      'a field hangs on what is typed into a search field of its page',
      [tinyPage('egy', [choice('x', { control: 'search' }), text('y', { when: { field: 'x', is: 'a' } })])],
      /which is typed/,
    ],
    [
      'two groups of a page have rows with pages of their own',
      [
        tinyPage('egy', [
          tinyGroup('g', [text('x')], { rowPages: true }),
          tinyGroup('h', [text('y')], { rowPages: true }),
        ]),
      ],
      /only one group/,
    ],
  ]

  test.each(cases)('%s', (_what, pages, message) => {
    expect(faultsOfDefinition(tinyForm(pages)).join('\n')).toMatch(message)
  })

  test('numbers decide, however near, far and calculated, a page is found to be reachable', () => {
    const form = tinyForm([
      tinyPage('egy', [
        tinyGroup('g', [tinyField('amount', 'h')], { min: 1, max: 4 }),
        calculated('c', { multiply: [{ sum: ['h'] }, { rows: 'g' }] }),
      ]),
      tinyPage('ketto', [text('y')], { when: { compare: [{ field: 'c' }, '=', { value: '123456' }] } }),
      tinyPage('harom', [text('z')], { when: { compare: [{ calculate: { rows: 'g' } }, '>=', { value: '4' }] } }),
    ])
    expect(faultsOfDefinition(form)).toEqual([])
  })

  test('a language is missing', () => {
    expect(() => tinyForm([tinyPage('egy', [text('x', { label: { hu: 'csak ez' } })])])).toThrow()
    expect(() => tinyForm([tinyPage('egy', [text('x', { label: { hu: 'csak ez', en: ' ' } })])])).toThrow()
  })

  test('its file is named otherwise, or a block has nothing to change', () => {
    const folder = mkdtempSync(join(tmpdir(), 'urlapok-'))
    const write = (name: string, content: unknown) => {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), JSON.stringify(content))
    }
    const form = tinyForm([tinyPage('egy', [text('x')])])
    write('mas-neven/1.json', form)
    expect(() => readDefinitions(pathToFileURL(`${folder}/`))).toThrow(/holds apro 1/)

    const other = mkdtempSync(join(tmpdir(), 'urlapok-'))
    const writeThere = (name: string, content: unknown) => {
      mkdirSync(join(other, name, '..'), { recursive: true })
      writeFileSync(join(other, name), JSON.stringify(content))
    }
    const inner = text('y', { rules: [tinyRule({ field: 'y', filled: true })] })
    writeThere('blocks/kicsi/1.json', { items: [inner] })
    const use = (more: object) => ({
      ...form,
      pages: [tinyPage('egy', [{ block: 'kicsi/1', prefix: 'elo', ...more }])],
    })
    writeThere('apro/1.json', use({ change: { y: { required: false } } }))
    const item = readDefinitions(pathToFileURL(`${other}/`))[0]?.pages[0]?.items[0]
    expect(item).toMatchObject({ id: 'elo-y', required: false, rules: [{ must: { field: 'elo-y' } }] })
    writeThere('apro/1.json', use({ change: { z: { required: false } } }))
    expect(() => readDefinitions(pathToFileURL(`${other}/`))).toThrow(/no z to change/)
  })
})

test.each([
  ['kommunalis', 'kommunalis-ado-adatbejelentes'],
  ['KOMMUNÁLIS ADÓ', 'kommunalis-ado-adatbejelentes'],
  ['nemleges iga', 'adoigazolas-kerelem'],
  ['panasz', 'altalanos-kerelem'],
])('who looks for „%s” finds %s', (query, code) => {
  expect(matches(find(code), query, 'hu')).toBe(true)
  expect(newest.filter((definition) => matches(definition, query, 'hu')).map((one) => one.code)).toEqual([code])
})

test('what is nowhere is not found, in either language', () => {
  for (const language of languages) {
    expect(newest.some((definition) => matches(definition, 'űrhajó', language))).toBe(false)
    expect(newest.every((definition) => matches(definition, ' ', language))).toBe(true)
  }
})
