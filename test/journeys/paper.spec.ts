import type { Browser } from 'playwright'
import { afterAll, beforeAll, inject, test } from 'vitest'
import { cecilia } from '../cast/people.ts'
import { printedPaper, scanOf } from '../features/paper-forms/printed-paper.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

let browser: Browser
const { url } = inject('journeyPortal')

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(() => browser.close())

test.each<[string, Circumstances]>([
  ['without scripts on a wide screen', { width: 1280, scripts: false, keyboard: false }],
  ['with scripts on a telephone', { width: 390, scripts: true, keyboard: false }],
])(
  'a paper is printed empty, and one that came filled in is scanned and taken over, %s',
  async (_how, circumstances) => {
    const subject = `Papíron, ${String(circumstances.width)}`
    const reader = await Visitor.arrive(browser, url, circumstances)
    await reader.open('/ujhartyan/ugyek/altalanos-kerelem')
    await reader.press('Üres űrlap nyomtatása')
    await reader.reads('Anyja születési neve')
    await reader.press('Vissza az űrlap oldalára')
    await reader.leave()

    const clerk = await Visitor.arrive(browser, url, circumstances)
    await clerk.open('/')
    await clerk.signIn(cecilia)
    await clerk.open('/hivatal/ujhartyan/papir')
    await clerk.press(/^Beolvasás$/)
    await clerk.reads('Olvassa be a kódokat, vagy válasszon képet a papírról.')
    await clerk.attach('Vagy a papír képe', {
      name: 'beolvasott lap.png',
      mimeType: 'image/png',
      buffer: scanOf(printedPaper({ subject })),
    })
    await clerk.press(/^Beolvasás$/)
    await clerk.reads('Kérem, javítsák ki a kátyút.')
    await clerk.press('Átvétel és érkeztetés')
    await clerk.reads(/A papírt átvette: \d\d-\w{4}-\w{4}-\w/)
    await clerk.reads('Papíron érkezett')
    await clerk.open('/hivatal/ujhartyan/beerkezett')
    await clerk.reads(subject)
    await clerk.signOut()
    await clerk.leave()
  },
)
