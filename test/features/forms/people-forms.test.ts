import { describe, expect, test } from 'vitest'
import { matches } from '../../../src/features/forms/form-search.ts'
import { type Answers, checkForm, type FormContext, summarise } from '../../../src/features/forms/index.ts'
import { form, said } from './catalogue-forms.ts'
import { signedIn } from './tiny-forms.ts'

const estate = 'hagyateki-leltar-adatszolgaltatas'
const heirs = 'nyilatkozat-oroklesre-jogosultakrol'
const possession = 'birtokvedelmi-kerelem'
const certificate = 'anyakonyvi-kivonat-kerelem'
const wedding = 'hazassagkotesi-szandek-bejelentese'
const hardship = 'rendkivuli-telepulesi-tamogatas-kerelem'
const support = 'telepulesi-tamogatas-kerelem'
const children = 'rendszeres-gyermekvedelmi-kedvezmeny-kerelem'
const fuel = 'szocialis-tuzeloanyag-tamogatas-kerelem'
const forms = [estate, heirs, possession, certificate, wedding, hardship, support, children, fuel]

const heir = (answers: Record<string, string>): Answers => ({ 'heirs-known': 'yes', heirs: [answers] })
const property = (answers: Record<string, string>): Answers => ({
  'asset-kinds': ['real-estate'],
  properties: [answers],
})
const owed = { 'asset-kinds': ['vehicles'], vehicles: [{ 'vehicle-value': '1000' }], 'debt-kinds': ['funeral'] }
const kin = { kinship: 'child', 'subject-birth-date': '1990-01-02' }
const minta = { family: 'Minta', given: 'Anna' }
/** two people of the same mother and day, the first called Minta Anna */
const twins = {
  'sender-birth-name': minta,
  'sender-mother-name': minta,
  'sender-birth-date': '1990-01-02',
  'second-mother-name': minta,
  'second-birth-date': '1990-01-02',
}
const members = (...numbers: string[]): Answers => ({
  'has-household': 'yes',
  'household-members': numbers.map((number) => ({ 'member-social-security-number': number })),
})
const child = (answers: Record<string, string>): Answers => ({ children: [answers] })
const funeral = { 'support-kind': 'funeral', 'funeral-cost': '1000', 'funeral-other-support': 'yes' }

