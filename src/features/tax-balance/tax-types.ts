/**
 * The municipal tax types (adónem). No official list of codes is known; these are the values of the list `tax-types/1` of the
 * forms, so that a balance can fill in a form, and `registerCode` is the one of the reference data they were taken from.
 *
 * Names and days are facts, not sentences, and stand here in both languages. A change of law is a changed row: a rule ends with
 * its last day (`until`) and the next one begins.
 * Sources: Htv. (1990. évi C. törvény); Art. (2017. évi CL. törvény) annex 3 for the days; published lists of collection accounts
 * of Pásztó and Hajdúnánás for the suffixes
 */
export interface TaxType {
  code: string
  registerCode: string
  name: { hu: string; en: string }
  /** Hungarian, in capitals, as short as a bank's reference wants it */
  transferName: string
  /** first four digits of the last block of the collection account, in its customary form; accounts are stored whole */
  accountSuffix: string | null
  assessment: 'by-decision' | 'self' | 'at-once' | 'other-body' | 'local-decree' | 'unknown'
  dueRules: readonly DueRule[]
  /** whether late interest is due on arrears of it */
  bearsInterest: boolean
  /** `historic`: nothing new falls due, old arrears may remain */
  status: 'current' | 'historic'
  /** what of the row has not been confirmed by two sources */
  unverified: readonly ('account-suffix' | 'bears-interest')[]
}

/** A day of each year by which the law wants a tax paid. */
export interface DueRule {
  /** null: of each month */
  month: number | null
  day: number
  part: 'half-year' | 'advance' | 'difference' | 'month-before' | 'year-before'
  /** first and last day as the law has it, YYYY-MM-DD, on which it holds; null: without a limit known here */
  from: string | null
  until: string | null
}

const always = { from: null, until: null }

const inHalves: readonly DueRule[] = [
  { month: 3, day: 15, part: 'half-year', ...always },
  { month: 9, day: 15, part: 'half-year', ...always },
]

