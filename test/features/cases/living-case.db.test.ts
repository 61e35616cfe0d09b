import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callJobs } from '../../../src/features/cases/calls.ts'
import { addDays, nextWorkingDay } from '../../../src/platform/calendar/working-days.ts'
import { budapestDay } from '../../../src/platform/clock.ts'
import { anna, bela, type CastPerson, cecilia, denes, edit } from '../../cast/people.ts'
import { openTestPortal, type Page, type TestPortal } from '../../support/portal.ts'
import { places } from '../clerk-office/office-fixture.ts'
import { type SentCase, sendCase } from '../clerk-office/sent-case.ts'

let portal: TestPortal
let sent: SentCase
/** A Monday; the offices of the cast have been at work since long before. */
const start = new Date('2030-03-04T09:00:00Z')
let offset = 0

beforeAll(async () => {
  portal = await openTestPortal()
  offset = Math.round((start.getTime() - Date.now()) / 1000)
}, 120_000)
afterAll(() => portal.close())
beforeEach(async () => {
  await later(0)
  const { accountId } = await portal.session(anna)
  const { db, forms } = portal.portal
  sent = await sendCase({ db, forms, admin: portal.admin }, anna, accountId, places.ujhartyan, {
    submittedAt: start,
    subject: 'Kátyú',
  })
})

const desk = () => `/hivatal/ujhartyan/ugyek/${sent.caseId}`
const followed = () => `/ujhartyan/sajat/ugyek/${sent.caseId}`
const atDesk = (name: string, fields: Record<string, string | string[]> = {}, as: CastPerson = denes) =>
  portal.post(`${desk()}/${name}`, fields, { as })
const asCitizen = (path: string, fields: Record<string, string> = {}, as: CastPerson = anna) =>
  portal.post(path, fields, { as })
const read = async () => {
  const [row] = await portal.admin<{
    state: string
    due_on: string | null
    clean_due_on: string
    answer: string | null
  }>('select state, due_on::text, clean_due_on::text, answer from cases where id = $1', [sent.caseId])
  return row
}
const kinds = async () =>
  (
    await portal.admin<{ kind: string }>('select kind from case_events where case_id = $1 order by id', [sent.caseId])
  ).map(({ kind }) => kind)
/** Days pass; everybody has signed in again since. */
async function later(days: number): Promise<void> {
  await portal.clock.set(offset + days * 86_400)
  await portal.admin(
    'update session_lineages set identified_at = app_now(), active_at = app_now(), last_seen_at = app_now()',
  )
}

async function work(): Promise<void> {
  await atDesk('erkeztetes', {}, cecilia)
  await atDesk('iktatas', {}, cecilia)
  const [worker] = await portal.admin<{ id: string }>('select id from clerks where subject = $1', [denes.subject])
  await atDesk('szignalas', { ugyintezo: worker?.id ?? '', helyett: '', utasitas: '' }, cecilia)
  await atDesk('megkezdes')
}

/** The hidden fields of a form of a page, as a browser sends them. */
function hiddenOf(page: Page, selector: string): Record<string, string> {
  const inputs = page.html.querySelectorAll(`${selector} input[type=hidden]`)
  return Object.fromEntries(
    inputs
      .filter((input) => input.getAttribute('name') !== '_csrf')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  )
}

const call = (fields: Record<string, string | string[]>) => atDesk('hianypotlas', { napok: '15', ...fields })

async function openAnswer(as: CastPerson = anna): Promise<{ address: string; page: Page }> {
  const { location } = await asCitizen(`${followed()}/hianypotlas`, {}, as)
  return { address: location, page: await portal.visit(location, { as }) }
}

