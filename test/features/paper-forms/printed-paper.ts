/** What a person who fills in the general request (általános kérelem) without signing in carries to the office. */
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import type { Answers } from '../../../src/features/forms/engine/answers.ts'
import { paperCodes } from '../../../src/features/forms/paper-content.ts'
import { settlementDirectory } from '../../../src/features/settlements/settlement-directory.ts'
import { drawCode } from '../../../src/platform/codes/drawn-code.ts'
import { pictureOf } from '../../platform/codes/picture.ts'

const request: Answers = {
  'sender-name': { family: 'Papír', given: 'Piroska' },
  'sender-birth-name': { family: 'Papír', given: 'Piroska' },
  'sender-mother-name': { family: 'Próba', given: 'Mária' },
  'sender-birth-place': 'Újhartyán',
  'sender-birth-date': '1970-05-06',
  'sender-email': 'papir.piroska@example.hu',
  'sender-phone': '+36 30 123 4567',
  'acts-as-agent': 'no',
  'sender-residence': 'hungary',
  'sender-home-address': {
    postalCode: '2367',
    settlement: 'Újhartyán',
    street: 'Képzelet',
    streetType: 'utca',
    houseNumber: '12.',
  },
  'sender-mail-to': 'home',
  addressee: 'Polgármesteri Hivatal',
  topic: 'administration',
  subject: 'Kátyú az Álom téren',
  body: 'Kérem, javítsák ki a kátyút.',
  'declared-at': 'Újhartyán',
  'declared-on': '2026-01-02',
  'true-data': 'yes',
}

/** The texts of its codes. */
export function printedPaper(change: Answers = {}, settlementSlug = 'ujhartyan'): string[] {
  const settlement = settlementDirectory().findBySlug(settlementSlug)
  const definition = readDefinitions()
    .filter(({ code }) => code === 'altalanos-kerelem')
    .toSorted((a, b) => b.version - a.version)[0]
  if (settlement === undefined || definition === undefined) throw new Error('no such paper')
  const { id, name, postalCodes } = settlement
  const codes = paperCodes(
    definition,
    { ...request, ...change },
    {
      today: '2026-01-02',
      settlement: { id, name, postalCodes },
      identity: null,
      contact: {},
      actingAs: 'self',
    },
  )
  if (codes === undefined) throw new Error('too long for paper')
  return codes
}

/** Nothing that packs, so that the paper has several codes. */
export function longText(length: number): string {
  let seed = 7
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return 'aábcdeéfghiíjklmnoóöőpqrstuúüűvwxyzAÁBCDEÉFGHIÍJKLMNOÓÖŐPQRSTUÚÜŰVWXYZ0123456789 '.charAt(seed % 80)
  })
    .join('')
    .trim()
}

/** As a scanner sees them. */
export function scanOf(codes: readonly string[]): Buffer {
  return pictureOf(codes.map(drawCode), 4)
}
