import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import { publishForms } from '../../../src/features/forms/index.ts'
import { readPaperContent } from '../../../src/features/forms/paper-content.ts'
import { findCodes } from '../../../src/platform/codes/find-codes.ts'
import { readCodes } from '../../../src/platform/codes/numbered-codes.ts'
import { pictureOf } from '../../platform/codes/picture.ts'
import { openTestPortal, type Page, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(async () => {
  await portal.close()
})

const communal = '/ujhartyan/ugyek/kommunalis-ado-adatbejelentes'
const hostile = `"'><svg onload=alert(1)>{{7*7}}`

/** What a browser would send back from the page: everything in its form, with what the person typed and the button pressed. */
function sentBack(page: Page, typed: Record<string, string | string[]>): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  for (const input of page.html.querySelectorAll('#urlap input, #urlap textarea, #urlap select')) {
    const name = input.getAttribute('name')
    const type = input.getAttribute('type')
    if (name === undefined) continue
    if ((type === 'radio' || type === 'checkbox') && !input.hasAttribute('checked')) continue
    if (input.tagName === 'TEXTAREA') fields[name] = input.textContent.replace(/^\n/, '')
    else if (input.tagName === 'SELECT')
      fields[name] = input.querySelector('option[selected]')?.getAttribute('value') ?? ''
    else fields[name] = unescaped(input.getAttribute('value') ?? '')
  }
  return { ...fields, ...typed }
}

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

function send(page: Page, typed: Record<string, string | string[]> = {}, language?: 'hu' | 'en'): Promise<Page> {
  const action = page.html.querySelector('#urlap')?.getAttribute('action')
  if (action === undefined) throw new Error(`no form on the page: ${page.text.slice(0, 300)}`)
  return portal.post(action, sentBack(page, typed), language ? { language } : {})
}

const heading = (page: Page) => page.html.querySelector('h1')?.text.trim()
const date = (name: string, year: string, month: string, day: string) => ({
  [`${name}.year`]: year,
  [`${name}.month`]: month,
  [`${name}.day`]: day,
})