describe('hiánypótlás', () => {
  beforeEach(work)

  test('the client gets just what is asked, answers once, and what was sent first stays as it was', async () => {
    const asking = await portal.visit(`${desk()}/hianypotlas`, { as: denes })
    expect(asking.text).toContain('Mi hiányzik?')
    expect(asking.html.querySelector('header input[name=vissza]')?.getAttribute('value')).toBe(`${desk()}/hianypotlas`)
    const asked = { kerdes: ['subject', 'reference-number'], leiras: 'Kérem, írja le pontosabban.' }
    expect(await call(asked)).toMatchObject({ status: 303 })
    const answerBy = nextWorkingDay(addDays(budapestDay(start), 15))
    expect(await read()).toMatchObject({ state: 'waiting_client', due_on: null })
    expect((await portal.visit(followed(), { as: anna })).text).toContain('Kérem, írja le pontosabban.')

    const { address, page } = await openAnswer()
    expect(page.text).toContain('Kérem, írja le pontosabban.')
    expect(page.html.querySelector('[name=subject]')?.getAttribute('value')).toBe('Kátyú')
    expect(page.html.querySelector('[name=body], [name=text], [name=acts-as-agent]')).toBeNull()

    await later(5)
    const again = await portal.visit(address, { as: anna })
    const saved = await asCitizen(address, {
      ...hiddenOf(again, '#urlap'),
      subject: 'Kátyú a Fő utcában',
      'potlas-valasz': '',
    })

    expect(saved.location).toBe(`${address}/attekintes`)
    const overview = await portal.visit(saved.location, { as: anna })
    expect(overview.text).toContain('Kátyú a Fő utcában')
    expect(overview.text.split('(nem változott)'), 'once: of the other question').toHaveLength(2)
    const sending = { ...hiddenOf(overview, '#bekuldes'), nyilatkozat: 'yes' }
    const first = await asCitizen(`${address}/bekuldes`, sending)
    const second = await asCitizen(`${address}/bekuldes`, sending)
    expect(first.location).toMatch(/\/beadvanyok\//)
    expect(second.location).toBe(first.location)
    expect((await portal.visit(first.location, { as: anna })).text).toContain('Kátyú a Fő utcában')

    const days = await portal.admin<{ from_on: string; until_on: string }>(
      'select from_on::text, until_on::text from clock_stops where case_id = $1',
      [sent.caseId],
    )
    expect(days).toEqual([{ from_on: '2030-03-04', until_on: '2030-03-09' }])
    const after = await read()
    expect(after?.state).toBe('in_progress')
    expect(after?.due_on).toBe(nextWorkingDay(addDays(after?.clean_due_on ?? '', 4)))
    const [original] = await portal.admin<{ answers: { subject: string } }>(
      'select answers from submissions where id = $1',
      [sent.submissionId],
    )
    expect(original?.answers.subject).toBe('Kátyú')
    const beside = await portal.visit(desk(), { as: denes })
    expect(beside.text).toContain('Kátyú a Fő utcában')
    expect(beside.text).toContain('Eredetileg')
    expect(answerBy > '2030-03-04').toBe(true)
    expect(await kinds()).toEqual(['submitted', 'received', 'registered', 'assigned', 'started', 'called', 'answered'])
  })

  test('what is not asked cannot be changed, whatever is posted', async () => {
    await call({ kerdes: ['subject'] })
    const { address, page } = await openAnswer()
    const [field] = await portal.admin<{ answers: Record<string, unknown> }>(
      'select answers from drafts where call_id is not null',
    )
    await asCitizen(address, {
      ...hiddenOf(page, '#urlap'),
      subject: 'Más',
      'acts-as-agent': 'yes',
      'represented-name': 'Valaki',
    })
    const [after] = await portal.admin<{ answers: Record<string, unknown> }>(
      `select d.answers from drafts d join case_calls c on c.id = d.call_id where c.case_id = $1`,
      [sent.caseId],
    )
    expect(after?.answers['subject']).toBe('Más')
    expect(after?.answers['represented-name']).toBe(undefined)
    expect(field).toBeDefined()
  })

  test('of many saves at once one is kept; the others are told, and none fails', async () => {
    await call({ kerdes: ['subject'], leiras: 'Pontosabban kérjük.' })
    const { address, page } = await openAnswer()
    const fields = hiddenOf(page, '#urlap')
    const subjects = Array.from({ length: 12 }, (_, index) => `Kátyú, ${String(index)}. változat`)
    const saves = await Promise.all(
      subjects.map((subject, index) =>
        portal.post(
          address,
          { ...fields, subject, 'potlas-valasz': 'A fő utcán.' },
          { as: anna, headers: index % 2 === 0 ? { 'x-portal': '1' } : {} },
        ),
      ),
    )
    const taken = saves.flatMap(({ status }, index) => (status === 409 ? [] : [{ status, subject: subjects[index] }]))
    expect(taken).toHaveLength(1)
    expect([200, 303]).toContain(taken[0]?.status)
    const again = await portal.visit(address, { as: anna })
    expect(again.html.querySelector('[name=subject]')?.getAttribute('value')).toBe(taken[0]?.subject)
    const sending = { ...hiddenOf(await portal.visit(`${address}/attekintes`, { as: anna }), '#bekuldes') }
    const last = { ...hiddenOf(again, '#urlap'), subject: 'Utolsó változat', 'potlas-valasz': 'A fő utcán.' }
    const race = await Promise.all([
      asCitizen(`${address}/bekuldes`, { ...sending, nyilatkozat: 'yes' }),
      asCitizen(address, last),
      asCitizen(`${address}/bekuldes`, { ...sending, nyilatkozat: 'yes' }),
      asCitizen(address, last),
    ])
    for (const { status } of race) expect([303, 404, 409]).toContain(status)
  })

  test('answering, withdrawing, writing, looking and ending it at once: one end, and nobody waits in a circle', async () => {
    await call({ kerdes: ['subject'], leiras: 'Pontosabban kérjük.' })
    const { address, page } = await openAnswer()
    await asCitizen(address, { ...hiddenOf(page, '#urlap'), subject: 'Pontos' })
    const sending = hiddenOf(await portal.visit(`${address}/attekintes`, { as: anna }), '#bekuldes')
    const answers = await Promise.all([
      asCitizen(`${address}/bekuldes`, { ...sending, nyilatkozat: 'yes' }),
      asCitizen(`${followed()}/visszavonas`, { visszavonom: 'yes' }),
      asCitizen(`${followed()}/uzenetek`, { kulcs: crypto.randomUUID(), uzenet: 'Már küldöm.' }),
      atDesk('lepes/megszuntetes', { indok: 'Nem tartozik a hivatalra.' }),
      portal.visit(followed(), { as: anna }),
      portal.visit(desk(), { as: denes }),
    ])
    for (const { status } of answers) expect([200, 303, 404, 409]).toContain(status)
    expect((await kinds()).filter((kind) => kind === 'withdrawn' || kind === 'terminated')).toHaveLength(1)
  })

  test('nobody answers: the day after the last one the office goes on and its clock runs again', async () => {
    await call({ leiras: 'Hiányzik a térképmásolat.', napok: '8' })
    const jobs = callJobs({ db: portal.portal.db })
    const lapse = async () => {
      await jobs['lapse-calls']?.({})
      for (const { payload } of await portal.admin<{ payload: unknown }>(
        `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where t.identifier = 'lapse-call'`,
      )) {
        await jobs['lapse-call']?.(payload)
      }
    }
    await later(8)
    await lapse()
    expect((await read())?.state).toBe('waiting_client')
    await later(12)
    await lapse()
    await lapse()
    expect((await read())?.state).toBe('in_progress')
    const days = await portal.admin('select from_on::text, until_on::text from clock_stops where case_id = $1', [
      sent.caseId,
    ])
    expect(days).toEqual([{ from_on: '2030-03-04', until_on: '2030-03-13' }])
    expect((await kinds()).at(-1)).toBe('call-lapsed')
    expect((await asCitizen(`${followed()}/hianypotlas`)).status).toBe(404)
  })

  test('a call that says nothing is refused; a second round asks again, over the first answer', async () => {
    expect((await call({})).status).toBe(422)
    for (const subject of ['Első válasz', 'Második válasz']) {
      await call({ kerdes: ['subject'] })
      const { address, page } = await openAnswer()
      const saved = await asCitizen(address, { ...hiddenOf(page, '#urlap'), subject })
      const overview = await portal.visit(saved.location, { as: anna })
      await asCitizen(`${address}/bekuldes`, { ...hiddenOf(overview, '#bekuldes'), nyilatkozat: 'yes' })
    }
    const beside = (await portal.visit(desk(), { as: denes })).text
    expect(beside).toContain('Első válasz')
    expect(beside).toContain('Második válasz')
  })

  test('another citizen finds neither call nor draft; another office no case', async () => {
    await call({ kerdes: ['subject'] })
    const { address } = await openAnswer()
    expect((await asCitizen(`${followed()}/hianypotlas`, {}, bela)).status).toBe(404)
    expect((await portal.visit(address, { as: bela })).status).toBe(404)
    expect((await portal.visit(address.replace('/potlasok/', '/urlapok/'), { as: anna })).status).toBe(404)
    expect(
      (
        await portal.post(
          `/hivatal/komlo-heves/ugyek/${sent.caseId}/hianypotlas`,
          { leiras: 'x', napok: '3' },
          { as: edit },
        )
      ).status,
    ).toBe(404)
  })
})

describe('messages', () => {
  beforeEach(work)
  const key = () => crypto.randomUUID()

  test('have an owner, are marked until they are read, and notes stay in the office', async () => {
    const kulcs = key()
    await asCitizen(`${followed()}/uzenetek`, { kulcs, uzenet: 'Mikor lesz kész?' })
    await asCitizen(`${followed()}/uzenetek`, { kulcs, uzenet: 'Mikor lesz kész?' })
    const asked = (await portal.visit(desk(), { as: denes })).text
    expect(asked.split('Mikor lesz kész?')).toHaveLength(2)
    expect(asked).toContain('Az ügyfél a hivatal válaszára vár.')
    await atDesk('uzenetek', { kulcs: key(), fajta: 'note', szoveg: 'Bizalmas feljegyzés.' })
    await atDesk('uzenetek', { kulcs: key(), fajta: 'from-office', szoveg: 'Hozzon személyit.', valaszt: 'yes' })
    const list = (await portal.visit('/sajat/ugyek', { as: anna })).text
    expect(list).toContain('új üzenet')
    const page = (await portal.visit(followed(), { as: anna })).text
    expect(page).toContain('Hozzon személyit.')
    expect(page).toContain('A hivatal az Ön válaszára vár.')
    expect(page).not.toContain('Bizalmas')
    expect((await portal.visit('/sajat/ugyek', { as: anna })).text).not.toContain('új üzenet')
    await asCitizen(`${followed()}/uzenetek`, { kulcs: key(), uzenet: 'Viszem.' })
    const own = (await portal.visit(followed(), { as: anna })).html.querySelectorAll('.portal-timeline__title')
    expect(own.filter(({ text }) => text.includes('Üzenet a hivatalnak') && /új/.test(text))).toEqual([])
    expect((await portal.visit(desk(), { as: denes })).text).toContain('Bizalmas feljegyzés.')
  })

  test('the office may say that none is needed; somebody else’s case takes no message', async () => {
    await asCitizen(`${followed()}/uzenetek`, { kulcs: key(), uzenet: 'Köszönöm!' })
    await atDesk('uzenetek/rendben')
    expect((await portal.visit(desk(), { as: denes })).text).not.toContain('Az ügyfél a hivatal válaszára vár.')
    expect((await asCitizen(`${followed()}/uzenetek`, { kulcs: key(), uzenet: 'x' }, bela)).status).toBe(404)
    expect((await atDesk('uzenetek', { kulcs: key(), fajta: 'from-office', szoveg: 'x' }, cecilia)).status).toBe(403)
  })
})

describe('ends', () => {
  test('the client withdraws, once and for all, also while owing an answer', async () => {
    await work()
    await call({ kerdes: ['subject'] })
    expect((await asCitizen(`${followed()}/visszavonas`, {})).status).toBe(422)
    expect((await asCitizen(`${followed()}/visszavonas`, { visszavonom: 'yes', indok: 'Megoldódott.' })).status).toBe(
      303,
    )
    expect((await asCitizen(`${followed()}/visszavonas`, { visszavonom: 'yes' })).status).toBe(303)
    expect((await read())?.state).toBe('withdrawn')
    const over = (await portal.visit(desk(), { as: denes })).text
    expect(over).toContain('Megoldódott.')
    expect(over).not.toContain('válaszára vár.')
    const [ended] = await portal.admin('select outcome from case_calls where case_id = $1', [sent.caseId])
    expect(ended).toEqual({ outcome: 'dropped' })
  })

  test.each([
    ['attetel', 'transferred', { cimzett: 'Járási Hivatal' }],
    ['visszautasitas', 'rejected', {}],
    ['megszuntetes', 'terminated', {}],
  ])('%s ends it with reasons that the client reads', async (path, state, more) => {
    await work()
    expect((await portal.visit(`${desk()}/lepes/${path}`, { as: denes })).status).toBe(200)
    expect((await atDesk(`lepes/${path}`, { ...more, indok: 'rövid' })).status).toBe(422)
    expect((await atDesk(`lepes/${path}`, { ...more, indok: 'Nem tartozik a hivatalra.' })).status).toBe(303)
    expect(await read()).toMatchObject({ state, answer: 'Nem tartozik a hivatalra.' })
    expect((await portal.visit(followed(), { as: anna })).text).toContain('Nem tartozik a hivatalra.')
  })

  test('a pause stops the clock and its end lets it run; asking another authority does not', async () => {
    await work()
    await atDesk('lepes/megkereses', { indok: 'A kormányhivatalt kérdeztük meg.' })
    expect((await read())?.due_on).not.toBeNull()
    await atDesk('lepes/valasz-erkezett', { indok: '' })
    await atDesk('lepes/felfuggesztes', { indok: 'Előkérdés van folyamatban.' })
    expect(await read()).toMatchObject({ state: 'suspended', due_on: null })
    expect((await portal.visit(followed(), { as: anna })).text).toContain('A határidő áll')
    await later(10)
    await atDesk('lepes/folytatas', { indok: '' })
    const after = await read()
    expect(after?.due_on).toBe(nextWorkingDay(addDays(after?.clean_due_on ?? '', 10)))
  })
})
