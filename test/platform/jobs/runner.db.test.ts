import pg from 'pg'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { JobHandlers } from '../../../src/platform/jobs/index.ts'
import { type JobRunner, runJobs } from '../../../src/platform/jobs/runner.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

let logged = ''
const log = pino({ level: 'info' }, { write: (line: string) => void (logged += line) })
const soon = { timeout: 20_000, interval: 50 }

let database: TestDatabase
let server: pg.Client
let runner: JobRunner | undefined
beforeEach(async () => {
  logged = ''
  database = await copyOfDatabase()
  const address = new URL(database.adminUrl)
  address.pathname = '/postgres'
  server = new pg.Client({ connectionString: address.href })
  await server.connect()
})
afterEach(async () => {
  await runner?.stop()
  runner = undefined
  await server.end()
  await database.drop()
})

function jobsUrl(): string {
  const address = new URL(database.appUrl)
  address.username = 'portal_jobs'
  return address.href
}

async function start(handlers: JobHandlers): Promise<void> {
  runner = await runJobs({ url: jobsUrl(), handlers, timetable: [], log })
}

async function inDatabase<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}

async function jobs(): Promise<number> {
  return (await inDatabase('select from graphile_worker._private_jobs')).length
}

/** Nobody is connected any more, and nobody gets in. */
async function takeDatabaseAway(): Promise<void> {
  await server.query(`alter database ${database.name} allow_connections false`)
  await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database.name])
}

async function giveDatabaseBack(): Promise<void> {
  await server.query(`alter database ${database.name} allow_connections true`)
}

function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((done) => {
    open = done
  })
  return { opened, open: () => open() }
}

test('a job that is done while the database is away runs again, and the queue goes on', async () => {
  const runs: unknown[] = []
  const begun = gate()
  const finish = gate()
  await start({
    work: async (payload) => {
      runs.push(payload)
      begun.open()
      await finish.opened
    },
  })
  await inDatabase(`select graphile_worker.add_job('work', '{"number": 1}')`)
  await begun.opened
  await takeDatabaseAway()
  finish.open()
  await vi.waitFor(() => expect(logged).toContain('out of reach'), soon)
  await giveDatabaseBack()
  await inDatabase(`select graphile_worker.add_job('work', '{"number": 2}')`)
  await vi.waitFor(async () => expect(await jobs()).toBe(0), soon)
  expect(runs).toContainEqual({ number: 2 })
})

test('a job that fails while the database is away is tried again', async () => {
  let runs = 0
  const begun = gate()
  const finish = gate()
  await start({
    work: async () => {
      runs += 1
      if (runs > 1) return
      begun.open()
      await finish.opened
      throw new Error('the database is away')
    },
  })
  await inDatabase(`select graphile_worker.add_job('work', '{}')`)
  await begun.opened
  await takeDatabaseAway()
  finish.open()
  await giveDatabaseBack()
  await vi.waitFor(async () => expect(await jobs()).toBe(0), soon)
  expect(runs).toBe(2)
})

test('a job whose process was killed is taken over when its time is up', async () => {
  await inDatabase(`select graphile_worker.add_job('work', '{}')`)
  await inDatabase(
    `update graphile_worker._private_jobs set locked_by = 'killed', locked_at = now() - interval '6 minutes'`,
  )
  let runs = 0
  await start({ work: async () => void (runs += 1) })
  await vi.waitFor(async () => expect(await jobs()).toBe(0), soon)
  expect(runs).toBe(1)
})

test('a job another process has begun just now is left to it', async () => {
  await inDatabase(`select graphile_worker.add_job('work', '{"whose": "theirs"}')`)
  await inDatabase(
    `update graphile_worker._private_jobs set locked_by = 'alive', locked_at = now() - interval '1 minute'`,
  )
  await inDatabase(`select graphile_worker.add_job('work', '{"whose": "ours"}')`)
  const runs: unknown[] = []
  await start({ work: async (payload) => void runs.push(payload) })
  await vi.waitFor(async () => expect(await jobs()).toBe(1), soon)
  expect(runs).toEqual([{ whose: 'ours' }])
})

test('what went wrong with a job is logged by its kind: the message may hold what a person typed', async () => {
  let runs = 0
  await start({
    work: async () => {
      runs += 1
      if (runs === 1) throw new TypeError('Minta Anna')
    },
  })
  await inDatabase(`select graphile_worker.add_job('work', '{}')`)
  await vi.waitFor(async () => expect(await jobs()).toBe(0), soon)
  expect(logged).toContain('"error":"TypeError"')
  expect(logged).not.toContain('Anna')
})

test('a runner that is told to stop while the database is away stops', async () => {
  await start({ work: async () => {} })
  await takeDatabaseAway()
  await runner?.stop()
  runner = undefined
  await giveDatabaseBack()
})
