/** The two clocks as people meet them, with scripts and without. Time is moved for the portal, for the KAÜ and for the page. */
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anna, bela, type CastPerson, cecilia } from '../cast/people.ts'
import { nationalIdentityControl } from '../simulators/national-identity/control-client.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, kauControlUrl } = inject('journeyPortal')
const wide: Circumstances = { width: 1280, scripts: true, keyboard: false }
const plain: Circumstances = { ...wide, scripts: false }

const kau = nationalIdentityControl(kauControlUrl)

let browser: Browser
let visitors: Visitor[] = []

beforeAll(async () => {
  // another journey may have moved the time before
  startMinutes = Math.ceil((await kau.state()).offsetSeconds / 60)
  browser = await launchBrowser()
  // who comes for the first time is asked other things first
  for (const person of [anna, bela]) await arrive(person, plain)
})

afterEach(async () => {
  await Promise.all(visitors.map((visitor) => visitor.leave()))
  visitors = []
  // time goes on from test to test, as it does for the portal
  startMinutes += 300
  await serverTime(0)
})

afterAll(() => browser.close())

let startMinutes = 0

/** For the portal and for the KAÜ it is so many minutes after the test began, and as much more as it really took. */
const serverTime = (minutes: number) => kau.moveClock((startMinutes + minutes) * 60)

/** It becomes so late for the portal, and that much time passes for the page. */
async function minutesPass({ page }: Visitor, until: number, passed: number): Promise<void> {
  await serverTime(until)
  await page.clock.fastForward(passed * 60_000)
}

async function arrive(person: CastPerson, circumstances: Circumstances): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, url, circumstances)
  visitors.push(visitor)
  if (circumstances.scripts) await visitor.page.clock.install()
  await visitor.open('/')
  await visitor.signIn(person)
  await openAccount(visitor)
  return visitor
}

/** Who comes for the first time accepts the terms. */
async function openAccount(visitor: Visitor): Promise<void> {
  if (!visitor.page.url().endsWith('/elso-belepes')) return
  await visitor.type(/alapértelmezett/, 'Újhartyán')
  await visitor.tick(/Elolvastam és elfogadom/)
  await visitor.press('Fiók létrehozása')
}

/** The first page of a new form, with fields for an e-mail address and a telephone number. */
async function openForm(visitor: Visitor, settlement = 'ujhartyan'): Promise<string> {
  await visitor.open(`/${settlement}/sajat/urlapok/uj?urlap=altalanos-kerelem`)
  await visitor.tick(/Saját nevemben/)
  await visitor.press(/Űrlap megnyitása|Új űrlap kezdése/)
  return new URL(visitor.page.url()).pathname
}

async function fillInPage(visitor: Visitor): Promise<void> {
  await visitor.type('E-mail-címe', 'anna@example.hu')
  await visitor.type('Telefonszáma', '06 30 123 4567')
  await visitor.tick('Nem')
}

function dialog(page: Page, name: string) {
  return page.getByRole('alertdialog', { name })
}
const warning = 'Munkamenete hamarosan lejár'
const paused = 'Munkamenete lejárt'
const over = 'Azonosítása lejárt'

const email = (page: Page) => page.getByLabel('E-mail-címe')

/** The next save that the page makes by itself. */
function saved(page: Page): Promise<unknown> {
  return page.waitForResponse(
    (response) =>
      response.request().resourceType() === 'fetch' && response.url().includes('/urlapok/') && response.ok(),
  )
}

/** From here on no timer of the page runs by itself. */
async function standStill(page: Page): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000))
}

/** At the KAÜ, which asks who is there. */
async function identify({ page }: Visitor, person: CastPerson): Promise<void> {
  await page.getByRole('button', { name: person.name }).click()
  await page.waitForURL((address) => address.href.startsWith(url))
}

async function arrivesAt({ page }: Visitor, address: string): Promise<void> {
  await page.waitForURL(new URL(address, url).href)
}

/** Works on, so that only the identification grows old. */
async function workUntil(visitor: Visitor, minutes: number, address = '/sajat'): Promise<void> {
  for (let at = 25; at < minutes; at += 25) {
    await serverTime(at)
    await visitor.page.goto(new URL(address, url).href)
  }
  await serverTime(minutes)
}

/** Another tab of the same browser. */
async function otherTab(visitor: Visitor, address: string): Promise<Page> {
  const page = await visitor.page.context().newPage()
  await page.goto(new URL(address, url).href)
  return page
}

