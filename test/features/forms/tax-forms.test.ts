import { describe, expect, test } from 'vitest'
import { type Answers, checkForm, errorText, type FormContext, summarise } from '../../../src/features/forms/index.ts'
import { form } from './catalogue-forms.ts'
import { signedIn } from './tiny-forms.ts'

const paper = [{ id: '1', name: 'irat.pdf', sizeBytes: 1000, scan: 'clean' as const }]
/** 12 November 2026; whatever must be attached is. */
const context: FormContext = {
  ...signedIn,
  today: '2026-11-12',
  attachments: Object.fromEntries(
    ['signed-mandate', 'sewage-bills', 'fee-proof', 'succession-file', 'agreement-file'].map((id) => [id, paper]),
  ),
}

const address = { postalCode: '2367', settlement: 'Újhartyán', street: 'Fő', streetType: 'utca', houseNumber: '1' }
const account = '99900016-12345676'
const frame: Answers = {
  'sender-email': 'anna@example.test',
  'sender-phone': '+36301234567',
  'acts-as-agent': 'no',
  'earlier-document': '',
  'declared-at': 'Újhartyán',
  'true-data': 'yes',
  'other-files': '',
  'land-register-file': '',
  'payment-proof': '',
  'water-bills': '',
  'income-proof': '',
}
const annaAs = (prefix: string): Answers => ({
  [`${prefix}-academic-title`]: '',
  [`${prefix}-citizenship`]: 'hungarian',
  [`${prefix}-tax-id`]: '8300439994',
  [`${prefix}-residence`]: 'hungary',
  [`${prefix}-home-address`]: address,
  [`${prefix}-mail-to`]: 'home',
})
const company: Answers = {
  'acts-as-agent': 'yes',
  'agent-kind': 'statutory',
  'client-kind': 'organisation',
  'organisation-name': 'Minta Kft.',
  'organisation-tax-number': '99746746-2-13',
  'organisation-register-kind': 'company',
  'organisation-company-number': '13-09-123456',
  'organisation-seat': address,
  'organisation-mail-elsewhere': 'no',
  'organisation-representative': 'Minta Anna',
  'organisation-representative-capacity': 'ügyvezető',
}

const property: Answers = {
  'report-kind': 'own',
  'report-reason': 'start',
  'parcel-number': '123/4',
  'parcel-situation': 'inner',
  quality: 'owner',
  'own-share': '1/1',
  'base-kind': 'area',
}
const home: Record<string, string | string[] | typeof address> = {
  'home-start-reason': 'bought',
  'home-start-date': '2026-03-01',
  'home-address': address,
  'home-kind': 'flat',
  'home-area': '50.25',
  'home-exemptions': [],
  'home-monument': 'no',
  'home-relief-kind': 'none',
}
const ownDebt = { 'debt-tax': 'building-tax', 'debt-due': '2026-09-15', 'debt-amount': '900000' }

