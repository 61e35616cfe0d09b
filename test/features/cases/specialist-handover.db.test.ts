import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CaseHandover, SpecialistSystems } from '../../../src/adapters/specialist-systems/contract.ts'
import { caseJobs } from '../../../src/features/cases/index.ts'
import { findClerk } from '../../../src/features/clerk-office/index.ts'
import { Conflict, OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { anna, cecilia, denes, ferenc } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from '../clerk-office/office-fixture.ts'

const job = 'hand-over-to-specialist-system'
let fixture: OfficeFixture
let taken: CaseHandover[]
/** what the outside system does next */
let answer: (handover: CaseHandover) => Promise<{ reference: string }>

beforeAll(async () => {
  fixture = await openOfficeFixture()
})
afterAll(() => fixture.close())
beforeEach(() => {
  taken = []
  answer = async ({ caseId }) => ({ reference: `ADO-${caseId.slice(0, 4)}` })
})

const specialistSystems: SpecialistSystems = {
  takeOver(handover) {
    taken.push(handover)
    return answer(handover)
  },
}
async function run(payload: unknown): Promise<void> {
  await caseJobs({ db: fixture.db, specialistSystems, directory: fixture.directory })[job]?.(payload)
}
const caseRow = async (caseId: string) => (await fixture.admin('select * from cases where id = $1', [caseId]))[0]
const jobsFor = (caseId: string) =>
  fixture.admin('select key from graphile_worker._private_jobs where key = $1', [`${job}:${caseId}`])
const eventsOf = (caseId: string, kind: string) =>
  fixture.admin('select * from case_events where case_id = $1 and kind = $2', [caseId, kind])

async function routed(): Promise<{ caseId: string; settlementId: number }> {
  const settlementId = places.ujhartyan
  const { caseId } = await fixture.sendIn(anna, settlementId, { formCode: 'adoigazolas-kerelem' })
  const desk = fixture.at(cecilia, 'ujhartyan')
  await fixture.office.receive(desk, caseId)
  await fixture.office.register(desk, caseId)
  expect(await fixture.office.route(desk, caseId)).toBe('done')
  return { caseId, settlementId }
}

test('a routed case goes to the system of its sector, which gives its own reference', async () => {
  const item = await routed()
  expect(await jobsFor(item.caseId)).toHaveLength(1)
  expect(await caseRow(item.caseId)).toMatchObject({ state: 'assigned', routed_to: 'tax', specialist_reference: null })
  await run(item)
  const row = await caseRow(item.caseId)
  expect(taken).toEqual([
    expect.objectContaining({
      caseId: item.caseId,
      settlementCode: '06293',
      system: 'tax',
      fileNumber: row?.['file_number'],
      formCode: 'adoigazolas-kerelem',
    }),
  ])
  expect(row).toMatchObject({ state: 'in_progress', specialist_reference: `ADO-${item.caseId.slice(0, 4)}` })
  const [event] = await eventsOf(item.caseId, 'taken-over')
  expect(event).toMatchObject({ visible: true, detail: { system: 'tax', reference: `ADO-${item.caseId.slice(0, 4)}` } })
})

test('routing twice is routing once', async () => {
  const item = await routed()
  expect(await fixture.office.route(fixture.at(cecilia, 'ujhartyan'), item.caseId)).toBe('already-done')
  expect(await eventsOf(item.caseId, 'routed')).toHaveLength(1)
  expect(await jobsFor(item.caseId)).toHaveLength(1)
})

test('the job may run again, also at the same time: one reference, one event', async () => {
  const item = await routed()
  await Promise.all([run(item), run(item), run(item)])
  await run(item)
  expect(new Set(taken.map(({ caseId }) => caseId)).size).toBe(1)
  expect(await eventsOf(item.caseId, 'taken-over')).toHaveLength(1)
  expect(taken.length).toBeLessThanOrEqual(3)
})

test('while the system is down nothing changes, and the job asks to be run again', async () => {
  const item = await routed()
  answer = async () => {
    throw new OutsideSystemDown('tax')
  }
  await expect(run(item)).rejects.toThrow(OutsideSystemDown)
  expect(await caseRow(item.caseId)).toMatchObject({ state: 'assigned', specialist_reference: null })
  answer = async () => ({ reference: 'ADO-later' })
  await run(item)
  expect(await caseRow(item.caseId)).toMatchObject({ state: 'in_progress', specialist_reference: 'ADO-later' })
})

test('no transaction waits for the outside system', async () => {
  const item = await routed()
  answer = async () => {
    const open = await fixture.admin(
      `select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
    )
    expect(open).toEqual([])
    return { reference: 'ADO-free' }
  }
  await run(item)
  expect(await caseRow(item.caseId)).toMatchObject({ specialist_reference: 'ADO-free' })
})

test('work that somebody began meanwhile is not turned back', async () => {
  const item = await routed()
  answer = async () => {
    await fixture.office.start(fixture.at(denes, 'ujhartyan'), item.caseId)
    return { reference: 'ADO-late' }
  }
  await run(item)
  const clerk = await findClerk(fixture.db, fixture.at(denes, 'ujhartyan'))
  expect(await caseRow(item.caseId)).toMatchObject({
    state: 'in_progress',
    specialist_reference: 'ADO-late',
    assigned_to: clerk.id,
  })
})

test('a routed case can be closed by any case worker, who has it from then on', async () => {
  const item = await routed()
  await run(item)
  const desk = fixture.at(denes, 'ujhartyan')
  expect(await fixture.office.close(desk, item.caseId, 'Az igazolást kiállítottuk és elküldtük.')).toBe('done')
  expect((await caseRow(item.caseId))?.['assigned_to']).not.toBeNull()
})

test('where the settlement does not run the system, the case is not routed', async () => {
  const general = await fixture.sendIn(anna, places.ujhartyan)
  const desk = fixture.at(cecilia, 'ujhartyan')
  await fixture.office.receive(desk, general.caseId)
  await fixture.office.register(desk, general.caseId)
  await expect(fixture.office.route(desk, general.caseId)).rejects.toThrow('clerk-office.refused.no-system')

  await fixture.admin('delete from settlement_systems where settlement_id = $1', [places.bodolyaber])
  const tax = await fixture.sendIn(anna, places.bodolyaber, { formCode: 'adoigazolas-kerelem' })
  const common = fixture.at(ferenc, 'magyarhertelend')
  await fixture.office.receive(common, tax.caseId)
  await fixture.office.register(common, tax.caseId)
  await expect(fixture.office.route(common, tax.caseId)).rejects.toThrow(Conflict)
})

test.each([
  undefined,
  {},
  { caseId: 'x', settlementId: 1 },
  { caseId: '00000000-0000-4000-8000-000000000000', settlementId: 'x' },
])('a job with payload %j fails without a look at the database', async (payload) => {
  await expect(run(payload)).rejects.toThrow()
  expect(taken).toEqual([])
})

test('a case of another settlement is not handed over', async () => {
  const item = await routed()
  await run({ ...item, settlementId: places.komlo })
  expect(taken).toEqual([])
})
