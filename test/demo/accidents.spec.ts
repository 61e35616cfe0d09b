import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { citizenAt, type Letter } from './citizen.ts'
import { type RunningPortal, startPortal } from './portal.ts'

const rounds = 3
const atOnce = 10

let folder: string
let portal: RunningPortal
let anna: Awaited<ReturnType<typeof citizenAt>>
beforeAll(async () => {
  folder = temporaryFolder()
  const env = { REQUEST_LIMIT_FACTOR: '10000' }
  portal = await startPortal({ dataDir: folder, durable: true, mode: 'test', env })
  anna = await citizenAt(portal.url, portal.kauUrl, 'anna')
})
afterAll(async () => {
  await portal?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Where the receipt is, when the portal has said so. */
type Acknowledged = string | undefined

/** Presses the button once, and believes what the answer says. */
async function press(letter: Letter): Promise<Acknowledged> {
  try {
    const { status, location } = await anna.send(letter)
    return status === 303 && location.includes('/beadvanyok/') ? location : undefined
  } catch {
    return undefined
  }
}

/** Presses again until there is a receipt, as a person does whose page did not come. */
async function persist(letter: Letter): Promise<Acknowledged> {
  for (let tries = 0; tries < 100; tries += 1) {
    const receipt = await press(letter)
    if (receipt !== undefined) return receipt
    await pause(200)
  }
  return undefined
}

async function rows(statement: string, values: unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: portal.postgres.adminUrl() })
  await client.connect()
  try {
    return (await client.query(statement, values)).rowCount ?? 0
  } finally {
    await client.end()
  }
}

/** Half of the people press once and give up, half go on until they have a receipt; then the books are looked at. */
async function sendThrough(
  accident: () => Promise<void>,
): Promise<{ acknowledged: number; kept: number; halfway: number }> {
  const count = { acknowledged: 0, kept: 0, halfway: 0 }
  for (let round = 0; round < rounds; round += 1) {
    const letters: Letter[] = []
    for (let index = 0; index < atOnce; index += 1) letters.push(await anna.writesLetter())
    let answered = 0
    const sending = letters.map(async (letter, index) => {
      const receipt = await (index % 2 === 0 ? press(letter) : persist(letter))
      answered += 1
      return receipt
    })
    // some are through by then, the others under way or not yet looked at
    while (answered <= round) await pause(1)
    await accident()
    const receipts = await Promise.all(sending)

    for (const [index, { draft }] of letters.entries()) {
      const sent = await rows('select from submissions where draft_id = $1', [draft])
      const cases = await rows('select from cases join submissions s on s.id = submission_id where s.draft_id = $1', [
        draft,
      ])
      const drafts = await rows('select from drafts where id = $1', [draft])
      // once with its case, or not at all and still a draft: never both, never half
      expect([`${sent} ${cases} ${drafts}`]).toEqual([sent === 0 ? '0 0 1' : '1 1 0'])
      const receipt = receipts[index]
      if (index % 2 === 1) expect(receipt).toBeDefined()
      if (receipt === undefined) {
        if (sent === 0) count.kept += 1
        else count.halfway += 1
      } else {
        expect(sent).toBe(1)
        expect((await anna.ask(receipt)).status).toBe(200)
        count.acknowledged += 1
      }
    }
  }
  return count
}

test('what was acknowledged is there exactly once when the web process is killed in the middle', async () => {
  const count = await sendThrough(async () => {
    process.kill(portal.processes.get('web')?.pid ?? 0, 'SIGKILL')
    await portal.restart('web')
  })
  expect(count.acknowledged).toBeGreaterThanOrEqual((rounds * atOnce) / 2)
  console.log(`web killed ${rounds} times: ${JSON.stringify(count)}`)
}, 180_000)

test('what was acknowledged is there exactly once when the database is killed in the middle', async () => {
  const web = portal.processes.get('web')?.pid
  let slowest = 0
  const count = await sendThrough(async () => {
    process.kill(portal.postgres.pid, 'SIGKILL')
    await portal.restartDatabase()
    const began = Date.now()
    while ((await anna.ask('/sajat')).status !== 200) await pause(50)
    slowest = Math.max(slowest, Date.now() - began)
  })
  expect(count.acknowledged).toBeGreaterThanOrEqual((rounds * atOnce) / 2)
  // the portal finds its way back by itself, and is the same process as before
  expect(slowest).toBeLessThan(5_000)
  expect(portal.processes.get('web')?.pid).toBe(web)
  console.log(`database killed ${rounds} times: ${JSON.stringify(count)}, back after at most ${slowest} ms`)
}, 180_000)
