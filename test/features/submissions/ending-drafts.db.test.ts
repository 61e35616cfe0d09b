import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Mail } from '../../../src/adapters/mail/contract.ts'
import { cleanUp } from '../../../src/clean-up.ts'
import { notificationJobs } from '../../../src/features/notifications/index.ts'
import { isMandateLiving } from '../../../src/features/representation/index.ts'
import { findDraftEnd, submissionJobs } from '../../../src/features/submissions/index.ts'
import { inScope } from '../../../src/platform/database.ts'
import { anna, bela, type CastPerson, people } from '../../cast/people.ts'
import { jpg } from '../../platform/files/sample-files.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { atTheForm } from './general-request.ts'

const publicUrl = new URL('https://portal.example.hu')
const days = 86_400
let portal: TestPortal
let form: ReturnType<typeof atTheForm>
let letters: Mail[]

beforeAll(async () => {
  portal = await openTestPortal()
  form = atTheForm(portal, anna)
})
afterAll(() => portal.close())
beforeEach(async () => {
  letters = []
  await portal.admin('delete from drafts')
  await wants(anna, { email: anna.email })
})

const wants = async (
  person: CastPerson,
  { email, letters = true, language = 'hu' }: { email: string | null; letters?: boolean; language?: string },
) =>
  portal.admin('update accounts set contact_email = $2, notices_by_email = $3, language = $4 where id = $1', [
    (await portal.session(person)).accountId,
    email,
    letters,
    language,
  ])

/** Time passes, and who has a session is still there. */
async function after(daysLater: number) {
  await portal.clock.set((await portal.clock.read()) + daysLater * days)
  await portal.admin('update session_lineages set active_at = app_now(), identified_at = app_now()')
}

/** The timetable's job. */
const warn = () =>
  submissionJobs({ ...portal.portal, virusScanner: { scan: async () => 'clean' } })['warn-of-ending-drafts']?.({})

/** What the worker finds in the queue, done once. */
async function sendLetters() {
  const jobs = notificationJobs({
    db: portal.portal.db,
    publicUrl,
    isMandateLiving,
    findDraftEnd,
    mailer: { send: async (mail) => void letters.push(mail) },
  })
  const queued = await portal.admin<{ payload: unknown }>(
    `with taken as (delete from graphile_worker._private_jobs where key like 'notify-ending-draft:%' returning id, payload)
     select payload from taken order by id`,
  )
  for (const { payload } of queued) await jobs['notify-ending-draft']?.(payload)
}

async function told(): Promise<Mail[]> {
  letters = []
  await warn()
  await sendLetters()
  return letters
}

const keptUntil = async (draft: string) => {
  const [row] = await portal.admin<{ day: string }>(
    `select to_char(kept_until at time zone 'Europe/Budapest', 'YYYY. MM. DD.') as day from drafts where id = $1`,
    [draft],
  )
  return (row?.day ?? 'deleted').replaceAll(' ', '\u00a0')
}

test('seven days before its end, and not earlier, its person is told once that a draft ends', async () => {
  const draft = await form.begin()
  await form.savePage(draft, 'bekuldo')
  await after(82.9)
  expect(await told()).toEqual([])
  expect((await form.visit('/sajat/urlapok')).text).not.toContain('Hamarosan törlődik')
  await after(0.2)
  expect((await form.visit('/sajat/urlapok')).text).toContain('Hamarosan törlődik')
  expect(await told()).toHaveLength(1)
  expect(letters[0]?.to).toBe(anna.email)
  expect(letters[0]?.subject).toContain(await keptUntil(draft))
  expect(letters[0]?.text).toContain(await keptUntil(draft))
  expect(letters[0]?.text.match(/https?:\/\/\S+/g)).toEqual(['https://portal.example.hu/sajat/urlapok'])
  await after(3)
  expect(await told()).toEqual([])
})

test('the letter says nothing of the form', async () => {
  const draft = await form.filledIn()
  await after(84)
  await told()
  const said = `${letters[0]?.subject} ${letters[0]?.text}`
  const secrets = people.flatMap(({ name, taxId, identity }) => [name, taxId, ...Object.values(identity)])
  for (const secret of [...secrets, 'kérelem', 'Kátyú', 'Újhartyán', draft]) expect(said).not.toContain(secret)
})

