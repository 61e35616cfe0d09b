import { describe, expect, test } from 'vitest'
import { matches } from '../../../src/features/forms/form-search.ts'
import { type Answers, cleanAnswers, type FormContext, visiblePages } from '../../../src/features/forms/index.ts'
import { form, said } from './catalogue-forms.ts'
import { stranger } from './tiny-forms.ts'

/** 22 November 2026, nobody signed in. */
const context: FormContext = stranger

const trade = 'kereskedelmi-tevekenyseg-bejelentes'
const licence = 'mukodesi-engedely-kerelem'
const lodging = 'szallashely-bejelentes'
const lodgingData = 'szallashely-adatszolgaltatas'
const site = 'ipari-tevekenyseg-bejelentes'
const event = 'zenes-tancos-rendezveny-engedely'
const market = 'vasar-piac-engedely'
const shop = { procedure: 'report', 'activity-forms': ['shop'] }
const everyDay = { ...shop, 'open-days': ['monday'], 'hours-plan': 'every-day' }
const privately = { 'lodging-type': 'private-lodging' }
const company = { 'acts-as-agent': 'yes', 'client-kind': 'organisation' }
const dog = (answers: Record<string, string>) => ({ 'report-kind': 'census', dogs: [answers] })

describe('a rule of a form speaks when it is broken, and only then:', () => {
  const cases: [string, string, Answers, Answers, RegExp][] = [
    [
      trade,
      'begun before it is reported',
      { ...shop, 'starts-on': '2026-11-22' },
      { ...shop, 'starts-on': '2026-11-21' },
      /nem lehet korábbi a mai napnál/,
    ],
    [
      trade,
      'a change of the day before',
      { procedure: 'change', 'changed-on': '2026-11-22' },
      { procedure: 'change', 'changed-on': '2026-11-21' },
      /haladéktalanul/,
    ],
    [
      trade,
      'closed nine days ago',
      { procedure: 'closing', 'closed-on': '2026-11-14' },
      { procedure: 'closing', 'closed-on': '2026-11-13' },
      /8 napon belül/,
    ],
    [
      trade,
      'elsewhere than in a shop',
      { procedure: 'report', 'activity-forms': ['market'], 'activity-area': 'Piac tér' },
      { procedure: 'report', 'activity-forms': ['shop', 'market'] },
      /írja le a tevékenység helyét/,
    ],
    [
      trade,
      'catering by mail',
      { ...shop, 'activity-nature': ['catering'] },
      { procedure: 'report', 'activity-forms': ['mail-order'], 'activity-nature': ['catering'] },
      /csomagküldő/,
    ],
    [
      trade,
      'goods that need a licence',
      { ...shop, 'sells-permit-goods': 'no' },
      { ...shop, 'sells-permit-goods': 'yes' },
      /működési engedély kell/,
    ],
    [
      trade,
      'goods not described',
      { ...shop, 'goods-kinds': ['other'], 'product-groups': ['other'], 'product-note': 'gyertya' },
      { ...shop, 'goods-kinds': ['other'], 'product-groups': ['other'] },
      /írja le az árut/,
    ],
    [
      trade,
      'closes before it opens',
      { ...everyDay, 'every-day-opens': '08:00', 'every-day-closes': '16:30' },
      { ...everyDay, 'every-day-opens': '08:00', 'every-day-closes': '08:00' },
      /kezdő időpont után/,
    ],
    [
      trade,
      'opens again too early',
      { ...everyDay, 'every-day-closes': '12:00', 'every-day-opens-again': '13:00', 'every-day-closes-again': '17:00' },
      { ...everyDay, 'every-day-closes': '12:00', 'every-day-opens-again': '11:00', 'every-day-closes-again': '17:00' },
      /második időszak kezdete/,
    ],
    [
      trade,
      'never closes again',
      { ...everyDay, 'every-day-opens-again': '13:00', 'every-day-closes-again': '17:00' },
      { ...everyDay, 'every-day-opens-again': '13:00' },
      /második időszak végét/,
    ],
    [
      trade,
      'never opens again',
      { ...everyDay, 'every-day-opens-again': '13:00', 'every-day-closes-again': '17:00' },
      { ...everyDay, 'every-day-closes-again': '17:00' },
      /második időszak kezdetét/,
    ],
    [
      trade,
      'closes again before it opens again',
      { ...everyDay, 'every-day-opens-again': '13:00', 'every-day-closes-again': '17:00' },
      { ...everyDay, 'every-day-opens-again': '13:00', 'every-day-closes-again': '12:59' },
      /végének a kezdete után/,
    ],
    [
      trade,
      'a fee to be paid tomorrow',
      { 'fee-paid': 'yes', 'fee-paid-on': '2026-11-22' },
      { 'fee-paid': 'yes', 'fee-paid-on': '2026-11-23' },
      /befizetés napja/,
    ],
    [
      licence,
      'without a shop',
      { procedure: 'licence', 'activity-forms': ['shop'] },
      { procedure: 'licence', 'activity-forms': ['market'] },
      /csak üzletben/,
    ],
    [
      licence,
      'goods not described',
      { procedure: 'licence', 'permit-goods': ['gas'] },
      { procedure: 'licence', 'permit-goods': ['other'] },
      /írja le a terméket/,
    ],
    [
      'uzlet-megszunes-bejelentes',
      'closed nine days ago',
      { 'closed-on': '2026-11-14' },
      { 'closed-on': '2026-11-13' },
      /8 napon belül/,
    ],
    [
      'uzlet-megszunes-bejelentes',
      'closes in a year and a day',
      { 'closed-on': '2027-11-22' },
      { 'closed-on': '2027-11-23' },
      /egy évvel/,
    ],
    [
      lodging,
      'nine rooms of a private person',
      { ...privately, rooms: '8' },
      { ...privately, rooms: '9' },
      /legfeljebb 8 szoba/,
    ],
    [
      lodging,
      'seventeen beds of a private person',
      { ...privately, beds: '16' },
      { ...privately, beds: '17' },
      /legfeljebb 16 ágy/,
    ],
    [
      lodging,
      'a hotel of ten rooms',
      { 'lodging-type': 'hotel', rooms: '11' },
      { 'lodging-type': 'hotel', rooms: '10' },
      /legalább 11 szobája/,
    ],
    [
      lodging,
      'private accommodation of a company',
      { ...company, 'organisation-register-kind': 'sole-trader', ...privately },
      { ...company, 'organisation-register-kind': 'company', ...privately },
      /csak magánszemély vagy egyéni vállalkozó/,
    ],
    [lodging, 'fewer beds than rooms', { rooms: '3', beds: '3' }, { rooms: '3', beds: '2' }, /Kevesebb ágyat/],
    [
      lodging,
      'opened yesterday',
      { procedure: 'change', 'starts-on': '2026-11-21' },
      { procedure: 'report', 'starts-on': '2026-11-21' },
      /nem lehet korábbi a mai napnál/,
    ],
    [
      lodging,
      'a sole trader without a statistical number',
      { 'acts-as-agent': 'no', 'provider-capacity': 'private' },
      { 'acts-as-agent': 'no', 'provider-capacity': 'sole-trader' },
      /statisztikai számjelet is/,
    ],
    [
      'szallashely-megszunes-bejelentes',
      'guests still there',
      { 'all-guests-left': 'yes' },
      { 'all-guests-left': 'no' },
      /nincs több vendége/,
    ],
    [
      lodgingData,
      'two years at once',
      { 'period-from': '2025-01-01', 'period-to': '2025-12-31' },
      { 'period-from': '2025-01-01', 'period-to': '2026-01-01' },
      /két évre/,
    ],
    [
      lodgingData,
      'after January',
      { 'period-from': '2026-01-01', 'period-to': '2026-10-31' },
      { 'period-from': '2025-01-01', 'period-to': '2025-12-31' },
      /január 31\., elmúlt/,
    ],
    [
      lodgingData,
      'fewer nights than guests',
      { months: [{ 'domestic-guests': '3', 'domestic-nights': '3' }] },
      { months: [{ 'domestic-guests': '3', 'domestic-nights': '2' }] },
      /Kevesebb éjszakát/,
    ],
    [
      lodgingData,
      'a month outside',
      { 'period-from': '2025-01-01', 'period-to': '2025-12-31', months: [{ 'visit-month': '2025-12' }] },
      { 'period-from': '2025-01-01', 'period-to': '2025-12-31', months: [{ 'visit-month': '2026-01' }] },
      /nincs az időszakban/,
    ],
    [
      lodgingData,
      'a month twice',
      { months: [{ 'visit-month': '2025-06' }, { 'visit-month': '2025-07' }] },
      { months: [{ 'visit-month': '2025-06' }, { 'visit-month': '2025-06' }] },
      /kétszer/,
    ],
    [
      site,
      'begun yesterday',
      { procedure: 'report', 'starts-on': '2026-11-22' },
      { procedure: 'report', 'starts-on': '2026-11-21' },
      /nem lehet korábbi a mai napnál/,
    ],
    [
      'telepengedely-kerelem',
      'a report would do',
      { procedure: 'permit', 'recent-occupancy-permit': 'no' },
      { procedure: 'permit', 'recent-occupancy-permit': 'yes' },
      /elég az „Ipari/,
    ],
    [
      event,
      'too soon',
      { 'event-days': [{ 'event-date': '2026-12-12' }] },
      { 'event-days': [{ 'event-date': '2026-12-11' }] },
      /legalább 20 nappal/,
    ],
    [
      event,
      'ends before it begins',
      { 'event-days': [{ 'event-starts': '20:00', 'event-ends': '02:00', 'ends-next-day': 'yes' }] },
      { 'event-days': [{ 'event-starts': '20:00', 'event-ends': '02:00', 'ends-next-day': 'no' }] },
      /nem lehet korábbi a kezdeténél/,
    ],
    [
      event,
      'many people without guards',
      { capacity: '300', guards: '0' },
      { capacity: '301', guards: '0' },
      /biztonsági szolgálat kell/,
    ],
    [
      market,
      'more food stalls than stalls',
      { stalls: '5', 'food-stalls': '5' },
      { stalls: '5', 'food-stalls': '6' },
      /Több élelmiszert/,
    ],
    [
      market,
      'a day twice',
      { 'market-kind': 'fair', 'fair-days': [{ 'fair-date': '2026-12-05' }, { 'fair-date': '2026-12-06' }] },
      { 'market-kind': 'fair', 'fair-days': [{ 'fair-date': '2026-12-05' }, { 'fair-date': '2026-12-05' }] },
      /kétszer/,
    ],
    [
      'fakivagas-kerelem',
      'felled within 15 days',
      { 'immediate-danger': 'no', 'felling-from': '2026-12-07' },
      { 'immediate-danger': 'no', 'felling-from': '2026-12-06' },
      /legalább 15 nappal/,
    ],
    [
      'fakivagas-kerelem',
      'while birds nest',
      { 'immediate-danger': 'no', 'felling-from': '2027-03-14' },
      { 'immediate-danger': 'no', 'felling-from': '2027-03-15' },
      /fészkelnek/,
    ],
    [
      'fakivagas-kerelem',
      'fewer trees planted',
      { trees: [{ 'tree-count': '2' }, { 'tree-count': '1' }], replacement: 'same-land', 'replacement-count': '3' },
      { trees: [{ 'tree-count': '2' }, { 'tree-count': '1' }], replacement: 'same-land', 'replacement-count': '2' },
      /Kevesebb fát/,
    ],
    [
      'mehtartas-bejelentes',
      'the yearly report in March',
      { 'report-kind': 'yearly', 'report-event-on': '2027-02-20' },
      { 'report-kind': 'yearly', 'report-event-on': '2026-03-01' },
      /február vége/,
    ],
    [
      'mehtartas-bejelentes',
      'moved nine days ago',
      { 'report-kind': 'moved', 'report-event-on': '2026-11-14' },
      { 'report-kind': 'moved', 'report-event-on': '2026-11-13' },
      /8 napon belül/,
    ],
    [
      'ebosszeiras',
      'an old dog without a chip',
      dog({ 'dog-born-on': '2026-07-23' }),
      dog({ 'dog-born-on': '2026-07-22' }),
      /mikrochip kell/,
    ],
    [
      'ebosszeiras',
      'vaccinated more than a year ago',
      dog({ 'vaccinated-on': '2025-11-22' }),
      dog({ 'vaccinated-on': '2025-11-21' }),
      /több mint egy éve/,
    ],
    [
      'ebosszeiras',
      'a chip put in before the birth',
      dog({ 'dog-born-on': '2026-01-02', 'chipped-on': '2026-01-02' }),
      dog({ 'dog-born-on': '2026-01-02', 'chipped-on': '2026-01-01' }),
      /beültetése nem lehet korábbi/,
    ],
    [
      'kozterulet-hasznalat-kerelem',
      'ends before it begins',
      { 'use-from': '2027-05-02', 'use-to': '2027-05-02' },
      { 'use-from': '2027-05-02', 'use-to': '2027-05-01' },
      /utolsó nap nem lehet korábbi/,
    ],
    [
      'kozterulet-hasznalat-kerelem',
      'for more than five years',
      { 'use-from': '2027-05-02', 'use-to': '2032-05-02' },
      { 'use-from': '2027-05-02', 'use-to': '2032-05-03' },
      /öt évre/,
    ],
    [
      'kozerdeku-adatigenyles',
      'a period that ends before it begins',
      { 'data-from': '2025-01-01', 'data-to': '2025-01-01' },
      { 'data-from': '2025-01-02', 'data-to': '2025-01-01' },
      /vége nem lehet korábbi/,
    ],
    [
      'fellebbezes',
      'after sixteen days',
      { 'received-on': '2026-11-07' },
      { 'received-on': '2026-11-06' },
      /15 napos határidő/,
    ],
    [
      'fellebbezes',
      'received before it was made',
      { 'decision-day': '2026-11-07', 'received-on': '2026-11-07' },
      { 'decision-day': '2026-11-08', 'received-on': '2026-11-07' },
      /a kelte előtt/,
    ],
  ]

  test.each(cases)('%s: %s', (code, _what, right, wrong, message) => {
    expect(said(code, right).join('\n')).not.toMatch(message)
    expect(said(code, wrong).join('\n')).toMatch(message)
  })
})

