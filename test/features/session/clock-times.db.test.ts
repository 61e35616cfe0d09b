/** What a page says of both clocks in words, for those whose browser runs no scripts, and to scripts. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna, type CastPerson, cecilia, ferenc } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from '../submissions/general-request.ts'

let portal: TestPortal

beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(() => portal.close())

const office = '/hivatal/ujhartyan'
const pages: [path: string, person: CastPerson][] = [
  ['/', anna],
  ['/munkamenetrol', anna],
  ['/ujhartyan/ugyek', anna],
  ['/sajat', anna],
  ['/sajat/ugyek', anna],
  ['/sajat/urlapok', anna],
  ['/sajat/beallitasok', anna],
  ['/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem', anna],
  ['/hivatal', ferenc],
  [`${office}/beerkezett`, cecilia],
  [`${office}/ugyek`, cecilia],
]

test.each(pages)('both clocks stand on %s, right to the second, in both languages', async (path, person) => {
  for (const language of ['hu', 'en'] as const) await readsBothClocks(path, person, language)
})

test('both clocks stand on every page of a form', async () => {
  const form = atTheForm(portal, anna)
  const draft = await form.begin()
  await readsBothClocks(`${form.base}/urlapok/${draft}/bekuldo`, anna, 'hu')
  await readsBothClocks(`${form.base}/urlapok/${draft}/ellenorzes`, anna, 'hu')
})

async function readsBothClocks(path: string, person: CastPerson, language: 'hu' | 'en'): Promise<void> {
  const { lineageId } = await portal.session(person)
  const before = await now()
  const page = await portal.visit(path, { as: person, language })
  const after = await now()
  const [lineage] = await portal.admin<{ at: Date }>('select identified_at as at from session_lineages where id = $1', [
    lineageId,
  ])
  const identifiedAt = lineage?.at.getTime() ?? 0
  const [idleUntil = '', identifiedUntil = ''] =
    page.html.querySelector('.portal-clocks')?.text.match(/\d\d:\d\d:\d\d/g) ?? []
  const late = (after - before) / 1_000 + 1
  expect(secondsLater(idleUntil, before + 1_800_000)).toBeGreaterThanOrEqual(-1)
  expect(secondsLater(idleUntil, before + 1_800_000)).toBeLessThanOrEqual(late)
  expect(Math.abs(secondsLater(identifiedUntil, identifiedAt + 14_400_000))).toBeLessThanOrEqual(1)

  const facts = page.html.querySelector('#munkamenet')?.attributes ?? {}
  expect(Number(facts['data-idle'])).toBeGreaterThanOrEqual(1_799)
  expect(Number(facts['data-idle'])).toBeLessThanOrEqual(1_800)
  expect(Number(facts['data-idle-limit'])).toBe(1_800)
  const left = (identifiedAt + 14_400_000 - before) / 1_000
  expect(Number(facts['data-identified']) - left).toBeLessThanOrEqual(1)
  expect(Number(facts['data-identified']) - left).toBeGreaterThanOrEqual(-late)
}

async function now(): Promise<number> {
  const [row] = await portal.admin<{ now: Date }>('select clock_timestamp() as now')
  return row?.now.getTime() ?? 0
}

const budapest = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Budapest', timeStyle: 'medium' })

/** How many seconds after a moment a time of day is, within half a day. */
function secondsLater(timeOfDay: string, moment: number): number {
  const day = 86_400
  const difference = secondsOf(timeOfDay) - secondsOf(budapest.format(moment))
  return ((((difference + day / 2) % day) + day) % day) - day / 2
}

function secondsOf(timeOfDay: string): number {
  const [hours = Number.NaN, minutes = Number.NaN, seconds = Number.NaN] = timeOfDay.split(':').map(Number)
  return hours * 3_600 + minutes * 60 + seconds
}
