import { readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noLocalTerms, publishForms } from '../../../src/features/forms/index.ts'
import { inScope, type Scope, sqlState } from '../../../src/platform/database.ts'
import { NotFound } from '../../../src/platform/http/errors.ts'
import { anna, cecilia, edit, ferenc, hanna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm, errorsOf } from '../submissions/general-request.ts'
import { places } from './office-fixture.ts'

const code = 'altalanos-kerelem'
const list = '/hivatal/ujhartyan/urlapok/ujhartyan'
const page = `${list}/${code}`
const publicPage = `/ujhartyan/ugyek/${code}`

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
}, 120_000)
afterAll(() => portal.close())
afterEach(async () => {
  await portal.admin(
    `update settlement_forms set closed_at = null, switched_at = null, contact = null, deadline_days = null, fee_huf = null,
      fee_note = null, fee_valid_from = null, fee_valid_to = null where settlement_id = $1 and form_code = $2`,
    [places.ujhartyan, code],
  )
})

const turn = (allapot: 'be' | 'ki', as = hanna, address = page) =>
  portal.post(`${address}/kozzetetel`, { allapot }, { as })
const saveTerms = (fields: Record<string, string>, as = hanna, address = page) =>
  portal.post(`${address}/helyi-adatok`, fields, { as })
const row = async (settlementId = places.ujhartyan) =>
  (
    await portal.admin('select * from settlement_forms where settlement_id = $1 and form_code = $2', [
      settlementId,
      code,
    ])
  )[0]
const trail = async () =>
  portal.admin<{ action: string; detail: object; actor: string }>(
    `select action, detail, c.name as actor from audit_trail a join clerks c on c.id::text = a.actor_id
     where object_kind = 'form' and object_id = $1 and settlement_id = $2 order by a.id`,
    [code, places.ujhartyan],
  )

const terms = {
  kapcsolat: 'Titkárság, +36 29 000 000',
  hatarido: '3',
  dij: '4 500 Ft',
  'dij-megjegyzes': 'Az 1/2026. önkormányzati rendelet szerint.',
  'dij-megjegyzes-en': '',
  'dij-tol.year': '2020',
  'dij-tol.month': '1',
  'dij-tol.day': '1',
  'dij-ig.year': '',
  'dij-ig.month': '',
  'dij-ig.day': '',
}

