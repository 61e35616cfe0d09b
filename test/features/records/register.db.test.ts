import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerSubmission } from '../../../src/features/records/index.ts'
import { inScope } from '../../../src/platform/database.ts'
import { anna } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from '../clerk-office/office-fixture.ts'

let fixture: OfficeFixture
const clerkId = randomUUID()
const settlementId = places.ujhartyan

beforeAll(async () => {
  fixture = await openOfficeFixture()
})
afterAll(() => fixture.close())

function register(submissionId: string, now: Date, prefix = 'UHT'): Promise<string> {
  return inScope(fixture.db, { role: 'clerk', settlements: [settlementId] }, async (tx) => {
    const given = await registerSubmission(tx, { submissionId, settlementId, clerkId, now, prefix, subject: 'Próba' })
    return given.fileNumber
  })
}

test('numbers start again with the Budapest year, in a register that opens by itself', async () => {
  const sent = await Promise.all(Array.from({ length: 4 }, () => fixture.sendIn(anna, settlementId)))
  const [first, second, third, fourth] = sent.map(({ submissionId }) => submissionId)
  expect(await register(first ?? '', new Date('2030-12-31T22:59:59Z'))).toBe('UHT/1-1/2030')
  expect(await register(second ?? '', new Date('2030-12-31T22:59:59.999Z'))).toBe('UHT/2-1/2030')
  expect(await register(third ?? '', new Date('2030-12-31T23:00:00Z'))).toBe('UHT/1-1/2031')
  expect(await register(fourth ?? '', new Date('2031-06-01T12:00:00Z'))).toBe('UHT/2-1/2031')
})

test('a submission keeps its number when it is registered again, even a year later', async () => {
  const { submissionId } = await fixture.sendIn(anna, settlementId)
  const number = await register(submissionId, new Date('2032-03-01T12:00:00Z'))
  expect(await register(submissionId, new Date('2032-03-02T12:00:00Z'))).toBe(number)
  expect(await register(submissionId, new Date('2033-03-01T12:00:00Z'))).toBe(number)
  expect((await fixture.admin('select 1 from register_entries where submission_id = $1', [submissionId])).length).toBe(
    1,
  )
})

test('the same submission registered by ten at once has one number', async () => {
  const [before, { submissionId }] = [
    await fixture.sendIn(anna, settlementId),
    await fixture.sendIn(anna, settlementId),
  ]
  const now = new Date('2038-03-01T12:00:00Z')
  await register(before.submissionId, now)
  const numbers = await Promise.all(Array.from({ length: 10 }, () => register(submissionId, now)))
  expect(new Set(numbers)).toEqual(new Set(['UHT/2-1/2038']))
})

test('a register keeps the prefix it was opened with', async () => {
  const [one, other] = [await fixture.sendIn(anna, settlementId), await fixture.sendIn(anna, settlementId)]
  expect(await register(one.submissionId, new Date('2034-05-01T12:00:00Z'), 'REGI')).toBe('REGI/1-1/2034')
  expect(await register(other.submissionId, new Date('2034-05-02T12:00:00Z'), 'UJ')).toBe('REGI/2-1/2034')
})

test('the first registrations of a year at once open one register', async () => {
  const sent = await Promise.all(Array.from({ length: 15 }, () => fixture.sendIn(anna, settlementId)))
  const now = new Date('2035-01-02T08:00:00Z')
  const numbers = await Promise.all(sent.map(({ submissionId }) => register(submissionId, now)))
  expect(numbers.toSorted()).toEqual(Array.from({ length: 15 }, (_, index) => `UHT/${index + 1}-1/2035`).toSorted())
})

test('a number taken by a transaction that fails is given to the next one', async () => {
  const [lost, kept] = [await fixture.sendIn(anna, settlementId), await fixture.sendIn(anna, settlementId)]
  const now = new Date('2036-01-02T08:00:00Z')
  await expect(
    inScope(fixture.db, { role: 'clerk', settlements: [settlementId] }, async (tx) => {
      await registerSubmission(tx, {
        submissionId: lost.submissionId,
        settlementId,
        clerkId,
        now,
        prefix: 'UHT',
        subject: 'Próba',
      })
      throw new Error('the office lost its power')
    }),
  ).rejects.toThrow('the office lost its power')
  expect(await register(kept.submissionId, now)).toBe('UHT/1-1/2036')
  expect(await register(lost.submissionId, now)).toBe('UHT/2-1/2036')
})

test('fifty clients of whom every other one dies in the middle leave no gap', async () => {
  const sent = await Promise.all(Array.from({ length: 50 }, () => fixture.sendIn(anna, settlementId)))
  const now = new Date('2037-01-02T08:00:00Z')
  await Promise.allSettled(
    sent.map(({ submissionId }, index) =>
      inScope(fixture.db, { role: 'clerk', settlements: [settlementId] }, async (tx) => {
        await registerSubmission(tx, { submissionId, settlementId, clerkId, now, prefix: 'UHT', subject: 'Próba' })
        if (index % 2 === 0) {
          await fixture.admin(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where pid = (select pid from pg_locks where locktype = 'relation' and relation = 'register_entries'::regclass
               and mode = 'RowExclusiveLock' limit 1)`,
          )
          throw new Error('gone')
        }
      }),
    ),
  )
  const rows = await fixture.admin<{ main_number: number }>(
    `select e.main_number from register_entries e join registers r on r.id = e.register_id
     where r.year = 2037 order by e.main_number`,
  )
  expect(rows.map(({ main_number }) => main_number)).toEqual(rows.map((_, index) => index + 1))
  expect(rows.length).toBeGreaterThan(0)
  const [register] = await fixture.admin('select last_main_number from registers where year = 2037')
  expect(register).toEqual({ last_main_number: rows.length })
})
