/** A case lives on both sides: what is missing is asked for and comes, messages go back and forth, another case is withdrawn. */
import pg from 'pg'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anna, type CastPerson, ferenc } from '../cast/people.ts'
import { pdf } from '../platform/files/sample-files.ts'
import { launchBrowser } from '../support/browser.ts'
import { fillUpToAttachments } from './general-request.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, adminUrl } = inject('journeyPortal')
const wide: Circumstances = { width: 1280, scripts: true, keyboard: false }
const desks = '/hivatal/komlo/ugyek'
let browser: Browser
let pool: pg.Pool

beforeAll(async () => {
  browser = await launchBrowser()
  pool = new pg.Pool({ connectionString: adminUrl, max: 1 })
})
afterAll(async () => {
  await browser.close()
  await pool.end()
})

async function comeIn(person: CastPerson, circumstances: Circumstances): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, url, circumstances)
  await visitor.open('/')
  await visitor.signIn(person)
  if (!visitor.page.url().endsWith('/elso-belepes')) return visitor
  await visitor.type(/alapértelmezett/, person.address.settlement)
  await visitor.tick(/Elolvastam és elfogadom/)
  await visitor.press('Fiók létrehozása')
  return visitor
}

/** A request to Komló. @returns the id of the case that begins with it */
async function sendIn(citizen: Visitor, subject: string): Promise<string> {
  await fillUpToAttachments(citizen, subject, 'komlo')
  await citizen.press('Mentés és tovább')
  await citizen.tick(/a valóságnak megfelelnek/)
  await citizen.press('Mentés és tovább')
  await citizen.press('Beküldés')
  await citizen.reads('Űrlapját beküldtük')
  const { rows } = await pool.query<{ id: string }>('select id from cases where subject = $1', [subject])
  return rows[0]?.id ?? ''
}

/** From the arrival until somebody works on it; one person does it all. */
async function takeUp(clerk: Visitor, desk: string): Promise<void> {
  for (const step of ['Érkeztetés', 'Iktatás']) {
    await clerk.open(desk)
    await clerk.press(step)
  }
  await clerk.open(desk)
  await clerk.choose('Ügyintéző', `${ferenc.name} (Ön)`)
  await clerk.press('Kijelölés')
  await clerk.open(desk)
  await clerk.press('Ügyintézés megkezdése')
}

test('what is missing is asked for, comes, and stands beside what was sent; messages find their reader', async () => {
  const citizen = await comeIn(anna, { ...wide, width: 390 })
  const clerk = await comeIn(ferenc, wide)
  const caseId = await sendIn(citizen, 'Beszakadt járda')
  const desk = `${desks}/${caseId}`
  await takeUp(clerk, desk)

  await clerk.press('Hiánypótlás kérése')
  await clerk.tick('A kérelem tárgya')
  await clerk.tick('A kérelem szövege')
  await clerk.type('Mi hiányzik?', 'Kérem, írja le pontosan, hol van a kátyú, és csatoljon róla képet.')
  await clerk.press('Felhívás küldése')
  await clerk.reads('Hiánypótlást kért')

  await citizen.open('/sajat/ugyek')
  await citizen.reads('Most Önön a sor')
  await citizen.openEntry('Beszakadt járda')
  await citizen.press('Válasz a felhívásra')
  await citizen.reads('csatoljon róla képet')
  await citizen.type('A kérelem tárgya', 'Beszakadt járda a Fő utca 12. előtt')
  await citizen.type('A kérelem szövege', '')
  await citizen.press('Mentés és áttekintés')
  await citizen.reads('Írja le, mit kér.')
  await citizen.type('A kérelem szövege', 'A jobb oldali sávban van, kérem, javítsák ki.')
  const picture = { name: 'kátyú.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf) }
  await citizen.attach(/További csatolmányok/, picture)
  await citizen.reads('kátyú.pdf')
  await citizen.press('Mentés és áttekintés')
  await citizen.reads('A hiánypótlás áttekintése')
  await citizen.reads('Beszakadt járda a Fő utca 12. előtt')
  await citizen.tick(/a valóságnak megfelelnek/)
  await citizen.press('Hiánypótlás beküldése')
  await citizen.reads('Hiánypótlását beküldtük')

  await clerk.open(desk)
  await clerk.look('-answered')
  const cells = (label: string) =>
    clerk.page.getByRole('row').filter({ hasText: label }).getByRole('cell').allInnerTexts()
  expect(await cells('A kérelem tárgya')).toEqual(['Beszakadt járda', 'Beszakadt járda a Fő utca 12. előtt'])
  expect(await cells('További csatolmányok')).toEqual(['–', 'kátyú.pdf'])
  await clerk.type('Szöveg', 'Mikor lehet a helyszínt megnézni?')
  await clerk.tick('Választ várunk az ügyféltől')
  await clerk.press('Mentés és küldés')

  await citizen.press('Vissza az ügyhöz')
  await citizen.reads('A hivatal az Ön válaszára vár.')
  await citizen.type('Új üzenet a hivatalnak', 'Bármelyik délután.')
  await citizen.press('Üzenet küldése')
  await citizen.reads('Elküldtük az üzenetet.')
  await citizen.look('-written')
  await clerk.open(desks)
  await clerk.reads('új üzenet')
  await clerk.openEntry('Beszakadt járda')
  await clerk.reads('Bármelyik délután.')
  await Promise.all([citizen.leave(), clerk.leave()])
}, 120_000)

test('without scripts a case is withdrawn, once it is said that it is meant', async () => {
  const citizen = await comeIn(anna, { ...wide, scripts: false })
  const caseId = await sendIn(citizen, 'Lámpa')
  await citizen.open(`/komlo/sajat/ugyek/${caseId}`)
  await citizen.page.getByText('Vissza szeretném vonni a beadványt').click()
  await citizen.press(/^Visszavonás$/)
  await citizen.reads('jelölje be, hogy visszavonja')
  await citizen.tick('Visszavonom a beadványt')
  await citizen.press(/^Visszavonás$/)
  await citizen.reads('Visszavonta a beadványt.')
  expect(await citizen.page.getByRole('button', { name: 'Üzenet küldése' }).count()).toBe(0)
  await citizen.leave()
}, 120_000)