/** What is posted from here on goes nowhere. */
async function neverAnswered(page: Page): Promise<void> {
  await page.evaluate(() => window.addEventListener('submit', (event) => event.preventDefault()))
}

/** What the browser's memory for pages gone back to does, on demand. */
async function putAway(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
}
async function takeOut(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
}

describe.each<[string, Circumstances]>([
  ['on a wide screen', wide],
  ['on a telephone', { ...wide, width: 390 }],
  ['by the keyboard alone', { ...wide, keyboard: true }],
])('%s', (_where, circumstances) => {
  test('one is warned after 25 idle minutes, and goes on by one press', async () => {
    const visitor = await arrive(anna, circumstances)
    await openForm(visitor)
    const { page } = visitor
    await email(page).focus()
    await minutesPass(visitor, 20, 20)
    expect(await dialog(page, warning).count()).toBe(0)

    await minutesPass(visitor, 25, 5)
    await dialog(page, warning).waitFor()
    await visitor.reads(/Munkamenete [45] perc múlva lejár\./)
    await visitor.look('-warning')
    const stay = page.getByRole('button', { name: 'Tovább dolgozom' })
    await expect.poll(() => stay.evaluate((element) => element === document.activeElement)).toBe(true)
    await minutesPass(visitor, 27, 2)
    await visitor.reads(/Munkamenete [23] perc múlva lejár\./)

    if (circumstances.keyboard) await page.keyboard.press('Enter')
    else await stay.click()
    await dialog(page, warning).waitFor({ state: 'hidden' })
    await expect.poll(() => email(page).evaluate((element) => element === document.activeElement)).toBe(true)

    // counted anew from there
    await minutesPass(visitor, 47, 20)
    expect(await dialog(page, warning).count()).toBe(0)
    await page.reload()
    await visitor.reads('E-mail-címe')
  })

  test('after 30 idle minutes the page is hidden, and one goes on where one was, without credentials', async () => {
    const visitor = await arrive(anna, circumstances)
    const address = await openForm(visitor)
    const { page } = visitor
    await minutesPass(visitor, 30, 30)
    await dialog(page, paused).waitFor()
    await visitor.look('-curtain')
    expect(await page.title()).toBe(paused)
    expect(await email(page).isVisible()).toBe(false)
    expect(await page.getByText(anna.name).first().isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await dialog(page, paused).waitFor()

    await visitor.press('Munka folytatása', dialog(page, paused))
    await arrivesAt(visitor, address)
    await visitor.reads('E-mail-címe')
  })
})

describe('what one has typed', () => {
  test('is saved while one types, and says so', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    const left = saved(page)
    await visitor.type('Telefonszáma', '06 30 123')
    await page.getByLabel('Telefonszáma').blur()
    await left
    await page.getByText(/^Elmentve: \d\d:\d\d$/).waitFor()
    await visitor.look('-saved')
    const inBetween = saved(page)
    await email(page).fill('minta.anna@example.hu')
    await page.clock.fastForward(20_000)
    await inBetween
    // right or wrong, it is kept; the page it is typed on is not judged before it is sent
    const tab = await otherTab(visitor, address)
    expect(await email(tab).inputValue()).toBe('minta.anna@example.hu')
    expect(await tab.getByLabel('Telefonszáma').inputValue()).toBe('06 30 123')
    expect(await tab.getByText('Kérjük, javítsa az alábbiakat').count()).toBe(0)
  })

  test('is not saved twice when the button is pressed at once, and the page goes on', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await standStill(page)
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/urlapok/')) posts.push(request.resourceType())
    })
    await fillInPage(visitor)
    await page.getByRole('button', { name: 'Mentés és tovább' }).click()
    await visitor.reads('Irányítószám')
    expect(posts).toEqual(['document'])
  })

  test('waits for what is being saved before it is sent, and is not called older than itself', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await standStill(page)
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const posts: string[] = []
    await page.route('**/urlapok/**', async (route) => {
      const kind = route.request().resourceType()
      posts.push(kind)
      if (kind === 'fetch') await held
      await route.continue()
    })
    await fillInPage(visitor)
    const saving = page.waitForRequest((request) => request.resourceType() === 'fetch')
    await page.clock.runFor(1_000)
    await saving
    await page.evaluate(() =>
      window.addEventListener('submit', () => document.body.setAttribute('data-pressed', ''), { capture: true }),
    )
    await page.getByRole('button', { name: 'Mentés és tovább' }).click()
    await page.locator('body[data-pressed]').waitFor()
    expect(posts).toEqual(['fetch'])
    release()
    await visitor.reads('Irányítószám')
  })

  test('is kept by the page when it could not be saved: one goes on in a new tab, and comes back', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await page.route('**/urlapok/**', (route) => route.abort())
    await visitor.type('E-mail-címe', 'anna@example.hu')
    await page.clock.fastForward(20_000)
    await visitor.reads('A legutóbbi változás nincs elmentve.')
    await minutesPass(visitor, 30, 30)
    await dialog(page, paused).waitFor()
    await visitor.reads('Egy mező tartalma nincs elmentve.')
    await visitor.look('-unsaved')

    const opening = page.context().waitForEvent('page')
    await dialog(page, paused).getByRole('button', { name: 'Munka folytatása' }).click()
    const tab = await opening
    await tab.waitForURL(`${url}/sajat`)
    await dialog(page, paused).waitFor({ state: 'hidden' })
    expect(await email(page).inputValue()).toBe('anna@example.hu')

    await page.unroute('**/urlapok/**')
    await page.clock.fastForward(20_000)
    await page.getByText(/^Elmentve/).waitFor()
  })

  test('is kept by a page that is not saved by itself, too', async () => {
    const visitor = await arrive(anna, wide)
    await visitor.open('/sajat/beallitasok')
    const { page } = visitor
    await visitor.type('Telefonszám', '+36 30 765 4321')
    await minutesPass(visitor, 30, 30)
    await visitor.reads('Egy mező tartalma nincs elmentve.')
    const opening = page.context().waitForEvent('page')
    await dialog(page, paused).getByRole('button', { name: 'Munka folytatása' }).click()
    await (await opening).waitForURL(`${url}/sajat`)
    await dialog(page, paused).waitFor({ state: 'hidden' })
    expect(await page.getByLabel('Telefonszám').inputValue()).toBe('+36 30 765 4321')
  })

  test('is not overwritten when it was changed elsewhere: the page says so, and one chooses', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    const tab = await otherTab(visitor, address)
    await email(tab).fill('masik@example.hu')
    await tab.getByRole('button', { name: 'Mentés, később folytatom' }).click()
    await tab.waitForURL(/mentve/)
    await visitor.type('E-mail-címe', 'anna@example.hu')
    await page.clock.fastForward(20_000)
    await visitor.reads('Ezt az űrlapot közben máshol is módosította')
    await visitor.press('Mentés és tovább')
    await visitor.reads('Válassza ki, melyik változat maradjon.')
    await visitor.reads('masik@example.hu')
    await visitor.reads('anna@example.hu')
  })

  test('comes back without scripts too: it was posted when the session had paused', async () => {
    const visitor = await arrive(anna, plain)
    const address = await openForm(visitor)
    const { page } = visitor
    await fillInPage(visitor)
    await serverTime(30)
    await visitor.press('Mentés és tovább')
    await visitor.reads(paused)
    await visitor.press('Munka folytatása')
    await page.goto(new URL(address, url).href)
    expect(await email(page).inputValue()).toBe('anna@example.hu')
    expect(await page.getByLabel('Telefonszáma').inputValue()).toMatch(/30 123 4567/)
  })
})