describe('the administrator of an office’s forms', () => {
  test('sees all forms of the central set, by sector, and leads from one page to the other', async () => {
    const home = await portal.visit('/hivatal/ujhartyan', { as: hanna })
    expect(home.location).toBe('/hivatal/ujhartyan/urlapok')
    expect((await portal.visit(home.location, { as: hanna })).location).toBe(list)
    for (const language of ['hu', 'en'] as const) {
      const shown = await portal.visit(list, { as: hanna, language })
      expect(shown.status).toBe(200)
      const links = shown.html.querySelectorAll('tbody th a').map((link) => link.getAttribute('href'))
      const all = portal.portal.forms.all().map((form) => `${list}/${form.code}`)
      expect(links).toEqual(all)
      expect((await portal.visit(page, { as: hanna, language })).status).toBe(200)
    }
    const nav = (await portal.visit(list, { as: hanna })).html.querySelectorAll('nav .govuk-service-navigation__link')
    expect(nav.map((link) => link.textContent.trim())).toEqual(['Űrlapok', 'Ügyfélfelület'])
  })

  test('switches a form off and on for everybody at once, on record', async () => {
    const before = (await trail()).length
    const off = await turn('ki')
    expect(off).toMatchObject({ status: 303, location: `${page}?kesz=ki` })
    expect((await portal.visit(off.location, { as: hanna })).text).toContain('Kikapcsolva: Általános kérelem')
    expect((await portal.visit(publicPage)).status).toBe(404)
    expect((await portal.visit(`${publicPage}/kitoltes`)).status).toBe(404)
    expect((await portal.visit('/ujhartyan/ugyek')).html.querySelector(`a[href="${publicPage}"]`)).toBeNull()
    expect((await turn('ki')).location).toBe(`${page}?kesz=mar-ki`)

    expect((await turn('be')).location).toBe(`${page}?kesz=be`)
    expect((await portal.visit(publicPage)).status).toBe(200)
    expect(
      (await portal.visit(`${page}?kesz=ki`, { as: hanna })).html.querySelector('.govuk-notification-banner'),
    ).toBe(null)
    expect((await trail()).slice(before)).toEqual([
      { action: 'form.closed', detail: {}, actor: hanna.name },
      { action: 'form.opened', detail: {}, actor: hanna.name },
    ])
  })

  test('comes back to the row of the list the button stood in', async () => {
    const back = await portal.post(`${page}/kozzetetel`, { allapot: 'ki', lista: '1' }, { as: hanna })
    expect(back.location).toBe(`${list}?kesz=ki&urlap=${code}#urlap-${code}`)
    const shown = await portal.visit(back.location.replace(/#.*/, ''), { as: hanna })
    expect(shown.html.querySelector('.portal-desk-done')?.textContent).toContain('Kikapcsolva: Általános kérelem')
    expect(shown.html.querySelector(`#urlap-${code} input[name=allapot]`)?.getAttribute('value')).toBe('be')
  })

  test('of two settlements chooses one first; what holds in one does not in the other', async () => {
    const home = '/hivatal/magyarhertelend/urlapok'
    const choice = await portal.visit(home, { as: ferenc })
    expect(choice.html.querySelector(`a[href="${home}/bodolyaber"]`)).not.toBeNull()
    expect((await turn('ki', ferenc, `${home}/bodolyaber/${code}`)).status).toBe(303)
    expect((await portal.visit(`/bodolyaber/ugyek/${code}`)).status).toBe(404)
    expect((await portal.visit(`/magyarhertelend/ugyek/${code}`)).status).toBe(200)
    await turn('be', ferenc, `${home}/bodolyaber/${code}`)
    expect((await portal.visit(`/bodolyaber/ugyek/${code}`)).status).toBe(200)
  })

  test('sees no case and does nothing with one', async () => {
    const form = atTheForm(portal, anna)
    await form.send(await form.filledIn())
    const [matter] = await portal.admin<{ id: string }>('select id from cases order by submitted_at desc limit 1')
    const desk = '/hivatal/ujhartyan'
    for (const path of ['beerkezett', 'ugyek', `ugyek/${matter?.id ?? ''}`, 'kereses?szam=1']) {
      const answer = await portal.visit(`${desk}/${path}`, { as: hanna })
      expect([path, answer.status]).toEqual([path, 403])
      expect(answer.text).not.toContain(anna.name)
    }
    expect((await portal.post(`${desk}/ugyek/${matter?.id ?? ''}/erkeztetes`, {}, { as: hanna })).status).toBe(403)
    expect(await portal.admin('select state from cases where id = $1', [matter?.id])).toEqual([{ state: 'submitted' }])
  })
})

describe('nobody else', () => {
  test.each([
    ['a clerk of the same office', cecilia, 403],
    ['a clerk of another office', edit, 404],
    ['the administrator of another office', ferenc, 404],
    ['a citizen', anna, 404],
  ])('%s sees or changes it', async (_who, person, refused) => {
    const before = await row()
    for (const path of ['/hivatal/ujhartyan/urlapok', list, page]) {
      expect([path, (await portal.visit(path, { as: person })).status]).toEqual([path, refused])
    }
    expect((await turn('ki', person)).status).toBe(refused)
    expect((await saveTerms(terms, person)).status).toBe(refused)
    expect(await row()).toEqual(before)
  })

  test('an administrator decides nothing for a settlement of another office', async () => {
    const before = await row()
    const address = `/hivatal/magyarhertelend/urlapok/ujhartyan/${code}`
    expect((await portal.visit(address, { as: ferenc })).status).toBe(404)
    expect((await turn('ki', ferenc, address)).status).toBe(404)
    expect((await saveTerms(terms, ferenc, address)).status).toBe(404)
    // The service refuses by itself, whatever address was asked for.
    const { accountId, lineageId } = await portal.session(ferenc)
    const acting = { accountId, lineageId, identity: ferenc.identity, officeSlug: 'magyarhertelend', requestId: 'test' }
    const { switchForm, saveTerms: save } = portal.portal.formPublishing
    await expect(switchForm(acting, places.ujhartyan, code, 'off')).rejects.toThrow(NotFound)
    await expect(save(acting, places.ujhartyan, code, noLocalTerms)).rejects.toThrow(NotFound)
    expect(await row()).toEqual(before)
  })

  test('a role that was taken away ends with the next request', async () => {
    const roles = "clerk_id = (select id from clerks where subject = $1) and role = 'administrator'"
    await portal.admin(`update clerk_roles set revoked_at = now() where ${roles}`, [hanna.subject])
    try {
      expect((await turn('ki')).status).toBe(404)
      expect((await row())?.['closed_at']).toBeNull()
    } finally {
      await portal.admin(`update clerk_roles set revoked_at = null where ${roles}`, [hanna.subject])
    }
  })

  test('policies alone let no other office and no citizen write a row', async () => {
    const insertion = `insert into settlement_forms (settlement_id, form_code) values (${places.ujhartyan}, 'x')`
    const change = `update settlement_forms set closed_at = now() where settlement_id = ${places.ujhartyan} returning 1`
    const other: Scope = { role: 'clerk', settlements: [places.komloHeves] }
    const run = (scope: Scope, statement: string) =>
      inScope(portal.portal.db, scope, async (tx) => (await tx.execute(statement)).rows.length)
    await expect(run(other, insertion)).rejects.toSatisfy((error) => sqlState(error) === '42501')
    expect(await run(other, change)).toBe(0)
    for (const role of ['citizen', 'worker', 'door'] as const) {
      for (const statement of [insertion, change]) {
        await expect(run({ role, settlements: [places.ujhartyan] }, statement)).rejects.toSatisfy(
          (error) => sqlState(error) === '42501',
        )
      }
    }
    expect((await row())?.['closed_at']).toBeNull()
  })
})

describe('a draft of a form that is switched off', () => {
  test('is kept, says so, is not sent, and goes on when the form is back', async () => {
    const form = atTheForm(portal, anna)
    const draft = await form.filledIn()
    const send = await form.sendForm(draft)
    await turn('ki')
    for (const step of ['attekintes', 'kerelem']) {
      expect((await form.page(draft, step)).text).toContain('Újhartyán ezt az űrlapot most nem fogadja')
    }
    expect((await form.post(draft, 'bekuldes', send)).status).toBe(409)
    expect(await portal.admin('select id from submissions where draft_id = $1', [draft])).toEqual([])
    expect((await form.savePage(draft, 'kerelem')).status).toBe(303)
    await turn('be')
    const page = await form.page(draft, 'attekintes')
    expect(page.text).not.toContain('most nem fogadja')
    expect((await form.send(draft)).status).toBe(303)
    expect(await portal.admin('select id from submissions where draft_id = $1', [draft])).toHaveLength(1)
  })
})

describe('what differs in a settlement', () => {
  test('stands on the form’s page, and the case and the receipt have the local deadline', async () => {
    const saved = await saveTerms(terms)
    expect(saved.location).toBe(`${page}?kesz=mentve`)
    expect((await trail()).at(-1)).toEqual({
      action: 'form.terms-changed',
      detail: { contactChanged: true, feeHuf: 4500, feeValidFrom: '2020-01-01', deadlineDays: 3 },
      actor: hanna.name,
    })
    const shown = await portal.visit(publicPage)
    expect(shown.text).toContain('Titkárság, +36 29 000 000')
    expect(shown.text).toMatch(/4.500.Ft/)
    expect(shown.text).toContain('Az 1/2026. önkormányzati rendelet szerint.')
    expect(shown.text).toContain('3 nap a beküldés napjától')
    const english = await portal.visit(publicPage, { language: 'en' })
    expect(english.html.querySelector('.portal-form-facts [lang=hu]')?.textContent).toContain('önkormányzati rendelet')

    const form = atTheForm(portal, anna)
    const draft = await form.filledIn()
    expect((await form.page(draft, 'attekintes')).text).toContain('3 nap a beküldés napjától')
    const receipt = (await form.send(draft)).location
    expect((await form.visit(receipt)).text).toContain('3 nap a beküldés napjától')
    const due = await portal.admin<{ days: number }>(
      `select clean_due_on - (submitted_at at time zone 'Europe/Budapest')::date as days from cases
       where submission_id = (select id from submissions where draft_id = $1)`,
      [draft],
    )
    expect(due).toEqual([{ days: 3 }])

    await saveTerms({ ...terms, hatarido: '2' })
    expect((await form.visit(receipt)).text).toContain('3 nap a beküldés napjától')
  })

  test('is shown again as it was typed, and the same again is not recorded', async () => {
    await saveTerms(terms)
    const before = (await trail()).length
    const shown = await portal.visit(page, { as: hanna })
    const value = (id: string) => shown.html.querySelector(`[id="${id}"]`)?.getAttribute('value')
    expect([value('kapcsolat'), value('dij'), value('hatarido'), value('dij-tol')]).toEqual([
      terms.kapcsolat,
      '4500',
      '3',
      '2020',
    ])
    expect((await saveTerms(terms)).location).toBe(`${page}?kesz=mar-mentve`)
    expect(await trail()).toHaveLength(before)
    expect((await saveTerms({})).location).toBe(`${page}?kesz=mentve`)
    expect(await row()).toMatchObject({ contact: null, fee_huf: null, deadline_days: null, closed_at: null })
  })

  test('holds only on its days', async () => {
    const past = { 'dij-ig.year': '2021', 'dij-ig.month': '12', 'dij-ig.day': '31' }
    await saveTerms({ ...terms, ...past })
    const shown = await portal.visit(publicPage)
    expect(shown.text).not.toMatch(/4.500.Ft/)
    expect(shown.text).toContain('Titkárság')
  })

  test('can be written down before the form is switched on', async () => {
    await portal.admin('delete from settlement_forms where settlement_id = $1 and form_code = $2', [
      places.ujhartyan,
      code,
    ])
    await saveTerms(terms)
    expect((await portal.visit(publicPage)).status).toBe(404)
    await turn('be')
    expect((await portal.visit(publicPage)).text).toContain('Titkárság')
  })

  test.each<[string, Record<string, string>, string]>([
    ['a fee that is no whole amount', { dij: '12,5' }, '#dij'],
    ['a fee in words', { dij: 'ingyenes' }, '#dij'],
    ['a negative fee', { dij: '-1' }, '#dij'],
    ['a note without a fee', { dij: '' }, '#dij'],
    ['a fee nobody prescribed', { 'dij-megjegyzes': ' ' }, '#dij-megjegyzes'],
    ['a fee without a first day', { 'dij-tol.day': '' }, '#dij-tol'],
    ['a day that does not exist', { 'dij-tol.month': '2', 'dij-tol.day': '30' }, '#dij-tol'],
    ['an end before the beginning', { 'dij-ig.year': '2019', 'dij-ig.month': '1', 'dij-ig.day': '1' }, '#dij-ig'],
    ['half an end', { 'dij-ig.year': '2030' }, '#dij-ig'],
    ['no day at all', { hatarido: '0' }, '#hatarido'],
    ['more days than the law allows', { hatarido: '9000' }, '#hatarido'],
    ['days in words', { hatarido: 'három' }, '#hatarido'],
    ['a contact that is too long', { kapcsolat: 'á'.repeat(201) }, '#kapcsolat'],
    ['a contact with a control character', { kapcsolat: 'a\u0007b' }, '#kapcsolat'],
  ])('%s stays in its field, with what to do', async (_what, change, field) => {
    const answer = await saveTerms({ ...terms, ...change })
    expect(answer.status).toBe(422)
    expect(errorsOf(answer)).toHaveLength(1)
    expect(answer.html.querySelector('.govuk-error-summary a')?.getAttribute('href')).toBe(field)
    expect(answer.html.querySelector(`[id="${field.slice(1)}"]`)).not.toBeNull()
    const [[name, typed] = ['', '']] = Object.entries(change)
    expect(answer.html.querySelector(`[name="${name}"]`)?.getAttribute('value') ?? '').toBe(typed.trim())
    expect(await row()).toMatchObject({ contact: null, fee_huf: null, deadline_days: null })
  })

  test('does not stand without its row in the audit trail', async () => {
    await portal.admin(`create function refuse_trail() returns trigger language plpgsql as $$
      begin if new.object_kind = 'form' then raise exception 'no trail'; end if; return new; end $$`)
    await portal.admin(
      'create trigger refuse before insert on audit_trail for each row execute function refuse_trail()',
    )
    try {
      expect((await turn('ki')).status).toBe(500)
      expect((await saveTerms(terms)).status).toBe(500)
      expect(await row()).toMatchObject({ closed_at: null, contact: null })
    } finally {
      await portal.admin('drop trigger refuse on audit_trail')
      await portal.admin('drop function refuse_trail')
    }
  })
})

describe('the office file', () => {
  let owner: pg.Client
  const publish = (codes: readonly string[] | 'all', settlementId: number = places.ujhartyan) =>
    drizzle(owner, { casing: 'snake_case' }).transaction((tx) => publishForms(tx, settlementId, codes))
  const open = async (settlementId: number) =>
    (
      await portal.admin<{ code: string }>(
        'select form_code as code from settlement_forms where settlement_id = $1 and closed_at is null order by 1',
        [settlementId],
      )
    ).map((one) => one.code)

  beforeAll(async () => {
    owner = new pg.Client({ connectionString: portal.database.ownerUrl })
    await owner.connect()
  })
  afterAll(() => owner.end())

  test('without a list lets a new settlement begin with the central set', async () => {
    const written = JSON.parse(readFileSync(new URL('../../cast/offices/ujhartyan.json', import.meta.url), 'utf8'))
    expect(written.settlements[0].forms).toBe('all')
    const all = portal.portal.forms.all().map((form) => form.code)
    expect(await open(places.ujhartyan)).toEqual(all.toSorted())
    const pecs = 19415
    await publish('all', pecs)
    expect(await open(pecs)).toEqual(all.toSorted())
  })

  test('leaves alone what the administrator has switched, and nothing else', async () => {
    await turn('ki')
    await publish('all')
    expect(await open(places.ujhartyan)).not.toContain(code)
    await turn('be')
    await publish([])
    expect(await open(places.ujhartyan)).toEqual([code])
    await publish('all')
    expect(await open(places.ujhartyan)).toHaveLength(portal.portal.forms.all().length)
  })
})
