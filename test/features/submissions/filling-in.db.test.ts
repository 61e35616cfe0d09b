import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anna, bela } from '../../cast/people.ts'
import { ticketFor } from '../../support/form-tickets.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf, marksOf, valueOf } from './general-request.ts'

let portal: TestPortal
let form: ReturnType<typeof atTheForm>

beforeAll(async () => {
  portal = await openTestPortal()
  form = atTheForm(portal, anna)
})
afterAll(() => portal.close())

describe('starting a case', () => {
  test('goes from the sector to the form and to the manner of acting', async () => {
    const sectors = await form.visit(`${form.base}/urlapok/uj`)
    expect(sectors.status).toBe(200)
    expect(sectors.html.querySelectorAll('input[name="agazat"]').map((one) => one.getAttribute('value'))).toContain(
      'general',
    )
    const forms = await form.visit(`${form.base}/urlapok/uj?agazat=general`)
    expect(forms.html.querySelector('input[name="urlap"]')?.getAttribute('value')).toBe('altalanos-kerelem')
    const manner = await form.visit(`${form.base}/urlapok/uj?urlap=altalanos-kerelem`)
    expect(manner.text).toContain('Saját nevemben')
    expect(manner.text).toContain(anna.name)
  })

  test('a manner must be chosen', async () => {
    const page = await portal.visit(`${form.base}/urlapok/uj?urlap=altalanos-kerelem`, { as: anna })
    const posted = await portal.post(`${form.base}/urlapok/uj`, marksOf(page), { as: anna })
    expect(posted.status).toBe(422)
    expect(posted.html.querySelector('.govuk-error-summary a')?.getAttribute('href')).toBe('#mod')
  })

  test('a form the settlement does not accept is not found, nor is one that does not exist', async () => {
    expect((await form.visit(`${form.base}/urlapok/uj?urlap=nincs-ilyen`)).status).toBe(404)
    const kulcs = '4f2d3c1e-7d59-4b0f-9a51-0a8f4d2f6c11'
    const _jegy = await ticketFor(portal, anna, { draft: kulcs, step: 'uj', settlement: 'budakalasz' })
    const posted = await portal.post(
      '/budakalasz/sajat/urlapok/uj',
      { _jegy, urlap: 'altalanos-kerelem', kulcs, mod: 'self' },
      { as: anna },
    )
    expect(posted.status).toBe(404)
  })

  test('pressing the button twice begins one draft', async () => {
    const page = await form.visit(`${form.base}/urlapok/uj?urlap=altalanos-kerelem`)
    const fields = { ...marksOf(page), mod: 'self' }
    const presses = await Promise.all([1, 2, 3].map(() => portal.post(`${form.base}/urlapok/uj`, fields, { as: anna })))
    expect(new Set(presses.map(({ location }) => location)).size).toBe(1)
  })

  test('with an open draft one is asked whether to go on with it', async () => {
    const draft = await form.begin()
    const page = await form.visit(`${form.base}/urlapok/uj?urlap=altalanos-kerelem`)
    expect(page.html.querySelector(`a[href="${form.base}/urlapok/${draft}"]`)?.textContent).toContain('Folytatás')
    expect(page.text).toContain('Új űrlap kezdése')
  })
})

