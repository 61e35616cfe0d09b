import { expect, test } from 'vitest'
import { checkForm } from '../../../src/features/forms/index.ts'
import { stranger, tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

const taxes = tinyChoices('epitmenyado', 'telekado')
const form = tinyForm([
  tinyPage('atvezetes', [
    tinyGroup(
      'atvezetesek',
      [
        tinyField('choice', 'honnan', { choices: taxes }),
        tinyField('choice', 'hova', {
          choices: taxes,
          rules: [tinyRule({ not: { same: ['honnan', 'hova'] } })],
        }),
        tinyField('bank-account', 'szamla', { required: false }),
      ],
      { rules: [tinyRule({ distinct: 'szamla' })] },
    ),
  ]),
])
const errorsOf = (...rows: Record<string, string>[]) =>
  checkForm(form, { atvezetesek: rows }, stranger).pages.flatMap(({ errors }) => errors.map(({ field }) => field))

test('a rule can ask that two questions of a row are not answered alike', () => {
  expect(errorsOf({ honnan: 'telekado', hova: 'telekado' })).toEqual(['atvezetesek-0-hova'])
  expect(errorsOf({ honnan: 'telekado', hova: 'epitmenyado' })).toEqual([])
})

test('a rule can ask that no two rows are answered alike, however the answer is written', () => {
  const row = { honnan: 'telekado', hova: 'epitmenyado' }
  const once = { ...row, szamla: '99900016-12345676' }
  expect(errorsOf(once, row, row)).toEqual([])
  expect(errorsOf(once, { ...row, szamla: '99902032-99746746-02820000' })).toEqual([])
  expect(errorsOf(once, { ...row, szamla: 'HU15 9990 0016 1234 5676 0000 0000' })).toEqual(['atvezetesek'])
})

test('a form that compares what does not exist is refused', () => {
  expect(() =>
    tinyForm([tinyPage('egy', [tinyField('text', 'x', { maxLength: 9, rules: [tinyRule({ same: ['x'] })] })])]),
  ).toThrow()
})
