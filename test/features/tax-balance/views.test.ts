/** What the pages, the printed statement and the file say of a taxpayer's books. */
import { expect, test } from 'vitest'
import { comingView } from '../../../src/features/tax-balance/coming-view.ts'
import { figuresOf, followingForms } from '../../../src/features/tax-balance/figures.ts'
import { balanceOf, openItems } from '../../../src/features/tax-balance/open-items.ts'
import { payingView } from '../../../src/features/tax-balance/paying-view.ts'
import type { Books } from '../../../src/features/tax-balance/service.ts'
import { statementCsv } from '../../../src/features/tax-balance/statement-csv.ts'
import { statementDocument } from '../../../src/features/tax-balance/statement-document.ts'
import { accountInGroups, statementView, yearsOf } from '../../../src/features/tax-balance/statement-view.ts'
import {
  periodOf,
  queryOf,
  statementQuery,
  wishOf,
  yearParts,
} from '../../../src/features/tax-balance/statement-wish.ts'
import { maskNumber, readTypedNumber } from '../../../src/features/tax-balance/typed-number.ts'
import { translator } from '../../../src/platform/i18n/catalogue.ts'
import { anna } from '../../cast/people.ts'
import { castRegisters } from '../../cast/tax/books.ts'

const now = new Date('2026-11-23T09:00:00Z')

/** Anna's books in Újhartyán, as they were on that day. */
function annasBooks(change: Partial<Books> = {}): Books {
  const [taxpayer] = castRegisters({ now }).ujhartyan.taxpayers
  if (taxpayer === undefined) throw new Error('Anna is in the register')
  const { accounts, birthData: _born, ...head } = taxpayer
  return {
    taxpayer: {
      ...head,
      id: '0b8f7c52-5f0f-4c6e-9a43-000000000001',
      settlementId: 6293,
      taxKey: `6293:${anna.taxId}`,
      personMark: 'mark',
      asOf: now,
      takenAt: now,
    },
    accounts: accounts.map(({ bookings, ...account }, index) => ({
      ...account,
      id: `0b8f7c52-5f0f-4c6e-9a43-00000000001${index}`,
      settlementId: 6293,
      taxpayerId: '0b8f7c52-5f0f-4c6e-9a43-000000000001',
      bankAccount: account.bankAccount.replaceAll('-', ''),
      bookings,
      balanceHuf: balanceOf(bookings),
      openItems: openItems(bookings),
    })),
    narrowed: false,
    isCopy: false,
    remembered: { id: '0b8f7c52-5f0f-4c6e-9a43-000000000002', masked: '8•••••••03' },
    hasOthers: false,
    office: undefined,
    now,
    today: '2026-11-23',
    ...change,
  }
}

const wish = { kind: 'detailed', year: 2026, part: 'ev' } as const
const viewIn = (language: 'hu' | 'en') => statementView(annasBooks(), wish, { settlement: 'Újhartyán', language })

test('a statement says of each tax what is to be done, in the reader’s language', () => {
  const { taxes, total } = viewIn('hu')
  expect(taxes.map(({ name, state }) => [name, state])).toEqual([
    ['Építményadó', 'due'],
    ['Magánszemélyek kommunális adója', 'later'],
    ['Telekadó', 'overpaid'],
  ])
  expect(viewIn('en').taxes.map(({ name }) => name)[0]).toBe('Building tax')
  expect(total).toMatchObject({ dueNowHuf: 24_000, notYetDueHuf: 36_000, overpaymentHuf: 3_500 })
  expect(taxes[0]?.interest.flatMap(({ steps }) => steps).length).toBeGreaterThan(0)
})

test('the printed statement and the file say the same figures as the page', () => {
  const view = viewIn('hu')
  const t = translator('hu')
  const printed = JSON.stringify(statementDocument(view, 'hu', t)).replaceAll('\u00a0', ' ')
  expect(printed).toContain('24 000 Ft')
  expect(printed).toContain('UH-1001')
  expect(printed).toContain('jegybanki alapkamat')
  const file = statementCsv({ ...view, kind: 'simple' }, t).toString('utf8')
  expect(file.startsWith('\ufeffTelepülés;')).toBe(true)
  expect(file.split('\r\n').find((line) => line.includes('Telekadó'))).toContain(';-3500;')
})

