/** Set-up of a test run: one server, and in it one migrated database that every test file copies. */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type PostgresServer, startPostgres } from './postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestServer {
  /** name of the migrated database to copy; everything this run makes begins with it */
  template: string
  /** administrator, owner of the tables, and the portal's own login, at the template */
  adminUrl: string
  ownerUrl: string
  appUrl: string
  appPassword: string
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestServer
  }
}

/** Projects of one run share the server: this module may be loaded once for each of them. */
interface Shared {
  users: number
  server: Promise<{ postgres: TestServer; end(): Promise<void> }>
}
const sharedKey = Symbol.for('portal.test.postgres')
const place: typeof globalThis & { [sharedKey]?: Shared } = globalThis

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  place[sharedKey] ??= { users: 0, server: start() }
  const shared = place[sharedKey]
  shared.users += 1
  const { postgres, end } = await shared.server
  project.provide('postgres', postgres)
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    delete place[sharedKey]
    await end()
  }
}

async function start(): Promise<{ postgres: TestServer; end(): Promise<void> }> {
  const dataDir = temporaryFolder()
  let server: PostgresServer | undefined
  try {
    server = await startPostgres({ dataDir, durable: false })
    const { ownerUrl, adminUrl, loginUrl, stop } = server
    const template = `portal_test_${randomBytes(4).toString('hex')}`
    const appPassword = randomBytes(24).toString('base64url')
    await inDatabase(ownerUrl('postgres'), (client) => client.query(`create database ${template}`))
    const { migrate } = await import('../../src/migrate.ts')
    await migrate({ mode: 'test', ownerUrl: ownerUrl(template), appPassword })
    return {
      postgres: {
        template,
        adminUrl: adminUrl(template),
        ownerUrl: ownerUrl(template),
        appUrl: loginUrl('portal_app', appPassword, template),
        appPassword,
      },
      async end() {
        await inDatabase(adminUrl('postgres'), async (client) => {
          const { rows } = await client.query<{ datname: string }>(
            'select datname from pg_database where starts_with(datname, $1)',
            [template],
          )
          if (server?.pid === 0)
            for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`)
        })
        await stop()
        rmSync(dataDir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await server?.stop()
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

async function inDatabase(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