/** A rule's edge: answers it lets pass, and answers it speaks of. */
const cases: [code: string, what: string, sound: Answers, broken: Answers, message: RegExp][] = [
  [
    estate,
    'born tomorrow',
    { 'deceased-birth-date': '2026-11-22' },
    { 'deceased-birth-date': '2026-11-23' },
    /^A születési idő nem lehet jövőbeli/,
  ],
  [
    estate,
    'dies tomorrow',
    { 'deceased-death-date': '2026-11-22' },
    { 'deceased-death-date': '2026-11-23' },
    /^Az elhalálozás napja nem lehet jövőbeli/,
  ],
  [
    estate,
    'dead before born',
    { 'deceased-birth-date': '1950-01-02', 'deceased-death-date': '1950-01-02' },
    { 'deceased-birth-date': '1950-01-02', 'deceased-death-date': '1950-01-01' },
    /nem lehet korábbi a születési időnél/,
  ],
  [
    estate,
    'the spouse of a divorced person',
    { 'informant-tie': 'spouse', 'deceased-marital-status': 'partnership' },
    { 'informant-tie': 'spouse', 'deceased-marital-status': 'divorced' },
    /házastársa vagy bejegyzett élettársa/,
  ],
  [
    estate,
    'an heir born long after the death',
    { 'deceased-death-date': '2026-01-01', ...heir({ 'heir-birth-date': '2026-10-28' }) },
    { 'deceased-death-date': '2026-01-01', ...heir({ 'heir-birth-date': '2026-10-29' }) },
    /több mint 300 nappal/,
  ],
  [
    estate,
    'an adult of seventeen',
    heir({ 'heir-birth-date': '2008-11-22', 'heir-capacity': 'adult' }),
    heir({ 'heir-birth-date': '2008-11-23', 'heir-capacity': 'adult' }),
    /még nem múlt el 18 éves/,
  ],
  [
    estate,
    'a minor of eighteen',
    heir({ 'heir-birth-date': '2008-11-23', 'heir-capacity': 'minor' }),
    heir({ 'heir-birth-date': '2008-11-22', 'heir-capacity': 'minor' }),
    /már betöltötte a 18\. életévét/,
  ],
  [
    estate,
    'a will of tomorrow',
    { testament: 'will', 'testament-date': '2026-11-22' },
    { testament: 'will', 'testament-date': '2026-11-23' },
    /^A dátum nem lehet jövőbeli/,
  ],
  [
    estate,
    'a will written after the death',
    { 'deceased-death-date': '2026-01-05', testament: 'will', 'testament-date': '2026-01-05' },
    { 'deceased-death-date': '2026-01-05', testament: 'will', 'testament-date': '2026-01-06' },
    /nem lehet későbbi az elhalálozás napjánál/,
  ],
  [
    estate,
    'something and nothing',
    { 'asset-kinds': ['none'] },
    { 'asset-kinds': ['art', 'none'] },
    /^Vagyontárgyat és azt is bejelölte, hogy nincs/,
  ],
  [estate, 'nothing to inventory', { 'asset-kinds': ['art'] }, { 'asset-kinds': ['none'] }, /leltár nélkül lezárja/],
  [
    estate,
    'land outside called inside',
    property({ 'property-parcel-number': '045/12', 'property-situation': 'outer' }),
    property({ 'property-parcel-number': '045/12', 'property-situation': 'inner' }),
    /^A 0-val kezdődő/,
  ],
  [
    estate,
    'land inside called outside',
    property({ 'property-parcel-number': '123/4', 'property-situation': 'garden' }),
    property({ 'property-parcel-number': '123/4', 'property-situation': 'outer' }),
    /0-val kezdődik/,
  ],
  [
    estate,
    'a car before there were cars',
    { 'asset-kinds': ['vehicles'], vehicles: [{ 'vehicle-year': '1900' }] },
    { 'asset-kinds': ['vehicles'], vehicles: [{ 'vehicle-year': '1899' }] },
    /^A gyártási év nem lehet helyes/,
  ],
  [
    estate,
    'a car twice',
    { 'asset-kinds': ['vehicles'], vehicles: [{ 'vehicle-plate': 'ABC-123' }, { 'vehicle-plate': 'ABC-124' }] },
    { 'asset-kinds': ['vehicles'], vehicles: [{ 'vehicle-plate': 'ABC-123' }, { 'vehicle-plate': 'ABC-123' }] },
    /^Ugyanaz a rendszám/,
  ],
  [
    estate,
    'an account twice',
    {
      'asset-kinds': ['accounts'],
      accounts: ['99900016-12345676', '11773016-11111018'].map((number) => ({
        'account-kind': 'account',
        'account-number': number,
      })),
    },
    {
      'asset-kinds': ['accounts'],
      accounts: ['99900016-12345676', '99900016-12345676'].map((number) => ({
        'account-kind': 'account',
        'account-number': number,
      })),
    },
    /^Ugyanaz a bankszámlaszám/,
  ],
  [
    estate,
    'a movable that need not be listed',
    { 'asset-kinds': ['movables'], movables: [{ 'movable-value': '300001' }] },
    { 'asset-kinds': ['movables'], movables: [{ 'movable-value': '300000' }] },
    /nem kötelező leltározni/,
  ],
  [
    estate,
    'a debt and none',
    { 'debt-kinds': ['none'] },
    { 'debt-kinds': ['loan', 'none'] },
    /^Terhet és azt is bejelölte/,
  ],
  [
    estate,
    'more debts than assets',
    { ...owed, 'funeral-cost': '1000' },
    { ...owed, 'funeral-cost': '1001' },
    /terhek meghaladják a vagyont/,
  ],
  [
    heirs,
    'the spouse of a widow',
    heir({}),
    { 'informant-tie': 'spouse', 'deceased-marital-status': 'widowed' },
    /^Korábban azt adta meg/,
  ],
  [possession, 'an act elsewhere', { 'act-here': 'yes' }, { 'act-here': 'no' }, /átteszi a kérelmet/],
  [possession, 'an act of tomorrow', { 'act-from': '2026-11-22' }, { 'act-from': '2026-11-23' }, /^A dátum nem lehet/],
  [
    possession,
    'an act that began more than a year ago',
    { 'act-from': '2025-11-22' },
    { 'act-from': '2025-11-21' },
    /kezdete óta több mint egy év/,
  ],
  [
    possession,
    'an act that ended before it began',
    { 'act-from': '2026-05-02', 'act-continuous': 'no', 'act-to': '2026-05-02' },
    { 'act-from': '2026-05-02', 'act-continuous': 'no', 'act-to': '2026-05-01' },
    /nem lehet korábbi a kezdeténél/,
  ],
  [
    possession,
    'an act that ended more than a year ago',
    { 'act-from': '2020-01-01', 'act-continuous': 'no', 'act-to': '2025-11-22' },
    { 'act-from': '2020-01-01', 'act-continuous': 'no', 'act-to': '2025-11-21' },
    /^A birtoksértés óta több mint egy év/,
  ],
  [possession, 'a lawsuit', { lawsuit: 'no' }, { lawsuit: 'yes' }, /ugyanerről per folyik/],
  [possession, 'a duty not paid', { duty: 'exempt' }, { duty: 'later' }, /fel fogja hívni Önt/],
  [
    certificate,
    'an agent who acts for nobody',
    { 'acts-as-agent': 'yes', kinship: 'agent' },
    { 'acts-as-agent': 'no', kinship: 'agent' },
    /válassza az igent/,
  ],
  [
    certificate,
    'one’s own death',
    { kinship: 'own', 'event-kind': 'marriage' },
    { kinship: 'own', 'event-kind': 'death' },
    /ne „A sajátját” válassza/,
  ],
  [
    certificate,
    'married at birth',
    { ...kin, 'event-kind': 'marriage', 'marriage-date': '1990-01-03' },
    { ...kin, 'event-kind': 'marriage', 'marriage-date': '1990-01-02' },
    /^A házasságkötés vagy a kapcsolat létesítésének napja nem lehet korábbi/,
  ],
  [
    certificate,
    'dead before born',
    { ...kin, 'event-kind': 'death', 'death-date': '1990-01-02' },
    { ...kin, 'event-kind': 'death', 'death-date': '1990-01-01' },
    /^Az elhalálozás napja nem lehet korábbi/,
  ],
  ...(
    [
      ['birth', 'subject-birth-date'],
      ['partnership', 'marriage-date'],
      ['death', 'death-date'],
    ] as const
  ).map(([kind, day]): (typeof cases)[number] => [
    certificate,
    `an old ${kind} elsewhere`,
    { kinship: 'child', 'event-kind': kind, [day]: '2014-07-01', 'event-here': 'no' },
    { kinship: 'child', 'event-kind': kind, [day]: '2014-06-30', 'event-here': 'no' },
    /^A 2014\. július 1\. előtti eseményről/,
  ]),
  [wedding, 'sent by an agent', { 'acts-as-agent': 'no' }, { 'acts-as-agent': 'yes' }, /csak az egyik házasuló/],
  [
    wedding,
    'divorced before born',
    { 'second-birth-date': '1990-01-02', 'second-former-status': 'divorced', 'second-former-end': '1990-01-03' },
    { 'second-birth-date': '1990-01-02', 'second-former-status': 'divorced', 'second-former-end': '1990-01-02' },
    /^A megszűnés napja/,
  ],
  [
    wedding,
    'oneself',
    { ...twins, 'second-birth-name': { family: 'Más', given: 'Anna' } },
    { ...twins, 'second-birth-name': minta },
    /megegyeznek az Önéivel/,
  ],
  [
    wedding,
    'married today',
    { 'wedding-date': '2026-11-23' },
    { 'wedding-date': '2026-11-22' },
    /^A házasságkötés napja nem lehet mai/,
  ],
  [
    wedding,
    'married in thirty days',
    { exemption: 'no', 'wedding-date': '2026-12-23' },
    { exemption: 'no', 'wedding-date': '2026-12-22' },
    /^A házasságot legkorábban 30 nappal/,
  ],
  [
    wedding,
    'married after a year',
    { 'wedding-date': '2027-11-22' },
    { 'wedding-date': '2027-11-23' },
    /egy éven túli/,
  ],
  [
    wedding,
    'another day that is past',
    { 'wedding-date-other': '2026-11-23' },
    { 'wedding-date-other': '2026-11-22' },
    /^A másik nap nem lehet mai/,
  ],
  [
    wedding,
    'another day in thirty days',
    { exemption: 'no', 'wedding-date-other': '2026-12-23' },
    { exemption: 'no', 'wedding-date-other': '2026-12-22' },
    /^A másik nap is legkorábban/,
  ],
  [
    wedding,
    'another day that is the same',
    { 'wedding-date': '2027-06-12', 'wedding-date-other': '2027-06-13' },
    { 'wedding-date': '2027-06-12', 'wedding-date-other': '2027-06-12' },
    /^A két nap ugyanaz/,
  ],
  [
    wedding,
    'somebody of fifteen',
    { 'second-birth-date': '2011-01-10', 'wedding-date': '2027-01-10' },
    { 'second-birth-date': '2011-01-10', 'wedding-date': '2027-01-09' },
    /^A másik házasuló a megadott napon/,
  ],
  [
    wedding,
    'oneself at fifteen',
    { 'sender-birth-date': '2011-01-10', 'wedding-date': '2027-01-10' },
    { 'sender-birth-date': '2011-01-10', 'wedding-date': '2027-01-09' },
    /^Ön a megadott napon/,
  ],
  [
    wedding,
    'somebody of seventeen',
    { 'sender-birth-date': '1990-01-01', 'second-birth-date': '2009-01-10', 'wedding-date': '2027-01-10' },
    { 'sender-birth-date': '1990-01-01', 'second-birth-date': '2009-01-10', 'wedding-date': '2027-01-09' },
    /gyámhatóság előzetes engedélye/,
  ],
  [
    wedding,
    'family names changed for each other',
    { 'first-name-after': 'keep', 'second-name-after': 'spouse-family' },
    { 'first-name-after': 'spouse-family', 'second-name-after': 'spouse-family' },
    /egymás családi nevét/,
  ],
  [
    wedding,
    'two wives',
    { 'first-name-after': 'nee', 'second-name-after': 'keep' },
    { 'first-name-after': 'nee', 'second-name-after': 'nee-own' },
    /csak a feleség viselhet/,
  ],
  [
    wedding,
    'a witness of seventeen',
    { 'wedding-date': '2027-01-10', witnesses: [{ 'witness-birth-date': '2009-01-10' }] },
    { 'wedding-date': '2027-01-10', witnesses: [{ 'witness-birth-date': '2009-01-11' }] },
    /^A tanú a házasságkötés napján/,
  ],
  [
    hardship,
    'the applicant as another member',
    { 'applicant-social-security-number': '111111110', ...members('111111127') },
    { 'applicant-social-security-number': '111111110', ...members('111111110') },
    /^Ez a kérelmező TAJ-száma/,
  ],
  [
    hardship,
    'a member twice',
    members('111111110', '111111127'),
    members('111111127', '111111127'),
    /két személynél is szerepel/,
  ],
  [hardship, 'no income', { 'own-income-other': '1' }, { 'own-income-other': '0' }, /^Nem adott meg jövedelmet/],
  [
    hardship,
    'assets and none',
    { 'social-assets': ['none'] },
    { 'social-assets': ['deposit', 'none'] },
    /^Vagyontárgyat és azt is bejelölte, hogy egyik sincs/,
  ],
  [
    hardship,
    'the tax identification number of somebody else',
    { 'applicant-birth-date': '1949-04-04', 'applicant-tax-id': '8300439994' },
    { 'applicant-birth-date': '1980-01-01', 'applicant-tax-id': '8300439994' },
    /más születési időt tartalmaz/,
  ],
  [
    support,
    'coal for a home heated with gas',
    { 'support-kind': 'firewood', 'heating-kind': 'mixed' },
    { 'support-kind': 'firewood', 'heating-kind': 'other' },
    /Ha mással fűt/,
  ],
  [
    support,
    'more given than it cost',
    { ...funeral, 'funeral-other-amount': '1000' },
    { ...funeral, 'funeral-other-amount': '1001' },
    /nem lehet több a temetés költségénél/,
  ],
  [
    children,
    'alone with a spouse',
    { 'marital-status': 'separated', 'single-parent': 'yes' },
    { 'marital-status': 'married', 'single-parent': 'yes' },
    /házastárssal vagy élettárssal él/,
  ],
  [
    children,
    'a child of twenty-five',
    child({ 'child-birth-date': '2001-11-23' }),
    child({ 'child-birth-date': '2001-11-22' }),
    /25\. életév/,
  ],
  [
    children,
    'a child of age that does not study',
    child({ 'child-birth-date': '2008-11-23', 'child-studies': 'none' }),
    child({ 'child-birth-date': '2008-11-22', 'child-studies': 'none' }),
    /csak nappali tanulmányok mellett/,
  ],
  [
    children,
    'a pupil of twenty-three',
    child({ 'child-birth-date': '2003-11-23', 'child-studies': 'school' }),
    child({ 'child-birth-date': '2003-11-22', 'child-studies': 'school' }),
    /23\. életév/,
  ],
  [
    children,
    'a child twice',
    { children: ['111111110', '111111127'].map((number) => ({ 'child-social-security-number': number })) },
    { children: ['111111110', '111111110'].map((number) => ({ 'child-social-security-number': number })) },
    /két gyermeknél is szerepel/,
  ],
  [
    fuel,
    'coal for a wood stove',
    { 'heating-kind': 'wood', 'fuel-asked': 'wood' },
    { 'heating-kind': 'wood', 'fuel-asked': 'coal' },
    /nem egyezik azzal, amivel fűt/,
  ],
  [
    fuel,
    'priority and none',
    { 'priority-grounds': ['none'] },
    { 'priority-grounds': ['old-age', 'none'] },
    /^Ellátást és azt is bejelölte/,
  ],
]