test('the basis of the fee for public ground is its area times its days', () => {
  const areas = [
    { 'area-length': '5', 'area-width': '2.5' },
    { 'area-length': '3.2', 'area-width': '1.05' },
  ]
  const answers = { areas, 'use-from': '2027-05-01', 'use-to': '2027-05-31' }
  expect(cleanAnswers(form('kozterulet-hasznalat-kerelem'), answers, context)).toMatchObject({
    'use-days': '31',
    'total-area': '15.86',
    'area-days': '491.66',
  })
})

test('guests and nights of all months are added up', () => {
  const months = [
    { 'domestic-guests': '10', 'domestic-nights': '25', 'foreign-guests': '2', 'foreign-nights': '7' },
    { 'domestic-guests': '3', 'domestic-nights': '3', 'foreign-guests': '0', 'foreign-nights': '0' },
  ]
  expect(cleanAnswers(form(lodgingData), { months }, context)).toMatchObject({
    'total-guests': '15',
    'total-nights': '35',
    'foreign-nights-total': '7',
    'average-stay': '2.3',
  })
})

test('only the opening hours that differ are asked', () => {
  const days = { ...shop, 'open-days': ['monday', 'friday', 'saturday'] }
  const hours = (answers: Answers) =>
    visiblePages(form(trade), answers, context)
      .filter(({ items }) => items.some(({ type }) => type === 'time'))
      .map(({ id }) => id)
  expect(hours({ ...days, 'hours-plan': 'every-day' })).toEqual(['minden-nap'])
  expect(hours({ ...days, 'hours-plan': 'weekdays' })).toEqual(['hetkoznap', 'szombat'])
  expect(hours({ ...days, 'hours-plan': 'each-day' })).toEqual(['hetfo', 'pentek', 'szombat'])
  expect(hours({ ...days, 'activity-forms': ['market'], 'hours-plan': 'each-day' })).toEqual([])
})

test.each([
  ['kutya', 'ebosszeiras'],
  ['chip', 'ebosszeiras'],
  ['airbnb', lodging],
  ['boltnyitás', trade],
  ['gázpalack', licence],
  ['kivágás', 'fakivagas-kerelem'],
  ['méhész', 'mehtartas-bejelentes'],
  ['terasz', 'kozterulet-hasznalat-kerelem'],
  ['műhely', site],
  ['bál', event],
  ['termelői piac', market],
  ['határozat', 'fellebbezes'],
  ['közpénz', 'kozerdeku-adatigenyles'],
])('who looks for „%s” finds %s', (query, code) => {
  expect(matches(form(code), query, 'hu')).toBe(true)
})
