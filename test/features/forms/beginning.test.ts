import { describe, expect, test } from 'vitest'
import { faultsOfDefinition } from '../../../src/features/forms/engine/soundness.ts'
import { beginningAnswers, checkForm, readPage, type TaxFigures } from '../../../src/features/forms/index.ts'
import { form } from './catalogue-forms.ts'
import { signedIn, tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage } from './tiny-forms.ts'

const balance: TaxFigures = {
  taxpayer: { kind: 'person', number: '8300439994' },
  arrears: [
    { taxType: 'plot-tax', amountHuf: 12_500, dueOn: '2026-03-16' },
    { taxType: 'communal-tax', amountHuf: 9_000, dueOn: '2026-09-15' },
  ],
  overpayments: [
    { taxType: 'building-tax', amountHuf: 3_000 },
    { taxType: 'business-tax', amountHuf: 4_500 },
  ],
}
const begun = (code: string, figures: TaxFigures = balance) => beginningAnswers(form(code), figures, signedIn)

describe('a form that is begun from a tax balance', () => {
  test('asks for easier payment of each of the arrears', () => {
    expect(begun('fizetesi-kedvezmeny-kerelem')).toEqual({
      'client-kind': 'person',
      'applicant-tax-id': '8300439994',
      debts: [
        { 'debt-tax': 'plot-tax', 'debt-due': '2026-03-16', 'debt-amount': '12500' },
        { 'debt-tax': 'communal-tax', 'debt-due': '2026-09-15', 'debt-amount': '9000' },
      ],
    })
  })

  test('disposes of each overpayment, and knows them all', () => {
    expect(begun('tulfizetes-atvezetesi-visszateritesi-kerelem')).toEqual({
      'client-kind': 'person',
      'taxpayer-tax-id': '8300439994',
      transfers: [
        { 'transfer-from': 'building-tax', 'transfer-amount': '3000' },
        { 'transfer-from': 'business-tax', 'transfer-amount': '4500' },
      ],
      refunds: [
        { 'refund-tax': 'building-tax', 'refund-amount': '3000' },
        { 'refund-tax': 'business-tax', 'refund-amount': '4500' },
      ],
      'knows-overpayment': 'yes',
      overpayment: '7500',
    })
  })

  test('asks for a certificate for the organisation', () => {
    const organisation = { ...balance, taxpayer: { kind: 'organisation', number: '99746746213' } } as const
    expect(begun('adoigazolas-kerelem', organisation)).toEqual({
      'applicant-kind': 'organisation',
      'organisation-tax-number': '99746746213',
    })
  })

  test('names the person as the agent where they lack the right to see the balance', () => {
    const unseen = { ...balance, arrears: [], overpayments: [], wantedMandate: { rights: ['balance'] } }
    expect(begun('meghatalmazas-onkormanyzati-adougyekben', unseen)).toEqual({
      'acts-as-agent': 'yes',
      'client-kind': 'person',
      'principal-tax-id': '8300439994',
      'mandate-action': 'new',
      'mandatee-kind': 'person',
      'mandatee-name': { family: signedIn.identity?.familyName, given: signedIn.identity?.givenName },
      'mandatee-mother-name': {
        family: signedIn.identity?.motherFamilyName,
        given: signedIn.identity?.motherGivenName,
      },
      'mandatee-birth-place': signedIn.identity?.birthPlace,
      'mandatee-birth-date': signedIn.identity?.birthDate,
      rights: ['balance'],
    })
  })

  test('leaves out what a field would not take, and rows for which there is no room', () => {
    const line = { taxType: 'unheard-of', amountHuf: 0, dueOn: '2026-03-16' }
    const { debts } = begun('fizetesi-kedvezmeny-kerelem', {
      ...balance,
      arrears: Array.from({ length: 21 }, () => line),
    })
    expect(debts).toEqual(Array.from({ length: 20 }, () => ({ 'debt-due': '2026-03-16' })))
  })
})

const withLines = tinyForm([
  tinyPage('egy', [tinyField('text', 'nev', { maxLength: 20 }), tinyField('tax-id', 'szam', { begins: 'tax.tax-id' })]),
  tinyPage('ketto', [
    tinyGroup('sorok', [tinyField('amount', 'osszeg', { begins: 'line.amount' })], { begins: 'tax.arrears' }),
  ]),
])

test('a page of which only a part was filled in beforehand still has to be sent', () => {
  const answers = beginningAnswers(withLines, balance, signedIn)
  const visited = (of: typeof answers) => checkForm(withLines, of, signedIn).pages.map((page) => page.visited)
  expect(visited(answers)).toEqual([false, true])
  const sent = readPage(withLines, 'egy', answers, { nev: 'Anna', szam: '8300439994' }, signedIn)
  expect(visited(sent.answers)).toEqual([true, true])
})

test('what a field begins with must be able to be its answer', () => {
  const faults = faultsOfDefinition(
    tinyForm([
      tinyPage('egy', [
        tinyField('text', 'szam', { maxLength: 20, begins: 'tax.tax-id' }),
        tinyField('amount', 'osszeg', { begins: 'line.amount' }),
        tinyGroup('ures', [tinyField('amount', 'ures-osszeg', { begins: 'line.amount' })]),
        tinyGroup('tobb', [tinyField('date', 'tobb-nap', { begins: 'line.due-on' })], { begins: 'tax.overpayments' }),
        tinyGroup('jo', [tinyField('choice', 'jo-ado', { choices: tinyChoices('a', 'b'), begins: 'line.tax-type' })], {
          begins: 'tax.overpayments',
        }),
      ]),
    ]),
  )
  expect(faults).toEqual([
    'szam: tax.tax-id is no answer to a field of type text',
    'osszeg: line.amount does not belong here',
    'ures-osszeg: its group begins with no lines of a balance',
    'tobb-nap: only arrears have a day',
  ])
})