describe('a rule of a form speaks when it is broken, and only then:', () => {
  test.each(cases)('%s: %s', (code, _what, sound, broken, message) => {
    expect(said(code, sound).filter((one) => message.test(one))).toEqual([])
    expect(said(code, broken).filter((one) => message.test(one))).toHaveLength(1)
  })

  test('each message of each rule has its case', () => {
    const heard = new Set(cases.flatMap(([code, , , broken]) => said(code, broken)))
    const rules = forms.flatMap((code) =>
      form(code)
        .pages.flatMap(({ items }) =>
          items.flatMap((item) => (item.type === 'group' ? [item, ...item.fields] : [item])),
        )
        .flatMap((item) => item.rules.map(({ message }) => message.hu)),
    )
    expect(rules.filter((message) => !heard.has(message))).toEqual([])
  })
})

const address = { postalCode: '2367', settlement: 'Újhartyán', street: 'Fő', streetType: 'utca', houseNumber: '1' }
const frame: Answers = {
  'sender-email': 'anna@example.test',
  'sender-phone': '+36301234567',
  'acts-as-agent': 'no',
  'declared-at': 'Újhartyán',
  'true-data': 'yes',
  // of a page where nothing need be answered: it was sent
  'other-files': '',
  'totals-note': '',
  'kinship-files': '',
  'deduction-loans': '',
  'subject-married-name': '',
}
/** the sender's own matter: names and birth are known, the rest is asked */
const annaAs = (prefix: string): Answers => ({
  [`${prefix}-citizenship`]: 'hungarian',
  [`${prefix}-residence`]: 'hungary',
  [`${prefix}-home-address`]: address,
  [`${prefix}-mail-to`]: 'home',
})
const deceased: Answers = {
  ...annaAs('informant'),
  'informant-tie': 'spouse',
  'deceased-name': { family: 'Minta', given: 'Béla' },
  'deceased-birth-name': { family: 'Minta', given: 'Béla' },
  'deceased-mother-name': minta,
  'deceased-birth-place': 'Cegléd',
  'deceased-birth-date': '1950-04-12',
  'deceased-death-date': '2026-03-01',
  'deceased-death-place': 'Cegléd',
  'deceased-marital-status': 'married',
  'deceased-citizenship': 'hungarian',
  'deceased-residence': 'hungary',
  'deceased-address': address,
  'spouse-residence': 'hungary',
  'spouse-address': address,
  testament: 'none',
  'heirs-known': 'yes',
  heirs: [
    { 'heir-name': minta, 'heir-tie': 'child', 'heir-residence': 'unknown', 'heir-capacity': 'adult' },
    {
      'heir-name': minta,
      'heir-birth-date': '2015-05-05',
      'heir-tie': 'grandchild',
      'heir-residence': 'hungary',
      'heir-address': address,
      'heir-capacity': 'minor',
      'heir-representative': 'Minta Anna',
      'heir-representative-address': '2367 Újhartyán, Fő utca 1.',
    },
  ],
}
const needy: Answers = {
  'applicant-social-security-number': '111111110',
  'marital-status': 'widowed',
  'legal-status': 'hungarian',
  'lives-at': 'home',
  'home-here': address,
  'mail-elsewhere': 'no',
  'has-household': 'no',
  'own-income-work': '100001',
  'social-assets': ['none'],
  'payment-kind': 'bank',
  'payment-account': '99900016-12345676',
  'payment-account-holder': 'Minta Anna',
  'all-incomes': 'yes',
  'data-consent': 'yes',
}
const member = {
  'member-name': minta,
  'member-birth-name': minta,
  'member-mother-name': minta,
  'member-birth-date': '1980-01-01',
  'member-tie': 'sibling',
}
const twoMore: Answers = {
  'has-household': 'yes',
  'household-members': [
    { ...member, 'member-social-security-number': '111111127', 'member-income-pension': '50000' },
    { ...member, 'member-social-security-number': '111111134' },
  ],
}
const marrying = (prefix: string): Answers => ({ ...annaAs(prefix), [`${prefix}-former-status`]: 'single' })

