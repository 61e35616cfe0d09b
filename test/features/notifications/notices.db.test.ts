import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Mail } from '../../../src/adapters/mail/contract.ts'
import { notificationJobs } from '../../../src/features/notifications/index.ts'
import { isMandateLiving } from '../../../src/features/representation/index.ts'
import { findDraftEnd } from '../../../src/features/submissions/index.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, cecilia, people } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from '../clerk-office/office-fixture.ts'

const publicUrl = new URL('https://portal.example.hu')
let fixture: OfficeFixture
let letters: Mail[]
let mailServerDown = false

beforeAll(async () => {
  fixture = await openOfficeFixture()
})
afterAll(() => fixture.close())
beforeEach(() => {
  letters = []
  mailServerDown = false
})

async function run(payload: unknown): Promise<void> {
  const mailer = {
    async send(mail: Mail) {
      if (mailServerDown) throw new OutsideSystemDown('mail')
      letters.push(mail)
    },
  }
  const jobs = notificationJobs({ db: fixture.db, mailer, publicUrl, isMandateLiving, findDraftEnd })
  await jobs['notify-case-event']?.(payload)
}
const settings = (change: { email: string | null; wanted?: boolean; language?: string }) =>
  fixture.admin('update accounts set contact_email = $2, notices_by_email = $3, language = $4 where id = $1', [
    fixture.accountOf(anna),
    change.email,
    change.wanted ?? true,
    change.language ?? 'hu',
  ])
const payloadsOf = async (caseId: string): Promise<unknown[]> =>
  (
    await fixture.admin<{ payload: unknown }>(
      `select j.payload from graphile_worker._private_jobs j
       where j.key in (select 'notify-case-event:' || id from case_events where case_id = $1) order by j.id`,
      [caseId],
    )
  ).map(({ payload }) => payload)

async function receivedCase(): Promise<string> {
  const { caseId } = await fixture.sendIn(anna, places.ujhartyan, { subject: 'Titkos tárgy' })
  await fixture.office.receive(fixture.at(cecilia, 'ujhartyan'), caseId)
  return caseId
}

test('the letter says that there is news, where to read it, and nothing else', async () => {
  await settings({ email: anna.email })
  const caseId = await receivedCase()
  const [payload] = await payloadsOf(caseId)
  await run(payload)
  expect(letters).toHaveLength(1)
  const [letter] = letters
  expect(letter?.to).toBe(anna.email)
  expect(letter?.text).toContain('https://portal.example.hu/')
  const [row] = await fixture.admin('select arrival_number from cases where id = $1', [caseId])
  const said = `${letter?.subject} ${letter?.text}`
  for (const secret of [
    ...people.flatMap(({ name, taxId, identity }) => [name, taxId, ...Object.values(identity)]),
    'Titkos',
    'Újhartyán',
    caseId,
    row?.['arrival_number'],
    'kérelem',
  ]) {
    expect(said).not.toContain(secret)
  }
  expect(said.match(/https?:\/\/\S+/g)).toEqual(['https://portal.example.hu/'])
})

test('it is written in the language of the person', async () => {
  await settings({ email: anna.email, language: 'en' })
  const [payload] = await payloadsOf(await receivedCase())
  await run(payload)
  expect(letters[0]?.subject).toMatch(/new notice/)
})

test('nobody is written to who gave no address or wants no letters; the latest wish counts', async () => {
  await settings({ email: anna.email })
  const [payload] = await payloadsOf(await receivedCase())
  await settings({ email: null })
  await run(payload)
  await settings({ email: anna.email, wanted: false })
  await run(payload)
  expect(letters).toEqual([])
  await settings({ email: anna.email })
  await run(payload)
  expect(letters).toHaveLength(1)
})

test('the same event has the same letter, however often the job runs; another event another one', async () => {
  await settings({ email: anna.email })
  const caseId = await receivedCase()
  await fixture.office.register(fixture.at(cecilia, 'ujhartyan'), caseId)
  const payloads = await payloadsOf(caseId)
  expect(payloads).toHaveLength(2)
  for (const payload of [...payloads, ...payloads]) await run(payload)
  expect(new Set(letters.map(({ messageId }) => messageId)).size).toBe(2)
  for (const { messageId } of letters) expect(messageId).toMatch(/^case-event-\d+@portal\.example\.hu$/)
})

test('a step that fails leaves no letter behind', async () => {
  const { caseId } = await fixture.sendIn(anna, places.ujhartyan)
  await expect(fixture.office.register(fixture.at(cecilia, 'ujhartyan'), caseId)).rejects.toThrow()
  expect(await payloadsOf(caseId)).toEqual([])
})

test('while the mail server is down the job asks to be run again', async () => {
  await settings({ email: anna.email })
  const [payload] = await payloadsOf(await receivedCase())
  mailServerDown = true
  await expect(run(payload)).rejects.toThrow(OutsideSystemDown)
})

test.each([undefined, {}, { eventId: -1, accountId: 'x' }])('a job with payload %j fails', async (payload) => {
  await expect(run(payload)).rejects.toThrow()
})

test('who acts for somebody else is told so, without names, and only while the right holds', async () => {
  await settings({ email: anna.email })
  const [mandate] = await fixture.admin<{ id: string }>(
    `with party as (
       insert into represented_parties (settlement_id, label, kind, name, tax_number)
       values ($1, 'titkos', 'company', 'Titkos Kft.', '99999937213') returning id)
     insert into mandates (settlement_id, party_id, registry_key, representative_mark, kind, everything, valid_from)
     select $1, id, 'titkos', 'x', 'statutory', true, '2024-01-01' from party returning id`,
    [places.ujhartyan],
  )
  const notice = {
    eventId: 1,
    accountId: fixture.accountOf(anna),
    mandateId: mandate?.id,
    settlementId: places.ujhartyan,
  }
  letters.length = 0
  await run(notice)
  expect(letters[0]?.text).toContain('amelyben más nevében jár el')
  expect(letters[0]?.text).not.toContain('Titkos')
  await fixture.admin('update mandates set revoked_at = now() where id = $1', [mandate?.id])
  await run(notice)
  expect(letters).toHaveLength(1)
})
