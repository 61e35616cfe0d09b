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

/** Short ones, the same on every run; `npm run test:session -- --long` tries long ones nobody has seen. */
const isLong = process.env['SESSION_HISTORIES'] === 'long'
const run = isLong
  ? { count: 2_000, longest: 60, seed: Number(process.env['PROPERTY_SEED']) }
  : { count: 300, longest: 15, seed: 20_260_101 }

test(`${run.count} histories keep the invariants, and go as the rules say (seed ${run.seed})`, {
  timeout: isLong ? 4 * 3_600_000 : 900_000,
}, async () => {
  const { reached, steps } = await runOverHttp(http, run)
  if (isLong) process.stdout.write(`${steps} steps\n${JSON.stringify(reached, undefined, 2)}\n`)
  for (const look of ['page', 'post', 'act', 'presence', 'status', 'prefetch']) {
    for (const state of ['active', 'paused', 'reidentify', 'anonymous']) {
      expect(reached[`${look} while ${state}`], `${look} while ${state}`).toBeGreaterThan(3)
    }
  }
})
