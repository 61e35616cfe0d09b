import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mandateFromAnswers } from '../../../src/features/clerk-office/mandate-answers.ts'
import { anna, bela, cecilia, denes, edit, hanna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from '../submissions/general-request.ts'

let portal: TestPortal
let caseId = ''
const list = '/hivatal/ujhartyan/meghatalmazasok'

beforeAll(async () => {
  portal = await openTestPortal()
  const form = atTheForm(portal, anna, 'ujhartyan', 'sajat')
  const draft = await form.filledIn()
  await form.send(draft)
  const [row] = await portal.admin<{ id: string }>(
    'select c.id from cases c join submissions s on s.id = c.submission_id where s.draft_id = $1',
    [draft],
  )
  caseId = row?.id ?? ''
})
afterAll(() => portal.close())

const agent = bela.identity
const written = {
  'kepviselt-fajta': 'person',
  'kepviselt-nev': anna.name,
  'kepviselt-szam': anna.taxId,
  minoseg: 'permanent',
  nev: bela.name,
  'szuletesi-csaladi-nev': agent.birthFamilyName,
  'szuletesi-utonev': agent.birthGivenName,
  'anyja-csaladi-neve': agent.motherFamilyName,
  'anyja-utoneve': agent.motherGivenName,
  'szuletesi-hely': agent.birthPlace,
  'szuletesi-datum.year': agent.birthDate.slice(0, 4),
  'szuletesi-datum.month': agent.birthDate.slice(5, 7),
  'szuletesi-datum.day': agent.birthDate.slice(8),
  jogok: ['egyenleg'],
  adok: 'minden',
  'kezdete.year': '2025',
  'kezdete.month': '1',
  'kezdete.day': '15',
}
const post = (fields: Record<string, string | string[]> = {}, as = denes) =>
  portal.post(`${list}/uj`, { ugy: caseId, kulcs: randomUUID(), ...written, ...fields }, { as })
const recorded = () =>
  portal.admin<{ id: string; rights: string[]; revoked_at: Date | null }>(
    `select m.* from mandates m where source = 'paper' order by registered_at`,
  )

test('a clerk records a mandate from a case, finds it and ends it; it holds at once and ends at once', async () => {
  const page = await portal.visit(`${list}/uj?ugy=${caseId}`, { as: denes })
  expect(page.status).toBe(200)
  expect(page.text).toContain('Az ügy és csatolmányai a bizonyíték.')
  const kulcs = randomUUID()
  expect((await post({ kulcs })).location).toBe(`${list}?kesz=rogzitve`)
  expect((await post({ kulcs })).location).toBe(`${list}?kesz=mar-rogzitve`)
  expect(await recorded()).toMatchObject([
    {
      rights: ['read-tax'],
      submission_id: expect.any(String),
      recorded_by: expect.any(String),
      valid_from: expect.anything(),
    },
  ])
  expect((await portal.visit('/sajat/kepviseletek', { as: bela })).text).toContain(anna.name)

  for (const search of ['minta anna', anna.taxId, 'Példa B']) {
    const found = await portal.visit(`${list}?keres=${encodeURIComponent(search)}`, { as: cecilia })
    expect(found.text, search).toContain('papíron adott meghatalmazás, a hivatal rögzítette')
  }
  expect((await portal.visit(`${list}?keres=100%25`, { as: cecilia })).text).toContain('Nincs ilyen meghatalmazás.')

  const [mandate] = await recorded()
  const end = (as = cecilia) => portal.post(`${list}/${mandate?.id ?? ''}/megszuntetes`, {}, { as })
  expect((await end()).location).toBe(`${list}?kesz=megszuntetve`)
  expect((await portal.visit('/sajat/kepviseletek', { as: bela })).text).not.toContain(anna.name)
  expect((await end()).status).toBe(404)
  const audit = await portal.admin(
    `select action, actor_kind, purpose, party_id is not null as party from audit_trail where object_id = $1 order by id`,
    [mandate?.id],
  )
  expect(audit).toEqual([
    { action: 'mandate.recorded', actor_kind: 'clerk', purpose: 'mandate-register', party: true },
    { action: 'mandate.ended', actor_kind: 'clerk', purpose: 'mandate-register', party: true },
  ])
})

test('what is missing or wrong is said at its field, and nothing is recorded', async () => {
  const before = (await recorded()).length
  const refused = await post({ 'kepviselt-szam': '8446619904', 'kepviselt-nev': '', jogok: [] })
  expect(refused.status).toBe(422)
  expect(refused.html.querySelectorAll('.govuk-error-summary__list a').map((a) => a.getAttribute('href'))).toEqual([
    '#kepviselt-nev',
    '#kepviselt-szam',
    '#jogok',
  ])
  expect(await recorded()).toHaveLength(before)
})

test('nobody records a mandate for oneself, of another office’s case, or without a role in cases', async () => {
  const self = denes.identity
  const toOneself = {
    'szuletesi-csaladi-nev': self.birthFamilyName,
    'szuletesi-utonev': self.birthGivenName,
    'anyja-csaladi-neve': self.motherFamilyName,
    'anyja-utoneve': self.motherGivenName,
    'szuletesi-hely': self.birthPlace,
    'szuletesi-datum.year': self.birthDate.slice(0, 4),
    'szuletesi-datum.month': self.birthDate.slice(5, 7),
    'szuletesi-datum.day': self.birthDate.slice(8),
  }
  expect((await post(toOneself)).status).toBe(403)
  expect((await post({}, hanna)).status).toBe(403)
  expect((await post({}, anna)).status).toBe(404)
  const elsewhere = await portal.post(
    '/hivatal/komlo-heves/meghatalmazasok/uj',
    { ugy: caseId, kulcs: randomUUID(), ...written },
    { as: edit },
  )
  expect(elsewhere.status).toBe(404)
})

test('the form’s answers fill in the clerk’s page', () => {
  const answers = {
    'principal-name': { family: 'Minta', given: 'Anna' },
    'principal-tax-id': anna.taxId,
    'mandate-kind': 'permanent',
    'mandatee-name': { family: 'Példa', given: 'Béla' },
    'mandatee-mother-name': { family: 'Minta', given: 'Éva' },
    'mandatee-birth-place': 'Győr',
    'mandatee-birth-date': '1956-10-23',
    'tax-scope': 'some',
    taxes: ['plot-tax'],
    rights: ['submit', 'balance', 'remedy'],
    'valid-from': '2026-11-22',
  }
  expect(mandateFromAnswers(answers, undefined)).toMatchObject({
    'kepviselt-fajta': 'person',
    'kepviselt-nev': 'Minta Anna',
    'kepviselt-szam': anna.taxId,
    nev: 'Példa Béla',
    'anyja-utoneve': 'Éva',
    'szuletesi-datum.month': '10',
    jogok: ['bekuldes', 'egyenleg'],
    adok: 'egyes',
    adonemek: ['plot-tax'],
    'kezdete.day': '22',
    'vege.year': '',
  })
  const company = { kind: 'company' as const, name: 'Kitalált Kenyér Kft.', taxNumber: '99999906213' }
  expect(mandateFromAnswers(answers, company)).toMatchObject({
    'kepviselt-fajta': 'company',
    'kepviselt-nev': company.name,
    'kepviselt-szam': company.taxNumber,
  })
})
