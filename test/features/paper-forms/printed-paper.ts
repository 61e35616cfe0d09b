/** What a person who fills in the general request (általános kérelem) without signing in carries to the office. */
import { parse } from 'node-html-parser'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import type { Answers } from '../../../src/features/forms/index.ts'
import { paperCodes } from '../../../src/features/forms/paper-content.ts'
import { settlementDirectory } from '../../../src/features/settlements/index.ts'
import { drawCode } from '../../../src/platform/codes/drawn-code.ts'
import type { CastPerson } from '../../cast/people.ts'
import { pictureOf } from '../../platform/codes/picture.ts'
import type { Page, TestPortal } from '../../support/portal.ts'

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

/** Reads and takes over a paper; where that leads. */
export async function takeOverPaper(
  portal: TestPortal,
  codes: readonly string[],
  { as, office, change = {} }: { as: CastPerson; office: string; change?: Record<string, string> },
): Promise<Page> {
  const read = await portal.post(`/hivatal/${office}/papir`, { kodok: codes.join('\n') }, { as })
  return portal.post(`/hivatal/${office}/papir/atvetel`, { ...takingOver(read), ...change }, { as })
}

/** What the page on which a paper was read would post. */
export function takingOver(page: Page): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const input of page.html.querySelectorAll('form[action$="/papir/atvetel"] input')) {
    const name = input.getAttribute('name')
    if (name !== undefined && name !== '_csrf') fields[name] = decoded(input.getAttribute('value') ?? '')
  }
  if (fields['kodok'] === undefined) throw new Error(`no paper on the page: ${page.text.slice(0, 400)}`)
  return fields
}

export function decoded(text: string): string {
  return parse(`<p>${text}</p>`).text
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
