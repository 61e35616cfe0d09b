import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna } from '../cast/people.ts'
import { openTestPortal, type TestPortal } from './portal.ts'
import { installTestClock } from './test-clock.ts'

let portal: TestPortal
beforeAll(async () => {
  portal = await openTestPortal()
})
afterAll(() => portal?.close())

test('the time of a test portal moves when a test says so, and only then', async () => {
  expect((await portal.visit('/sajat', { as: anna })).status).toBe(200)
  expect(await portal.admin("select from pg_namespace where nspname = 'test_clock'")).toEqual([])
  await portal.clock.set(1700)
  expect((await portal.visit('/sajat', { as: anna })).status).toBe(200)
  await portal.clock.set(1700 + 1800)
  expect((await portal.visit('/sajat', { as: anna })).status).toBe(303)
  expect(await portal.clock.read()).toBe(3500)
})

test('several may install the clock at once, and what it shows stays', async () => {
  const { ownerUrl } = portal.database
  await portal.clock.set(60)
  const clocks = await Promise.all(Array.from({ length: 8 }, () => installTestClock(ownerUrl)))
  expect(await Promise.all(clocks.map((clock) => clock.read()))).toEqual(Array.from({ length: 8 }, () => 60))
  await Promise.all(clocks.map((clock) => clock.close()))
})
