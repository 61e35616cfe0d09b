import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/migrate.ts'
import { databaseNow, requireRealClock, requireRealClockOf } from '../../src/platform/clock.ts'
import { type Db, inScope, openDatabase } from '../../src/platform/database.ts'
import { projectRoot } from '../../src/platform/project-root.ts'
import { copyOfDatabase, emptyDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/postgres.ts'
import { installTestClock, type TestClock } from '../support/test-clock.ts'

const refusal = 'production does not run on a clock that can be moved'

describe('a database with the real clock', () => {
  test('serves production, before its first migration too', async () => {
    const fresh = await emptyDatabase()
    const migrated = await copyOfDatabase()
    const db = openDatabase({ url: migrated.appUrl, connections: 1 })
    try {
      await requireRealClock(db)
      for (const { ownerUrl } of [fresh, migrated]) await asOwner(ownerUrl, requireRealClockOf)
    } finally {
      await db.pool.end()
      await Promise.all([fresh.drop(), migrated.drop()])
    }
  })

  test.each([
    ['app_now', 'stable', 'select now() + interval $x$1 hour$x$'],
    ['app_clock', 'volatile', 'select now()'],
  ])('does not serve production when somebody rewrote %s', async (name, kind, body) => {
    const database = await copyOfDatabase()
    try {
      await asOwner(database.ownerUrl, async (owner) => {
        await owner.execute(
          `create or replace function ${name}() returns timestamptz language sql ${kind} parallel safe as $$ ${body} $$`,
        )
        await expect(requireRealClockOf(owner)).rejects.toThrow(
          `${refusal}, as tests and the demo do: the function ${name}`,
        )
      })
    } finally {
      await database.drop()
    }
  })
})

describe('a database with a clock that can be moved', () => {
  let database: TestDatabase
  let db: Db
  let clock: TestClock
  beforeAll(async () => {
    database = await copyOfDatabase()
    db = openDatabase({ url: database.appUrl, connections: 2 })
    clock = await installTestClock(database.ownerUrl)
  })
  afterAll(async () => {
    await clock.close()
    await db.pool.end()
    await database.drop()
  })

  test('tells the portal the time it was set to, everywhere alike', async () => {
    await clock.set(3600)
    const before = Date.now()
    const [told, kept] = await inScope(db, { role: 'citizen' }, async (tx) => {
      const { rows } = await tx.execute<{ at: string }>('select app_clock() as at')
      return [await databaseNow(tx), new Date(rows[0]?.at ?? 0)]
    })
    for (const moment of [told, kept]) {
      expect(moment.getTime() - before).toBeGreaterThan(3_600_000 - 1000)
      expect(moment.getTime() - Date.now()).toBeLessThan(3_600_000 + 1000)
    }
    expect(await clock.read()).toBe(3600)
  })

  test('is refused by every program of production, whatever it shows now', async () => {
    await clock.set(0)
    await expect(requireRealClock(db)).rejects.toThrow(
      `${refusal}, as tests and the demo do: the schema test_clock exists`,
    )
    for (const [program, env] of [
      ['src/web.ts', await webEnvironment()],
      ['src/worker.ts', workerEnvironment()],
      ['src/migrate.ts', { DATABASE_OWNER_URL: database.ownerUrl, DATABASE_APP_PASSWORD: database.appPassword }],
    ] as const) {
      const { code, said } = await run(program, env)
      expect([program, code, said]).toEqual([program, 1, expect.stringContaining(refusal)])
    }
  }, 120_000)

  test('is brought up to date for tests and the demo', async () => {
    await migrate({ mode: 'demo', ownerUrl: database.ownerUrl, appPassword: database.appPassword })
    await expect(requireRealClock(db)).rejects.toThrow(refusal)
  })

  test('makes production that is running already unfit, as its health check says', async () => {
    const real = await copyOfDatabase()
    const env = await webEnvironment(real.appUrl)
    const web = program('src/web.ts', env)
    const asked = `http://127.0.0.1:${env.HEALTH_PORT}/kesz`
    const health = () =>
      fetch(asked).then(
        ({ status }) => status,
        () => 0,
      )
    try {
      await expect.poll(health, { timeout: 60_000 }).toBe(200)
      await (await installTestClock(real.ownerUrl)).close()
      expect(await health()).toBe(503)
    } finally {
      web.child.kill()
      await web.ended
      await real.drop()
    }
  }, 120_000)

  const shared = () => ({
    PORTAL_MODE: 'production',
    NODE_ENV: 'production',
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'https://portal.example.hu',
  })

  async function webEnvironment(url = database.appUrl) {
    return {
      ...shared(),
      DATABASE_URL: url,
      PORT: String(await freePort()),
      HEALTH_PORT: String(await freePort()),
      OPERATOR_NAME: 'Próba Üzemeltető',
      OPERATOR_EMAIL: 'uzemelteto@example.hu',
      KAU_ISSUER: 'https://kau.example.hu',
      KAU_CLIENT_ID: 'portal',
      KAU_CLIENT_SECRET: randomBytes(32).toString('base64'),
      SESSION_SECRET: randomBytes(32).toString('base64'),
      DATA_KEYS: randomBytes(32).toString('base64'),
      PERSON_KEYS: randomBytes(32).toString('base64'),
    }
  }

  function workerEnvironment() {
    return {
      ...shared(),
      DATABASE_URL: database.appUrl,
      JOBS_DATABASE_URL: database.appUrl,
      SMTP_URL: 'smtps://mail.example.hu',
      MAIL_FROM: 'portal@example.hu',
      VIRUS_SCANNER_HOST: 'clamd.example.hu',
      SPECIALIST_SYSTEM_URL: 'https://szakrendszer.example.hu',
      SPECIALIST_SYSTEM_TOKEN: randomBytes(32).toString('base64'),
      AUDIT_HEADS_FILE: '/var/lib/portal/audit-heads.jsonl',
      AUDIT_KEY: generateKeyPairSync('ed25519', {
        privateKeyEncoding: { type: 'pkcs8', format: 'der' },
        publicKeyEncoding: { type: 'spki', format: 'der' },
      }).privateKey.toString('base64'),
    }
  }
})

function program(file: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: fileURLToPath(projectRoot),
    env: { ...process.env, PORTAL_MODE: 'production', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<{ code: number | null; said: string }>((done) =>
    child.once('close', (code) => done({ code, said })),
  )
  return { child, ended }
}

function run(file: string, env: Record<string, string>) {
  return program(file, env).ended
}

async function asOwner(url: string, work: (owner: NodePgDatabase) => Promise<void>): Promise<void> {
  const owner = new Client({ connectionString: url })
  await owner.connect()
  try {
    await work(drizzle(owner))
  } finally {
    await owner.end()
  }
}