describe('the 240 minutes', () => {
  test('are announced from minute 230, and begin anew when one identifies oneself, on the same page', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    await workUntil(visitor, 225, address)
    await page.reload()
    expect(await page.getByText(/Azonosítása \d+ perc múlva lejár/).isVisible()).toBe(false)
    await minutesPass(visitor, 230, 5)
    await visitor.reads(/Azonosítása (9|10) perc múlva lejár\./)
    await visitor.look('-notice')
    await email(page).fill('anna@example.hu')
    await page.getByRole('button', { name: 'Azonosítás megújítása most' }).click()
    await identify(visitor, anna)
    await arrivesAt(visitor, address)
    expect(await email(page).inputValue()).toBe('anna@example.hu')
    await minutesPass(visitor, 240, 10)
    await page.reload()
    await visitor.reads('E-mail-címe')
  })

  test('end for somebody who worked in the last minute too; the same person goes on', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    await workUntil(visitor, 236, address)
    await page.reload()
    await minutesPass(visitor, 240, 4)
    await dialog(page, over).waitFor()
    await visitor.look('-reidentify')
    await dialog(page, over).getByRole('button', { name: 'Azonosítás' }).click()
    await identify(visitor, anna)
    await arrivesAt(visitor, address)
    await visitor.reads('E-mail-címe')
  })

  test('end without scripts: the next page asks for identification, and leads back', async () => {
    const visitor = await arrive(anna, plain)
    const address = await openForm(visitor)
    await workUntil(visitor, 240, address)
    await visitor.open(address)
    await visitor.reads(over)
    expect(await visitor.page.getByText(anna.name).count()).toBe(0)
    await visitor.page.getByRole('button', { name: 'Azonosítás', exact: true }).click()
    await identify(visitor, anna)
    await arrivesAt(visitor, address)
  })

  test('bring no other person into the first one’s work, in no tab', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    await workUntil(visitor, 236, address)
    await page.reload()
    await page.route('**/urlapok/**', (route) => route.abort())
    await email(page).fill('anna@example.hu')
    const tab = await otherTab(visitor, address)
    await minutesPass(visitor, 240, 4)
    await dialog(page, over).waitFor()
    await tab.goto(new URL('/munkamenet/azonositas', url).href)
    await tab.getByRole('button', { name: 'Azonosítás', exact: true }).click()
    await tab.getByRole('button', { name: bela.name }).click()
    await tab.getByText('Ön más személyként azonosította magát').waitFor()
    // the page of the first one has been replaced at once, with all that was typed
    await page.waitForURL(`${url}/sajat`)
    await visitor.reads(bela.name)
    for (const shown of [page, tab]) expect(await shown.getByText(anna.name).count()).toBe(0)
    await page.unroute('**/urlapok/**')
    await page.goto(new URL(address, url).href)
    expect(await page.getByText('anna@example.hu').count()).toBe(0)
    expect(await email(page).count()).toBe(0)
  })
})

