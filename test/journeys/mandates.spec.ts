import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bela, type CastPerson, cecilia } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { fillUpToAttachments } from './general-request.ts'
import { Visitor } from './person.ts'

let browser: Browser
const { url } = inject('journeyPortal')
const etelka = { name: 'Képzelt Etelka', taxId: '8255559973' }

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

async function comeIn(person: CastPerson, width: 1280 | 390, scripts = true): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, url, { width, scripts, keyboard: false })
  await visitor.open('/')
  await visitor.signIn(person)
  if (!visitor.page.url().endsWith('/elso-belepes')) return visitor
  await visitor.type(/alapértelmezett/, person.address.settlement)
  await visitor.tick(/Elolvastam és elfogadom/)
  await visitor.press('Fiók létrehozása')
  return visitor
}

test('the right to read Etelka’s balance is missing, a clerk records it, and the balance is there', async () => {
  const visitor = await comeIn(bela, 1280)
  await visitor.open('/sajat/kepviseletek')
  const card = visitor.page.locator('.govuk-summary-card').filter({ hasText: etelka.name })
  await card.waitFor()
  const start = visitor.page.getByRole('link', { name: new RegExp(`Ügyindítás ${etelka.name} nevében – Újhartyán`) })
  const label = (await start.getAttribute('href'))?.split('/')[2] ?? ''
  await visitor.open(`/ujhartyan/${label}/ado`)
  await visitor.reads('Itt kerestük')
  await visitor.press(/Meghatalmazás önkormányzati adóügyekben/)
  expect(new URL(visitor.page.url()).pathname).toMatch(/^\/ujhartyan\/sajat\/urlapok\//)
  await visitor.reads('Meghatalmazás önkormányzati adóügyekben')

  await fillUpToAttachments(visitor, 'Papíron adott meghatalmazás')
  await visitor.press('Mentés és tovább')
  await visitor.tick(/a valóságnak megfelelnek/)
  await visitor.press('Mentés és tovább')
  await visitor.press('Beküldés')
  await visitor.reads('Űrlapját beküldtük')
  const number = (await visitor.page.locator('.portal-number').first().innerText()).trim()

  const clerk = await comeIn(cecilia, 1280)
  await clerk.open('/hivatal/ujhartyan/beerkezett')
  await clerk.type(/szám szerint|Iktatószám vagy/, number)
  await clerk.press('Ugrás az ügyre')
  const caseId = new URL(clerk.page.url()).pathname.split('/').at(-1) ?? ''
  await clerk.open(`/hivatal/ujhartyan/meghatalmazasok/uj?ugy=${caseId}`)
  await clerk.tick('Magánszemély')
  await clerk.page.locator('#kepviselt-nev').fill(etelka.name)
  await clerk.page.locator('#kepviselt-szam').fill(etelka.taxId)
  await clerk.tick('állandó meghatalmazottként')
  const { identity } = bela
  const [year = '', month = '', day = ''] = identity.birthDate.split('-')
  for (const [id, text] of [
    ['nev', bela.name],
    ['szuletesi-csaladi-nev', identity.birthFamilyName],
    ['szuletesi-utonev', identity.birthGivenName],
    ['anyja-csaladi-neve', identity.motherFamilyName],
    ['anyja-utoneve', identity.motherGivenName],
    ['szuletesi-hely', identity.birthPlace],
    ['szuletesi-datum', year],
    ['szuletesi-datum-month', month],
    ['szuletesi-datum-day', day],
  ] as const) {
    await clerk.page.locator(`#${id}`).fill(text)
  }
  await clerk.tick('Lekérdezheti az adóegyenleget')
  await clerk.tick('Minden önkormányzati adó')
  await clerk.press('Meghatalmazás rögzítése')
  await clerk.reads('A meghatalmazást rögzítette.')
  await clerk.leave()

  await visitor.open(`/ujhartyan/${label}/ado`)
  await visitor.reads('Adószámla-kivonat')
  await visitor.reads('Magánszemélyek kommunális adója')
  await visitor.open('/sajat/ugyfelek?keres=kepzelt')
  await visitor.press('Az ügyfeleim összes fizetendő tétele')
  await visitor.reads(etelka.name)
  await visitor.leave()

  const plain = await comeIn(bela, 390, false)
  for (const path of ['/sajat/ugyfelek', '/sajat/ugyfelek/tetelek', '/sajat/kepviseletek', '/sajat/meghatalmazasok']) {
    await plain.open(path)
  }
  await plain.press(/Meghatalmazás adása/)
  expect(plain.page.url()).toContain('/sajat/meghatalmazasok/uj?telepules=')
  await plain.press('Meghatalmazás megadása')
  await plain.reads('Adja meg a meghatalmazott nevét.')
  await plain.leave()
}, 120_000)
