import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import type { FieldDefinition, FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import {
  type Answer,
  type Answers,
  checkForm,
  cleanAnswers,
  errorText,
  type FormContext,
  firstOpenPage,
  pageView,
  readPage,
  storedAnswers,
  summarise,
  visiblePages,
} from '../../../src/features/forms/index.ts'
import { PortalError } from '../../../src/platform/http/errors.ts'
import { oracleFor } from './oracle.ts'
import { signedIn, stranger, tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

describe('what is hidden', () => {
  const form = tinyForm([
    tinyPage('elso', [
      tinyField('choice', 'gyumolcs', { choices: tinyChoices('alma', 'egyeb') }),
      tinyField('text', 'melyik', { maxLength: 20, when: { field: 'gyumolcs', is: 'egyeb' } }),
    ]),
    tinyPage('masodik', [tinyField('text', 'miert', { maxLength: 20 })], { when: { field: 'melyik', filled: true } }),
  ])

  test('has no value, shows no error, leads to no page; what was typed comes back with the choice', () => {
    const other = readPage(form, 'elso', {}, { gyumolcs: 'egyeb', melyik: 'körte' }, stranger)
    expect(visiblePages(form, other.answers, stranger).map(({ id }) => id)).toEqual(['elso', 'masodik'])

    const apple = readPage(form, 'elso', other.answers, { gyumolcs: 'alma', melyik: 'körte' }, stranger)
    expect(apple.errors).toEqual([])
    expect(cleanAnswers(form, apple.answers, stranger)).toEqual({ gyumolcs: 'alma' })
    expect(visiblePages(form, apple.answers, stranger).map(({ id }) => id)).toEqual(['elso'])
    expect(summarise(form, apple.answers, stranger, 'hu').flatMap(({ rows }) => rows.map((row) => row.label))).toEqual([
      'gyumolcs',
    ])

    const back = readPage(form, 'elso', apple.answers, { gyumolcs: 'egyeb', melyik: 'körte' }, stranger)
    expect(cleanAnswers(form, back.answers, stranger)).toEqual({ gyumolcs: 'egyeb', melyik: 'körte' })
  })

  test('on a page is drawn under the choice it hangs on, so that it can show without a script', () => {
    const [first] = pageView(form, 'elso', {}, [], stranger, 'hu').items
    expect(first).toMatchObject({ kind: 'reveal', field: { id: 'gyumolcs' }, revealed: [{ number: 1 }] })
    if (first?.kind !== 'reveal' || !('items' in first.field.control)) throw new Error('no choice')
    expect(first.field.control.items.map(({ reveals }) => reveals)).toEqual([0, 1])
  })

  test('page is not read: nobody can be where nobody is asked', () => {
    expect(() => readPage(form, 'masodik', {}, { miert: 'csak' }, stranger)).toThrow(PortalError)
  })
})

describe('what is known from the identification', () => {
  const form = tinyForm([
    tinyPage('egy', [
      tinyField('name', 'nev', { prefill: { from: 'identity.name', locked: true } }),
      tinyField('email', 'email', { prefill: { from: 'contact.email', locked: false } }),
    ]),
    tinyPage('ketto', [tinyField('name', 'masolat', { prefill: { from: 'answer', field: 'nev', locked: true } })]),
  ])

  test('is shown, never typed, never stored, and never taken from a tampered post', () => {
    const posted = { 'nev.family': 'Csaló', 'nev.given': 'Csaba', email: 'anna@pelda.hu' }
    const { answers } = readPage(form, 'egy', { nev: { family: 'Csaló', given: 'Csaba' } }, posted, signedIn)
    expect(answers).toEqual({ email: 'anna@pelda.hu' })
    const anna = { family: 'Minta', given: 'Anna' }
    expect(cleanAnswers(form, answers, signedIn)).toEqual({ nev: anna, masolat: anna, email: 'anna@pelda.hu' })
    expect(pageView(form, 'egy', answers, [], signedIn, 'hu').items[0]).toMatchObject({
      kind: 'locked',
      rows: [{ key: 'nev', values: ['Minta Anna'] }],
    })
  })

  test('is typed by who is not signed in, and need not be typed twice', () => {
    const { answers, errors } = readPage(
      form,
      'egy',
      {},
      { 'nev.family': 'Minta', 'nev.given': 'Anna', email: 'a@b.hu' },
      stranger,
    )
    expect(errors).toEqual([])
    expect(cleanAnswers(form, answers, stranger)['masolat']).toEqual({ family: 'Minta', given: 'Anna' })
  })

  test('is offered where it may be changed, and counts only once the page was sent', () => {
    const view = pageView(form, 'egy', {}, [], signedIn, 'hu')
    expect(view.items[1]).toMatchObject({ kind: 'field', control: { value: signedIn.contact.email } })
    expect(checkForm(form, {}, signedIn).complete).toBe(false)
    const emptied = readPage(form, 'egy', {}, { email: '' }, signedIn)
    expect(emptied.errors.map(({ field }) => field)).toEqual(['email'])
    expect(pageView(form, 'egy', emptied.answers, [], signedIn, 'hu').items[1]).toMatchObject({
      control: { value: '' },
    })
  })

  test('is read from a submission as it was, whoever looks at it later', () => {
    const sent = { nev: { family: 'Régi', given: 'Név' }, masolat: { family: 'Régi', given: 'Név' }, email: 'a@b.hu' }
    const later: FormContext = { ...signedIn, asSubmitted: true }
    expect(cleanAnswers(form, sent, later)).toEqual(sent)
    expect(summarise(form, sent, later, 'hu')[0]?.rows[0]?.values).toEqual(['Régi Név'])
  })
})

describe('rows', () => {
  const form = tinyForm([
    tinyPage('hanyadok', [tinyField('share', 'sajat')]),
    tinyPage('tarsak', [
      tinyGroup('tars', [tinyField('text', 'tars-neve', { maxLength: 50 }), tinyField('share', 'tars-hanyada')], {
        rules: [tinyRule({ compare: [{ sum: ['sajat', 'tars-hanyada'] }, '<=', { value: '1/1' }] })],
        min: 1,
        max: 3,
      }),
    ]),
  ])
  const row = (number: number, neve: string, hanyada: string) => ({
    [`tars.${number}.tars-neve`]: neve,
    [`tars.${number}.tars-hanyada`]: hanyada,
  })
  const own = { sajat: '1/2' }

  test('are added and removed by buttons, and what was typed in the others stays', () => {
    const one = readPage(
      form,
      'tarsak',
      own,
      { 'tars.rows': '1', ...row(0, 'Béla', '1/4'), action: 'add:tars' },
      stranger,
    )
    expect(one.stayAt).toBe('tars-1')
    expect(one.errors).toEqual([])
    expect(one.answers['tars']).toEqual([{ 'tars-neve': 'Béla', 'tars-hanyada': '1/4' }, {}])

    const two = { 'tars.rows': '2', ...row(0, 'Béla', '1/4'), ...row(1, 'Cili', 'negyed') }
    const removed = readPage(form, 'tarsak', one.answers, { ...two, action: 'remove:tars:0' }, stranger)
    expect(removed.stayAt).toBe('tars')
    expect(removed.answers['tars']).toEqual([{ 'tars-neve': 'Cili', 'tars-hanyada': 'negyed' }])
  })

  test('left empty are dropped when going on, and one row stays where one is needed', () => {
    const posted = { 'tars.rows': '3', ...row(0, 'Béla', '1/2'), ...row(1, '', ''), ...row(2, '  ', '') }
    const { answers, errors } = readPage(form, 'tarsak', own, posted, stranger)
    expect(errors).toEqual([])
    expect(cleanAnswers(form, answers, stranger)).toEqual({
      sajat: '1/2',
      tars: [{ 'tars-neve': 'Béla', 'tars-hanyada': '1/2' }],
    })
    const none = readPage(form, 'tarsak', own, { 'tars.rows': '1', ...row(0, '', '') }, stranger)
    expect(none.errors.map((error) => [error.field, errorText(error, 'hu').slice(0, 7)])).toEqual([
      ['tars-0-tars-neve', '1. sor:'],
      ['tars-0-tars-hanyada', '1. sor:'],
    ])
  })

  test('never grow beyond their number, whatever is posted', () => {
    const posted = {
      'tars.rows': '999',
      ...row(0, 'a', '1/9'),
      ...row(1, 'b', '1/9'),
      ...row(2, 'c', '1/9'),
      ...row(3, 'd', '1/9'),
    }
    const { answers } = readPage(form, 'tarsak', own, { ...posted, action: 'add:tars' }, stranger)
    expect(answers['tars']).toHaveLength(3)
    expect(pageView(form, 'tarsak', answers, [], stranger, 'hu').items[0]).toMatchObject({ kind: 'group', add: '' })
  })

  test('rules over all of them are exact', () => {
    const thirds = { 'tars.rows': '2', ...row(0, 'a', '1/3'), ...row(1, 'b', '1/3') }
    expect(readPage(form, 'tarsak', { sajat: '1/3' }, thirds, stranger).errors).toEqual([])
    const tooMuch = readPage(form, 'tarsak', { sajat: '3334/10000' }, thirds, stranger)
    expect(tooMuch.errors.map(({ field, message }) => [field, message])).toEqual([
      ['tars', { text: { hu: 'nem jó', en: 'nem jó (en)' } }],
    ])
  })
})

describe('a page', () => {
  const form = tinyForm([
    tinyPage('egy', [
      tinyField('text', 'nev', { maxLength: 5 }),
      tinyField('long-text', 'leiras', { maxLength: 100, rows: 3, required: false }),
      tinyField('date', 'kezdet'),
      tinyField('date', 'veg', {
        rules: [
          tinyRule({ compare: [{ field: 'kezdet' }, '<=', { field: 'veg' }] }),
          tinyRule({ compare: [{ field: 'veg' }, '<=', { today: true }] }, 'warning'),
        ],
      }),
    ]),
  ])
  const day = (name: string, [year = '', month = '', date = '']: string[]) => ({
    [`${name}.year`]: year,
    [`${name}.month`]: month,
    [`${name}.day`]: date,
  })

  test('keeps what was typed, right or wrong', () => {
    const posted = {
      nev: 'hosszúnév',
      leiras: 'egy\nkettő',
      ...day('kezdet', ['26', 'x', '']),
      ...day('veg', ['2026', '1', '2']),
    }
    const { answers, errors } = readPage(form, 'egy', {}, posted, stranger)
    const values = pageView(form, 'egy', answers, errors, stranger, 'hu').items.map((item) =>
      item.kind === 'field' && 'value' in item.control ? item.control.value : undefined,
    )
    expect(values).toEqual([
      'hosszúnév',
      'egy\nkettő',
      { year: '26', month: 'x', day: '' },
      { year: '2026', month: '1', day: '2' },
    ])
    expect(errors.map(({ field }) => field)).toEqual(['nev', 'kezdet-day'])
  })

  test('leads each error to the field it is about, in both languages', () => {
    const { answers, errors } = readPage(form, 'egy', {}, { ...day('kezdet', ['2026', '2', '30']) }, stranger)
    for (const language of ['hu', 'en'] as const) {
      const view = pageView(form, 'egy', answers, errors, stranger, language)
      expect(view.errors.map(({ href }) => href)).toEqual(['#nev', '#kezdet-day', '#veg'])
      for (const { text } of view.errors) expect(text).toMatch(/\p{L}{3}/u)
    }
    expect(errorText(errors[1] ?? errors[0] ?? { field: '', pageId: '', message: { key: '' } }, 'hu')).toContain(
      'kezdet',
    )
  })

  test('warns without holding anybody up', () => {
    const posted = { nev: 'a', ...day('kezdet', ['2026', '1', '1']), ...day('veg', ['2027', '1', '1']) }
    const { answers, errors, warnings } = readPage(form, 'egy', {}, posted, stranger)
    expect(errors).toEqual([])
    expect(warnings.map(({ field }) => field)).toEqual(['veg'])
    expect(checkForm(form, answers, stranger)).toMatchObject({ complete: true, warnings: [{ field: 'veg' }] })
  })

  test('takes out what cannot be seen, and says so', () => {
    const posted = {
      nev: 'A\u202enna',
      leiras: 'jó\u0000 \u200bszöveg',
      ...day('kezdet', ['2026', '1', '1']),
      ...day('veg', ['2026', '1', '1']),
    }
    const { answers, errors } = readPage(form, 'egy', {}, posted, stranger)
    expect(answers).toMatchObject({ nev: 'Anna', leiras: 'jó \u200bszöveg' })
    expect(errors.map(({ field }) => field)).toEqual(['nev', 'leiras'])
    expect(readPage(form, 'egy', {}, { ...posted, nev: 'Anna', leiras: 'jó' }, stranger).errors).toEqual([])
    expect(summarise(form, answers, stranger, 'hu')[0]?.rows[1]?.values).toEqual(['jó [U+200B]szöveg'])
    const unseen = readPage(form, 'egy', {}, { ...posted, leiras: '\u202e \u200b' }, stranger)
    expect(cleanAnswers(form, unseen.answers, stranger)).not.toHaveProperty('leiras')
  })

  test('refuses a name posted twice where once is meant', () => {
    expect(() => readPage(form, 'egy', {}, { nev: ['a', 'b'] }, stranger)).toThrow(PortalError)
  })

  test('is open again when an earlier answer made it wrong', () => {
    const posted = { nev: 'a', ...day('kezdet', ['2026', '1', '1']), ...day('veg', ['2026', '1', '1']) }
    const { answers } = readPage(form, 'egy', {}, posted, stranger)
    expect(firstOpenPage(form, answers, stranger)).toBeUndefined()
    expect(firstOpenPage(form, { ...answers, kezdet: '2026-03-01' }, stranger)?.id).toBe('egy')
    expect(firstOpenPage(form, {}, stranger)?.id).toBe('egy')
  })
})

test('a page that asks nothing one must answer still wants to be seen once', () => {
  const form = tinyForm([tinyPage('egy', [tinyField('text', 'megjegyzes', { maxLength: 5, required: false })])])
  expect(checkForm(form, {}, stranger).complete).toBe(false)
  const { answers } = readPage(form, 'egy', {}, {}, stranger)
  expect(checkForm(form, answers, stranger).complete).toBe(true)
})

test('a field named like something every object has is answered only when it is', () => {
  const form = tinyForm([tinyPage('egy', [tinyField('text', 'constructor', { maxLength: 9 })])])
  expect(checkForm(form, {}, stranger).complete).toBe(false)
  expect(pageView(form, 'egy', {}, [], stranger, 'hu').items[0]).toMatchObject({ control: { value: '' } })
  const { answers } = readPage(form, 'egy', {}, { constructor: 'igen' }, stranger)
  expect(cleanAnswers(form, answers, stranger)).toEqual({ constructor: 'igen' })
})

describe('files', () => {
  const form = tinyForm([tinyPage('iratok', [tinyField('attachment', 'irat', { multiple: true })])])
  const file = (scan: 'clean' | 'infected') => ({ id: '1', name: 'terv.pdf', sizeBytes: 10, scan })

  test('are asked for where they are kept, and only listed where they are not', () => {
    expect(checkForm(form, { irat: '' }, signedIn).complete).toBe(false)
    expect(checkForm(form, { irat: '' }, stranger).complete).toBe(true)
    expect(pageView(form, 'iratok', {}, [], stranger, 'hu')).toMatchObject({
      takesFiles: false,
      items: [{ kind: 'enclosure' }],
    })
    expect(pageView(form, 'iratok', {}, [], signedIn, 'hu')).toMatchObject({ takesFiles: true })
  })

  test('that failed the check count as wrong', () => {
    const withFile = (scan: 'clean' | 'infected'): FormContext => ({ ...signedIn, attachments: { irat: [file(scan)] } })
    expect(checkForm(form, { irat: '' }, withFile('clean')).complete).toBe(true)
    expect(checkForm(form, { irat: '' }, withFile('infected')).complete).toBe(false)
    expect(cleanAnswers(form, { irat: '' }, withFile('clean'))).toEqual({})
  })
})

const definitions = readDefinitions()

/** Only longer texts keep signs that cannot be seen; they are shown there by their code. */
function withoutLongTexts({ pages }: FormDefinition, answers: Answers): string {
  const long = new Set(
    pages.flatMap(({ items }) => items.filter(({ type }) => type === 'long-text').map(({ id }) => id)),
  )
  return JSON.stringify(Object.entries(answers).filter(([id]) => !long.has(id)))
}

function anyAnswerTo(field: FieldDefinition): fc.Arbitrary<Answer> {
  const likely: fc.Arbitrary<Answer>[] = []
  if (field.type === 'choice') likely.push(fc.constantFrom(...field.choices.map(({ value }) => value)))
  if (field.type === 'yes-no') likely.push(fc.constantFrom('yes', 'no'))
  if (field.type === 'choices') likely.push(fc.subarray(field.choices.map(({ value }) => value)))
  if (field.type === 'share') likely.push(fc.constantFrom('1/2', '1/1'))
  if (field.type === 'name') likely.push(fc.constant({ family: 'Minta', given: 'Anna' }))
  if (field.type === 'number' || field.type === 'amount') likely.push(fc.constantFrom('0', '3', '12', '250000'))
  if (field.type === 'date') likely.push(fc.constantFrom('2020-01-01', '2026-05-05'))
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...likely, fc.constant('8446619903')) },
    { weight: 1, arbitrary: fc.string() },
  )
}