/** One right set of answers to each form. */
const right: Record<string, Answers> = {
  'epitmenyado-adatbejelentes': {
    ...annaAs('taxpayer'),
    ...property,
    'sheet-kinds': ['homes'],
    'home-sheets': [home],
  },
  'kommunalis-ado-adatbejelentes': {
    ...annaAs('taxpayer'),
    ...property,
    'start-kind': 'acquisition',
    'event-date': '2026-03-01',
    'report-note': '',
    'object-kind': 'building',
    'object-address': address,
    'claims-relief': 'no',
  },
  'telekado-adatbejelentes': {
    ...annaAs('taxpayer'),
    ...property,
    'start-reason': 'bought',
    'start-date': '2026-03-01',
    'plot-address': address,
    'plot-kind': 'built-on',
    'plot-area': '1000',
    'built-area': '120.5',
    exemptions: ['forest'],
    'exempt-area': '79.5',
    'plot-relief-kind': 'none',
  },
  'idegenforgalmi-ado-bevallas': {
    ...annaAs('taxpayer'),
    'return-kind': 'original',
    period: '2026-10',
    'lodging-name': 'Minta Vendégház',
    'lodging-address': address,
    guests: '10',
    nights: '30',
    'exempt-minors': '5',
    'exempt-workers': '1',
    'base-method': 'per-night',
    'night-rate': '500',
    'tax-collected': '12000',
  },
  'talajterhelesi-dij-bevallas': {
    ...annaAs('taxpayer'),
    'property-address': address,
    'parcel-number': '123/4',
    'parcel-situation': 'inner',
    'use-title': 'owner',
    'return-kind': 'yearly',
    'period-from': '2026-01-01',
    'period-to': '2026-10-31',
    connected: 'no',
    'mains-water': '100.5',
    'own-water': '5',
    'garden-water': '10',
    'carried-off': '5',
    'area-kind': 'sensitive',
    'local-relief': '1000',
    'local-relief-ground': '5. §',
    'already-paid': '900',
  },
  'ado-es-ertekbizonyitvany-kerelem': {
    ...annaAs('applicant'),
    purpose: 'sale',
    'applicant-interest': 'owner',
    properties: ['123/4', '123/5'].map((parcel) => ({
      'property-address': address,
      'property-parcel': parcel,
      'property-situation': 'inner',
      'property-kind': 'flat',
      'property-share': '1/1',
    })),
    'fee-paid': '8000',
    delivery: 'electronic',
  },
  'automatikus-reszletfizetesi-kerelem': {
    ...annaAs('applicant'),
    'asked-this-year': 'no',
    'sole-trader': 'no',
    debts: [ownDebt, { ...ownDebt, 'debt-amount': '100000' }],
    parts: '12',
    'first-month': '2026-12',
    'knows-consequences': 'yes',
  },
  'fizetesi-kedvezmeny-kerelem': {
    ...annaAs('applicant'),
    requests: ['deferral', 'instalments', 'reduction'],
    reason: 'Elveszítettem a munkámat.',
    debts: [ownDebt],
    'deferred-until': '2027-03-31',
    'deferred-amount': '400000',
    'instalment-amount': '500000',
    parts: '12',
    'first-month': '2026-12',
    reductions: [{ 'reduction-tax': 'building-tax', 'reduction-amount': '900000' }],
    household: [
      {
        'member-name': 'Minta Anna',
        'member-tie': 'applicant',
        'member-birth-year': '1989',
        'member-income-kind': 'employment',
        'member-income': '300001',
      },
      {
        'member-name': 'Minta Máté',
        'member-tie': 'child',
        'member-birth-year': '2015',
        'member-income-kind': 'none',
        'member-income': '0',
      },
    ],
    assets: [],
    utilities: '50000',
    loans: '20000',
    maintenance: '0',
    'other-expenses': '10000',
  },
  'tulfizetes-atvezetesi-visszateritesi-kerelem': {
    ...annaAs('taxpayer'),
    'applicant-quality': 'taxpayer',
    dispositions: ['transfer', 'refund', 'public-debt'],
    'no-public-debt': 'no',
    transfers: [{ 'transfer-from': 'building-tax', 'transfer-to': 'plot-tax', 'transfer-amount': '1000' }],
    refunds: [
      { 'refund-tax': 'building-tax', 'refund-amount': '500' },
      { 'refund-tax': 'plot-tax', 'refund-amount': '300' },
    ],
    'refund-account-number': account,
    'refund-account-holder': 'Minta Anna',
    'public-debts': [
      {
        'debt-authority': 'Nemzeti Adó- és Vámhivatal',
        'debt-account': account,
        'debt-reference': '8300439994',
        'debt-amount': '200',
      },
    ],
    'knows-overpayment': 'yes',
    overpayment: '2000',
  },
  'bejelentkezes-valtozas-bejelentes': {
    ...annaAs('taxpayer'),
    taxes: ['business-permanent'],
    'report-kind': 'start',
    'event-date': '2026-11-10',
    'person-tax-number': '99746746-1-33',
    'person-activity': 'sole-trader',
    'sole-trader-number': '12345678',
    'person-foreign': 'no',
    accounts: [{ 'account-number': account, 'account-holder': 'Minta Anna' }],
    'sites-here': [{ 'site-kind': 'seat', 'site-address': address, 'site-since': '2026-11-10' }],
    'sites-elsewhere': [],
    'own-business-year': 'yes',
    'balance-month': 'june',
    'balance-day': '30',
    'base-method': 'flat-rate',
    'base-from': '2027-01-01',
    'within-limits': 'yes',
    'advance-from': '2026-11-10',
    'advance-to': '2027-12-31',
    'first-due': '2027-03-16',
    'first-amount': '1000',
    'second-due': '2027-09-15',
    'second-amount': '2000',
    'has-third': 'yes',
    'third-due': '2027-12-15',
    'third-amount': '500',
    contacts: [],
  },
  'meghatalmazas-onkormanyzati-adougyekben': {
    ...annaAs('principal'),
    'mandate-action': 'new',
    'mandate-kind': 'permanent',
    qualification: 'accountant',
    'mandatee-kind': 'person',
    'mandatee-name': { family: 'Példa', given: 'Béla' },
    'mandatee-mother-name': { family: 'Minta', given: 'Éva' },
    'mandatee-birth-place': 'Győr',
    'mandatee-birth-date': '1956-10-23',
    'mandatee-tax-id': '8328029901',
    'mandatee-address': address,
    'tax-scope': 'some',
    taxes: ['plot-tax'],
    rights: ['submit', 'balance'],
    'valid-from': '2026-11-22',
    'valid-to': '2027-11-22',
  },
}

