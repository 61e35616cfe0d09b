/** The pure rules against the model: 100,000 histories of up to 60 steps. */
import { expect, test } from 'vitest'
import { counterexamples } from './counterexamples.ts'
import { playInProcess, runInProcess } from './in-process.ts'

/** The same on every run; `npm run test:session -- --long` tries others. */
const first = process.env['SESSION_HISTORIES'] === 'long' ? Number(process.env['PROPERTY_SEED']) : 20_260_101
const seeds = [first, first + 1, first + 2, first + 3]

test.each(Object.entries(counterexamples))('%s', (_what, commands) => {
  expect(playInProcess(commands).length).toBeGreaterThan(0)
})

test.each(seeds)(
  '25,000 histories keep I2 to I7, I11, I12, I15, I19, I21 and I24, and go as the rules say (seed %i)',
  { timeout: 300_000 },
  (seed) => {
    const { reached } = runInProcess(25_000, seed)
    for (const rare of [
      'worked until 240',
      'page while active',
      'page while paused',
      'page while reidentify',
      'came back: renew',
      'came back: other-person',
      'came back: too-old',
      'came back: not-new-enough',
      'came back: reidentification-needed',
      'came back: kau-session-ended',
      'came back: from-the-future',
    ]) {
      expect(reached[rare], rare).toBeGreaterThan(400)
    }
  },
)