/** One right set of answers to each form; Anna's own data come from her identification. */
const right: Record<string, Answers> = {
  [estate]: {
    ...deceased,
    'minor-interest': 'no',
    'asset-kinds': ['real-estate', 'vehicles', 'claims'],
    properties: [
      {
        'property-settlement': 'Újhartyán',
        'property-parcel-number': '123/4',
        'property-situation': 'inner',
        'property-kind': 'house',
        'property-share': '1/2',
        'property-use': 'family',
        'property-value': '10000000',
      },
    ],
    vehicles: [
      {
        'vehicle-plate': 'ABC-123',
        'vehicle-type': 'Suzuki Swift',
        'vehicle-year': '2015',
        'vehicle-share': '1/1',
        'vehicle-papers': 'both',
        'vehicle-value': '500000',
      },
    ],
    claims: [
      { 'claim-kind': 'pension', 'claim-debtor': 'Magyar Államkincstár', 'claim-amount': '150000' },
      { 'claim-kind': 'wage', 'claim-debtor': 'Minta Kft.', 'claim-amount': '50001' },
    ],
    'debt-kinds': ['funeral', 'loan'],
    'funeral-cost': '700000',
    'funeral-payer': 'Minta Anna',
    debts: [{ 'debt-kind': 'loan', 'debt-creditor': 'Minta Bank', 'debt-amount': '300000' }],
  },
  [heirs]: { ...deceased, 'no-other-heirs': 'yes' },
  [possession]: {
    ...annaAs('applicant'),
    opponents: [
      {
        'opponent-kind': 'person',
        'opponent-name': minta,
        'opponent-residence': 'hungary',
        'opponent-address': address,
      },
    ],
    'thing-kind': 'real-estate',
    'thing-address': address,
    'thing-parcel-number': '123/4',
    'possession-basis': 'owner',
    'act-kind': 'disturbance',
    'act-description': 'Elállta a kaput.',
    'act-here': 'yes',
    'act-place': 'a kapunál',
    'act-from': '2026-10-01',
    'act-continuous': 'yes',
    'requested-measure': 'both',
    'wants-compensation': 'no',
    lawsuit: 'no',
    evidence: [
      {
        'evidence-kind': 'witness',
        'evidence-person': 'Minta Béla',
        'evidence-person-address': '2367 Újhartyán, Fő utca 3.',
        'evidence-note': 'Látta.',
      },
    ],
    duty: 'paid',
    'duty-amount': '3000',
    'duty-date': '2026-11-20',
  },
  [certificate]: {
    ...annaAs('applicant'),
    kinship: 'own',
    'event-kind': 'marriage',
    'partner-birth-name': minta,
    'marriage-place': 'Újhartyán',
    'marriage-date': '2015-06-20',
    'event-here': 'yes',
    use: 'abroad',
    'use-other': 'letelepedéshez',
    copies: '2',
    multilingual: 'no',
    delivery: 'post',
  },
  [wedding]: {
    ...marrying('first'),
    'first-document': '123456AB',
    ...marrying('second'),
    'second-name': { family: 'Kis', given: 'Béla' },
    'second-birth-name': { family: 'Kis', given: 'Béla' },
    'second-mother-name': minta,
    'second-birth-place': 'Cegléd',
    'second-birth-date': '1990-01-02',
    'second-document': '123457AB',
    exemption: 'no',
    'wedding-date': '2027-06-12',
    'wedding-time': '15:30',
    'outside-hours': 'yes',
    'wedding-place': 'office',
    interpreter: 'no',
    'first-name-after': 'nee',
    'first-married-name': 'Kis Béláné',
    'second-name-after': 'keep',
    'children-name': 'second',
    witnesses: [],
    'no-obstacle': 'yes',
  },
  [hardship]: {
    ...needy,
    ...twoMore,
    'support-purpose': 'illness',
    'support-reason': 'Beteg vagyok.',
    'deduction-maintenance': '10000',
    'deduction-loans': '5000',
    'housing-title': 'tenant',
    'cost-rent': '80000',
    'cost-other': '1',
  },
  [support]: {
    ...needy,
    'support-kind': 'funeral',
    'support-reason': 'Meghalt az édesapám.',
    'funeral-deceased-name': { family: 'Minta', given: 'Béla' },
    'funeral-death-date': '2026-03-01',
    'funeral-tie': 'gyermeke',
    'funeral-cost': '700000',
    'funeral-other-support': 'no',
  },
  [children]: {
    ...needy,
    ...twoMore,
    'applicant-role': 'parent',
    'single-parent': 'yes',
    children: ['111111141', '111111158'].map((number, position) => ({
      'child-name': minta,
      'child-mother-name': minta,
      'child-birth-place': 'Cegléd',
      'child-birth-date': '2015-05-05',
      'child-social-security-number': number,
      'child-studies': 'home',
      'child-disabled': 'no',
      'child-income-orphan': position === 0 ? '30000' : '',
      'child-income-other': position === 0 ? '2000' : '',
    })),
    'asks-disadvantage': 'no',
  },
  [fuel]: {
    ...needy,
    'heating-kind': 'wood',
    'fuel-asked': 'wood',
    'priority-grounds': ['old-age'],
    transport: 'no',
    'one-per-home': 'yes',
  },
}

