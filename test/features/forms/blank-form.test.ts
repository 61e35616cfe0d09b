import { describe, expect, test } from 'vitest'
import { type BlankForm, blankForm, blankFormDocument, type Words } from '../../../src/features/forms/blank-form.ts'
import { conditionInWords } from '../../../src/features/forms/condition-words.ts'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import type { Condition, FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import { renderDocument } from '../../../src/platform/pdf/render.ts'
import { readPdf } from '../../platform/pdf/read-pdf.ts'

const definitions = readDefinitions()
const office = {
  name: 'Mintafalvi Polgármesteri Hivatal',
  postalCode: '1234',
  city: 'Mintafalva',
  streetAddress: 'Fő tér 1.',
} as Parameters<typeof blankForm>[1]['office']
const context = {
  today: '2026-11-22',
  settlement: { id: 1, name: 'Mintafalva', postalCodes: ['1234'] },
  identity: null,
  contact: {},
  actingAs: 'self',
} as const

function blank(definition: FormDefinition, language: 'hu' | 'en' = 'hu'): BlankForm {
  return blankForm(definition, { context, office }, language)
}

/** What is only enclosed stands on a list of its own. */
function withQuestions({ pages }: FormDefinition) {
  return pages.filter(({ items }) => items.some(({ type }) => type !== 'attachment'))
}

/** Everything on it that is read. */
function wordsOn({ sections, enclosures }: BlankForm): Words[] {
  return [
    ...sections.flatMap(({ title, notes, parts }) => [
      title,
      ...notes,
      ...parts.flatMap((part) => [
        ...(part.title ? [part.title] : []),
        ...part.notes,
        ...part.questions.flatMap((question) => [question.label, ...question.notes]),
      ]),
    ]),
    ...enclosures.flatMap(({ label, notes }) => [label, ...notes]),
  ]
}

describe.each(
  definitions.map((definition) => ({ name: `${definition.code} ${String(definition.version)}`, definition })),
)('the empty $name', ({ definition }) => {
  test('asks every question of every page, with space for its answer, and says in words when', () => {
    const form = blank(definition)
    const texts = wordsOn(form).map(({ text }) => text)
    const items = definition.pages.flatMap(({ items }) => items)
    for (const page of withQuestions(definition)) expect(texts).toContain(page.title.hu)
    for (const item of items) {
      expect(texts).toContain(item.label.hu)
      if (item.type === 'group')
        for (const field of item.fields) if (field.type !== 'attachment') expect(texts).toContain(field.label.hu)
    }
    const conditions = [...definition.pages, ...items].flatMap(({ when }) => when ?? [])
    for (const condition of conditions) {
      expect(texts).toContain(`Csak akkor töltse ki, ha ${conditionInWords(condition, definition, 'hu')}.`)
    }
    const spaces = form.sections.flatMap(({ parts }) => parts.flatMap(({ questions }) => questions))
    expect(spaces.filter(({ space }) => space.kind === 'none')).toEqual([])
    expect(wordsOn(form).some(({ also }) => also !== '')).toBe(false)
  })

  test('says the same in English below, for whoever reads English', () => {
    const form = blank(definition, 'en')
    for (const page of withQuestions(definition)) {
      expect(wordsOn(form)).toContainEqual({
        text: page.title.hu,
        also: page.title.en === page.title.hu ? '' : page.title.en,
      })
    }
    expect(wordsOn(form).filter(({ also }) => also === '').length).toBeLessThan(wordsOn(form).length / 2)
  })
})

describe('conditions in words', () => {
  const choice = (id: string, hu: string) => ({
    type: 'yes-no',
    id,
    label: { hu, en: `${hu} (en)` },
    required: true,
    rules: [],
  })
  const definition = {
    pages: [
      {
        id: 'a',
        title: { hu: 'A', en: 'A' },
        intro: [],
        items: [
          choice('dog', 'Van kutyája?'),
          {
            ...choice('colour', 'Milyen színű?'),
            type: 'choice',
            control: 'radios',
            choices: [
              { value: 'red', label: { hu: 'vörös', en: 'red' } },
              { value: 'blue', label: { hu: 'kék', en: 'blue' } },
            ],
          },
          {
            ...choice('marks', 'Mi igaz rá?'),
            type: 'choices',
            choices: [{ value: 'old', label: { hu: 'idős', en: 'old' } }],
          },
          { ...choice('born', 'Mikor született?'), type: 'date', input: 'parts', own: false },
          { ...choice('true-data', 'Igazat mondtam'), type: 'declaration' },
        ],
      },
    ],
  } as unknown as FormDefinition

  test.each<[Condition, string, string]>([
    [
      { field: 'dog', is: 'yes' },
      'erre: „Van kutyája?”, ezt válaszolta: „Igen”',
      'you answered “Van kutyája? (en)” with “Yes”',
    ],
    [
      { not: { field: 'dog', is: 'yes' } },
      'erre: „Van kutyája?”, nem ezt válaszolta: „Igen”',
      'you did not answer “Van kutyája? (en)” with “Yes”',
    ],
    [
      { field: 'colour', in: ['red', 'blue'] },
      'erre: „Milyen színű?”, ezek egyikét válaszolta: „vörös”, „kék”',
      'you answered “Milyen színű? (en)” with one of “red”, “blue”',
    ],
    [
      { field: 'marks', contains: 'old' },
      'ennél: „Mi igaz rá?”, ezt is megjelölte: „idős”',
      'you marked “old” at “Mi igaz rá? (en)”',
    ],
    [{ field: 'true-data', is: 'yes' }, 'ezt kijelentette: „Igazat mondtam”', 'you declared “Igazat mondtam (en)”'],
    [
      { field: 'born', filled: false },
      'ezt nem töltötte ki: „Mikor született?”',
      'you did not fill in “Mikor született? (en)”',
    ],
    [
      { all: [{ field: 'dog', is: 'no' }, { any: [{ field: 'born', filled: true }, { outsideBuiltUpArea: 'born' }] }] },
      'erre: „Van kutyája?”, ezt válaszolta: „Nem” és (ezt kitöltötte: „Mikor született?” vagy ez külterületi helyrajzi szám: „Mikor született?”)',
      'you answered “Van kutyája? (en)” with “No” and (you filled in “Mikor született? (en)” or the parcel number “Mikor született? (en)” lies outside the built-up area)',
    ],
    [
      { compare: [{ field: 'born' }, '<', { value: '2010-01-02' }] },
      'ez: „Mikor született?” kisebb vagy korábbi ennél: 2010. 01. 02.',
      '“Mikor született? (en)” is less or earlier than 2 January 2010',
    ],
    [
      { compare: [{ after: { today: true }, days: 3 }, '>=', { sum: ['born', 'dog'] }] },
      'ez: az ehhez képest számított nap: a kitöltés napja nem kisebb és nem korábbi ennél: ezek összege: „Mikor született?”, „Van kutyája?”',
      'the day counted from the day of filling in is not less and not earlier than the sum of “Mikor született? (en)”, “Van kutyája? (en)”',
    ],
  ])('%j', (condition, hu, en) => {
    expect(plain(conditionInWords(condition, definition, 'hu'))).toBe(hu)
    expect(plain(conditionInWords(condition, definition, 'en'))).toBe(en)
  })
})

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test('as a document it has every question, on as many pages as it takes, and the office’s address', async () => {
  const largest = definitions.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0]
  if (largest === undefined) throw new Error('there are no forms')
  const form = blank(largest, 'en')
  const pdf = readPdf(await renderDocument(blankFormDocument(form)))
  const text = pdf.text.replaceAll(/\s+/g, ' ')
  expect(pdf.pages).toBeGreaterThan(3)
  expect(pdf.tagged).toBe(true)
  expect(text).toContain('1234 Mintafalva')
  expect(text).toContain('Hely')
  for (const { parts } of form.sections)
    for (const { questions } of parts)
      for (const { label } of questions) expect(text.replaceAll(' ', '')).toContain(label.text.replaceAll(/\s/g, ''))
})