describe('several tabs', () => {
  test.each<[string, boolean]>([
    ['at once', true],
    ['when it is looked at, in a browser whose tabs cannot speak', false],
  ])('signing out in one leaves nothing in the other, %s', async (_when, speaking) => {
    const visitor = await arrive(anna, wide)
    if (!speaking) await visitor.page.context().addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'))
    const address = await openForm(visitor)
    const { page } = visitor
    const tab = await otherTab(visitor, '/sajat')
    await tab.getByRole('button', { name: 'Kijelentkezés' }).first().click()
    await tab.getByText('A portálról és a KAÜ-ből is kijelentkezett').waitFor()
    if (!speaking) {
      expect(new URL(page.url()).pathname).toBe(address)
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    }
    await page.waitForURL(`${url}/kijelentkezve`)
    expect(await page.getByText(anna.name).count()).toBe(0)
  })

  test('the page is hidden while another tab is still signing out', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    const tab = await otherTab(visitor, '/sajat')
    await neverAnswered(tab)
    await tab.getByRole('button', { name: 'Kijelentkezés' }).first().click()
    await email(page).waitFor({ state: 'hidden' })
    // it did not happen: the server still knows the session
    await page.clock.fastForward(2_000)
    await email(page).waitFor()
  })

  test('going on in one shows the other again', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await minutesPass(visitor, 30, 30)
    await dialog(page, paused).waitFor()
    const tab = await otherTab(visitor, '/sajat')
    await tab.getByRole('button', { name: 'Munka folytatása' }).click()
    await tab.waitForURL(`${url}/sajat`)
    await email(page).waitFor()
    expect(await page.title()).toMatch(/^Az Ön adatai/)
  })

  test('being at work in one keeps the other from warning', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await minutesPass(visitor, 25, 25)
    await dialog(page, warning).waitFor()
    await otherTab(visitor, '/sajat')
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await dialog(page, warning).waitFor({ state: 'hidden' })
  })

  test('two settlements in two tabs stay apart', async () => {
    const visitor = await arrive(anna, wide)
    const first = await openForm(visitor, 'ujhartyan')
    const { page } = visitor
    const second = await openForm(visitor, 'komlo')
    const tab = await otherTab(visitor, first)
    for (const [shown, typed] of [
      [page, 'komlo@example.hu'],
      [tab, 'ujhartyan@example.hu'],
    ] as const) {
      const answered = saved(shown)
      await email(shown).fill(typed)
      await email(shown).blur()
      await answered
    }
    for (const [address, typed] of [
      [first, 'ujhartyan@example.hu'],
      [second, 'komlo@example.hu'],
    ] as const) {
      await page.goto(new URL(address, url).href)
      expect(await email(page).inputValue()).toBe(typed)
    }
  })
})

