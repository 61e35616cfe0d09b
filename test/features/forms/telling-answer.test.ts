import { expect, test } from 'vitest'
import { tellingAnswer } from '../../../src/features/forms/index.ts'
import { signedIn, tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage } from './tiny-forms.ts'

const asked = {
  own: tinyField('email', 'level', { own: true }),
  note: tinyField('text', 'jegyzet', { maxLength: 200, required: false }),
  place: tinyField('text', 'hely', { maxLength: 200, prefill: { from: 'settlement.name', locked: false } }),
  reason: tinyField('text', 'ok', { maxLength: 300 }),
  debts: tinyGroup('tartozasok', [tinyField('choice', 'ado', { choices: tinyChoices('telek', 'epulet') })]),
  parcel: tinyField('parcel-number', 'hrsz'),
}
const form = tinyForm([tinyPage('egy', Object.values(asked))])
const answered = { level: 'a@example.test', jegyzet: 'sürgős', hely: 'Komló' }

test.each([
  ['nothing while only optional, own and known data are there', {}, ''],
  ['a required text', { ok: 'Kifakult tábla' }, 'Kifakult tábla'],
  ['what a row is about before a text', { ok: 'Kifakult tábla', tartozasok: [{ ado: 'telek' }] }, 'telek'],
  ['a parcel before all else', { ok: 'x', tartozasok: [{ ado: 'telek' }], hrsz: '0123/4' }, '0123/4'],
  ['nothing that is wrong', { hrsz: 'valahol' }, ''],
  ['a long text from its beginning', { ok: 'é'.repeat(150) }, `${'é'.repeat(100)}…`],
])('a form is told from others by %s', (_what, answers, told) => {
  expect(tellingAnswer(form, { ...answered, ...answers }, signedIn).hu).toBe(told)
})

test('a form is told by its subject where it asks for one, in the reader’s language', () => {
  const withSubject = tinyForm([
    tinyPage('egy', [asked.parcel, tinyField('text', 'subject', { maxLength: 100 }), asked.debts]),
  ])
  expect(tellingAnswer(withSubject, { subject: 'Kátyú', hrsz: '0123/4' }, signedIn).hu).toBe('Kátyú')
  expect(tellingAnswer(withSubject, { tartozasok: [{ ado: 'telek' }] }, signedIn).en).toBe('telek (en)')
})