const check = (code: string, more: Answers) => checkForm(form(code), { ...frame, ...right[code], ...more }, context)

/** Everything said of the answers in Hungarian, by the element it is said at; Anna's made-up tax id carries another birth date. */
function saidOf(code: string, more: Answers = {}) {
  const { pages, warnings } = check(code, more)
  const say = (level: string) => (error: (typeof warnings)[number]) =>
    `${level} ${error.field}: ${errorText(error, 'hu')}`
  return [...pages.flatMap(({ errors }) => errors.map(say('error'))), ...warnings.map(say('warning'))].filter(
    (said) => !said.includes('más születési időt'),
  )
}

describe.each(Object.keys(right))('%s', (code) => {
  test('goes through with right answers', () => {
    const { complete, pages } = check(code, {})
    expect(pages.filter(({ visited }) => !visited).map(({ page }) => page.id)).toEqual([])
    expect(saidOf(code)).toEqual([])
    expect(complete).toBe(true)
  })
})

test('a usufructuary of the whole, or somebody who acts for them, need not name the owner in the communal tax report', () => {
  const usufruct = { quality: 'right-holder', 'right-kind': 'usufruct', 'own-share': '1/1' }
  expect(saidOf('kommunalis-ado-adatbejelentes', usufruct)).toEqual([])
  const name = { family: 'Példa', given: 'Béla' }
  const agent = {
    'acts-as-agent': 'yes',
    'agent-kind': 'statutory',
    'taxpayer-name': name,
    'taxpayer-birth-name': name,
    'taxpayer-mother-name': name,
    'taxpayer-birth-place': 'Győr',
    'taxpayer-birth-date': '1949-04-04',
  }
  expect(saidOf('kommunalis-ado-adatbejelentes', { ...usufruct, ...agent })).toEqual([])
  expect(form('kommunalis-ado-adatbejelentes').manners).toEqual(['self', 'other-person'])
})

const tick = (more: object) => ({ 'home-sheets': [{ ...home, ...more }] })
const shared = { 'report-kind': 'by-agreement', 'own-share': '1/2' }
const coOwner = (share: string) => ({
  'co-owner-kind': 'person',
  'co-owner-name': { family: 'Példa', given: 'Béla' },
  'co-owner-birth-place': 'Győr',
  'co-owner-birth-date': '1980-01-01',
  'co-owner-address': '2367 Újhartyán, Fő utca 2.',
  'co-owner-quality': 'owner',
  'co-owner-share': share,
})
const transfer = { 'transfer-from': 'plot-tax', 'transfer-to': 'plot-tax', 'transfer-amount': '1000' }
const refund = { 'refund-tax': 'plot-tax', 'refund-amount': '400' }
const site = { 'site-kind': 'seat', 'site-address': address, 'site-since': '2027-01-01' }
const change = { 'change-what': 'name', 'change-old': 'Minta Bt.', 'change-new': 'Minta Bt.' }
const contact = { 'contact-role': 'bookkeeper', 'contact-name': 'Példa Béla' }
const sameAccount = { 'account-number': 'HU15 9990 0016 1234 5676 0000 0000', 'account-holder': 'Minta Anna' }

