/** The application against the model: 300 short histories. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counterexamples } from './counterexamples.ts'
import { type HttpPortal, openHttpPortal } from './http-portal.ts'
import { playOverHttp, runOverHttp } from './over-http.ts'

let http: HttpPortal

beforeAll(async () => {
  http = await openHttpPortal()
})
afterAll(() => http?.close())

test.each(Object.entries(counterexamples))('%s', async (_what, commands) => {
  expect((await playOverHttp(http, commands)).length).toBeGreaterThan(0)
})

test('300 histories keep the invariants, and go as the rules say (seed 20260101)', { timeout: 600_000 }, async () => {
  const { reached } = await runOverHttp(http, { count: 300, longest: 15, seed: 20_260_101 })
  for (const look of ['page', 'post', 'act', 'presence', 'status', 'prefetch']) {
    for (const state of ['active', 'paused', 'reidentify', 'anonymous']) {
      expect(reached[`${look} while ${state}`], `${look} while ${state}`).toBeGreaterThan(3)
    }
  }
})
