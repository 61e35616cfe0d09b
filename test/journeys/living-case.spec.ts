/** A case lives on both sides: what is missing is asked for and comes, messages go back and forth, another case is withdrawn. */
import pg from 'pg'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { formCatalogue } from '../../src/features/forms/index.ts'
import { type Db, openDatabase } from '../../src/platform/database.ts'
import { anna, type CastPerson, ferenc } from '../cast/people.ts'
import { places } from '../features/clerk-office/office-fixture.ts'
import { sendCase } from '../features/clerk-office/sent-case.ts'
import { pdf } from '../platform/files/sample-files.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, adminUrl } = inject('journeyPortal')
const wide: Circumstances = { width: 1280, scripts: true, keyboard: false }
const desks = '/hivatal/komlo/ugyek'
let browser: Browser
let db: Db
let pool: pg.Pool

beforeAll(async () => {
  browser = await launchBrowser()
  db = openDatabase({ url: adminUrl, connections: 2 })
  pool = new pg.Pool({ connectionString: adminUrl, max: 1 })
})
afterAll(async () => {
  await browser.close()
  await db.pool.end()
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

/** @returns the id of the case that begins with it */
async function sendIn(subject: string): Promise<string> {
  const admin = async <Row extends pg.QueryResultRow>(statement: string, values?: unknown[]) =>
    (await pool.query<Row>(statement, values)).rows
  const [account] = await admin<{ id: string }>('select id from accounts where subject = $1', [anna.subject])
  if (account === undefined) throw new Error('Anna has no account')
  const sending = { db, forms: formCatalogue({ db }), admin }
  return (await sendCase(sending, anna, account.id, places.komlo, { subject })).caseId
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
  const caseId = await sendIn('Kátyú')
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
  await citizen.openEntry('Kátyú')
  await citizen.press('Válasz a felhívásra')
  await citizen.reads('csatoljon róla képet')
  await citizen.type('A kérelem tárgya', 'Kátyú a Fő utca 12. előtt')
  await citizen.press('Mentés és áttekintés')
  await citizen.reads('Írja le, mit kér.')
  await citizen.type('A kérelem szövege', 'A jobb oldali sávban van, kérem, javítsák ki.')
  const picture = { name: 'kátyú.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf) }
  await citizen.attach(/További csatolmányok/, picture)
  await citizen.reads('kátyú.pdf')
  await citizen.press('Mentés és áttekintés')
  await citizen.reads('A hiánypótlás áttekintése')
  await citizen.reads('Kátyú a Fő utca 12. előtt')
  await citizen.tick(/a valóságnak megfelelnek/)
  await citizen.press('Hiánypótlás beküldése')
  await citizen.reads('Hiánypótlását beküldtük')

  await clerk.open(desk)
  await clerk.look('-answered')
  const cells = (label: string) =>
    clerk.page.getByRole('row').filter({ hasText: label }).getByRole('cell').allInnerTexts()
  expect(await cells('A kérelem tárgya')).toEqual(['Kátyú', 'Kátyú a Fő utca 12. előtt'])
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
  await clerk.openEntry('Kátyú')
  await clerk.reads('Bármelyik délután.')
  await Promise.all([citizen.leave(), clerk.leave()])
}, 120_000)

test('without scripts a case is withdrawn, once it is said that it is meant', async () => {
  const citizen = await comeIn(anna, { ...wide, scripts: false })
  const caseId = await sendIn('Lámpa')
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