describe('filling in', () => {
  test('known identity data stand there and cannot be typed, nor posted', async () => {
    const draft = await form.begin()
    const page = await form.page(draft, 'bekuldo')
    expect(page.text).toContain('Minta Anna')
    expect(page.html.querySelector('input[name^="sender-name"]')).toBeNull()
    await form.savePage(draft, 'bekuldo', { 'sender-name': 'Más Valaki', 'sender-name.family': 'Más' })
    const again = await form.page(draft, 'bekuldo')
    expect(again.text).toContain('Minta Anna')
    expect(again.text).not.toContain('Más Valaki')
  })

  test('every page is saved when it is sent, right or wrong', async () => {
    const draft = await form.begin()
    const wrong = await form.savePage(draft, 'bekuldo', { 'sender-email': 'nem cím', 'acts-as-agent': '' })
    expect(wrong.status).toBe(422)
    expect(errorsOf(wrong).length).toBeGreaterThanOrEqual(2)
    for (const link of wrong.html.querySelectorAll('.govuk-error-summary a')) {
      const id = (link.getAttribute('href') ?? '').slice(1)
      expect(wrong.html.querySelector(`[id="${id}"]`), id).not.toBeNull()
    }
    expect(
      (await form.page(draft, 'bekuldo')).html.querySelector('input[name="sender-email"]')?.getAttribute('value'),
    ).toBe('nem cím')
  })

  test('pages come in their order: one cannot look or write ahead', async () => {
    const draft = await form.begin()
    const ahead = await form.page(draft, 'kerelem')
    expect(ahead.status).toBe(303)
    expect(ahead.location).toMatch(/\/bekuldo$/)
    for (const step of ['kerelem', 'nincs-ilyen']) {
      const _jegy = await ticketFor(portal, anna, { draft, step })
      expect((await form.post(draft, step, { _jegy, subject: 'Előre' })).status).toBe(404)
    }
    expect((await form.page(draft, 'attekintes')).location).toMatch(/\/ellenorzes$/)
    expect(
      (
        await form.post(draft, 'bekuldes', {
          _jegy: await ticketFor(portal, anna, { draft, step: 'attekintes' }),
          _azonosito: draft,
          _tartalom: '0'.repeat(64),
        })
      ).status,
    ).toBe(303)
    const [count] = await portal.admin<{ n: string }>('select count(*) as n from submissions where draft_id = $1', [
      draft,
    ])
    expect(count?.n).toBe('0')
  })

  test('the draft opens where one left off', async () => {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo')
    const opened = await form.visit(`${form.base}/urlapok/${draft}`)
    expect(opened.location).toMatch(/\/cim$/)
  })

  test('changing the language keeps what was typed', async () => {
    const draft = await form.begin()
    const switched = await form.savePage(draft, 'bekuldo', { 'sender-email': 'felig@', nyelv: 'en' })
    expect(switched.status).toBe(303)
    expect(switched.location).toMatch(/\/bekuldo$/)
    expect(String(switched.headers['set-cookie'])).toContain('__Host-nyelv=en')
    expect(
      (await form.page(draft, 'bekuldo')).html.querySelector('input[name="sender-email"]')?.getAttribute('value'),
    ).toBe('felig@')
  })

  test('saving for later leads to the saved forms', async () => {
    const draft = await form.begin()
    const later = await form.savePage(draft, 'bekuldo', { _gomb: 'kesobb' })
    expect(later.location).toBe(`/sajat/urlapok?mentve=${draft}`)
    const saved = await form.visit(later.location)
    expect(saved.text).toContain('Az űrlapot elmentettük.')
    expect(saved.html.querySelector(`a[href="${form.base}/urlapok/${draft}"]`)).not.toBeNull()
  })

  test('the check names every fault with the way to its field, and the overview comes when there is none', async () => {
    const draft = await form.begin()
    await form.savePage(draft, 'bekuldo', { 'sender-email': 'nem cím' })
    const check = await form.page(draft, 'ellenorzes')
    expect(check.status).toBe(200)
    const link = check.html.querySelector('.portal-faults a')?.getAttribute('href') ?? ''
    expect(link).toMatch(/\/bekuldo\?vissza=ellenorzes&hibak#sender-email$/)
    const page = await form.visit(link.split('#')[0] ?? '')
    expect(errorsOf(page).length).toBeGreaterThan(0)
    await form.fillIn(draft)
    expect((await form.page(draft, 'ellenorzes')).location).toMatch(/\/attekintes$/)
    const overview = await form.page(draft, 'attekintes')
    for (const words of ['Minta Anna', 'Kátyú az Álom téren', 'Képzelet utca 12.', 'minta.anna@example.hu']) {
      expect(overview.text).toContain(words)
    }
  })

  test('whoever came from the overview goes back there', async () => {
    const draft = await form.filledIn()
    const saved = await form.savePage(draft, 'kerelem', { subject: 'Másik tárgy', _vissza: 'attekintes' })
    expect(saved.location).toMatch(/\/attekintes$/)
  })
})

test('rows are begun, filled in on their own pages, and taken away after a question', async () => {
  const code = 'kommunalis-ado-adatbejelentes'
  const start = await form.visit(`${form.base}/urlapok/uj?urlap=${code}`)
  const begun = await portal.post(`${form.base}/urlapok/uj`, { ...marksOf(start), mod: 'self' }, { as: anna })
  const draft = begun.location.split('/')[4] ?? ''
  const send = async (page: string, fields: Record<string, string>) => {
    const shown = await form.page(draft, page)
    const action = shown.html.querySelector('form#urlap')?.getAttribute('action') ?? ''
    return portal.post(action, { _jegy: valueOf(shown, '_jegy'), ...fields }, { as: anna })
  }
  await send('bekuldo', { 'acts-as-agent': 'no' })
  for (const page of ['bejelentes', 'adoalany', 'lakcim', 'adotargy']) await send(page, {})
  await send('jogosultsag', { 'own-share': '1/2' })
  const list = async () => (await form.page(draft, 'tulajdonostarsak')).html.querySelectorAll('.portal-rows__row')
  const begunRow = await send('tulajdonostarsak', { action: 'add:co-owners' })
  expect(begunRow.status).toBe(303)
  expect(begunRow.location).toContain('/tulajdonostarsak/sor/1')

  const wrong = await send('tulajdonostarsak/sor/1', { 'co-owners.0.co-owner-share': '3/2' })
  expect(wrong.status).toBe(422)
  expect(wrong.html.querySelector('#co-owners-0-co-owner-share')?.getAttribute('value')).toBe('3/2')
  const check = await form.page(draft, 'ellenorzes')
  const links = check.html.querySelectorAll('.portal-faults__link').map((link) => link.getAttribute('href') ?? '')
  expect(links.filter((href) => href.includes('#co-owners-0-')).length).toBeGreaterThan(1)
  for (const href of links.filter((one) => one.includes('#co-owners-0-'))) {
    const [address = '', element] = href.split('#')
    expect(address).toContain('/tulajdonostarsak/sor/1?')
    const page = await form.visit(address)
    expect(page.status).toBe(200)
    expect(page.html.querySelector(`#${element ?? ''}`)).not.toBeNull()
  }

  const second = await send('tulajdonostarsak', { action: 'add:co-owners' })
  expect(second.location).toContain('/tulajdonostarsak/sor/2')
  const saved = await portal.post(
    `${form.base}/urlapok/${draft}/tulajdonostarsak/sor/2`,
    {
      _jegy: valueOf(await form.page(draft, 'tulajdonostarsak/sor/2'), '_jegy'),
      'co-owners.1.co-owner-kind': 'person',
      'co-owners.1.co-owner-name.family': 'Példa',
      'co-owners.1.co-owner-name.given': 'Béla',
    },
    { as: anna, headers: { 'x-portal': '1' } },
  )
  expect(saved.status).toBe(200)
  expect((await list()).map((row) => row.text)[1]).toContain('Példa Béla')

  const asked = await send('tulajdonostarsak', { action: 'ask-remove:co-owners:0' })
  expect(asked.location).toContain('/tulajdonostarsak/sor/1/torles')
  const question = await form.visit(asked.location)
  expect(question.text).toContain('Törli ezt: 1. tulajdonostárs?')
  expect(await list()).toHaveLength(2)
  const removed = await portal.post(
    question.html.querySelector('main form')?.getAttribute('action') ?? '',
    { _jegy: valueOf(question, '_jegy'), action: 'remove' },
    { as: anna },
  )
  expect(removed.status).toBe(303)
  expect(removed.location).toContain('/tulajdonostarsak#co-owners')
  expect((await list()).map((row) => row.text).join()).toContain('Példa Béla')
  expect(await list()).toHaveLength(1)

  // A row that is not there (any more): the list shows what there is.
  for (const gone of ['sor/2', 'sor/99', 'sor/2/torles']) {
    const page = await form.page(draft, `tulajdonostarsak/${gone}`)
    expect(page.status, gone).toBe(303)
    expect(page.location).toMatch(/\/tulajdonostarsak$/)
  }
  expect((await form.page(draft, 'bekuldo/sor/1')).status).toBe(303)
  expect((await form.page(draft, 'nincs/sor/1')).status).toBe(404)
})

test('every page speaks English to those who chose it', async () => {
  const draft = await form.filledIn()
  const base = `${form.base}/urlapok`
  const english: Record<string, string> = {
    [`${base}/uj`]: 'What would you like to deal with?',
    [`${base}/uj?agazat=tax`]: 'Which form will you fill in?',
    [`${base}/uj?urlap=altalanos-kerelem`]: 'In my own name',
    [`${base}/${draft}/kerelem`]: 'Save and continue',
    [`${base}/${draft}/csatolmanyok`]: 'At most 10 MB a file',
    [`${base}/${draft}/attekintes`]: 'Answers cannot be changed after submission',
    '/sajat/urlapok': '5 of 5 pages done',
    [`/sajat/urlapok/${draft}/torles`]: 'Delete this saved form?',
  }
  for (const [path, words] of Object.entries(english)) {
    const page = await portal.visit(path, { as: anna, language: 'en' })
    expect(page.status, path).toBe(200)
    expect(page.text.replaceAll('\u00a0', ' '), path).toContain(words)
    expect(page.html.querySelector('html')?.getAttribute('lang')).toBe('en')
  }
  const sent = await form.send(draft)
  const receipt = await portal.visit(sent.location, { as: anna, language: 'en' })
  expect(receipt.text).toContain('Your form has been submitted')
})

describe('two windows', () => {
  test('an older page is not written over a newer one: both are shown, and either can be kept', async () => {
    const draft = await form.filledIn()
    const old = await form.ticket(draft, 'kerelem')
    await form.savePage(draft, 'kerelem', { subject: 'Az első ablakból' })
    const stale = await form.post(draft, 'kerelem', {
      _jegy: old,
      addressee: 'Polgármesteri Hivatal',
      topic: 'administration',
      subject: 'A második ablakból',
      body: 'Kérem.',
    })
    expect(stale.status).toBe(409)
    expect(stale.text).toContain('Az első ablakból')
    expect(stale.text).toContain('A második ablakból')
    const subject = async () =>
      (await form.page(draft, 'kerelem')).html.querySelector('input[name="subject"]')?.getAttribute('value')
    expect(await subject()).toBe('Az első ablakból')

    const kept = Object.fromEntries(
      stale.html
        .querySelectorAll('form[action$="/kerelem"] input[type="hidden"]')
        .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? ''])
        .filter(([name]) => name !== '_csrf'),
    )
    expect((await form.post(draft, 'kerelem', kept)).status).toBe(303)
    expect(await subject()).toBe('A második ablakból')
  })

  test('sending the same page again is no conflict', async () => {
    const draft = await form.begin()
    const ticket = await form.ticket(draft, 'bekuldo')
    const fields = {
      'sender-email': 'minta.anna@example.hu',
      'sender-phone': '+36 30 123 4567',
      'acts-as-agent': 'no',
      'earlier-document': '',
      _jegy: ticket,
    }
    const [first, second] = await Promise.all([
      form.post(draft, 'bekuldo', fields),
      form.post(draft, 'bekuldo', fields),
    ])
    expect([first.status, second.status]).toEqual([303, 303])
    expect((await form.post(draft, 'bekuldo', fields)).status).toBe(303)
  })

  test('forged tickets change nothing', async () => {
    const draft = await form.begin()
    const sound = await form.ticket(draft, 'bekuldo')
    const forged = ['0', '', 'hamis', sound.slice(1), `${sound}A`, [sound, sound]]
    for (const _jegy of forged) {
      const posted = await form.post(draft, 'bekuldo', { _jegy, 'sender-email': 'hamis@example.hu' })
      expect(posted.status, String(_jegy)).toBe(403)
    }
    const other = await ticketFor(portal, anna, { draft, step: 'bekuldo', revision: 7 })
    const ahead = await form.post(draft, 'bekuldo', { _jegy: other, 'sender-email': 'hamis@example.hu' })
    expect(ahead.status).toBe(409)
    expect((await form.page(draft, 'bekuldo')).body).not.toContain('hamis@example.hu')
  })
})

