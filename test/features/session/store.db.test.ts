/** What the store may be like when a session is looked at: another one than before, or with records nobody can read. */
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { acceptedClock, endingService, holdSession, sessionService } from '../../../src/features/session/index.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { createSeal } from '../../../src/platform/seal.ts'
import { anna } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const keys = [randomBytes(32), randomBytes(32)] as const
let database: TestDatabase
/** two processes on one database */
let nodes: { db: Db; sessions: ReturnType<typeof service> }[]

const service = (db: Db, seal = createSeal([keys[0]])) => sessionService({ db, seal, limits: { idleMinutes: 30 } })

beforeAll(async () => {
  database = await copyOfDatabase()
  nodes = [1, 2].map(() => {
    const db = openDatabase({ url: database.appUrl })
    return { db, sessions: service(db) }
  })
})

afterEach(async () => {
  await onDoor(`update session_epoch set store = app_store()`)
})

afterAll(async () => {
  for (const { db } of nodes) await db.pool.end()
  await database.drop()
})

function node(which = 0) {
  const found = nodes[which]
  if (found === undefined) throw new Error('no such process')
  return found
}

async function onDoor(statement: string) {
  return inScope(node().db, { role: 'door' }, async (tx) => (await tx.execute(statement)).rows)
}

async function epoch(): Promise<number> {
  const [row] = await onDoor('select epoch from session_epoch')
  return Number(row?.['epoch'])
}

/** A token of the KAÜ arrives for Anna, in a browser that shows `shown`. */
async function identify(shown?: string, sessions = node().sessions, subject: string = randomUUID()) {
  const identifier = randomBytes(24).toString('base64url')
  await inScope(node().db, { role: 'door' }, async (tx) => {
    const before = await sessions.hold(tx, shown)
    const { rows } = await tx.execute<{ id: string }>(
      `insert into accounts (issuer, subject) values ('kau', '${subject}') on conflict (issuer, subject) do update set subject = excluded.subject returning id`,
    )
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
      accountId: before.lineage?.accountId ?? rows[0]?.id ?? '',
      identifier,
      before: before.lineage,
      device: 'test',
    })
  })
  return identifier
}

const state = async (identifier: string, which = 0) => (await node(which).sessions.look(identifier, true)).state

test('on another store every session waits for the KAÜ, whichever process looks first', async () => {
  const known = await identify()
  const unknownYet = await identify()
  expect([await state(known), await state(unknownYet, 1)]).toEqual(['active', 'active'])
  const before = await epoch()
  await onDoor(`update session_epoch set store = 'another cluster/00000007'`)
  const looks = await Promise.all(
    Array.from({ length: 12 }, (_, at) => state(at % 3 === 0 ? unknownYet : known, at % 2)),
  )
  expect(new Set(looks)).toEqual(new Set(['paused']))
  expect(await epoch()).toBe(before + 1)
  const confirmed = await identify(known)
  expect([await state(confirmed), await state(known), await state(unknownYet)]).toEqual(['active', 'paused', 'paused'])
  expect(await epoch()).toBe(before + 1)
})

test('a new database is another store to nobody: the first session there is active at once', async () => {
  await onDoor('update session_epoch set store = null')
  expect(await state(await identify())).toBe('active')
})

test('an act that began before the store changed does not commit on the new one', async () => {
  const identifier = await identify()
  const { db, sessions } = node()
  const { lineage } = await sessions.look(identifier, false)
  const hold = () => inScope(db, { role: 'citizen' }, (tx) => holdSession(tx, 'citizen', lineage?.id ?? ''))
  expect(await hold()).toBe(true)
  await onDoor(`update session_epoch set store = 'another cluster/00000007'`)
  expect(await hold()).toBe(false)
  expect(await state(identifier)).toBe('paused')
  expect(await hold()).toBe(false)
})

test.each([
  ['under a key that is gone', `identity = identity`],
  ['with an identity that is none', `identity = '\\x00'`],
  ['with a form secret nobody can read', `csrf_secret = '\\x0102'`],
])('a record %s waits for a new identification, and serves again after it', async (_what, damage) => {
  const subject = randomUUID()
  const identifier = await identify(undefined, node().sessions, subject)
  const { lineage } = await node().sessions.look(identifier, false)
  await onDoor(`update session_lineages set ${damage} where id = '${lineage?.id}'`)
  const later = service(node().db, createSeal([keys[1], ...(damage.includes('= identity') ? [] : [keys[0]])]))
  const seen = await later.look(identifier, true)
  expect(seen.state).toBe('reidentify')
  expect(JSON.stringify(seen.lineage)).not.toContain(anna.identity.familyName)
  const again = await identify(identifier, later, subject)
  const after = await later.look(again, true)
  expect([after.state, after.lineage?.label, after.lineage?.identity]).toEqual([
    'active',
    lineage?.label,
    anna.identity,
  ])
  expect(after.lineage?.csrfSecret).toMatch(/^[\w-]{43}$/)
})

test('a record of an unknown shape, made by a newer release, waits as well', async () => {
  const identifier = await identify()
  const { lineage } = await node().sessions.look(identifier, false)
  const newer = createSeal([keys[0]]).close('{"format":2,"name":"Minta Anna"}', 'identity').toString('hex')
  await onDoor(`update session_lineages set identity = '\\x${newer}' where id = '${lineage?.id}'`)
  expect(await state(identifier)).toBe('reidentify')
})

test('a session that ended stays ended, on whatever store and with whatever key', async () => {
  const identifier = await identify()
  const { lineage } = await node().sessions.look(identifier, false)
  await endingService({ db: node().db, seal: createSeal([keys[0]]) }).endElsewhere(lineage?.accountId ?? '', {
    label: lineage?.label ?? '',
  })
  await onDoor(`update session_epoch set store = 'another cluster/00000007'`)
  expect(await state(identifier)).toBe('anonymous')
  expect((await service(node(1).db, createSeal([keys[1]])).look(identifier, true)).state).toBe('anonymous')
})