const paper = [{ id: '1', name: 'irat.pdf', sizeBytes: 1000, scan: 'clean' as const }]
const mustBeAttached = ['death-certificate', 'duty-proof', 'income-proof', 'medical-proof', 'death-proof']
/** Anna, signed in on 22 November 2026, with what must be attached. */
const atHome: FormContext = {
  ...signedIn,
  attachments: Object.fromEntries(mustBeAttached.map((id) => [id, paper])),
}

describe('right answers are taken', () => {
  test.each(forms)('in %s', (code) => {
    const { complete, pages, warnings } = checkForm(form(code), { ...frame, ...right[code] }, atHome)
    expect(
      pages.flatMap(({ page, visited, errors }) => (visited && errors.length === 0 ? [] : [{ page: page.id, errors }])),
    ).toEqual([])
    expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
  })

  test.each([
    [estate, 'death-certificate'],
    [possession, 'duty-proof'],
    [hardship, 'medical-proof'],
    [support, 'death-proof'],
    [fuel, 'income-proof'],
  ])('in %s not without %s', (code, file) => {
    const { pages } = checkForm(
      form(code),
      { ...frame, ...right[code] },
      {
        ...atHome,
        attachments: { ...atHome.attachments, [file]: [] },
      },
    )
    expect(pages.flatMap(({ errors }) => errors.map(({ field }) => field))).toEqual([file])
  })
})

