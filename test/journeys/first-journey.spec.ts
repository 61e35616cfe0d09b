import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anna, bela, type CastPerson, cecilia, denes, gabor } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { fillUpToAttachments } from './general-request.ts'
import { type Circumstances, Visitor } from './person.ts'

let browser: Browser
const { url } = inject('journeyPortal')

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(() => browser.close())

const pdf = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n',
)

test.each<[string, CastPerson, Circumstances]>([
  ['with scripts on a wide screen', anna, { width: 1280, scripts: true, keyboard: false }],
  ['with scripts on a telephone', bela, { width: 390, scripts: true, keyboard: false }],
  ['without scripts on a wide screen', anna, { width: 1280, scripts: false, keyboard: false }],
  ['without scripts on a telephone', bela, { width: 390, scripts: false, keyboard: false }],
  ['by the keyboard alone on a wide screen', gabor, { width: 1280, scripts: true, keyboard: true }],
  ['by the keyboard alone on a telephone', gabor, { width: 390, scripts: true, keyboard: true }],
])('a request goes from the citizen to the office and its answer back, %s', async (_how, citizen, circumstances) => {
  const subject = `Kátyú a Próba utcában ${citizen.id} ${circumstances.width} ${circumstances.scripts}`
  const visitor = await Visitor.arrive(browser, url, circumstances)

  await visitor.open('/')
  await visitor.type('Melyik önkormányzatot keresi?', 'ujhartyan')
  await visitor.press('Keresés')
  await visitor.press(/^Újhartyán/)
  await visitor.reads('Újhartyáni Polgármesteri Hivatal')

  await visitor.signIn(citizen)
  if (visitor.page.url().endsWith('/elso-belepes')) {
    await visitor.type(/alapértelmezett/, 'Újhartyán')
    await visitor.tick(/Elolvastam és elfogadom/)
    await visitor.press('Fiók létrehozása')
  }
  await visitor.reads(`Jó napot kívánunk, ${citizen.name}!`)

  const number = await sendRequest(visitor, subject)
  await visitor.signOut()
  await visitor.leave()

  const caseAt = await receiveAndRegister(number, circumstances)
  await decide(caseAt, circumstances)

  const follower = await Visitor.arrive(browser, url, circumstances)
  await follower.open('/')
  await follower.signIn(citizen)
  await follower.press('Ügykövetés')
  await follower.openEntry(subject)
  await follower.reads('A kátyút kijavítottuk.')
  await follower.reads('Újhartyáni Polgármesteri Hivatal')
  await follower.reads(/UHT\/\d+-1\/\d{4}/)
  await follower.signOut()
  await follower.leave()
})

/** From the form's own page to the receipt. @returns the arrival number */
async function sendRequest(visitor: Visitor, subject: string): Promise<string> {
  await fillUpToAttachments(visitor, subject)
  await visitor.attach(/Fájl|Csatolmány|Iratok/, {
    name: 'fényképek őszi útról.pdf',
    mimeType: 'application/pdf',
    buffer: pdf,
  })
  await visitor.press('Mentés és tovább')
  await visitor.tick(/a valóságnak megfelelnek/)
  await visitor.press('Mentés és tovább')
  await visitor.reads('Áttekintés és beküldés')
  await visitor.reads('fényképek őszi útról.pdf')
  await visitor.press('Beküldés')
  await visitor.reads('Űrlapját beküldtük')
  const [number] = /\d\d-[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]/.exec(await visitor.page.innerText('main')) ?? []
  if (number === undefined) throw new Error('no arrival number on the receipt')
  await visitor.page.reload()
  await visitor.reads(number)
  return number
}

/** The records clerk takes the request over, registers it and hands it to the case worker. @returns the case's address */
async function receiveAndRegister(number: string, circumstances: Circumstances): Promise<string> {
  const clerk = await Visitor.arrive(browser, url, circumstances)
  await clerk.open('/hivatal')
  await enter(clerk, cecilia)
  await clerk.open('/hivatal')
  await clerk.type(/szám szerint|Iktatószám vagy/, number)
  await clerk.press('Ugrás az ügyre')
  const address = new URL(clerk.page.url()).pathname
  await clerk.press('Érkeztetés')
  await clerk.open(address)
  await clerk.press('Iktatás')
  await clerk.open(address)
  await clerk.reads(/UHT\/\d+-1\/\d{4}/)
  await clerk.choose('Ügyintéző', denes.name)
  await clerk.press('Kijelölés')
  await clerk.signOut()
  await clerk.leave()
  return address
}

/** The case worker looks at the attachment, starts and closes the case with an answer. */
async function decide(address: string, circumstances: Circumstances): Promise<void> {
  const worker = await Visitor.arrive(browser, url, circumstances)
  await worker.open(address)
  await enter(worker, denes)
  await worker.open(address)
  await expect
    .poll(
      async () => {
        await worker.page.reload()
        return worker.page.getByRole('link', { name: /fényképek őszi útról\.pdf/ }).count()
      },
      { interval: 500 },
    )
    .toBeGreaterThan(0)
  const [download] = await Promise.all([
    worker.page.waitForEvent('download'),
    worker.page
      .getByRole('link', { name: /fényképek őszi útról\.pdf/ })
      .first()
      .click(),
  ])
  expect(download.suggestedFilename()).toBe('fényképek őszi útról.pdf')
  await worker.press('Ügyintézés megkezdése')
  await worker.open(address)
  await worker.type('Válasz az ügyfélnek', 'A kátyút kijavítottuk. Köszönjük a bejelentést.')
  await worker.press('Válasz elküldése és lezárás')
  await worker.signOut()
  await worker.leave()
}

/** Signs in at the page one is sent to. */
async function enter(visitor: Visitor, person: CastPerson): Promise<void> {
  if (visitor.page.url().startsWith(url)) return visitor.signIn(person)
  await visitor.page.getByRole('button', { name: person.name }).click()
  await visitor.page.waitForURL((address) => address.href.startsWith(url))
}
