/**
 * Kills the portal's processes at random moments while letters are sent in and registered, and looks whether anything is lost,
 * doubled or left out.
 *
 *   npm run test:crashes -- [--kills N]    N while letters are sent, 48 unless said, and a quarter as many while they are registered;
 *                                          of eight, five hit the web process, two the database and one the worker
 *   npm run test:crashes -- --sessions [--kills N]
 *                                          instead, people save pages, are interrupted by the limits of their sessions and go on
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPortal } from '../demo/portal.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { keepThroughKills } from './keeping.ts'
import type { Victim } from './kills.ts'
import { registerThroughKills } from './registering.ts'
import { sendThroughKills } from './sending.ts'
import { faultsOf, figuresOf, keepingFaultsOf, keepingFiguresOf, lateReturnsOf } from './verdict.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '48' }, sessions: { type: 'boolean', default: false } },
})
const killCount = Number(values.kills)
if (!Number.isInteger(killCount) || killCount < 1 || killCount > 100)
  throw new Error('--kills takes a number from 1 to 100')

const turns: Victim[] = ['web', 'database', 'web', 'web', 'worker', 'web', 'backend', 'web']
const killsOf = (count: number): Victim[] =>
  Array.from({ length: count }, (_, index) => turns[index % turns.length] ?? 'web')

const folder = temporaryFolder()
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const began = performance.now()
let faults = ['it did not come to an end']
const portal = await startPortal({
  dataDir: folder,
  durable: true,
  mode: 'test',
  env: { REQUEST_LIMIT_FACTOR: '100000', CONNECTIONS_PER_ADDRESS: '1000' },
})
try {
  const people = ['anna', 'bela', 'gabor', 'denes'] as const
  if (values.sessions) {
    const keeping = await keepThroughKills(portal, { people, kills: killsOf(killCount), tell: say })
    say(keepingFiguresOf(keeping))
    faults = [...keepingFaultsOf(keeping), ...lateReturnsOf(keeping)]
  } else {
    const sending = await sendThroughKills(portal, { people, letters: 12, kills: killsOf(killCount), tell: say })
    const registering = await registerThroughKills(portal, { kills: killsOf(Math.ceil(killCount / 4)), tell: say })
    say(figuresOf(sending, registering))
    faults = [...faultsOf(sending, registering), ...lateReturnsOf(sending, registering)]
  }
} finally {
  await portal.stop()
  if (faults.length === 0) rmSync(folder, { recursive: true, force: true })
  else say(`what the processes said is kept in ${join(folder, 'logs')}`)
}
for (const fault of faults) say(fault)
say(`${Math.round((performance.now() - began) / 1000)} s; ${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