/** What a form calculates, by label, as it is shown. */
function calculatedIn(code: string, change: Answers): Record<string, string> {
  const definition = form(code)
  const rows = summarise(definition, { ...frame, ...right[code], ...change }, atHome, 'hu').flatMap((one) => one.rows)
  const labels = definition.pages
    .flatMap(({ items }) => items.flatMap((item) => (item.type === 'group' ? item.fields : [item])))
    .filter(({ type }) => type === 'calculated')
    .map(({ label }) => label.hu)
  return Object.fromEntries(
    rows
      .filter(({ label }) => labels.includes(label))
      .map(({ label, values }) => [label, values.join().replaceAll('\u00a0', ' ')]),
  )
}

test('whoever marries and is no Hungarian citizen finds their country by typing its beginning', () => {
  const typed = (country: string) => ({ 'first-citizenship': 'other', 'first-citizenship-other': country })
  const heard = (country: string) =>
    said(wedding, typed(country)).filter((key) => key.startsWith('forms.errors.search'))
  expect(['Szlovákia', 'ausztria', 'serb', 'hontalan', 'sk'].flatMap(heard)).toEqual([])
  expect([...heard('Kongó'), ...heard('Atlantisz')]).toEqual([
    'forms.errors.search.several',
    'forms.errors.search.none',
  ])
})

