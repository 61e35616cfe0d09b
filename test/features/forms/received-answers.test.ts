import { describe, expect, test } from 'vitest'
import { receivedAnswers } from '../../../src/features/forms/index.ts'
import { stranger, tinyField, tinyForm, tinyGroup, tinyPage } from './tiny-forms.ts'

const onPaper = { ...stranger, asSubmitted: true } as const
const form = tinyForm([
  tinyPage('egy', [
    tinyField('text', 'nev', { maxLength: 20 }),
    tinyField('yes-no', 'van'),
    tinyField('number', 'hany', { decimals: 0, when: { field: 'van', is: 'yes' } }),
    tinyField('long-text', 'leiras', { rows: 3, maxLength: 200, required: false }),
    tinyGroup('sorok', [
      tinyField('number', 'a', { decimals: 0 }),
      tinyField('calculated', 'ketszer', { value: { multiply: [{ field: 'a' }, { value: '2' }] } }),
    ]),
    tinyField('calculated', 'osszesen', { value: { sum: ['ketszer'] } }),
    tinyField('date', 'ekkor'),
    tinyField('attachment', 'fajl', { required: false }),
  ]),
])
const received = (answers: Parameters<typeof receivedAnswers>[1]) => receivedAnswers(form, answers, onPaper)

describe('answers that anybody may have written', () => {
  test('are kept as they are where they are what a page would have kept', () => {
    const answers = {
      nev: 'Papír Piroska',
      van: 'yes',
      hany: '3',
      leiras: 'egy\nkettő',
      sorok: [
        { a: '1', ketszer: '2' },
        { a: '2', ketszer: '4' },
      ],
      osszesen: '6',
      ekkor: '2026-01-02',
    }
    expect(received(answers)).toEqual(answers)
  })

  test('are calculated here, whatever they say', () => {
    expect(received({ sorok: [{ a: '5', ketszer: '1' }], osszesen: '1' })).toEqual({
      sorok: [{ a: '5', ketszer: '10' }],
      osszesen: '10',
    })
    expect(received({ osszesen: '99' })).toEqual({ sorok: [], osszesen: '0' })
  })

  test('have no value where nothing is asked', () => {
    expect(received({ van: 'no', hany: '3' })).not.toHaveProperty('hany')
    expect(received({ hany: '3', fajl: 'x' })).toEqual({ sorok: [], osszesen: '0' })
  })

  test('have no signs nobody can see, where no page of ours would have let them', () => {
    const hidden = 'a\u202eb\u200bc\nd  e\u0301'
    expect(received({ nev: hidden, leiras: 'a\u202eb\nc' })).toMatchObject({ nev: 'abc d é', leiras: 'a\u202eb\nc' })
    expect(received({ ekkor: { year: '2026\u200b', month: '1', day: '2' } })).toMatchObject({ ekkor: '2026-01-02' })
  })

  test('stay as they came where they are wrong', () => {
    expect(received({ nev: 'x'.repeat(30), van: 'talán', ekkor: 'tegnap', sorok: [{ a: 'sok' }] })).toMatchObject({
      nev: 'x'.repeat(30),
      van: 'talán',
      ekkor: 'tegnap',
      sorok: [{ a: 'sok' }],
    })
  })
})