const anyAnswers = (definition: FormDefinition): fc.Arbitrary<Answers> =>
  fc
    .record(
      Object.fromEntries(
        definition.pages.flatMap(({ items }) =>
          items.map((item) => [
            item.id,
            item.type === 'group'
              ? fc.array(fc.record(Object.fromEntries(item.fields.map((field) => [field.id, anyAnswerTo(field)]))), {
                  maxLength: 3,
                })
              : anyAnswerTo(item),
          ]),
        ),
      ),
      { requiredKeys: [] },
    )
    .map((answers) => {
      const given: Answers = {}
      for (const [id, answer] of Object.entries(answers)) if (answer !== undefined) given[id] = answer
      return given
    })

/** Everything a browser could send back from a page, with values of somebody's choice. */
function anyPost(definition: FormDefinition): fc.Arbitrary<Record<string, string | string[]>> {
  const names = definition.pages.flatMap(({ items }) =>
    items.flatMap((item) =>
      item.type === 'group'
        ? [
            `${item.id}.rows`,
            ...item.fields.flatMap(({ id }) => [0, 1].flatMap((row) => namesOf(`${item.id}.${row}.${id}`))),
          ]
        : namesOf(item.id),
    ),
  )
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'yes',
      'no',
      '1',
      '2',
      '2020',
      'own',
      'person',
      'start',
      '1/2',
      '\u0000',
      '\u202e',
      'a\nb',
      '8446619903',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom('__proto__', 'constructor', 'action', 'co-owners.99.co-owner-name.family', 'sender-name[family]'),
  )
  const posted = fc.dictionary(name, fc.oneof({ weight: 9, arbitrary: value }, fc.array(value, { maxLength: 3 })), {
    noNullPrototype: false,
  })
  return posted
}