test.each<[code: string, change: Answers, values: Record<string, string>]>([
  [
    estate,
    {},
    {
      'Ingatlanok értéke': '10 000 000 Ft',
      'Gépjárművek értéke': '500 000 Ft',
      'Bankszámlák, értékpapírok, üzletrészek értéke': '0 Ft',
      'Követelések, biztosítások összege': '200 001 Ft',
      'A vagyon összesen': '10 700 001 Ft',
      'A terhek összesen': '1 000 000 Ft',
      'A hagyaték tiszta értéke': '9 700 001 Ft',
    },
  ],
  [estate, { 'asset-kinds': ['none'] }, { 'A vagyon összesen': '0 Ft', 'A hagyaték tiszta értéke': '-1 000 000 Ft' }],
  [
    hardship,
    {},
    {
      'A háztartás létszáma': '3 fő',
      'A háztartás havi nettó jövedelme': '150 001 Ft',
      'Az egy főre jutó havi nettó jövedelem': '50 000 Ft',
      'Levonások összesen havonta': '15 000 Ft',
      'A levonások után marad': '135 001 Ft',
      'A lakás költsége összesen havonta': '80 001 Ft',
    },
  ],
  [
    hardship,
    { 'has-household': 'no' },
    { 'A háztartás létszáma': '1 fő', 'Az egy főre jutó havi nettó jövedelem': '100 001 Ft' },
  ],
  [
    children,
    {},
    {
      'A háztartás létszáma': '5 fő',
      'A háztartás havi nettó jövedelme': '182 001 Ft',
      'Az egy főre jutó havi nettó jövedelem': '36 400 Ft',
    },
  ],
])('%s counts with %j', (code, change, values) => {
  expect(calculatedIn(code, change)).toMatchObject(values)
})

test.each([
  ['hagyatek', estate],
  ['örökös', heirs],
  ['szomszéd', possession],
  ['halotti anyakönyvi', certificate],
  ['esküvő', wedding],
  ['segély', hardship],
  ['gyógyszer', support],
  ['menza', children],
  ['tűzifa', fuel],
])('who looks for „%s” finds %s', (query, code) => {
  expect(matches(form(code), query, 'hu')).toBe(true)
})
