import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FormDefinition, readDefinitions } from '../../../src/features/forms/index.ts'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { tinyField, tinyForm, tinyGroup, tinyPage } from '../forms/tiny-forms.ts'
import { atTheForm, errorsOf, formCode, valueOf } from './general-request.ts'

/** The general request with one page more, where something is typed with suggestions, counted and added up. */
function countingForm(): FormDefinition[] {
  const extra = tinyForm([
    tinyPage('szamok', [
      tinyField('choice', 'mire', {
        control: 'search',
        choices: [
          { value: 'alma', label: { hu: 'Alma', en: 'Apple' } },
          { value: 'almafa', label: { hu: 'Almafa', en: 'Apple tree' } },
          { value: 'korte', label: { hu: 'Körte', en: 'Pear' } },
        ],
      }),
      tinyGroup('tetel', [
        tinyField('amount', 'ar'),
        tinyField('number', 'darab', { decimals: 0 }),
        tinyField('calculated', 'resz', { value: { multiply: [{ field: 'ar' }, { field: 'darab' }] } }),
      ]),
      tinyField('calculated', 'osszesen', { value: { sum: ['resz'] }, suffix: { hu: 'Ft', en: 'HUF' } }),
    ]),
  ]).pages
  return readDefinitions().map((form) =>
    form.code === formCode ? { ...form, pages: [...form.pages, ...extra] } : form,
  )
}

const definitions = countingForm()
const form = definitions.filter(({ code }) => code === formCode)
let portal: TestPortal
let person: ReturnType<typeof atTheForm>

beforeAll(async () => {
  portal = await openTestPortal({}, undefined, definitions)
  person = atTheForm(portal, anna)
})
afterAll(() => portal.close())

const typed = {
  mire: 'alma',
  'tetel.rows': '2',
  'tetel.0.ar': '12 500',
  'tetel.0.darab': '2',
  'tetel.1.ar': '500 Ft',
  'tetel.1.darab': '3',
}
const post = async (draft: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const address = `${person.base}/urlapok/${draft}/szamok`
  return portal.post(address, { _jegy: await person.ticket(draft, 'szamok'), ...fields }, { as: anna, headers })
}

test('a total is shown while one fills in, sent as it was computed, and never as it was posted', async () => {
  const draft = await person.filledIn()
  const asked = await post(draft, { ...typed, action: 'calculate' })
  expect(asked.status).toBe(303)
  expect(asked.location).toMatch(/szamok#osszesen$/)
  expect((await person.page(draft, 'szamok')).html.querySelector('output#osszesen')?.text).toBe('26\u00a0500\u00a0Ft')

  const script = { 'x-portal': '1' }
  const saved: unknown = JSON.parse((await post(draft, { ...typed, 'tetel.1.darab': '4' }, script)).body)
  expect(saved).toMatchObject({
    saved: true,
    calculated: { 'tetel-0-resz': '25\u00a0000', 'tetel-1-resz': '2\u00a0000', osszesen: '27\u00a0000\u00a0Ft' },
  })
  const undecided: unknown = JSON.parse((await post(draft, { ...typed, 'tetel.0.ar': '12.500' }, script)).body)
  expect(undecided).toMatchObject({ calculated: { 'tetel-0-resz': '', osszesen: '1\u00a0500\u00a0Ft' } })

  const tampered = await post(draft, { ...typed, osszesen: '1', 'tetel.0.resz': '1', 'tetel.1.resz': '1' })
  expect(tampered.status).toBe(303)
  const overview = await person.page(draft, 'attekintes')
  expect(overview.text).toMatch(/26\s500\sFt/)
  expect(overview.text).toMatch(/12\s500\sFt/)
  const sent = await person.send(draft)
  expect(sent.status).toBe(303)
  const receipt = await person.visit(sent.location)
  expect(receipt.text).toMatch(/26\s500\sFt/)
})

test('what is typed instead of chosen is understood, or asked back with the names it could mean', async () => {
  const draft = await person.filledIn()
  const several = await post(draft, { ...typed, mire: 'alm' })
  expect(several.status).toBe(422)
  expect(errorsOf(several).join()).toContain('„Alma”, „Almafa”')
  expect(valueOf(several, 'mire')).toBe('alm')
  expect(several.html.querySelectorAll('datalist option').map((one) => one.getAttribute('value'))).toContain('Körte')
  const none = await post(draft, { ...typed, mire: 'szilva' })
  expect(errorsOf(none).join()).toContain('„szilva”')
  expect((await post(draft, { ...typed, mire: 'PEAR' })).status).toBe(303)
  expect(valueOf(await person.page(draft, 'szamok'), 'mire')).toBe('Körte')
})

test('outside the days it is open a form is neither begun nor sent in; the draft is kept', async () => {
  const draft = await person.filledIn()
  await post(draft, typed)
  const ready = await person.sendForm(draft)
  try {
    for (const one of form) one.open = { to: '2001-12-31' }
    const about = await portal.visit(`/ujhartyan/ugyek/${formCode}`)
    expect(about.text).toContain('2001. 12. 31. napjáig lehetett benyújtani')
    expect(about.html.querySelector(`a[href*="urlap=${formCode}"]`)).toBeNull()
    const begin = await person.visit(`${person.base}/urlapok/uj?urlap=${formCode}`)
    expect([begin.status, begin.location]).toEqual([303, `/ujhartyan/ugyek/${formCode}`])
    const print = await portal.visit(`/ujhartyan/ugyek/${formCode}/kitoltes`)
    expect([print.status, print.location]).toEqual([303, `/ujhartyan/ugyek/${formCode}`])

    const refused = await person.post(draft, 'bekuldes', ready)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('ma nem lehet beküldeni')
    expect((await person.page(draft, 'szamok')).status).toBe(200)

    for (const one of form) one.open = { from: '2900-01-01' }
    expect((await portal.visit(`/ujhartyan/ugyek/${formCode}`)).text).toContain('2900. 01. 01. napjától lehet')
  } finally {
    for (const one of form) delete one.open
  }
  expect((await person.post(draft, 'bekuldes', ready)).location).toContain('/beadvanyok/')
})
