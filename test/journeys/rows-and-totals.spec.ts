/** Rows with pages of their own, and values that are calculated while one fills in: with scripts and without. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anna } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url } = inject('journeyPortal')
let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const ways: [string, Circumstances][] = [
  ['on a telephone without scripts', { width: 390, scripts: false, keyboard: false }],
  ['on a wide screen with scripts', { width: 1280, scripts: true, keyboard: false }],
]
const pathOf = ({ page }: Visitor) => new URL(page.url()).pathname

/** A draft of the form, with every page before this one sent as it was shown. */
async function atPage(visitor: Visitor, form: string, pageId: string): Promise<string> {
  await visitor.open('/')
  await visitor.signIn(anna)
  if (pathOf(visitor).endsWith('/elso-belepes')) {
    await visitor.type(/alapértelmezett/, 'Újhartyán')
    await visitor.tick(/Elolvastam és elfogadom/)
    await visitor.press('Fiók létrehozása')
  }
  await visitor.open(`/ujhartyan/sajat/urlapok/uj?urlap=${form}`)
  await visitor.tick(/Saját nevemben/)
  await visitor.press(/Űrlap megnyitása|Új űrlap kezdése/)
  const draft = pathOf(visitor).split('/').slice(0, -1).join('/')
  for (let pages = 0; pages < 20; pages += 1) {
    // where one left off: the first page that was not sent yet
    await visitor.page.goto(new URL(draft, url).href)
    if (pathOf(visitor).endsWith(`/${pageId}`)) return draft
    const other = visitor.page.getByLabel('Nem', { exact: true })
    if (pathOf(visitor).endsWith('/bekuldo')) await other.last().check()
    if (pathOf(visitor).endsWith('/bejelentes')) await visitor.tick('Éves bejelentés')
    await visitor.page.getByRole('button', { name: 'Mentés és tovább' }).click()
    await visitor.page.waitForLoadState('load')
  }
  throw new Error(`no way to ${pageId}`)
}

test.each(ways)(
  '%s rows are filled in one by one, changed, and removed after a question',
  async (_way, circumstances) => {
    const visitor = await Visitor.arrive(browser, url, circumstances)
    await atPage(visitor, 'mehtartas-bejelentes', 'mehallomany')
    await visitor.press('Kitöltés: 1. hely')
    expect(pathOf(visitor)).toMatch(/mehallomany\/sor\/1$/)
    await visitor.type('Cím vagy a hely leírása', 'Homoki rét')
    await visitor.type('Méhcsaládok száma', 'tizenkettő')
    await visitor.press('Mentés és tovább')
    await visitor.reads(/számot írjon/)
    expect(await visitor.page.getByLabel('Méhcsaládok száma').inputValue()).toBe('tizenkettő')
    await visitor.type('Méhcsaládok száma', '12')
    await visitor.type('Helyrajzi szám', '045/12')
    for (const [part, typed] of [
      ['Év', '2026'],
      ['Hónap', '3'],
      [/^Nap/, '1'],
    ] as const)
      await visitor.type(part, typed)
    await visitor.tick('Igen')
    await visitor.press('Mentés és tovább')
    expect(pathOf(visitor)).toMatch(/mehallomany$/)
    await visitor.reads('Homoki rét')

    await visitor.press('Új hely hozzáadása')
    await visitor.type('Cím vagy a hely leírása', 'Akácos')
    await visitor.type('Méhcsaládok száma', '30')
    await visitor.page
      .getByRole('link', { name: /Vissza/ })
      .first()
      .waitFor()
    await visitor.press('Mentés és tovább')
    await visitor.press(/Vissza/)
    expect(pathOf(visitor)).toMatch(/mehallomany$/)
    await visitor.reads('Hiányos')
    await visitor.reads('42')
    await visitor.look('-rows')
    await visitor.press('Mentés és tovább')
    await visitor.reads(/2\. hely: nyissa meg/)
    await visitor.look('-rows-wrong')

    await visitor.press('Törlés: 2. hely')
    await visitor.reads('Törli ezt: 2. hely?')
    await visitor.look('-remove')
    await visitor.press('Nem, megtartom')
    await visitor.reads('Akácos')
    await visitor.press('Törlés: 2. hely')
    await visitor.press('Igen, törlöm')
    expect(pathOf(visitor)).toMatch(/mehallomany$/)
    expect(await visitor.page.getByText('Akácos').count()).toBe(0)
    await visitor.press('Módosítás: 1. hely')
    expect(await visitor.page.getByLabel('Helyrajzi szám').inputValue()).toBe('045/12')
    await visitor.leave()
  },
)

test.each(ways)('%s a total is calculated on the page of its parts', async (_way, circumstances) => {
  const visitor = await Visitor.arrive(browser, url, circumstances)
  await atPage(visitor, 'automatikus-reszletfizetesi-kerelem', 'tartozasok')
  const total = visitor.page.locator('output')
  const amounts = visitor.page.getByLabel('Összege')
  await amounts.first().fill('12 500')
  if (circumstances.scripts) {
    await amounts.first().blur()
    await expect.poll(() => total.textContent()).toBe('12\u00a0500\u00a0Ft')
    expect(await total.getAttribute('for')).toBeNull()
  } else await visitor.press('Számítás')
  expect(await total.textContent()).toBe('12\u00a0500\u00a0Ft')
  await visitor.press(/hozzáadása|Új/, visitor.page.locator('#urlap'))
  await amounts.nth(1).fill('7 500')
  await visitor.press('Számítás')
  expect(await total.textContent()).toBe('20\u00a0000\u00a0Ft')
  expect(await amounts.count()).toBe(2)
  expect(await visitor.page.locator('.govuk-error-summary').count()).toBe(0)
  await visitor.look('-calculated')
  await visitor.leave()
})
