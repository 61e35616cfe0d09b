/** What people see of work that was put aside: posted too late, kept, gone on with; without scripts, and with them. */
import type { Browser } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { anna, bela } from '../cast/people.ts'
import { nationalIdentityControl } from '../simulators/national-identity/control-client.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, kauControlUrl } = inject('journeyPortal')
const kau = nationalIdentityControl(kauControlUrl)
const ways: [string, Circumstances][] = [
  ['on a telephone without scripts', { width: 390, scripts: false, keyboard: false }],
  ['on a wide screen without scripts', { width: 1280, scripts: false, keyboard: false }],
  ['on a wide screen with scripts', { width: 1280, scripts: true, keyboard: false }],
]

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

/** Time only goes on: another journey may have moved it before. */
async function pass(minutes: number): Promise<void> {
  const { offsetSeconds } = await kau.state()
  await kau.moveClock(offsetSeconds + minutes * 60)
}

async function arrive(person: typeof anna | undefined, circumstances: Circumstances): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, url, circumstances)
  visitors.push(visitor)
  await visitor.open('/')
  if (person !== undefined) await visitor.signIn(person)
  if (!visitor.page.url().endsWith('/elso-belepes')) return visitor
  await visitor.type(/alapértelmezett/, 'Újhartyán')
  await visitor.tick(/Elolvastam és elfogadom/)
  await visitor.press('Fiók létrehozása')
  return visitor
}

async function openForm(visitor: Visitor): Promise<string> {
  await visitor.open('/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem')
  await visitor.tick(/Saját nevemben/)
  await visitor.press(/Űrlap megnyitása|Új űrlap kezdése/)
  return new URL(visitor.page.url()).pathname
}

const email = ({ page }: Visitor) => page.getByLabel('E-mail-címe')

test.each(ways)(
  '%s what was posted too late is there after going on, and both versions where there are two',
  async (_way, circumstances) => {
    const visitor = await arrive(anna, circumstances)
    const { page } = visitor
    const address = await openForm(visitor)
    await email(visitor).fill('elso@example.hu')
    // The page does not notice by itself: time has not passed for its own clock.
    await pass(31)
    await visitor.press('Mentés és tovább')
    await visitor.reads('félretettük, és 24 órán át megőrizzük')
    await visitor.look('-parked')
    await visitor.press('Munka folytatása', visitor.page.locator('main'))
    await visitor.reads('félretettük, és most elmentettük')
    expect(new URL(page.url()).pathname).toBe(address)
    expect(await email(visitor).inputValue()).toBe('elso@example.hu')
    await visitor.look('-resumed')

    const other = await visitor.openTab()
    await other.open(address)
    await email(other).fill('masik.lapon@example.hu')
    await other.press('Mentés és tovább')
    await email(visitor).fill('ezen.a.lapon@example.hu')
    await pass(31)
    await visitor.press('Mentés és tovább')
    await visitor.reads('félretettük, és 24 órán át megőrizzük')
    await visitor.press('Munka folytatása', visitor.page.locator('main'))
    await visitor.reads('Ezt az űrlapot közben máshol is módosította')
    await visitor.reads('masik.lapon@example.hu')
    await visitor.look('-both')
    await visitor.press('A most beírt maradjon')
    await visitor.open(address)
    expect(await email(visitor).inputValue()).toBe('ezen.a.lapon@example.hu')
  },
)

test.each(ways)('%s what belongs to an earlier session is offered at home', async (_way, circumstances) => {
  const visitor = await arrive(anna, circumstances)
  await openForm(visitor)
  await email(visitor).fill('korabbi@example.hu')
  await pass(31)
  await visitor.press('Mentés és tovább')
  await visitor.reads('félretettük, és 24 órán át megőrizzük')
  await visitor.press('Kijelentkezés', visitor.page.locator('main'))
  await visitor.reads('A portálról és a KAÜ-ből is kijelentkezett')
  await visitor.open('/')
  await visitor.signIn(anna)
  await visitor.reads('félretett munkája van')
  await visitor.look('-offered')
  await visitor.press('Félretett munka megnyitása')
  await visitor.reads('korabbi@example.hu')
  await visitor.look()
  await visitor.press('Elvetem')
  await visitor.reads('A félretett munkát töröltük')
})

test.each(ways)('%s a form filled in before signing in is taken over', async (_way, circumstances) => {
  const visitor = await arrive(undefined, circumstances)
  await visitor.open('/ujhartyan/ugyek/altalanos-kerelem/kitoltes')
  await email(visitor).fill('magammal@example.hu')
  await visitor.look('-print')
  await visitor.page.getByRole('button', { name: 'Bejelentkezés' }).last().click()
  await visitor.page.getByRole('button', { name: bela.name }).click()
  if (visitor.page.url().endsWith('/elso-belepes')) {
    await visitor.type(/alapértelmezett/, 'Komló')
    await visitor.tick(/Elolvastam és elfogadom/)
    await visitor.press('Fiók létrehozása')
  }
  await visitor.reads('magammal@example.hu')
  await visitor.look('-filling')
  await visitor.press('Átveszem')
  // Who has begun such a form before is asked whether to go on with that.
  const another = visitor.page.getByRole('button', { name: 'Új űrlap kezdése' })
  if (await another.isVisible()) await visitor.press('Új űrlap kezdése')
  expect(await email(visitor).inputValue()).toBe('magammal@example.hu')
})