export const taxTypes: readonly TaxType[] = [
  {
    code: 'building-tax',
    registerCode: 'EPITMENYADO',
    name: { hu: 'Építményadó', en: 'Building tax' },
    transferName: 'ÉPÍTMÉNYADÓ',
    accountSuffix: '0244',
    assessment: 'by-decision',
    dueRules: inHalves,
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'plot-tax',
    registerCode: 'TELEKADO',
    name: { hu: 'Telekadó', en: 'Plot tax' },
    transferName: 'TELEKADÓ',
    accountSuffix: '0251',
    assessment: 'by-decision',
    dueRules: inHalves,
    bearsInterest: true,
    status: 'current',
    unverified: ['account-suffix'],
  },
  {
    code: 'communal-tax',
    registerCode: 'MAGANSZ_KOMM',
    name: { hu: 'Magánszemélyek kommunális adója', en: 'Communal tax of private individuals' },
    transferName: 'KOMMUNÁLIS ADÓ',
    accountSuffix: '0282',
    assessment: 'by-decision',
    dueRules: inHalves,
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'business-tax',
    registerCode: 'HIPA',
    name: { hu: 'Helyi iparűzési adó', en: 'Local business tax' },
    transferName: 'IPARŰZÉSI ADÓ',
    accountSuffix: '0354',
    assessment: 'self',
    dueRules: [
      { month: 3, day: 15, part: 'advance', ...always },
      { month: 5, day: 31, part: 'difference', ...always },
      { month: 9, day: 15, part: 'advance', ...always },
    ],
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'tourist-tax',
    registerCode: 'IFA_TARTOZKODAS',
    name: { hu: 'Idegenforgalmi adó tartózkodás után', en: 'Tourist tax per night' },
    transferName: 'IDEGENFORGALMI ADÓ',
    accountSuffix: '0309',
    assessment: 'self',
    dueRules: [{ month: null, day: 15, part: 'month-before', ...always }],
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'settlement-tax',
    registerCode: 'TELEPULESI',
    name: { hu: 'Települési adó', en: 'Settlement tax' },
    transferName: 'TELEPÜLÉSI ADÓ',
    accountSuffix: null,
    assessment: 'local-decree',
    dueRules: [],
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'soil-load-fee',
    registerCode: 'TALAJTERHELESI',
    name: { hu: 'Talajterhelési díj', en: 'Soil load fee' },
    transferName: 'TALAJTERHELÉSI DÍJ',
    accountSuffix: '0392',
    assessment: 'self',
    dueRules: [{ month: 3, day: 31, part: 'year-before', ...always }],
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'vehicle-tax',
    registerCode: 'GEPJARMUADO',
    name: { hu: 'Gépjárműadó (2020-ig keletkezett)', en: 'Motor vehicle tax (arisen until 2020)' },
    transferName: 'GÉPJÁRMŰADÓ',
    accountSuffix: '0897',
    assessment: 'by-decision',
    // The state tax authority took it over on 1 January 2021.
    dueRules: inHalves.map((rule) => ({ ...rule, until: '2020-12-31' })),
    bearsInterest: true,
    status: 'historic',
    unverified: [],
  },
  {
    code: 'arable-land-rent',
    registerCode: 'TERMOFOLD_SZJA',
    name: { hu: 'Termőföld-bérbeadásból származó jövedelem adója', en: 'Income tax on arable land rent' },
    transferName: 'TERMŐFÖLD BÉRBEADÁS',
    accountSuffix: '0866',
    assessment: 'self',
    dueRules: [],
    bearsInterest: true,
    status: 'current',
    unverified: [],
  },
  {
    code: 'late-interest',
    registerCode: 'KESEDELMI_POTLEK',
    name: { hu: 'Késedelmi pótlék', en: 'Late-payment interest' },
    transferName: 'KÉSEDELMI PÓTLÉK',
    accountSuffix: '0378',
    assessment: 'at-once',
    dueRules: [],
    bearsInterest: false,
    status: 'current',
    unverified: [],
  },
  {
    code: 'fine',
    registerCode: 'BIRSAG',
    name: { hu: 'Bírság', en: 'Fine' },
    transferName: 'BÍRSÁG',
    accountSuffix: '0361',
    assessment: 'by-decision',
    dueRules: [],
    bearsInterest: true,
    status: 'current',
    unverified: ['bears-interest'],
  },
  {
    code: 'foreign-debt',
    registerCode: 'IDEGEN',
    name: {
      hu: 'Idegen bevételek (más szervnek beszedett tartozás)',
      en: 'Debts collected for other bodies',
    },
    transferName: 'IDEGEN BEVÉTEL',
    accountSuffix: '0440',
    assessment: 'other-body',
    dueRules: [],
    // What is added to it is for the body to say that asked for its collection.
    bearsInterest: false,
    status: 'current',
    unverified: ['bears-interest'],
  },
  {
    code: 'other-revenue',
    registerCode: 'EGYEB',
    name: { hu: 'Egyéb bevételek', en: 'Other revenue' },
    transferName: 'EGYÉB BEVÉTEL',
    accountSuffix: '0880',
    assessment: 'by-decision',
    dueRules: [],
    bearsInterest: true,
    status: 'current',
    unverified: ['bears-interest'],
  },
  {
    code: 'procedure-duty',
    registerCode: 'ILLETEK',
    name: { hu: 'Államigazgatási eljárási illeték', en: 'Administrative procedure duty' },
    transferName: 'ELJÁRÁSI ILLETÉK',
    accountSuffix: '0347',
    assessment: 'at-once',
    dueRules: [],
    bearsInterest: true,
    status: 'historic',
    unverified: ['bears-interest'],
  },
  {
    code: 'undertakings-communal-tax',
    registerCode: 'VALL_KOMM',
    name: { hu: 'Vállalkozók kommunális adója', en: 'Communal tax of undertakings' },
    transferName: 'VÁLLALKOZÓK KOMMUNÁLIS ADÓJA',
    accountSuffix: '0299',
    assessment: 'unknown',
    dueRules: [],
    bearsInterest: true,
    status: 'historic',
    unverified: [],
  },
  {
    code: 'tourist-tax-on-buildings',
    registerCode: 'IFA_EPULET',
    name: { hu: 'Idegenforgalmi adó épület után', en: 'Tourist tax on holiday buildings' },
    transferName: 'IDEGENFORGALMI ADÓ ÉPÜLET',
    accountSuffix: '0316',
    assessment: 'unknown',
    dueRules: [],
    bearsInterest: true,
    status: 'historic',
    unverified: [],
  },
  {
    code: 'luxury-tax',
    registerCode: 'LUXUSADO',
    name: { hu: 'Luxusadó', en: 'Luxury tax' },
    transferName: 'LUXUSADÓ',
    accountSuffix: '0385',
    assessment: 'unknown',
    dueRules: [],
    bearsInterest: true,
    status: 'historic',
    unverified: [],
  },
]

const byCode = new Map(taxTypes.map((taxType) => [taxType.code, taxType]))

/** @returns undefined for a code that a tax system invented; its account is shown under the code itself */
export function findTaxType(code: string): TaxType | undefined {
  return byCode.get(code)
}