function namesOf(id: string): string[] {
  return [
    id,
    ...['year', 'month', 'day', 'family', 'given', 'postalCode', 'settlement', 'street', 'country'].map(
      (part) => `${id}.${part}`,
    ),
  ]
}

/** There are so many forms that all of them together are tried thousands of times. */
const runsEach = 60

describe.each(definitions.map((definition) => [definition.code, definition] as const))('%s', (_code, definition) => {
  const contexts = fc.constantFrom(stranger, signedIn)

  test('shows what the slow way of looking shows, and nothing else has a value', () => {
    fc.assert(
      fc.property(anyAnswers(definition), contexts, (answers, context) => {
        const oracle = oracleFor(definition, answers, context)
        expect(cleanAnswers(definition, answers, context)).toEqual(oracle.clean())
        expect(visiblePages(definition, answers, context).map(({ id }) => id)).toEqual(
          definition.pages.map(({ id }) => id).filter((id) => oracle.isPageShown(id)),
        )
      }),
      { numRuns: runsEach },
    )
  })

  test('is complete only when every visible required field is right', () => {
    fc.assert(
      fc.property(anyAnswers(definition), contexts, (answers, context) => {
        const check = checkForm(definition, answers, context)
        const oracle = oracleFor(definition, answers, context)
        const missing = definition.pages
          .flatMap(({ items }) => items)
          .filter(
            (item) => item.type !== 'group' && item.type !== 'attachment' && item.required && oracle.isShown(item.id),
          )
          .filter((item) => oracle.value(item.id) === undefined)
        if (missing.length > 0) expect(check.complete).toBe(false)
        expect(check.complete).toBe(firstOpenPage(definition, answers, context) === undefined)
        if (check.complete) expect(check.pages.flatMap(({ errors }) => errors)).toEqual([])
      }),
      { numRuns: runsEach },
    )
  })

  test('takes any post, page after page, without failing, without polluting, and without a hidden or wrong value in the end', () => {
    const pageIds = definition.pages.map(({ id }) => id)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...pageIds), anyPost(definition)), { maxLength: 6 }),
        contexts,
        (posts, context) => {
          let answers: Answers = {}
          for (const [pageId, posted] of posts) {
            try {
              answers = readPage(definition, pageId, answers, posted, context).answers
            } catch (error) {
              if (!(error instanceof PortalError)) throw error
              expect(error.status).toBeLessThan(500)
            }
          }
          expect(Object.keys({})).toEqual([])
          expect(storedAnswers(definition, JSON.parse(JSON.stringify(answers)))).toEqual(answers)
          const clean = cleanAnswers(definition, answers, context)
          expect(cleanAnswers(definition, clean, context)).toEqual(clean)
          const oracle = oracleFor(definition, answers, context)
          for (const id of Object.keys(clean)) expect(oracle.isShown(id)).toBe(true)
          expect(JSON.stringify(clean)).not.toMatch(/\\u00[01]/)
          expect(withoutLongTexts(definition, clean)).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/)
          for (const pageId of visiblePages(definition, answers, context).map(({ id }) => id)) {
            pageView(
              definition,
              pageId,
              answers,
              checkForm(definition, answers, context).pages.flatMap(({ errors }) => errors),
              context,
              'hu',
            )
          }
        },
      ),
      { numRuns: runsEach },
    )
  })

  test('takes a choice of unseen signs for none, and keeps the others', () => {
    for (const page of visiblePages(definition, {}, stranger)) {
      for (const item of page.items) {
        if (item.type !== 'choices' || item.when !== undefined) continue
        const { answers } = readPage(definition, page.id, {}, { [item.id]: ['\u0000', 'x'] }, stranger)
        expect(answers[item.id]).toEqual(['x'])
        expect(storedAnswers(definition, JSON.parse(JSON.stringify(answers)))).toEqual(answers)
      }
    }
  })

  test('speaks the reader’s language', () => {
    const errors = checkForm(definition, {}, stranger).pages.flatMap((page) => page.errors)
    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors) {
      expect(errorText(error, 'hu')).not.toBe(errorText(error, 'en'))
      expect(errorText(error, 'en')).not.toMatch(/[őűŐŰ]/)
    }
  })
})

test('kept answers that do not fit are left out, and nothing inherited gets in', () => {
  const form = tinyForm([
    tinyPage('egy', [
      tinyField('text', 'nev', { maxLength: 5 }),
      tinyField('name', 'anyja'),
      tinyGroup('sor', [tinyField('text', 'elem', { maxLength: 5 })]),
    ]),
  ])
  const kept: unknown = JSON.parse(
    '{"nev":"a\\u0000","anyja":{"family":"x","__proto__":"y","FOO":"z","given":7},"sor":[{"elem":"a","mas":"b"},5],"idegen":1,"__proto__":{"nev":"b"}}',
  )
  expect(storedAnswers(form, kept)).toEqual({ anyja: { family: 'x' }, sor: [{ elem: 'a' }, {}] })
  for (const nothing of [null, 1, 'x', [], undefined]) expect(storedAnswers(form, nothing)).toEqual({})
})
