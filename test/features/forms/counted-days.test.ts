import { expect, test } from 'vitest'
import { faultsOfDefinition } from '../../../src/features/forms/engine/soundness.ts'
import { cleanAnswers } from '../../../src/features/forms/index.ts'
import { stranger, tinyField, tinyForm, tinyPage } from './tiny-forms.ts'

const form = (from: string, to: string, kind = 'date') =>
  tinyForm([
    tinyPage('egy', [
      tinyField('date', from),
      kind === 'date' ? tinyField('date', to) : tinyField('text', to, { maxLength: 10 }),
      tinyField('calculated', 'length', { value: { days: [from, to] } }),
    ]),
  ])

test.each([
  ['2027-03-01', '2027-03-01', '1'],
  ['2027-02-27', '2027-03-01', '3'],
  ['2028-02-27', '2028-03-01', '4'],
  ['2027-03-27', '2027-03-29', '3'],
  ['2027-10-30', '2027-11-01', '3'],
  ['2026-12-31', '2027-12-31', '366'],
  ['2027-03-05', '2027-03-03', '-1'],
])('from %s to %s there are %s days, both counted', (from, to, days) => {
  expect(cleanAnswers(form('from', 'to'), { from, to }, stranger)['length']).toBe(days)
})

test('without one of the days nothing is counted', () => {
  expect(cleanAnswers(form('from', 'to'), { from: '2027-03-01' }, stranger)).not.toHaveProperty('length')
})

test('only days are counted', () => {
  expect(faultsOfDefinition(form('from', 'to'))).toEqual([])
  expect(faultsOfDefinition(form('from', 'to', 'text')).join()).toMatch(/to to, which is no day/)
})