describe('saved forms', () => {
  test('are deleted only after a question, and then are gone', async () => {
    const draft = await form.begin()
    const question = await form.visit(`/sajat/urlapok/${draft}/torles`)
    expect(question.text).toContain('Törli ezt a mentett űrlapot?')
    const gone = await portal.post(`/sajat/urlapok/${draft}/torles`, {}, { as: anna })
    expect(gone.location).toBe('/sajat/urlapok?torolve')
    expect((await form.visit(`${form.base}/urlapok/${draft}`)).status).toBe(404)
    expect((await portal.post(`/sajat/urlapok/${draft}/torles`, {}, { as: anna })).status).toBe(404)
  })

  test('somebody else’s draft is not found by any address, and nothing of it is changed', async () => {
    const draft = await form.filledIn()
    const [before] = await portal.admin('select * from drafts where id = $1', [draft])
    const bas = `/ujhartyan/sajat/urlapok/${draft}`
    for (const path of [
      bas,
      `${bas}/kerelem`,
      `${bas}/ellenorzes`,
      `${bas}/attekintes`,
      `${bas}/bekuldes`,
      `/sajat/urlapok/${draft}/torles`,
    ]) {
      expect((await portal.visit(path, { as: bela })).status, path).toBe(404)
    }
    const belas = (step: string) => ticketFor(portal, bela, { draft, step })
    const saving = { _jegy: await belas('kerelem'), subject: 'Béla' }
    for (const path of [`${bas}/kerelem`, `/sajat/urlapok/${draft}/torles`]) {
      expect((await portal.post(path, saving, { as: bela })).status, path).toBe(404)
    }
    const send = await form.sendForm(draft)
    expect((await portal.post(`${bas}/bekuldes`, send, { as: bela })).status).toBe(409)
    const own = { ...send, _jegy: await belas('attekintes') }
    expect((await portal.post(`${bas}/bekuldes`, own, { as: bela })).status).toBe(404)
    expect((await portal.visit('/sajat/urlapok', { as: bela })).body).not.toContain(draft)
    const [after] = await portal.admin('select * from drafts where id = $1', [draft])
    expect(after).toEqual(before)
  })

  test('a draft of one settlement is not found under another', async () => {
    const draft = await form.begin()
    expect((await form.visit(`/komlo/sajat/urlapok/${draft}/bekuldo`)).status).toBe(404)
  })

  test('a draft past its day is gone', async () => {
    const draft = await form.begin()
    await portal.admin("update drafts set kept_until = now() - interval '1 second' where id = $1", [draft])
    expect((await form.page(draft, 'bekuldo')).status).toBe(404)
    expect((await form.visit('/sajat/urlapok')).body).not.toContain(draft)
  })
})
