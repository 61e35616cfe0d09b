import pg from 'pg'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anna, bela, type CastPerson } from '../cast/people.ts'
import { launchBrowser } from '../support/browser.ts'
import { type Circumstances, Visitor } from './person.ts'

let browser: Browser
const { url, taxSystemUrl, adminUrl } = inject('journeyPortal')
const komlo = 'Komló'
const heves = { code: '14535', name: 'Kömlő' }

beforeAll(async () => {
  browser = await launchBrowser()
  await letTaxSystem('dead')
})
afterAll(async () => {
  await letTaxSystem('works')
  await browser.close()
})

/** How Kömlő's tax system behaves from now on. */
async function letTaxSystem(uzem: 'dead' | 'works'): Promise<void> {
  const told = await fetch(new URL('/uzem', taxSystemUrl), {
    method: 'POST',
    body: new URLSearchParams({ telepules: heves.code, uzem }),
    redirect: 'manual',
  })
  expect(told.status).toBe(303)
}

async function askDatabase<Row extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(statement, values)).rows
  } finally {
    await client.end()
  }
}

/** Komló and Kömlő are among Anna's own settlements too. */
async function keepSettlements(): Promise<void> {
  await askDatabase(
    `insert into account_settlements (account_id, settlement_id)
     select accounts.id, settlement from accounts, unnest(array[26408, 14535]) as settlement where subject = $1
     on conflict do nothing`,
    [anna.subject],
  )
}

/** Where the balance of somebody whom one acts for in Újhartyán stands. */
async function balanceOf(name: string): Promise<string> {
  const [party] = await askDatabase<{ label: string }>(
    'select label from represented_parties where name = $1 and settlement_id = 6293',
    [name],
  )
  return `/ujhartyan/${party?.label ?? ''}/ado`
}

async function comeIn(visitor: Visitor, person: CastPerson): Promise<void> {
  await visitor.open('/')
  await visitor.signIn(person)
  if (!visitor.page.url().endsWith('/elso-belepes')) return
  await visitor.type(/alapértelmezett/, person.address.settlement)
  await visitor.tick(/Elolvastam és elfogadom/)
  await visitor.press('Fiók létrehozása')
}

test.each<[string, Circumstances]>([
  ['with scripts on a wide screen', { width: 1280, scripts: true, keyboard: false }],
  ['without scripts on a telephone', { width: 390, scripts: false, keyboard: false }],
])(
  'Anna asks what she owes, and one dead tax system hides nothing of the other settlements, %s',
  async (_how, how) => {
    const visitor = await Visitor.arrive(browser, url, how)
    await comeIn(visitor, anna)
    await keepSettlements()

    await visitor.open('/ujhartyan')
    await visitor.press('Adóegyenleg', visitor.page.locator('main'))
    await visitor.type('Adóazonosító jele vagy adószáma', '8446619904')
    await visitor.press('Lekérdezés')
    await visitor.reads('Az adóazonosító jel hibás')
    await visitor.type('Adóazonosító jele vagy adószáma', bela.taxId)
    await visitor.press('Lekérdezés')
    await visitor.reads('nem jeleníthető meg adószámla')
    await visitor.look(' nincs')
    await visitor.type('Adóazonosító jele vagy adószáma', '8446 619 903')
    await visitor.press('Lekérdezés')
    expect(visitor.page.url()).toBe(new URL('/ujhartyan/sajat/ado', url).href)
    await visitor.reads('Adószámla-kivonat')
    await visitor.reads('UH-1001')
    await visitor.look(' kivonat')

    await visitor.press('Részletes')
    await visitor.reads('Építményadó: könyvelt tételek')
    await visitor.look(' részletes')
    await visitor.press('Befizetés adatai')
    await visitor.reads('Minden adót a saját számlájára fizessen.')
    await visitor.reads('99900016-99900023-02440000')
    const copies = visitor.page.getByRole('button', { name: /^Másolás/ })
    expect((await copies.filter({ visible: true }).count()) > 0).toBe(how.scripts)

    await visitor.open('/sajat/ado')
    const places = visitor.page.getByRole('listitem')
    await places.filter({ hasText: komlo }).filter({ hasText: 'Most esedékes' }).first().waitFor()
    const dead = places.filter({ hasText: heves.name }).filter({ hasText: 'Az adórendszer most nem érhető el.' })
    await dead.first().waitFor()
    await visitor.reads('8•••••••03')
    await visitor.look(' egyenlegek')
    await visitor.press(/Elfelejtés/)
    await visitor.reads('Az azonosítót elfelejtettük.')
    await visitor.leave()
  },
  120_000,
)

test('Béla looks at two companies in two tabs, and each shows its own', async () => {
  const first = await Visitor.arrive(browser, url, { width: 1280, scripts: true, keyboard: false })
  await comeIn(first, bela)
  const second = await first.openTab()
  const kenyer = { tab: first, name: 'Kitalált Kenyér Kft.', number: '99999906-2-13' }
  const delibab = { tab: second, name: 'Délibáb Építő Zrt.', number: '99999913-2-13' }
  for (const { tab, name } of [kenyer, delibab]) await tab.open(await balanceOf(name))
  for (const { tab, name, number } of [kenyer, delibab, kenyer]) {
    await tab.open(new URL(tab.page.url()).pathname)
    await tab.reads(`Ön most ${name} nevében jár el.`)
    await tab.reads(number)
  }
  expect(await first.page.innerText('main')).not.toContain(delibab.name)
  expect(await second.page.innerText('main')).not.toContain(kenyer.name)
  await first.leave()
}, 120_000)
