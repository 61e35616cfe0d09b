/** What people see of files they attach: several at once, one that is infected, one that is not what it says; with scripts, and without. */
import type { Browser, Route } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { anna } from '../cast/people.ts'
import { jpg, pdf, zip } from '../platform/files/sample-files.ts'
import { nationalIdentityControl } from '../simulators/national-identity/control-client.ts'
import { eicar } from '../simulators/virus-scanner/eicar.ts'
import { launchBrowser } from '../support/browser.ts'
import { fillUpToAttachments } from './general-request.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, kauControlUrl } = inject('journeyPortal')
const kau = nationalIdentityControl(kauControlUrl)
const wide: Circumstances = { width: 1280, scripts: true, keyboard: false }
const ways: [string, Circumstances][] = [
  ['on a wide screen with scripts', wide],
  ['on a telephone with scripts', { ...wide, width: 390 }],
  ['on a wide screen without scripts', { ...wide, scripts: false }],
  ['on a telephone without scripts', { ...wide, width: 390, scripts: false }],
]

const document = (name: string, says = '') => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.concat([Buffer.from('%PDF-1.4\n%'), Buffer.from(says), Buffer.from('\n'), pdf.subarray(9)]),
})
const clean = document('számla ősszel.pdf', 'tiszta')
const infected = document('fertőzött.pdf', eicar)
const polyglot = {
  name: 'kép.jpg',
  mimeType: 'image/jpeg',
  buffer: Buffer.from(jpg(9, 9, zip([{ name: 'a', content: 'a' }]))),
}

let browser: Browser
let visitors: Visitor[] = []

beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(async () => {
  await Promise.all(visitors.map((visitor) => visitor.leave()))
  visitors = []
})
afterAll(() => browser.close())

async function atAttachments(circumstances: Circumstances): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, url, circumstances)
  visitors.push(visitor)
  await visitor.open('/')
  await visitor.signIn(anna)
  if (visitor.page.url().endsWith('/elso-belepes')) {
    await visitor.type(/alapértelmezett/, 'Újhartyán')
    await visitor.tick(/Elolvastam és elfogadom/)
    await visitor.press('Fiók létrehozása')
  }
  await fillUpToAttachments(visitor, 'Három fájl')
  return visitor
}

const choose = ({ page }: Visitor, files: (typeof clean)[]) => page.locator('#files').setInputFiles(files)
/** The files attached in the field that takes several, with what the virus check says. */
const attached = ({ page }: Visitor) =>
  page.locator('.govuk-form-group', { has: page.locator('#files') }).locator('.portal-files:not(.portal-uploads) > li')

test.each(ways)('three files at once, one infected and one two things at once, %s', async (_way, circumstances) => {
  const visitor = await atAttachments(circumstances)
  const { page } = visitor
  await choose(visitor, [clean, infected, polyglot])
  if (!circumstances.scripts) await visitor.press('Csatolmány hozzáadása')
  await visitor.reads('kép.jpg: a fájl tartalma nem egyezik a kiterjesztésével')
  await expect.poll(() => attached(visitor).count()).toBe(2)
  expect(await attached(visitor).allInnerTexts()).toEqual([
    expect.stringContaining('számla ősszel.pdf'),
    expect.stringContaining('fertőzött.pdf'),
  ])
  if (circumstances.scripts) await visitor.look('-refused')
  // The check goes on by itself; the page says what it has found when it is opened again.
  await expect
    .poll(
      async () => {
        await page.reload()
        return (await attached(visitor).allInnerTexts()).map((text) => /Ellenőrizve|Nem fogadható be/.exec(text)?.[0])
      },
      { timeout: 60_000 },
    )
    .toEqual(['Ellenőrizve', 'Nem fogadható be'])
  await visitor.press('Mentés és tovább')
  await visitor.reads('fertőzött')
  await visitor.look('-infected')
  await visitor.press(/Csatolmány törlése.*fertőzött/)
  await expect.poll(() => attached(visitor).count()).toBe(1)
  await visitor.press('Mentés és tovább')
  await visitor.reads('Nyilatkozat')
})

test('while files are sent one sees how far they are, may cancel one, and goes on when they are there', async () => {
  const visitor = await atAttachments(wide)
  const { page } = visitor
  const held: Route[] = []
  await page.route('**/fajlok', (route) => void held.push(route))
  await choose(visitor, [clean, infected])
  await expect.poll(() => held.length).toBe(1)
  const rows = page.locator('.portal-uploads > li')
  expect(await rows.count()).toBe(2)
  expect(await page.getByRole('progressbar', { name: 'számla ősszel.pdf feltöltése' }).count()).toBe(1)
  expect(await rows.last().innerText()).toContain('Várakozik')
  await visitor.look('-sending')
  // The second was not begun; the first is broken off, and nothing of it is kept.
  await rows.last().getByRole('button', { name: 'Mégse' }).click()
  await expect.poll(() => rows.count()).toBe(1)
  await rows.first().getByRole('button', { name: 'Mégse' }).click()
  await expect.poll(() => rows.count()).toBe(0)
  expect(await attached(visitor).count()).toBe(0)
  expect(await page.locator('#files').evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true)

  await choose(visitor, [clean])
  await expect.poll(() => held.length).toBe(2)
  await page.getByRole('button', { name: 'Mentés és tovább' }).click()
  await page.getByText('A feltöltés után továbblépünk.').first().waitFor()
  await held.at(-1)?.continue()
  // the form itself is posted there too
  await expect.poll(() => held.length).toBe(3)
  await held.at(-1)?.continue()
  await visitor.reads('Nyilatkozat')
  await page.goBack()
  await expect.poll(() => attached(visitor).allInnerTexts()).toEqual([expect.stringContaining('számla ősszel.pdf')])
})

test('an upload that breaks off says so beside the field, and the next file is taken', async () => {
  const visitor = await atAttachments(wide)
  const { page } = visitor
  await page.route('**/fajlok', (route) => route.abort('connectionreset'), { times: 1 })
  await choose(visitor, [clean, infected])
  await visitor.reads('számla ősszel.pdf: a feltöltés nem sikerült')
  await expect.poll(() => attached(visitor).allInnerTexts()).toEqual([expect.stringContaining('fertőzött.pdf')])
  const big = { name: 'nagy.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(10 * 1_048_576 + 1) }
  await choose(visitor, [big])
  await visitor.reads('nagy.pdf: a fájl nagyobb a megengedett 10 MB méretnél')
  expect(await page.getByText('a feltöltés nem sikerült').count()).toBe(0)
})

test('what is sent after the session has paused is put aside with its files, and is there when one goes on', async () => {
  const visitor = await atAttachments(wide)
  const { offsetSeconds } = await kau.state()
  await kau.moveClock(offsetSeconds + 31 * 60)
  await choose(visitor, [clean])
  await visitor.reads('félretettük')
  await visitor.look('-put-aside')
  await visitor.press('Munka folytatása', visitor.page.locator('main'))
  await expect.poll(() => attached(visitor).allInnerTexts()).toEqual([expect.stringContaining('számla ősszel.pdf')])
})