test.each(['=1+1', '+36', '@SUM(A1)', '-2+3', '\tx', '\r=1'])(
  'a text that would run in a spreadsheet is defused: %j',
  (name) => {
    const view = viewIn('hu')
    const file = statementCsv({ ...view, taxpayer: { ...view.taxpayer, name } }, translator('hu')).toString('utf8')
    expect(file).toContain(`'${name}`)
  },
)

test('each item to pay has a code while payee and BIC are known, and what is overpaid has none', () => {
  const accounts = payingView(annasBooks(), 'hu')
  expect(accounts.map(({ taxType, items }) => [taxType, items.length])).toEqual([
    ['building-tax', 2],
    ['communal-tax', 1],
  ])
  expect(accounts.flatMap(({ items }) => items).every(({ code }) => code !== null)).toBe(true)
  const books = annasBooks()
  const withoutBic = { ...books, accounts: books.accounts.map((account) => ({ ...account, bic: null })) }
  expect(payingView(withoutBic, 'hu').flatMap(({ items }) => items.map(({ code }) => code))).toEqual([null, null, null])
})

test('the coming months say what the items say, and nothing is said where nothing is open', () => {
  const coming = comingView(viewIn('hu').taxes, '2026-11-23', 'hu')
  expect(coming?.totalHuf).toBe(60_000)
  expect(coming?.rows.reduce((sum, { amountHuf }) => sum + amountHuf, 0)).toBe(60_000)
  expect(coming?.rows[0]).toMatchObject({ name: 'Építményadó', atOnce: true, amountHuf: 24_000 })
  expect(comingView([{ taxType: 'plot-tax', openItems: [] }], '2026-11-23', 'hu')).toBeNull()
})

test('forms that follow begin with what is due and what is overpaid', () => {
  const figures = figuresOf(annasBooks())
  expect(figures.taxpayer).toEqual({ kind: 'person', number: anna.taxId })
  expect(figures.arrears.map(({ taxType, amountHuf }) => [taxType, amountHuf])).toEqual([['building-tax', 24_000]])
  expect(figures.overpayments).toEqual([{ taxType: 'plot-tax', amountHuf: 3_500 }])
  expect(followingForms(figures)).toHaveLength(3)
  expect(followingForms({ arrears: [], overpayments: [] })).toEqual(['adoigazolas-kerelem'])
})

test('an address leads to the statement it names, and to this year where it names none', () => {
  for (const kind of ['simple', 'detailed'] as const) {
    for (const part of yearParts) {
      const asked = { kind, year: 2025, part }
      const read = statementQuery.parse(Object.fromEntries(new URLSearchParams(queryOf(asked, undefined))))
      expect(wishOf(read, 2026)).toEqual(asked)
    }
  }
  expect(wishOf(statementQuery.parse({ ev: 'x', resz: 'y', tipus: 'z' }), 2026)).toEqual({
    kind: 'simple',
    year: 2026,
    part: 'ev',
  })
  expect(periodOf({ year: 2026, part: 'harmadik-negyedev' })).toEqual({ from: '2026-07-01', to: '2026-09-30' })
  expect(yearsOf(annasBooks())).toEqual([2026, 2025])
})

test('numbers are shown so that their owner knows them again and nobody else learns them', () => {
  expect(maskNumber(anna.taxId)).toBe('8•••••••03')
  expect(accountInGroups('999000169990002302440000')).toBe('99900016-99900023-02440000')
  expect(accountInGroups('999000169990002300000000')).toBe('99900016-99900023')
  expect(readTypedNumber('8446 619-903', '2026-11-23')).toEqual({ ok: true, value: anna.taxId })
  expect(readTypedNumber('99999906-2-13', '2026-11-23')).toEqual({ ok: true, value: '99999906213' })
})
