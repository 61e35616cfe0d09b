import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, gabor } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})

afterAll(() => portal.close())

const complete = {
  telepules: 'Újhartyán',
  email: 'anna@example.hu',
  telefon: '06 30 123 4567',
  nyelv: 'hu',
  ertesites: 'yes',
}

test('what a person sets is kept and shown again', async () => {
  const saved = await portal.post('/sajat/beallitasok', complete, { as: anna })
  expect([saved.status, saved.location]).toEqual([303, '/sajat/beallitasok?mentve'])
  const page = await portal.visit('/sajat/beallitasok?mentve', { as: anna })
  const value = (name: string) => page.html.querySelector(`input[name=${name}]`)?.getAttribute('value')
  expect([value('email'), value('telefon'), value('telepules')]).toEqual([
    'anna@example.hu',
    '+36301234567',
    'Újhartyán',
  ])
  expect(page.text).toContain('Beállításait elmentettük.')
})

test.each([
  ['email', 'anna@', 'Az e-mail-cím formája hibás.'],
  ['email', `${'a'.repeat(250)}@example.hu`, 'Az e-mail-cím formája hibás.'],
  ['telefon', '123', 'A telefonszámot nemzetközi formában adja meg'],
  ['telepules', 'Nincsilyenfalva', 'Nem találunk ilyen települést.'],
  ['telepules', 'x'.repeat(101), 'Nem találunk ilyen települést.'],
  ['telepules', '', 'Írja be a település nevét vagy irányítószámát.'],
  ['telepules', 'Új', 'Több ilyen település van.'],
])('a wrong %s is said beside the field, and what was typed stays', async (field, typed, sentence) => {
  const page = await portal.post('/sajat/beallitasok', { ...complete, [field]: typed }, { as: anna })
  expect(page.status).toBe(422)
  expect(page.html.querySelector('.govuk-error-summary')?.textContent).toContain(sentence)
  expect(page.html.querySelector(`input[name=${field}]`)?.getAttribute('value') ?? '').toBe(typed)
})

test('a form without its fields is told what is missing', async () => {
  expect((await portal.post('/sajat/beallitasok', { a: '1' }, { as: anna })).status).toBe(422)
})

test('a settlement that several names fit is chosen from a list', async () => {
  const offered = await portal.post('/sajat/beallitasok', { ...complete, telepules: 'Új' }, { as: anna })
  const choice = offered.html
    .querySelectorAll('input[name=telepulesId]')
    .find((one) => one.getAttribute('value') === '6293')
  expect(choice).toBeDefined()
  const saved = await portal.post(
    '/sajat/beallitasok',
    { ...complete, telepules: 'Új', telepulesId: '6293' },
    { as: anna },
  )
  expect(saved.status).toBe(303)
})

test('the default settlement cannot be taken from the own ones, another can', async () => {
  await portal.post('/sajat/onkormanyzatok', { telepules: '26408' }, { as: anna })
  expect((await portal.visit('/sajat', { as: anna })).text).toContain('Komló')
  await portal.post('/sajat/onkormanyzatok', { telepules: '26408', muvelet: 'torles' }, { as: anna })
  await portal.post('/sajat/onkormanyzatok', { telepules: '6293', muvelet: 'torles' }, { as: anna })
  const { text } = await portal.visit('/sajat', { as: anna })
  expect(text).not.toContain('Komló')
  expect(text).toContain('Újhartyán')
})

test('who has not accepted the terms is asked first, and then led to the page wanted', async () => {
  await portal.session(gabor)
  await portal.admin(`update accounts set terms_accepted_at = null, default_settlement_id = null where subject = $1`, [
    gabor.subject,
  ])
  const otherPerson = await portal.visit('/sajat?mas-szemely', { as: gabor })
  expect((await portal.visit(otherPerson.location, { as: gabor })).text).toContain('más személyként azonosította magát')
  expect((await portal.visit('/sajat/elso-belepes', { as: gabor })).text).not.toContain('más személyként')
  const wanted = await portal.visit('/sajat/urlapok', { as: gabor })
  expect([wanted.status, wanted.location]).toEqual([303, '/sajat/elso-belepes'])
  const refused = await portal.post('/sajat/elso-belepes', { telepules: 'Kömlő' }, { as: gabor })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('el kell fogadnia az Általános Szolgáltatási Feltételeket')
  const opened = await portal.post('/sajat/elso-belepes', { telepules: 'Kömlő', elfogad: 'yes' }, { as: gabor })
  expect([opened.status, opened.location]).toEqual([303, '/sajat/urlapok'])
})