test('it is written in the person’s language, and only to whom wants letters and gave an address', async () => {
  await form.begin()
  await wants(anna, { email: anna.email, letters: false })
  await after(84)
  expect(await told()).toEqual([])
  await portal.admin('delete from drafts')
  await form.begin()
  await wants(anna, { email: null })
  await after(84)
  expect(await told()).toEqual([])
  await portal.admin('delete from drafts')
  await form.begin()
  await wants(anna, { email: anna.email, language: 'en' })
  await after(84)
  expect(await told()).toHaveLength(1)
  expect(letters[0]?.subject).toMatch(/^Your saved form will be deleted soon/)
})

test('each draft has its letter, however many programs look at the same time', async () => {
  for (const settlement of ['ujhartyan', 'komlo']) await atTheForm(portal, anna, settlement).begin()
  await form.begin()
  await after(84)
  await Promise.all([warn(), warn(), warn()])
  await sendLetters()
  expect(letters).toHaveLength(3)
  expect(new Set(letters.map(({ messageId }) => messageId)).size).toBe(3)
})

test('who saves again is told of the new end only', async () => {
  const draft = await form.begin()
  await after(84)
  await warn()
  await form.savePage(draft, 'bekuldo')
  await sendLetters()
  expect(letters).toEqual([])
  expect(await told()).toEqual([])
  await after(84)
  expect(await told()).toHaveLength(1)
})

test('nobody is told of what was sent or deleted before the letter goes out', async () => {
  const [one, other] = [await form.filledIn(), await form.begin()]
  await after(84)
  await warn()
  expect((await form.send(one)).status).toBe(303)
  await portal.post(`/sajat/urlapok/${other}/torles`, {}, { as: anna })
  await sendLetters()
  expect(letters).toEqual([])
})

test('who fills in for somebody else reads so, without a name', async () => {
  await wants(bela, { email: bela.email })
  const [company] = await portal.admin<{ label: string }>(
    "select label from represented_parties where name = 'Kitalált Kenyér Kft.' and settlement_id = 6293",
  )
  await atTheForm(portal, bela, 'ujhartyan', company?.label).begin()
  await after(84)
  await told()
  expect(letters[0]?.text).toContain('amelyet más nevében kezdett el')
  expect(letters[0]?.text).not.toContain('Kenyér')
})

test('at its end a draft is deleted with its files, and not before', async () => {
  const draft = await form.begin()
  for (const page of ['bekuldo', 'cim', 'kerelem']) await form.savePage(draft, page)
  await form.upload(draft, [{ name: 'kep.jpg', type: 'image/jpeg', bytes: jpg() }], { fields: { _feltoltes: 'files' } })
  const left = async () =>
    (await portal.admin('select 1 from drafts union all select 2 from attachments where draft_id = $1', [draft])).length
  await after(89.9)
  await cleanUp(portal.portal.db)
  expect(await left()).toBe(2)
  expect((await form.page(draft, 'bekuldo')).status).toBe(200)
  await after(0.2)
  expect((await form.page(draft, 'bekuldo')).status).toBe(404)
  await cleanUp(portal.portal.db)
  expect(await left()).toBe(0)
})

test('the worker cannot read what a draft says', async () => {
  await form.begin()
  await after(84)
  const reads = (columns: string) =>
    inScope(portal.portal.db, { role: 'worker' }, (tx) => tx.execute(`select ${columns} from drafts`))
  expect((await reads('id, author_id, kept_until')).rows).toHaveLength(1)
  for (const column of ['answers', 'form_code', '*']) await expect(reads(column), column).rejects.toThrow()
})

test('every page of a draft says until when it is kept', async () => {
  const draft = await form.filledIn()
  for (const page of ['bekuldo', 'attekintes']) {
    expect((await form.page(draft, page)).text.replaceAll(' ', '\u00a0')).toContain(await keptUntil(draft))
  }
  await form.savePage(draft, 'bekuldo', { 'sender-email': 'nem cím' })
  expect((await form.page(draft, 'ellenorzes')).text.replaceAll(' ', '\u00a0')).toContain(await keptUntil(draft))
})
