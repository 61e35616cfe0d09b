/** What people see of forms they have begun: asked before beginning another, copied from one sent before, carried to a new version. */
import pg from 'pg'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anna } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { fillInSender } from './general-request.ts'
import { type Circumstances, Visitor } from './person.ts'

const { url, adminUrl } = inject('journeyPortal')
const admin = new pg.Pool({ connectionString: adminUrl, max: 1 })
const begin = '/komlo/sajat/urlapok/uj?urlap=altalanos-kerelem'
const question = 'Folytatja a megkezdettet, vagy újat kezd?'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await admin.end()
})

const pathOf = ({ page }: Visitor) => new URL(page.url()).pathname
const draftOf = (visitor: Visitor) => pathOf(visitor).split('/')[4] ?? ''

async function fillsIn(visitor: Visitor, subject: string): Promise<void> {
  await fillInSender(visitor)
  await visitor.choose('Témakör', 'Egyéb')
  await visitor.type('A kérelem tárgya', subject)
  await visitor.type('A kérelem szövege', `${subject}: kérem, intézkedjenek.`)
  await visitor.press('Mentés és tovább')
  await visitor.press('Mentés és tovább')
  await visitor.tick(/a valóságnak megfelelnek/)
  await visitor.press('Mentés és tovább')
}

test.each<[string, Circumstances]>([
  ['on a telephone without scripts', { width: 390, scripts: false, keyboard: false }],
  ['on a wide screen with scripts', { width: 1280, scripts: true, keyboard: false }],
])(
  '%s a form begun before is offered, one sent before is copied, and a new version is taken over',
  async (_way, circumstances) => {
    const subject = `Kidőlt fa ${String(circumstances.width)}`
    const visitor = await Visitor.arrive(browser, url, circumstances)
    await visitor.open('/')
    await visitor.signIn(anna)
    if (pathOf(visitor).endsWith('/elso-belepes')) {
      await visitor.type(/alapértelmezett/, 'Újhartyán')
      await visitor.tick(/Elolvastam és elfogadom/)
      await visitor.press('Fiók létrehozása')
    }

    await visitor.open('/ujhartyan/ugyek')
    await visitor.press('Haláleset a családban')
    await visitor.press('Minden űrlap')
    await visitor.type('Keresés az űrlapok között', 'kutyát')
    await visitor.press('Keresés', visitor.page.getByRole('search'))
    await visitor.press('Általános kérelem (e-Papír)')

    const [first, late] = [await visitor.openTab(), await visitor.openTab()]
    for (const tab of [first, late]) await tab.open(begin)
    await first.tick(/Saját nevemben/)
    await first.press(/Űrlap megnyitása|Új űrlap kezdése/)
    const begun = draftOf(first)
    await late.tick(/Saját nevemben/)
    await late.press(/Űrlap megnyitása|Új űrlap kezdése/)
    await late.reads(question)
    await late.look('-asked')
    await late.press('Folytatás')
    expect(draftOf(late)).toBe(begun)

    await visitor.open(begin)
    await visitor.reads(question)
    await visitor.tick(/Saját nevemben/)
    await visitor.press('Új űrlap kezdése')
    expect(draftOf(visitor)).not.toBe(begun)
    await fillsIn(visitor, subject)
    await visitor.press(/Módosítás A kérelem tárgya/)
    await visitor.press('Mentés és tovább')
    await visitor.press('Beküldés')

    await visitor.press('Új űrlap ennek a másolatával')
    await visitor.reads('A nyilatkozatokat nem másoljuk')
    await visitor.press('Új űrlap kezdése ezekkel a válaszokkal')
    const copied = draftOf(visitor)
    await visitor.press('A kérelem', visitor.page.getByRole('navigation', { name: /lépés/ }))
    expect(await visitor.page.getByLabel('A kérelem tárgya').inputValue()).toBe(subject)

    await admin.query('update drafts set form_version = 1 where id = $1', [copied])
    await visitor.open('/sajat/urlapok')
    await visitor.reads('Új változata van')
    await visitor.look('-newer-version')
    await visitor.open(pathOf(late).replace(begun, copied))
    await visitor.press('Mi változott, és mi lesz a válaszaimmal?')
    await visitor.press('Átviszem az új változatba')
    await visitor.reads('Az adatait átvettük az új változatba, kérjük, ellenőrizze.')
    await visitor.look('-carried-over')
    const { rows } = await admin.query('select form_version from drafts where id = $1', [copied])
    expect(rows).toEqual([{ form_version: 2 }])
    await visitor.signOut()
    await visitor.leave()
  },
  180_000,
)
