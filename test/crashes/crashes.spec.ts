import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningPortal, startPortal } from '../demo/portal.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { keepThroughKills } from './keeping.ts'
import { registerThroughKills } from './registering.ts'
import { sendThroughKills } from './sending.ts'
import { faultsOf, figuresOf, keepingFaultsOf, keepingFiguresOf } from './verdict.ts'

let folder: string
let portal: RunningPortal
beforeAll(async () => {
  folder = temporaryFolder()
  const env = { REQUEST_LIMIT_FACTOR: '100000', CONNECTIONS_PER_ADDRESS: '1000' }
  portal = await startPortal({ dataDir: folder, durable: true, mode: 'test', env })
})
afterAll(async () => {
  await portal?.stop()
  rmSync(folder, { recursive: true, force: true })
})

// `npm run test:crashes` does the same with many more letters and kills
test('what was acknowledged is there once, and registered under one number, whatever dies in the middle', async () => {
  const sending = await sendThroughKills(portal, {
    people: ['anna', 'bela', 'gabor', 'denes'],
    letters: 6,
    kills: ['web', 'database', 'web', 'backend', 'web'],
  })
  const registering = await registerThroughKills(portal, { kills: [] })
  console.log(figuresOf(sending, registering))
  expect(faultsOf(sending, registering)).toEqual([])
  expect(sending.acknowledged).toBeGreaterThanOrEqual((sending.letters * 3) / 4)
}, 240_000)

// `npm run test:crashes -- --sessions` does the same with many more kills
test("what was saved or put aside is there, its owner's only, whatever dies while sessions are interrupted", async () => {
  const keeping = await keepThroughKills(portal, {
    people: ['anna', 'bela', 'gabor', 'denes'],
    kills: ['web', 'database', 'backend'],
  })
  console.log(keepingFiguresOf(keeping))
  expect(keepingFaultsOf(keeping)).toEqual([])
  // each of the four at each interruption
  expect(keeping.saved).toBeGreaterThanOrEqual(12)
  expect(keeping.parked).toBeGreaterThanOrEqual(12)
}, 240_000)
