import { describe, expect, test } from 'vitest'
import { feesOn, openingOn } from '../../../src/features/forms/engine/validity.ts'
import {
  type Answers,
  checkForm,
  cleanAnswers,
  pageView,
  readPage,
  shownCalculations,
  summarise,
  typedText,
  visiblePages,
} from '../../../src/features/forms/index.ts'
import { stranger, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

const forint = { hu: 'Ft', en: 'HUF' }
const calculated = (id: string, value: object, more: object = {}) =>
  tinyField('calculated', id, { value, suffix: forint, ...more })

describe('a calculated value', () => {
  const form = tinyForm([
    tinyPage('tetelek', [
      tinyGroup('tetel', [
        tinyField('amount', 'ar'),
        tinyField('number', 'darab', { decimals: 2 }),
        calculated('resz', { multiply: [{ field: 'ar' }, { field: 'darab' }] }),
      ]),
      calculated('osszesen', { sum: ['resz'] }),
    ]),
    tinyPage('fizetes', [
      calculated(
        'atlag',
        { divide: [{ field: 'osszesen' }, { rows: 'tetel' }] },
        { decimals: 2, rules: [tinyRule({ compare: [{ field: 'atlag' }, '<=', { value: '5000' }] })] },
      ),
      tinyField('date', 'hatarido'),
    ]),
    tinyPage('reszletek', [tinyField('text', 'miert', { maxLength: 10 })], {
      when: { compare: [{ field: 'osszesen' }, '>', { value: '3000' }] },
    }),
  ])
  const typed = {
    'tetel.rows': '2',
    'tetel.0.ar': '1 000',
    'tetel.0.darab': '1,5',
    'tetel.1.ar': '333',
    'tetel.1.darab': '0,5',
  }

  test('is computed from the rows, rounded once, and decides which pages follow', () => {
    const { answers } = readPage(form, 'tetelek', {}, typed, stranger)
    expect(cleanAnswers(form, answers, stranger)).toEqual({
      tetel: [
        { ar: '1000', darab: '1.5', resz: '1500' },
        { ar: '333', darab: '0.5', resz: '167' },
      ],
      osszesen: '1667',
      atlag: '833.5',
    })
    expect(visiblePages(form, answers, stranger).map(({ id }) => id)).toEqual(['tetelek', 'fizetes'])
    const dear = readPage(form, 'tetelek', {}, { ...typed, 'tetel.0.darab': '3' }, stranger)
    expect(visiblePages(form, dear.answers, stranger).map(({ id }) => id)).toContain('reszletek')
  })

  test('is never read from a post, nor kept with the answers', () => {
    const tampered = { ...typed, osszesen: '1', 'tetel.0.resz': '1', atlag: '1' }
    const { answers } = readPage(form, 'tetelek', { osszesen: '1', atlag: '1' }, tampered, stranger)
    expect(JSON.stringify(answers)).not.toContain('resz')
    expect(answers).not.toHaveProperty('osszesen')
    expect(cleanAnswers(form, answers, stranger)).toMatchObject({ osszesen: '1667', atlag: '833.5' })
  })

  test('is undecided while an answer it needs is missing, except in a sum', () => {
    const { answers } = readPage(form, 'tetelek', {}, { ...typed, 'tetel.1.darab': 'sok' }, stranger)
    expect(cleanAnswers(form, answers, stranger)).toMatchObject({ osszesen: '1500' })
    expect(cleanAnswers(form, {}, stranger)).toEqual({ tetel: [], osszesen: '0' })
    expect(summarise(form, {}, stranger, 'hu').flatMap(({ rows }) => rows)).toContainEqual(
      expect.objectContaining({ label: 'atlag', values: ['a megadott adatokból nem számítható ki'] }),
    )
  })

  test('that breaks a rule leads to itself', () => {
    const dear = readPage(form, 'tetelek', {}, { ...typed, 'tetel.0.ar': '90 000' }, stranger)
    const { errors } = readPage(
      form,
      'fizetes',
      dear.answers,
      { 'hatarido.year': '2026', 'hatarido.month': '12', 'hatarido.day': '1' },
      stranger,
    )
    expect(errors).toMatchObject([{ field: 'atlag' }])
    expect(checkForm(form, dear.answers, stranger).complete).toBe(false)
  })

  test('on the page of what it is computed from is asked for by a button, which keeps the rows and shows no errors', () => {
    const view = pageView(form, 'tetelek', {}, [], stranger, 'hu')
    expect(view.items[1]).toMatchObject({ control: { macro: 'calculated', value: '0\u00a0Ft', button: true } })
    const asked = { ...typed, 'tetel.rows': '3', action: 'calculate' }
    const reading = readPage(form, 'tetelek', {}, asked, stranger)
    expect(reading).toMatchObject({ errors: [], stayAt: 'osszesen', goTo: undefined })
    expect(reading.answers['tetel']).toHaveLength(3)
    const [group, total] = pageView(form, 'tetelek', reading.answers, [], stranger, 'hu').items
    expect(total).toMatchObject({ control: { value: '1\u00a0667\u00a0Ft' } })
    if (group?.kind !== 'group') throw new Error('no group')
    expect(group.rows[0]?.items[2]).toMatchObject({ control: { value: '1\u00a0500\u00a0Ft', button: false } })
    expect(shownCalculations(form, 'tetelek', reading.answers, stranger, 'en')).toEqual({
      'tetel-0-resz': '1,500\u00a0HUF',
      'tetel-1-resz': '167\u00a0HUF',
      'tetel-2-resz': '',
      osszesen: '1,667\u00a0HUF',
    })
  })

  test('of what stands on earlier pages has no button', () => {
    expect(pageView(form, 'fizetes', {}, [], stranger, 'hu').items[0]).toMatchObject({
      control: { macro: 'calculated', value: '', button: false },
    })
  })

  test('of a submission is what was sent, whatever would be computed now', () => {
    const sent = { tetel: [{ ar: '1000', darab: '1', resz: '999' }], osszesen: '998', atlag: '997' }
    expect(cleanAnswers(form, sent, { ...stranger, asSubmitted: true })).toEqual(sent)
  })
})

describe('rows with pages of their own', () => {
  const form = tinyForm([
    tinyPage('tulajdonosok', [
      tinyField('yes-no', 'kozos'),
      tinyGroup(
        'tulajdonos',
        [
          tinyField('name', 'neve'),
          tinyField('share', 'hanyad'),
          tinyField('number', 'terulet', { decimals: 0, required: false }),
          calculated('ketszer', { multiply: [{ field: 'terulet' }, { value: '2' }] }),
        ],
        { max: 3, rowPages: true },
      ),
      calculated('osszes', { sum: ['ketszer'] }),
    ]),
  ])
  const anna = { 'tulajdonos.0.neve.family': 'Minta', 'tulajdonos.0.neve.given': 'Anna', 'tulajdonos.0.hanyad': '1/2' }
  const begun = readPage(form, 'tulajdonosok', {}, { kozos: 'yes', action: 'add:tulajdonos' }, stranger)

  test('are begun from the list, which keeps what else stands on its page', () => {
    expect(begun).toMatchObject({ goTo: 'tulajdonosok/sor/1', errors: [], answers: { kozos: 'yes', tulajdonos: [{}] } })
    // a row that was begun and left is gone on with
    const again = readPage(form, 'tulajdonosok', begun.answers, { kozos: 'yes', action: 'add:tulajdonos' }, stranger)
    expect(again).toMatchObject({ goTo: 'tulajdonosok/sor/1', answers: { tulajdonos: [{}] } })
  })

  test('are filled in one by one; their errors are those of their own page, and are found from the list', () => {
    const wrong = readPage(
      form,
      'tulajdonosok/sor/1',
      begun.answers,
      { ...anna, 'tulajdonos.0.hanyad': '3/2' },
      stranger,
    )
    expect(wrong.errors).toMatchObject([
      { field: 'tulajdonos-0-hanyad', pageId: 'tulajdonosok/sor/1', row: { number: 1 } },
    ])
    const view = pageView(form, 'tulajdonosok/sor/1', wrong.answers, wrong.errors, stranger, 'hu')
    expect(view).toMatchObject({ title: '1. sor', errors: [{ href: '#tulajdonos-0-hanyad' }] })
    expect(view.items[1]).toMatchObject({
      control: { value: '3/2' },
      error: expect.stringContaining('nem lehet nagyobb'),
    })

    const list = readPage(form, 'tulajdonosok', wrong.answers, { kozos: 'yes' }, stranger)
    expect(list.errors).toHaveLength(1)
    const shown = pageView(form, 'tulajdonosok', list.answers, list.errors, stranger, 'hu')
    expect(shown.errors).toMatchObject([{ href: '#tulajdonos-0' }])
    expect(shown.items[1]).toMatchObject({
      kind: 'row-list',
      rows: [
        {
          texts: ['Minta Anna'],
          todo: 'Hiányos',
          change: 'open:tulajdonos:0',
          error: expect.stringContaining('1. sor'),
        },
      ],
    })
    expect(checkForm(form, list.answers, stranger).pages[0]?.errors).toMatchObject([{ pageId: 'tulajdonosok/sor/1' }])

    const right = readPage(form, 'tulajdonosok/sor/1', wrong.answers, anna, stranger)
    expect(right).toMatchObject({ errors: [], goTo: undefined })
    expect(checkForm(form, right.answers, stranger).complete).toBe(true)
  })

  test('are read back in words, and only the row whose page it was', () => {
    const posted = { ...anna, kozos: 'yes', 'tulajdonos.1.neve.family': 'Más' }
    const read = (path: string) => typedText(form, path, posted, { today: stranger.today, language: 'hu' })
    expect(read('tulajdonosok/sor/1').map(({ key, values }) => [key, values.join()])).toEqual(
      expect.arrayContaining([
        ['1. sor: neve', 'Minta Anna'],
        ['1. sor: hanyad', '1/2'],
      ]),
    )
    expect(JSON.stringify(read('tulajdonosok/sor/1'))).not.toContain('Más')
    expect(read('tulajdonosok').map(({ key }) => key)).toEqual(['kozos'])
  })

  test('begin with the first of those there must be, and with nothing else to choose', () => {
    const required = tinyForm([
      tinyPage('tulajdonosok', [tinyGroup('tulajdonos', [tinyField('name', 'neve')], { min: 1, rowPages: true })]),
    ])
    const listed = (answers: Answers) => pageView(required, 'tulajdonosok', answers, [], stranger, 'hu').items[0]
    expect(listed({})).toMatchObject({ isStart: true, rows: [{ change: 'open:tulajdonos:0' }] })
    expect(listed({ tulajdonos: [{ neve: { family: 'Minta', given: '' } }] })).toMatchObject({ isStart: false })
    expect(listed({ tulajdonos: [{}, {}] })).toMatchObject({ isStart: false })
  })

  test('of which nothing was filled in are dropped when going on', () => {
    expect(readPage(form, 'tulajdonosok', begun.answers, { kozos: 'yes' }, stranger).answers['tulajdonos']).toEqual([])
  })

  test('are opened and, once confirmed, removed', () => {
    const { answers } = readPage(form, 'tulajdonosok/sor/1', begun.answers, anna, stranger)
    const go = (action: string) => readPage(form, 'tulajdonosok', answers, { kozos: 'yes', action }, stranger).goTo
    expect(go('open:tulajdonos:0')).toBe('tulajdonosok/sor/1')
    expect(go('ask-remove:tulajdonos:0')).toBe('tulajdonosok/sor/1/torles')
    expect(go('open:tulajdonos:1')).toBeUndefined()
    // the list itself removes nothing unasked
    const unasked = readPage(form, 'tulajdonosok', answers, { kozos: 'yes', action: 'remove:tulajdonos:0' }, stranger)
    expect(unasked.answers['tulajdonos']).toHaveLength(1)
    const removed = readPage(form, 'tulajdonosok/sor/1', answers, { action: 'remove' }, stranger)
    expect(removed).toMatchObject({
      goTo: 'tulajdonosok',
      stayAt: 'tulajdonos',
      answers: { kozos: 'yes', tulajdonos: [] },
    })
  })

  test('calculate on their own page, and the list with them', () => {
    const asked = { ...anna, 'tulajdonos.0.terulet': '21', action: 'calculate' }
    const reading = readPage(form, 'tulajdonosok/sor/1', begun.answers, asked, stranger)
    expect(reading).toMatchObject({ stayAt: 'tulajdonos-0-ketszer', errors: [] })
    const page = 'tulajdonosok/sor/1'
    expect(shownCalculations(form, page, reading.answers, stranger, 'hu')).toEqual({
      'tulajdonos-0-ketszer': '42\u00a0Ft',
    })
    expect(pageView(form, page, reading.answers, [], stranger, 'hu').items[3]).toMatchObject({
      control: { value: '42\u00a0Ft', button: true },
    })
    expect(shownCalculations(form, 'tulajdonosok', reading.answers, stranger, 'hu')).toEqual({ osszes: '42\u00a0Ft' })
    expect(pageView(form, 'tulajdonosok', reading.answers, [], stranger, 'hu').items[2]).toMatchObject({
      control: { button: false },
    })
  })

  test.each([
    'tulajdonosok/sor/0',
    'tulajdonosok/sor/3',
    'tulajdonosok/sor/99',
    'nincs/sor/1',
    'tulajdonosok/sor/1/sor/1',
  ])('there is none at %s', (path) => {
    expect(() => readPage(form, path, begun.answers, anna, stranger)).toThrow('not-found')
    expect(() => pageView(form, path, begun.answers, [], stranger, 'hu')).toThrow('not-found')
  })
})

test('a form is open from its first day to its last, and a fee holds from its first to its last', () => {
  const source = (validFrom: string, validTo?: string) => ({
    amountHuf: 1000,
    note: { hu: 'Díj.', en: 'Fee.' },
    source: { text: { hu: 'forrás', en: 'source' }, verified: false, validFrom, ...(validTo ? { validTo } : {}) },
  })
  const form = {
    ...tinyForm([tinyPage('egy', [tinyField('text', 'x', { maxLength: 5 })])]),
    open: { from: '2026-03-01', to: '2026-04-30' },
    fees: [source('2025-01-01', '2025-12-31'), source('2026-01-01')],
  }
  expect(openingOn(form, '2026-02-28')).toEqual({ state: 'not-yet', from: '2026-03-01' })
  expect(openingOn(form, '2026-03-01')).toEqual({ state: 'open' })
  expect(openingOn(form, '2026-04-30')).toEqual({ state: 'open' })
  expect(openingOn(form, '2026-05-01')).toEqual({ state: 'over', to: '2026-04-30' })
  expect(feesOn(form, '2024-12-31')).toEqual([])
  expect(feesOn(form, '2025-12-31')).toEqual([form.fees[0]])
  expect(feesOn(form, '2026-01-01')).toEqual([form.fees[1]])
})