const sender = {
  'sender-name.family': 'Minta',
  'sender-name.given': 'Anna',
  'sender-birth-name.family': 'Próba',
  'sender-birth-name.given': 'Anna',
  'sender-mother-name.family': 'Teszt',
  'sender-mother-name.given': 'Mária',
  'sender-birth-place': 'Győr',
  ...date('sender-birth-date', '1989', '4', '12'),
  'sender-email': 'minta.anna@example.hu',
  'sender-phone': '06 30 123 4567',
  'acts-as-agent': 'no',
}
const home = {
  residence: 'hungary',
  'home-address.postalCode': '2367',
  'home-address.settlement': 'Újhartyán',
  'home-address.street': 'Képzelet',
  'home-address.streetType': 'utca',
  'home-address.houseNumber': '12.',
}
const under = (prefix: string, fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}-${name}`, value]))

describe('somebody who is not signed in', () => {
  test('fills in the communal tax report page by page, with a co-owner, and prints it', async () => {
    let page = await portal.visit(`${communal}/kitoltes`)
    expect(page.status).toBe(200)
    expect(heading(page)).toBe('Az Ön adatai')

    page = await send(page, sender)
    expect(heading(page)).toBe('A bejelentés')
    page = await send(page, {
      'report-kind': 'own',
      'report-reason': 'start',
      'start-kind': 'acquisition',
      ...date('event-date', '2020', '3', '1'),
    })
    expect(heading(page)).toBe('Az adó alanya')
    expect(page.text).toContain('Minta Anna')
    page = await send(page, { 'taxpayer-tax-id': '8446619903' })
    page = await send(page, under('taxpayer', home))
    expect(heading(page)).toBe('Az adótárgy')
    page = await send(page, {
      'object-kind': 'building',
      'object-address.postalCode': '2367',
      'object-address.street': 'Képzelet',
      'object-address.streetType': 'utca',
      'object-address.houseNumber': '12.',
      'parcel-number': '123/4 hrsz.',
      'parcel-situation': 'inner',
    })
    page = await send(page, { quality: 'owner', 'own-share': '1/2' })
    expect(heading(page)).toBe('Tulajdonostársak')

    page = await send(page, { action: 'add:co-owners' })
    expect(heading(page)).toBe('1. tulajdonostárs')
    page = await send(page, { 'co-owners.0.co-owner-kind': 'person', 'co-owners.0.co-owner-address': hostile })
    expect(page.status).toBe(422)
    expect(heading(page)).toBe('1. tulajdonostárs')
    page = await send(page, {
      'co-owners.0.co-owner-name.family': 'Példa',
      'co-owners.0.co-owner-name.given': 'Béla',
      'co-owners.0.co-owner-birth-place': 'Komló',
      ...date('co-owners.0.co-owner-birth-date', '1980', '1', '1'),
      'co-owners.0.co-owner-quality': 'owner',
      'co-owners.0.co-owner-share': '3/4',
    })
    expect(page.html.querySelectorAll('.govuk-error-summary li').map((one) => one.text)).toEqual([])
    expect(heading(page)).toBe('Tulajdonostársak')
    expect(page.html.querySelectorAll('.portal-rows__row').map((row) => row.text.trim())[0]).toContain('Példa Béla')

    page = await send(page, { action: 'add:co-owners' })
    expect(heading(page)).toBe('2. tulajdonostárs')
    page = await send(page, { _gomb: 'vissza' })
    expect(page.html.querySelectorAll('.portal-rows__row')).toHaveLength(2)
    page = await send(page, { action: 'ask-remove:co-owners:1' })
    expect(heading(page)).toBe('Törli ezt: 2. tulajdonostárs?')
    page = await send(page, { nyelv: 'en' }, 'en')
    expect(heading(page)).toBe('Remove co-owner 2?')
    page = await send(page, { _gomb: 'marad' })
    expect(page.html.querySelectorAll('.portal-rows__row')).toHaveLength(2)
    page = await send(page, { action: 'ask-remove:co-owners:1' })
    page = await send(page, { action: 'remove' })
    expect(page.html.querySelectorAll('.portal-rows__row')).toHaveLength(1)

    page = await send(page)
    expect(page.status).toBe(422)
    expect(page.text).toContain('A hányadok összege több, mint az egész')
    page = await send(page, { action: 'open:co-owners:0' })
    const share = page.html.querySelector('[name="co-owners.0.co-owner-share"]')
    expect(share?.getAttribute('value')).toBe('3/4')
    page = await send(page, { 'co-owners.0.co-owner-share': '1/2' })
    page = await send(page)
    expect(heading(page)).toBe('Mentesség, kedvezmény')
    page = await send(page, { 'claims-relief': 'no' })
    expect(heading(page)).toBe('Csatolmányok')
    expect(page.html.querySelectorAll('input[type=file]')).toHaveLength(0)
    page = await send(page)
    expect(heading(page)).toBe('Nyilatkozat')
    page = await send(page, { 'true-data': 'yes' })

    expect(heading(page)).toBe('Válaszok áttekintése')
    expect(page.text).toMatch(/A bejelentés határideje .*elmúlt/)
    expect(page.text).toContain('+36 30 123 4567')
    expect(page.text).toContain('Példa Béla')
    expect(page.html.querySelector('svg[onload]')).toBeNull()

    const paper = await send(page, { _gomb: 'nyomtatas' })
    expect(paper.text).toContain('123/4')
    expect(paper.text).toContain('Minta Anna')
    expect(paper.html.querySelector('.portal-signature')).not.toBeNull()
    expect(paper.html.querySelector('address')?.text).toMatch(/2367/)
    expect(paper.html.querySelector('svg[onload]')).toBeNull()

    const pdf = await portal.app.inject({
      method: 'POST',
      url: `${communal}/kitoltes/ellenorzes`,
      headers: { host: '127.0.0.1:8080', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...sentBack(page, {}), _gomb: 'pdf' } as Record<string, string>).toString(),
    })
    expect(pdf.statusCode).toBe(200)
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.headers['content-disposition']).toContain('kommunalis-ado-adatbejelentes.pdf')
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-')

    // Whoever scans either paper has all the answers, without anything having been kept.
    const drawn = paper.html.querySelectorAll('.portal-code svg').map((svg) => ({
      size: Number(svg.getAttribute('viewBox')?.split(' ')[2]) - 8,
      path: svg.querySelector('path')?.getAttribute('d') ?? '',
    }))
    for (const scan of [
      { bytes: pictureOf(drawn, 4), kind: 'picture' },
      { bytes: pdf.rawPayload, kind: 'pdf' },
    ] as const) {
      const found = await findCodes(scan)
      const read = readCodes(found.outcome === 'read' ? found.texts.join('\n') : '')
      expect(read.outcome === 'complete' && readPaperContent(read.content)).toMatchObject({
        code: 'kommunalis-ado-adatbejelentes',
        settlementId: 6293,
        answers: {
          'sender-name': { family: 'Minta', given: 'Anna' },
          'parcel-number': '123/4',
          'co-owners': [{ 'co-owner-share': '1/2', 'co-owner-address': hostile }],
        },
      })
    }

    const back = await send(page, { _gomb: 'oldal:adotargy' })
    expect(heading(back)).toBe('Az adótárgy')
    expect(back.html.querySelector('#parcel-number')?.getAttribute('value')).toBe('123/4')
    const row = await send(page, { _gomb: 'oldal:tulajdonostarsak/sor/1' })
    expect(heading(row)).toBe('1. tulajdonostárs')
    expect(heading(await send(row))).toBe('Tulajdonostársak')
  })

  test('is told how to put each field right, in a summary that leads there; what was typed stays', async () => {
    const first = await portal.visit(`${communal}/kitoltes`)
    const page = await send(first, {
      ...sender,
      'sender-email': hostile,
      ...date('sender-birth-date', '2026', '2', '30'),
      'acts-as-agent': '',
    })
    expect(page.status).toBe(422)
    const links = page.html.querySelectorAll('.govuk-error-summary a').map((link) => link.getAttribute('href') ?? '')
    expect(links).toEqual(['#sender-birth-date-day', '#sender-email', '#acts-as-agent'])
    for (const link of links) expect(page.html.querySelector(`input${link}`), link).not.toBeNull()
    expect(page.html.querySelector('#sender-email')?.getAttribute('value')).toBe(hostile)
    expect(page.html.querySelector('#sender-birth-date-month')?.getAttribute('value')).toBe('2')
    expect(page.html.querySelector('#sender-birth-date-day')?.getAttribute('value')).toBe('30')
    expect(page.html.querySelector('title')?.text).toMatch(/^Hiba/)
  })

  test('changes the language in the middle and keeps what was typed', async () => {
    const first = await portal.visit(`${communal}/kitoltes`)
    const english = await send(first, { ...sender, 'sender-phone': '123', nyelv: 'en' })
    expect(english.status).toBe(200)
    expect(heading(english)).toBe('About you')
    expect(english.html.querySelector('html')?.getAttribute('lang')).toBe('en')
    expect(english.html.querySelector('#sender-phone')?.getAttribute('value')).toBe('123')
    expect(String(english.headers['set-cookie'])).toContain('__Host-nyelv=en')
    expect(english.html.querySelectorAll('.govuk-error-summary')).toHaveLength(0)
  })

  test('goes back without being held up, and cannot skip ahead', async () => {
    const first = await portal.visit(`${communal}/kitoltes`)
    const second = await send(first, sender)
    const back = await send(second, { 'report-kind': 'own', _gomb: 'vissza' })
    expect(heading(back)).toBe('Az Ön adatai')
    expect(heading(await send(back))).toBe('A bejelentés')

    const ahead = await portal.post(`${communal}/kitoltes/nyilatkozat`, {
      'declared-at': 'Újhartyán',
      'true-data': 'yes',
    })
    expect(heading(ahead)).toBe('Válaszok áttekintése')
    expect(ahead.text).toContain('Az űrlap még nem teljes')
    const print = await send(ahead, { _gomb: 'nyomtatas' })
    expect(print.status).toBe(422)
    expect(heading(print)).toBe('Válaszok áttekintése')
  })

  test('has nowhere to submit to and leaves nothing behind', async () => {
    const before = await portal.admin<{ count: string }>('select count(*) from drafts')
    const first = await portal.visit(`${communal}/kitoltes`)
    const second = await send(first, sender)
    expect(await portal.admin('select count(*) from drafts')).toEqual(before)
    for (const page of [first, second]) {
      expect(page.html.querySelectorAll('form[action*=sajat], form[action*=bekuldes]')).toHaveLength(0)
      expect(page.headers['cache-control']).toBe('no-store')
    }
  })
})

/** Pages, and rows' own pages, that together have every type of field, each a few times over. */
function pagesOfEveryKind(): { address: string; rows: Record<string, string> }[] {
  const seen = new Map<string, number>()
  const pages: { address: string; rows: Record<string, string> }[] = []
  for (const definition of readDefinitions()) {
    for (const { id, items } of definition.pages) {
      const groups = items.flatMap((item) => (item.type === 'group' ? [item] : []))
      const types = items.flatMap((item) => (item.type === 'group' ? item.fields : [item])).map(({ type }) => type)
      if (!types.some((type) => (seen.get(type) ?? 0) < 5)) continue
      for (const type of types) seen.set(type, (seen.get(type) ?? 0) + 1)
      const path = groups.some(({ rowPages }) => rowPages) ? `${id}/sor/1` : id
      const rows = Object.fromEntries(groups.map((group) => [`${group.id}.rows`, '2']))
      pages.push({ address: `/ujhartyan/ugyek/${definition.code}/kitoltes/${path}`, rows })
    }
  }
  return pages
}

test('strange words stay words in every type of field, in both languages', async () => {
  let fields = 0
  for (const { address, rows } of pagesOfEveryKind()) {
    const language = address.length % 2 === 0 ? 'hu' : 'en'
    const empty = await portal.post(address, { ...rows, nyelv: language })
    if (empty.status === 404) continue // hidden as long as nothing is answered
    const names = empty.html
      .querySelectorAll('#urlap input[type=text], #urlap input[type=email], #urlap input[type=tel], #urlap textarea')
      .map((input) => input.getAttribute('name') ?? '')
    const typed = Object.fromEntries(names.map((name) => [name, hostile]))
    const page = await portal.post(address, { ...rows, ...typed }, { language })
    expect(page.html.querySelectorAll('svg[onload], [onload]'), address).toHaveLength(0)
    if (page.status !== 422) continue
    for (const name of names) {
      const input = page.html.querySelector(`[name="${name}"]`)
      const value =
        input?.tagName === 'TEXTAREA' ? input.textContent.trim() : unescaped(input?.getAttribute('value') ?? '')
      expect(value, `${address} ${name}`).toBe(hostile)
      fields++
    }
  }
  expect(fields).toBeGreaterThan(60)
})

describe('what does not fit', () => {
  test.each([
    ['an unknown form', '/ujhartyan/ugyek/nincs-ilyen'],
    ['filling in an unknown form', '/ujhartyan/ugyek/nincs-ilyen/kitoltes'],
    ['a form the settlement does not accept', '/pecs/ugyek/altalanos-kerelem'],
    ['a name that is no address', '/ujhartyan/ugyek/%3Cscript%3E'],
  ])('%s is not found, with what there is instead', async (_what, address) => {
    const page = await portal.visit(address)
    expect(page.status).toBe(404)
    expect(page.html.querySelectorAll('h1')).toHaveLength(1)
  })

  test('posts that are broken get a plain answer', async () => {
    const broken = await portal.post(`${communal}/kitoltes/bekuldo`, { _valaszok: '{"a":' })
    expect(broken.status).toBe(400)
    const doubled = await portal.post(`${communal}/kitoltes/bekuldo`, { 'sender-birth-place': ['Győr', 'Pécs'] })
    expect(doubled.status).toBe(400)
    expect((await portal.post(`${communal}/kitoltes/nincs-ilyen`, {})).status).toBe(404)
    expect((await portal.post(`${communal}/kitoltes/kepviselet`, {})).status).toBe(404)
    const nested = await portal.post(`${communal}/kitoltes/bekuldo`, {
      _valaszok: `${'['.repeat(5000)}${']'.repeat(5000)}`,
    })
    expect(nested.status).toBe(422)
    expect((await portal.visit(`${communal}/kitoltes/adotargy`)).location).toBe(`${communal}/kitoltes`)
  })
})

describe('the list of forms', () => {
  test('shows what the settlement accepts, by sector, and finds by words without accents', async () => {
    const all = await portal.visit('/ujhartyan/ugyek')
    expect(all.text).toContain('Adóügyek')
    expect(all.text).toContain('Általános kérelem')
    const found = await portal.visit('/ujhartyan/ugyek?q=kommunalis')
    expect(found.text).toContain('Adatbejelentés a magánszemélyek kommunális adójáról')
    expect(found.html.querySelectorAll('.portal-links__link')).toHaveLength(1)
    const english = await portal.visit('/ujhartyan/ugyek?q=certificate', { language: 'en' })
    expect(english.html.querySelectorAll('.portal-links__link').map((link) => link.text)).toContain(
      'Request for a tax certificate',
    )
    const nothing = await portal.visit(`/ujhartyan/ugyek?q=${encodeURIComponent(hostile)}`)
    expect(nothing.status).toBe(200)
    expect(nothing.text).toContain('Erre nem találtunk űrlapot')
    expect((await portal.visit(`/ujhartyan/ugyek?q=${'a'.repeat(5000)}`)).status).toBeLessThan(500)
    expect((await portal.visit('/pecs/ugyek')).text).toContain('nem csatlakozott')
  })

  test('leads to a page of each form that tells its two ways', async () => {
    for (const language of ['hu', 'en'] as const) {
      for (const code of ['kommunalis-ado-adatbejelentes', 'adoigazolas-kerelem', 'altalanos-kerelem']) {
        const page = await portal.visit(`/ujhartyan/ugyek/${code}`, { language })
        expect(page.status).toBe(200)
        const links = page.html.querySelectorAll('a').map((link) => link.getAttribute('href'))
        expect(links).toContain(`/ujhartyan/sajat/urlapok/uj?urlap=${code}`)
        expect(links).toContain(`/ujhartyan/ugyek/${code}/kitoltes`)
      }
    }
  })
})

test('an office publishes its forms: those and no others, the same again changes nothing, unknown ones are refused', async () => {
  const owner = new pg.Client({ connectionString: portal.database.ownerUrl })
  await owner.connect()
  const publish = (codes: string[]) =>
    drizzle(owner, { casing: 'snake_case' }).transaction((tx) => publishForms(tx, 6293, codes))
  const open = () =>
    portal.admin<{ form_code: string; published_at: Date }>(
      'select form_code, published_at from settlement_forms where settlement_id = 6293 and closed_at is null order by form_code',
    )
  try {
    const before = await open()
    const codes = before.map(({ form_code }) => form_code)
    expect(codes).toContain('altalanos-kerelem')
    await publish(codes)
    expect(await open()).toEqual(before)
    await publish(['altalanos-kerelem'])
    expect((await open()).map(({ form_code }) => form_code)).toEqual(['altalanos-kerelem'])
    await publish([])
    expect(await open()).toEqual([])
    expect((await portal.visit('/ujhartyan/ugyek')).text).toContain('egyetlen űrlapot sem fogad')
    await expect(publish(['nincs-ilyen'])).rejects.toThrow(/nincs-ilyen/)
    await publish(codes)
    expect((await open()).map(({ form_code }) => form_code)).toEqual(codes)
  } finally {
    await owner.end()
  }
})

test('publishing takes effect at once and can be taken back', async () => {
  const [row] = await portal.admin<{ settlement_id: number }>(
    "select settlement_id from settlement_forms f join settlements s on s.id = f.settlement_id where s.slug = 'ujhartyan' limit 1",
  )
  const close = (at: string) =>
    portal.admin(
      `update settlement_forms set closed_at = ${at} where settlement_id = $1 and form_code = 'altalanos-kerelem'`,
      [row?.settlement_id],
    )
  await close('now()')
  expect((await portal.visit('/ujhartyan/ugyek/altalanos-kerelem')).status).toBe(404)
  await close('null')
  expect((await portal.visit('/ujhartyan/ugyek/altalanos-kerelem')).status).toBe(200)
})
