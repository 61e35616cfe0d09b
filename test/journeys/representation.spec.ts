import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bela } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

let browser: Browser
const { url } = inject('journeyPortal')

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

test.each<[string, Circumstances]>([
  ['with scripts on a wide screen', { width: 1280, scripts: true, keyboard: false }],
  ['without scripts on a telephone', { width: 390, scripts: false, keyboard: false }],
])(
  'Béla writes for two companies in two tabs, and nothing of one gets into the other, %s',
  async (_how, how) => {
    const first = await Visitor.arrive(browser, url, how)
    await first.open('/')
    await first.signIn(bela)
    if (first.page.url().endsWith('/elso-belepes')) {
      await first.type(/alapértelmezett/, 'Komló')
      await first.tick(/Elolvastam és elfogadom/)
      await first.press('Fiók létrehozása')
    }
    await first.open('/sajat/kepviseletek')
    await first.reads('Kitalált Kenyér Kft.')
    await first.reads('Délibáb Építő Zrt.')

    const second = await first.openTab()
    const kenyer = { tab: first, name: 'Kitalált Kenyér Kft.', subject: `Pékség előtti kátyú ${String(how.width)}` }
    const delibab = { tab: second, name: 'Délibáb Építő Zrt.', subject: `Állvány a járdán ${String(how.width)}` }
    const both = [kenyer, delibab]

    // Step by step, one tab after the other: whatever the session kept of a company would now be the other's.
    for (const { tab, name } of both) {
      await tab.open('/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem')
      await tab.tick(`${name} nevében`)
      await tab.press(/Űrlap megnyitása|Új űrlap kezdése/)
      await tab.reads(`Ön most ${name} nevében jár el.`)
      expect(await tab.page.title()).toContain(name)
    }
    for (const { tab } of both) {
      await tab.type('E-mail-címe', 'pelda.bela@example.hu')
      await tab.type('Telefonszáma', '06 30 123 4567')
      await tab.press('Mentés és tovább')
    }
    for (const { tab, name } of both) {
      await tab.reads(name)
      await tab.press('Mentés és tovább')
    }
    for (const { tab } of both) {
      await tab.type('Irányítószám', '7300')
      await tab.type('Település', 'Komló')
      await tab.type('Közterület neve', 'Kitalált')
      await tab.type(/Közterület jellege/, 'köz')
      await tab.type('Házszám', '3')
      await tab.press('Mentés és tovább')
    }
    for (const { tab, subject } of both) {
      await tab.choose('Témakör', 'Egyéb')
      await tab.type('A kérelem tárgya', subject)
      await tab.type('A kérelem szövege', `${subject}: kérem, intézkedjenek.`)
      await tab.press('Mentés és tovább')
    }

    const reader = await first.openTab()
    await reader.open('/sajat/urlapok')
    for (const { name, subject } of both) {
      await reader.reads(subject)
      await reader.reads(`${name} nevében`)
    }

    for (const { tab } of both) {
      await tab.press('Mentés és tovább')
      await tab.tick(/a valóságnak megfelelnek/)
      await tab.press('Mentés és tovább')
    }
    for (const { tab, name, subject } of both) {
      await tab.press('Beküldés')
      await tab.reads('Űrlapját beküldtük')
      const receipt = await tab.page.innerText('main')
      const [other] = both.filter((one) => one.name !== name)
      expect(receipt).toContain(`${name} nevében`)
      expect(receipt).toContain(subject)
      expect(receipt).not.toContain(other?.name)
      expect(receipt).not.toContain(other?.subject)
    }

    await reader.open('/sajat/ugyek')
    for (const { name, subject } of both) {
      await reader.openEntry(subject)
      await reader.reads(`Ön most ${name} nevében jár el.`)
      await reader.open('/sajat/ugyek')
    }
    await reader.signOut()
    await first.leave()
  },
  240_000,
)
