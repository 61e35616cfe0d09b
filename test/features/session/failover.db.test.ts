/**
 * A failover as it happens: a standby that had not received the last transactions is promoted, and the portal's processes go
 * on with it at the same address. What ended last is missing there, and must not come back to life.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  acceptedClock,
  type Endings,
  endingService,
  type Sessions,
  sessionService,
} from '../../../src/features/session/index.ts'
import { migrate } from '../../../src/migrate.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { createSeal } from '../../../src/platform/seal.ts'
import { anna } from '../../cast/people.ts'
import { freePort, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const appPassword = randomBytes(24).toString('base64url')
const seal = createSeal([randomBytes(32)])
const given = process.env['PORTAL_DATABASE_SERVER']
let folder: string
let port: number
let server: PostgresServer | undefined
let nodes: { db: Db; sessions: Sessions; endings: Endings }[] = []

beforeAll(async () => {
  // somebody's own server is not ours to copy and to promote
  delete process.env['PORTAL_DATABASE_SERVER']
  folder = temporaryFolder()
  port = await freePort()
  server = await startPostgres({ dataDir: join(folder, 'primary'), port, durable: true })
  await migrate({ mode: 'test', ownerUrl: server.ownerUrl(), appPassword })
  const url = server.loginUrl('portal_app', appPassword)
  nodes = [1, 2].map(() => {
    const db = openDatabase({ url, waitMilliseconds: 20_000 })
    return {
      db,
      sessions: sessionService({ db, seal, limits: { idleMinutes: 30 } }),
      endings: endingService({ db, seal }),
    }
  })
}, 180_000)

afterAll(async () => {
  for (const { db } of nodes) await db.pool.end()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
  if (given !== undefined) process.env['PORTAL_DATABASE_SERVER'] = given
}, 60_000)

function node(which = 0) {
  const found = nodes[which]
  if (found === undefined) throw new Error('no such process')
  return found
}

/** A token of the KAÜ arrives for somebody, in a browser that shows `shown`. */
async function identify(subject: string, shown?: string): Promise<string> {
  const { db, sessions } = node()
  const identifier = randomBytes(24).toString('base64url')
  await inScope(db, { role: 'door' }, async (tx) => {
    const before = await sessions.hold(tx, shown)
    const { rows } = await tx.execute<{ id: string }>(
      `insert into accounts (issuer, subject) values ('kau', '${subject}')
       on conflict (issuer, subject) do update set subject = excluded.subject returning id`,
    )
    const accountId = rows[0]?.id
    if (accountId === undefined) throw new Error('no account')
    await sessions.accept(tx, {
      accepted: {
        verdict: before.lineage === undefined ? 'begin' : 'renew',
        clock: acceptedClock(before.now, before.now, before.epoch),
      },
      identification: {
        issuer: 'kau',
        subject,
        identity: anna.identity,
        identifiedAt: before.now,
        kauSession: randomUUID(),
        assurance: 'substantial',
        idToken: 'token',
      },
      accountId,
      identifier,
      before: before.lineage,
      device: 'test',
    })
  })
  return identifier
}

/** The state as a process sees it once it has reached the server again: connections of the former one break first. */
async function state(identifier: string, which = 0): Promise<string> {
  for (let broken = 0; ; broken += 1) {
    try {
      return (await node(which).sessions.look(identifier, true)).state
    } catch (failure) {
      if (!(failure instanceof OutsideSystemDown) || broken === 100) throw failure
    }
  }
}

async function epoch(): Promise<number> {
  const rows = await inScope(
    node().db,
    { role: 'door' },
    async (tx) => (await tx.execute('select epoch from session_epoch')).rows,
  )
  return Number(rows[0]?.['epoch'])
}

test('after a failover every session waits for the KAÜ, and a sign-out lost in it does not come back', async () => {
  const subjects = [randomUUID(), randomUUID()]
  const [stays = '', leaves = ''] = await Promise.all(subjects.map((subject) => identify(subject)))
  expect([await state(stays), await state(leaves, 1)]).toEqual(['active', 'active'])
  const before = await epoch()

  // what the standby has received; the sign-out comes after it
  await server?.stop()
  copy(join(folder, 'primary'), join(folder, 'standby'))
  server = await startPostgres({ dataDir: join(folder, 'primary'), port, durable: true })
  expect([await state(stays), await state(leaves), await epoch()]).toEqual(['active', 'active', before])
  const { lineage } = await node().sessions.look(leaves, false)
  await node().endings.endElsewhere(lineage?.accountId ?? '', { label: lineage?.label ?? '' })
  expect(await state(leaves, 1)).toBe('anonymous')

  await server.stop()
  server = await promote(join(folder, 'standby'))
  const seen = await Promise.all(Array.from({ length: 10 }, (_, at) => state(at % 3 === 0 ? leaves : stays, at % 2)))
  expect(new Set(seen)).toEqual(new Set(['paused']))
  expect(await epoch()).toBe(before + 1)
  const confirmed = await identify(subjects[0] ?? '', stays)
  expect([
    await state(confirmed, 0),
    await state(confirmed, 1),
    await state(leaves, 0),
    await state(leaves, 1),
  ]).toEqual(['active', 'active', 'paused', 'paused'])
  expect(await epoch()).toBe(before + 1)
}, 180_000)

function copy(from: string, to: string): void {
  const copied = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' })
  if (copied.status !== 0) throw new Error(copied.stderr)
}

/** Starts a copied cluster as a standby, which answers questions only, and promotes it. */
async function promote(dataDir: string): Promise<PostgresServer> {
  writeFileSync(join(dataDir, 'cluster', 'standby.signal'), '')
  const standby = await startPostgres({ dataDir, port, durable: true })
  server = standby
  await expect(node().sessions.look('whatever', true)).rejects.toThrow(OutsideSystemDown)
  const client = new pg.Client({ connectionString: standby.adminUrl() })
  await client.connect()
  try {
    await client.query('select pg_promote()')
  } finally {
    await client.end()
  }
  return standby
}