describe('going back', () => {
  test.each<[string, Circumstances]>([
    ['with scripts', wide],
    ['without scripts', plain],
  ])('after signing out shows nothing, %s', async (_how, circumstances) => {
    const visitor = await arrive(anna, circumstances)
    await visitor.open('/sajat/beallitasok')
    await visitor.signOut()
    const { page } = visitor
    for (let step = 0; step < 4; step += 1) {
      await page.goBack()
      if (page.url().startsWith(url)) expect(await page.getByText(anna.name).filter({ visible: true }).count()).toBe(0)
    }
  })

  test('to a page from the browser’s memory shows it only while its own session lives', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await putAway(page)
    expect(await email(page).isVisible()).toBe(false)
    await takeOut(page)
    await email(page).waitFor()

    await putAway(page)
    const tab = await otherTab(visitor, '/sajat')
    await tab.getByRole('button', { name: 'Kijelentkezés' }).first().click()
    await tab.getByText('A portálról és a KAÜ-ből is kijelentkezett').waitFor()
    expect(await email(page).isVisible()).toBe(false)
    await takeOut(page)
    await page.waitForURL(`${url}/kijelentkezve`)
  })

  test('to such a page when the session has paused leads to where one goes on', async () => {
    const visitor = await arrive(anna, wide)
    const address = await openForm(visitor)
    const { page } = visitor
    await putAway(page)
    await serverTime(30)
    await takeOut(page)
    await page.waitForURL(`${url}/munkamenet/szunet`)
    await visitor.press('Munka folytatása')
    await arrivesAt(visitor, address)
  })

  test('to such a page gives back the button one had pressed', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    await neverAnswered(page)
    const button = page.getByRole('button', { name: 'Mentés és tovább' })
    await button.click()
    await expect.poll(() => button.isDisabled()).toBe(true)
    await putAway(page)
    await takeOut(page)
    await expect.poll(() => button.isEnabled()).toBe(true)
  })
})

describe('being there', () => {
  test('is told by a real key or click, at most once a minute, and by nothing else', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    const told: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/munkamenet/jelenlet')) told.push(request.method())
    })
    await email(page).focus()
    await page.keyboard.press('Tab')
    await minutesPass(visitor, 20, 20)
    await page.evaluate(() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' })))
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    const answered = page.waitForResponse(/jelenlet/)
    expect(told).toEqual([])
    await page.keyboard.press('Tab')
    expect((await answered).status()).toBe(204)
    await page.keyboard.press('Tab')
    expect(told).toEqual(['POST'])
    // 30 minutes are counted from there
    await minutesPass(visitor, 44, 24)
    await page.reload()
    await visitor.reads('E-mail-címe')
  })

  test('looking at the status is no activity', async () => {
    const visitor = await arrive(anna, wide)
    await openForm(visitor)
    const { page } = visitor
    for (const minutes of [10, 20, 25]) {
      await serverTime(minutes)
      const asked = page.waitForResponse(/allapot/)
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
      const status = (await (await asked).json()) as { state: string; idleSeconds: number }
      expect(status.state).toBe('active')
      expect(status.idleSeconds).toBeLessThanOrEqual((30 - minutes) * 60)
    }
    await serverTime(30)
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await dialog(page, paused).waitFor()
  })
})

test('after sleep the page asks before it shows anything', async () => {
  const visitor = await arrive(anna, wide)
  await openForm(visitor)
  const { page } = visitor
  // no time has passed for the page: its machine slept
  await serverTime(100)
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await dialog(page, paused).waitFor()
})

test('public pages tell somebody whose session waits, and nobody’s name', async () => {
  const visitor = await arrive(anna, plain)
  await serverTime(30)
  await visitor.open('/tajekoztato')
  await visitor.reads('Munkamenete szünetel.')
  expect(await visitor.page.getByText(anna.name).count()).toBe(0)
  await serverTime(240)
  await visitor.page.reload()
  await visitor.reads('Azonosítása lejárt.')
})

test('a clerk’s page is hidden like a citizen’s', async () => {
  const visitor = await arrive(cecilia, wide)
  await visitor.open('/hivatal')
  const { page } = visitor
  await minutesPass(visitor, 25, 25)
  await dialog(page, warning).waitFor()
  await visitor.look('-warning')
  await minutesPass(visitor, 30, 5)
  await dialog(page, paused).waitFor()
  await visitor.look('-curtain')
})