/** What is said, and where, when the right answers are changed so. */
const rules: [code: string, change: Answers, said: string][] = [
  [
    'kommunalis-ado-adatbejelentes',
    { 'start-kind': 'other' },
    'error start-kind: Az „Egyéb” választásához írja le a Megjegyzés mezőben',
  ],
  ['kommunalis-ado-adatbejelentes', { 'event-date': '2026-11-13' }, 'error event-date: A dátum nem lehet jövőbeli'],
  ['kommunalis-ado-adatbejelentes', { 'event-date': '2025-01-01' }, 'warning event-date: A bejelentés határideje'],
  ['kommunalis-ado-adatbejelentes', { quality: 'tenant' }, 'error quality: A minőség és az adótárgy nem illik össze'],
  [
    'kommunalis-ado-adatbejelentes',
    { ...shared, 'co-owners': [coOwner('2/3')] },
    'error co-owners: A hányadok összege több',
  ],
  [
    'kommunalis-ado-adatbejelentes',
    { ...shared, 'co-owners': [coOwner('1/4')] },
    'warning co-owners: A hányadok összege kevesebb',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-start-date': '2026-11-13' }),
    'error home-sheets-0-home-start-date: 1. lakás vagy üdülő: A dátum nem lehet jövőbeli',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-start-date': '2024-05-01' }),
    'warning home-sheets-0-home-start-date: 1. lakás vagy üdülő: A bejelentés határideje',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-exemptions': ['emergency-home', 'farming'], 'home-exempt-home': '50', 'home-exempt-farming': '0.26' }),
    'error home-sheets-0-home-exemptions: 1. lakás vagy üdülő: A mentes területek összege nagyobb',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-relief-kind': 'percent', 'home-relief-percent': '50' }),
    'error home-sheets-0-home-relief-kind: 1. lakás vagy üdülő: Helyi kedvezményhez adja meg a jogcímét',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-relief-ground': '5. §', 'home-relief-kind': 'area', 'home-relief-area': '50.26' }),
    'error home-sheets-0-home-relief-area: 1. lakás vagy üdülő: A kedvezményes terület nagyobb',
  ],
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-monument': 'yes', 'home-monument-date': '2027-01-01' }),
    'error home-sheets-0-home-monument-date: 1. lakás vagy üdülő: A dátum nem lehet jövőbeli',
  ],
  [
    'epitmenyado-adatbejelentes',
    { 'sheet-kinds': ['others'], 'other-sheets': [] },
    'error other-sheets-0-other-start-reason: 1. építmény: Válassza ki az okot',
  ],
  [
    'epitmenyado-adatbejelentes',
    { ...shared, 'co-owners': [coOwner('2/3')] },
    'error co-owners: A hányadok összege több',
  ],
  [
    'epitmenyado-adatbejelentes',
    { ...shared, 'co-owners': [coOwner('1/3')] },
    'warning co-owners: A hányadok összege kevesebb',
  ],
  ['telekado-adatbejelentes', { 'start-date': '2024-05-01' }, 'warning start-date: A bejelentés határideje'],
  [
    'telekado-adatbejelentes',
    { 'built-area': '1000.01', 'exempt-area': '', exemptions: [] },
    'error built-area: A beépített terület nagyobb',
  ],
  [
    'telekado-adatbejelentes',
    { 'plot-kind': 'empty' },
    'warning built-area: Korábban azt jelölte, hogy a telek beépítetlen',
  ],
  [
    'telekado-adatbejelentes',
    { 'exempt-area': '879.51' },
    'error exempt-area: A mentes és a beépített terület együtt nagyobb',
  ],
  ['telekado-adatbejelentes', { exemptions: [] }, 'error exempt-area: A mentes területhez jelölje meg'],
  ['telekado-adatbejelentes', { 'parcel-number': '045/12' }, 'warning parcel-situation: A 0-val kezdődő'],
  ['telekado-adatbejelentes', { 'parcel-situation': 'outer' }, 'warning parcel-situation: A külterületi ingatlan'],
  ['idegenforgalmi-ado-bevallas', { period: '2026-12' }, 'error period: A hónap nem lehet jövőbeli'],
  ['idegenforgalmi-ado-bevallas', { period: '2026-11' }, 'warning period: Ez a hónap még nem ért véget'],
  ['idegenforgalmi-ado-bevallas', { period: '2026-09' }, 'warning period: A bevallás határideje'],
  ['idegenforgalmi-ado-bevallas', { guests: '31' }, 'error nights: A vendégéjszakák száma kevesebb'],
  ['idegenforgalmi-ado-bevallas', { guests: '0' }, 'error nights: Vendégéjszakát adott meg, de vendéget nem'],
  ['idegenforgalmi-ado-bevallas', { 'exempt-patients': '25' }, 'error exempt-nights: A mentes éjszakák összege több'],
  ['idegenforgalmi-ado-bevallas', { 'tax-collected': '11999' }, 'warning tax-collected: Kevesebb adót szedett be'],
  ['idegenforgalmi-ado-bevallas', { 'tax-collected': '12001' }, 'warning tax-collected: Több adót szedett be'],
  ['talajterhelesi-dij-bevallas', { 'period-to': '2025-12-31' }, 'error period-to: Az utolsó nap korábbi'],
  [
    'talajterhelesi-dij-bevallas',
    { 'period-from': '2025-06-01' },
    'error period-to: Egy bevallás egy naptári évre szól',
  ],
  ['talajterhelesi-dij-bevallas', { 'period-to': '2026-11-13' }, 'error period-to: A dátum nem lehet jövőbeli'],
  [
    'talajterhelesi-dij-bevallas',
    { 'period-from': '2025-01-01', 'period-to': '2025-12-31' },
    'warning period-to: A bevallás határideje',
  ],
  [
    'talajterhelesi-dij-bevallas',
    { connected: 'yes', 'connected-on': '2025-12-31' },
    'warning connected-on: A rákötés napja az időszak előtt',
  ],
  ['talajterhelesi-dij-bevallas', { 'carried-off': '95.51' }, 'error reductions: A levonások összege több'],
  ['talajterhelesi-dij-bevallas', { 'other-reduction': '1' }, 'error other-reduction: Ha más levonást is beír'],
  ['talajterhelesi-dij-bevallas', { 'local-relief': '162901' }, 'error local-relief: A kedvezmény több, mint a díj'],
  ['talajterhelesi-dij-bevallas', { 'local-relief-ground': '' }, 'error local-relief: A kedvezményhez adja meg'],
  ['ado-es-ertekbizonyitvany-kerelem', { 'fee-paid': '4000' }, 'warning fee-paid: A befizetett összeg nem egyezik'],
  [
    'ado-es-ertekbizonyitvany-kerelem',
    { ...company, delivery: 'paper', copies: '1' },
    'error delivery: Szervezet a bizonyítványt csak elektronikusan',
  ],
  [
    'automatikus-reszletfizetesi-kerelem',
    { 'asked-this-year': 'yes' },
    'error asked-this-year: Automatikus részletfizetés évente csak egyszer',
  ],
  [
    'automatikus-reszletfizetesi-kerelem',
    { debts: [ownDebt, { ...ownDebt, 'debt-amount': '100001' }] },
    'error debts: Automatikus részletfizetés legfeljebb 1\u00a0000\u00a0000 forint',
  ],
  [
    'automatikus-reszletfizetesi-kerelem',
    { debts: [{ ...ownDebt, 'debt-due': '2027-11-13' }] },
    'warning debts-0-debt-due: 1. tartozás: Az esedékesség több mint egy évvel későbbi',
  ],
  ['automatikus-reszletfizetesi-kerelem', { 'first-month': '2026-10' }, 'error first-month: Ez a hónap már elmúlt'],
  [
    'automatikus-reszletfizetesi-kerelem',
    { 'first-month': '2027-03' },
    'warning first-month: Az első részlet ideje több mint három hónappal későbbi',
  ],
  [
    'fizetesi-kedvezmeny-kerelem',
    { 'deferred-until': '2026-11-12' },
    'error deferred-until: A halasztás napja legyen későbbi',
  ],
  ['fizetesi-kedvezmeny-kerelem', { 'deferred-until': '2027-11-13' }, 'warning deferred-until: Egy évnél hosszabb'],
  [
    'fizetesi-kedvezmeny-kerelem',
    { 'deferred-amount': '900001', 'instalment-amount': '1' },
    'error deferred-amount: Az összeg több, mint a felsorolt tartozások',
  ],
  [
    'fizetesi-kedvezmeny-kerelem',
    { 'instalment-amount': '500001' },
    'error instalment-amount: A halasztott és a részletekben',
  ],
  ['fizetesi-kedvezmeny-kerelem', { parts: '13' }, 'warning parts: Tizenkét hónapnál hosszabb'],
  ['fizetesi-kedvezmeny-kerelem', { 'first-month': '2026-10' }, 'error first-month: Ez a hónap már elmúlt'],
  [
    'fizetesi-kedvezmeny-kerelem',
    { reductions: [{ 'reduction-tax': 'fine', 'reduction-amount': '900001' }] },
    'error reductions: A mérsékelni kért összegek',
  ],
  [
    'fizetesi-kedvezmeny-kerelem',
    company,
    'error reductions-0-reduction-tax: 1. mérséklés: Szervezetnek adó nem mérsékelhető',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { dispositions: ['transfer', 'refund'] },
    'error no-public-debt: Ha más adóhatóságnál tartozása van',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { transfers: [transfer] },
    'error transfers-0-transfer-to: 1. átvezetés: Ugyanarra az adóra',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { refunds: [refund, refund] },
    'error refunds: Egy adó több sorban is szerepel',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { ...company, 'account-registered': 'no' },
    'error account-registered: Szervezetnek csak a bejelentett bankszámlájára',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { 'knows-overpayment': 'no' },
    'warning knows-overpayment: A hivatal csak a nyilvántartott túlfizetésig',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { overpayment: '1999' },
    'error overpayment: A rendelkezések összege több',
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { overpayment: '2001' },
    'warning overpayment: A túlfizetés egy részéről nem rendelkezett',
  ],
  ['bejelentkezes-valtozas-bejelentes', { 'event-date': '2026-10-27' }, 'warning event-date: Késedelmes bejelentés'],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'event-date': '2026-11-13', 'advance-from': '2026-11-13' },
    'warning event-date: A megadott nap még nem jött el',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'report-kind': 'end', 'activity-start': '2026-11-11', 'end-reason': 'own-decision' },
    'error event-date: A megszűnés napja korábbi',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'person-tax-number': '' },
    'error person-activity: Egyéni vállalkozónak és őstermelőnek adószáma is van',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { ...company, 'organisation-kind': 'company', predecessors: [], accounts: [] },
    'error accounts: Szervezetnek legalább egy bankszámlát',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { accounts: [{ 'account-number': account, 'account-holder': 'Minta Anna' }, sameAccount] },
    'error accounts: Ugyanaz a bankszámla kétszer szerepel',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'sites-here': [] },
    'error sites-here: Vegyen fel legalább egy székhelyet vagy telephelyet ezen a településen',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'sites-here': [site] },
    'warning sites-here-0-site-since: 1. helyi székhely vagy telephely: A megadott nap még nem jött el',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'balance-month': 'december', 'balance-day': '31' },
    'error balance-day: December 31. a naptári év vége',
  ],
  ['bejelentkezes-valtozas-bejelentes', { 'balance-day': '31' }, 'error balance-day: Ebben a hónapban nincs ilyen nap'],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'within-limits': 'no' },
    'error within-limits: Ezt a módszert csak az választhatja',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'advance-from': '2026-11-09' },
    'error advance-from: Az előlegfizetési időszak nem kezdődhet',
  ],
  ['bejelentkezes-valtozas-bejelentes', { 'advance-to': '2026-11-10' }, 'error advance-to: Az utolsó nap nem későbbi'],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'advance-to': '2028-05-11' },
    'warning advance-to: Az időszak hosszabb másfél évnél',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'first-due': '2026-03-16' },
    'error first-due: Az esedékesség az előlegfizetési időszakon kívül',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'second-due': '2027-03-16' },
    'error second-due: A II. előlegrészlet legyen később',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'third-due': '2027-09-15' },
    'error third-due: A III. előlegrészlet legyen később',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { 'report-kind': 'change', changes: [change] },
    'error changes-0-change-new: 1. változás: A régi és az új adat ugyanaz',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    {
      'report-kind': 'end',
      'activity-start': '2020-01-01',
      'end-reason': 'suspension',
      'suspended-until': '2026-11-10',
    },
    'error suspended-until: A szünetelés vége nem későbbi',
  ],
  [
    'bejelentkezes-valtozas-bejelentes',
    { contacts: [contact] },
    'error contacts-0-contact-name: 1. képviselő vagy könyvelő: Adjon meg legalább egy elérhetőséget',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { 'mandatee-kind': 'organisation', 'mandatee-organisation': 'Minta Kft.', 'mandatee-tax-number': '99746746-2-13' },
    'error mandatee-kind: Állandó meghatalmazott szervezet csak',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { qualification: 'company' },
    'error mandatee-kind: Korábban társaságot jelölt meg',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { 'mandatee-birth-date': '2008-11-13' },
    'error mandatee-birth-date: A meghatalmazottnak nagykorúnak kell lennie',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { 'mandatee-tax-id': '8300439994' },
    'error mandatee-tax-id: A meghatalmazott adóazonosító jele ugyanaz',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { 'valid-from': '2027-11-23' },
    'error valid-to: A meghatalmazás vége korábbi',
  ],
  [
    'meghatalmazas-onkormanyzati-adougyekben',
    { 'valid-from': '2026-01-01', 'valid-to': '2026-11-11' },
    'error valid-to: A meghatalmazás vége már elmúlt',
  ],
]

test.each(rules)('%s says what is wrong with %j', (code, change, said) => {
  expect(saidOf(code, change).map((one) => one.slice(0, said.length))).toContain(said)
})

/** The calculated values of a form, as they are shown; where two have the same label, both get the value of the first. */
function calculatedIn(code: string, more: Answers = {}) {
  const definition = form(code)
  const rows = summarise(definition, { ...frame, ...right[code], ...more }, context, 'hu').flatMap((one) => one.rows)
  return Object.fromEntries(
    definition.pages
      .flatMap(({ items }) => items.flatMap((item) => (item.type === 'group' ? item.fields : [item])))
      .filter(({ type }) => type === 'calculated')
      .map(({ id, label }) => [
        id,
        rows
          .find((row) => row.label === label.hu)
          ?.values.join()
          .replaceAll('\u00a0', ' '),
      ]),
  )
}

const totals: [code: string, change: Answers, values: Record<string, string>][] = [
  [
    'epitmenyado-adatbejelentes',
    tick({ 'home-exemptions': ['farming'], 'home-exempt-farming': '10.5' }),
    { 'home-taxable-area': '39,75 m²' },
  ],
  ['telekado-adatbejelentes', {}, { 'taxable-area': '800 m²' }],
  [
    'idegenforgalmi-ado-bevallas',
    { 'tax-collected': '11000' },
    {
      'exempt-nights': '6 éjszaka',
      'taxable-nights': '24 éjszaka',
      tax: '12 000 Ft',
      uncollected: '1 000 Ft',
      payable: '12 000 Ft',
    },
  ],
  [
    'idegenforgalmi-ado-bevallas',
    { 'base-method': 'lodging-fee', 'lodging-fee': '100050', 'fee-rate': '3.5', 'tax-collected': '0' },
    { tax: '3 502 Ft', uncollected: '3 502 Ft', payable: '3 502 Ft' },
  ],
  [
    'talajterhelesi-dij-bevallas',
    {},
    { reductions: '15 m³', base: '90,5 m³', 'gross-fee': '162 900 Ft', fee: '161 900 Ft', payable: '161 000 Ft' },
  ],
  [
    'talajterhelesi-dij-bevallas',
    { 'area-kind': 'highly-sensitive', 'local-relief': '' },
    { 'gross-fee': '325 800 Ft', fee: '325 800 Ft' },
  ],
  ['ado-es-ertekbizonyitvany-kerelem', {}, { 'fee-due': '8 000 Ft' }],
  ['ado-es-ertekbizonyitvany-kerelem', { purpose: 'probate' }, { 'fee-due': '0 Ft' }],
  ['automatikus-reszletfizetesi-kerelem', {}, { 'debt-total': '1 000 000 Ft', 'monthly-part': '83 334 Ft' }],
  [
    'fizetesi-kedvezmeny-kerelem',
    {},
    {
      'debt-total': '900 000 Ft',
      'monthly-part': '41 667 Ft',
      'income-total': '300 001 Ft',
      'income-per-head': '150 001 Ft',
      'expense-total': '80 000 Ft',
      'left-over': '220 001 Ft',
    },
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    {},
    {
      'transfer-total': '1 000 Ft',
      'refund-total': '800 Ft',
      'public-debt-total': '200 Ft',
      'grand-total': '2 000 Ft',
    },
  ],
  [
    'tulfizetes-atvezetesi-visszateritesi-kerelem',
    { dispositions: ['refund'], 'no-public-debt': 'yes' },
    { 'grand-total': '800 Ft' },
  ],
  ['bejelentkezes-valtozas-bejelentes', {}, { 'advance-total': '3 500 Ft' }],
  ['bejelentkezes-valtozas-bejelentes', { 'has-third': 'no' }, { 'advance-total': '3 000 Ft' }],
]

test.each(totals)('%s counts with %j', (code, change, values) => {
  expect(calculatedIn(code, change)).toMatchObject(values)
})
