/** What may happen between two statements of one request: ends, new identifiers, limits found passed. */
import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { NationalIdentity } from '../../../src/adapters/national-identity/contract.ts'
import { signInService, signOutService } from '../../../src/features/identity/index.ts'
import { endingService, holdSession, sessionService } from '../../../src/features/session/index.ts'
import {
  findByIdentifier,
  type LineageRow,
  renewLineage,
  storeLimitPassed,
} from '../../../src/features/session/queries.ts'
import { type Db, inScope, openDatabase, type Tx } from '../../../src/platform/database.ts'
import { createSeal, fingerprint } from '../../../src/platform/seal.ts'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const seal = createSeal([randomBytes(32)])
let database: TestDatabase
let db: Db
let admin: pg.Pool
/** what happens while the portal asks the KAÜ what a code means */
let meanwhile: () => Promise<unknown>
let whoComesBack: CastPerson

const kau: NationalIdentity = {
  host: 'kau.test',
  origin: 'https://kau.test',
  newRoundTrip: () => ({ state: randomUUID(), nonce: randomUUID(), codeVerifier: randomUUID() }),
  authorizationUrl: async (_kind, trip) => new URL(`https://kau.test/?state=${trip.state}`),
  async redeem(_query, _trip, now) {
    await meanwhile()
    return {
      ok: true,
      identification: {
        issuer: 'https://kau.test',
        subject: whoComesBack.subject,
        identity: whoComesBack.identity,
        identifiedAt: now,
        kauSession: 'kau-session',
        assurance: 'substantial',
        idToken: 'token',
      },
    }
  },
  readLogoutToken: async () => ({ ok: false, failed: 'format' }),
  endSessionUrl: async () => undefined,
}

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl })
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 1 })
  admin.on('error', () => {})
})
beforeEach(async () => {
  meanwhile = async () => undefined
  whoComesBack = anna
  await admin.query('delete from session_lineages; delete from ended_kau_sessions')
})
afterAll(async () => {
  await db.pool.end()
  await admin.end()
  await database.drop()
})

const door = <T>(work: (tx: Tx) => Promise<T>) => inScope(db, { role: 'door' }, work)

function services() {
  const sessions = sessionService({ db, seal, limits: { idleMinutes: 30 } })
  const endings = endingService({ db, seal })
  return {
    sessions,
    signIn: signInService({ db, seal, kau, sessions }),
    signOut: signOutService({ db, seal, kau, sessions, endings }),
  }
}

function openBrowser() {
  const { signIn, signOut, sessions } = services()
  const browser = randomBytes(24).toString('base64url')
  let identifier: string | undefined
  const comeBack = async (query: URLSearchParams, shown = identifier) => {
    const fresh = randomUUID()
    const returned = await signIn.return(query, {
      browser,
      identifier: shown,
      device: 'test',
      newIdentifier: async () => fresh,
    })
    if (returned.outcome === 'accepted') identifier = fresh
    return returned.outcome
  }
  const start = async (kind: 'sign-in' | 'continue' | 'reidentify') =>
    (await signIn.start(kind, { browser, identifier })).redirectTo.searchParams
  return {
    start,
    comeBack,
    signIn: async () => comeBack(await start('sign-in')),
    signOut: () => signOut.signOut(identifier, browser),
    state: async (shown = identifier) => (await sessions.look(shown, false)).state,
    identifier: () => identifier ?? '',
    row: async (): Promise<LineageRow> => {
      const { lineage } = await door((tx) => findByIdentifier(tx, fingerprint(identifier ?? '')))
      if (lineage === undefined) throw new Error('no lineage')
      return lineage
    },
  }
}

const later = (instant: Date, minutes: number) => new Date(instant.getTime() + minutes * 60_000)

test('an activity does not undo a limit that was found passed', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const read = await browser.row()
  await door((tx) => storeLimitPassed(tx, read, later(read.activeAt, 30)))
  await services().sessions.look(browser.identifier(), true)
  expect((await browser.row()).activeAt).toEqual(read.activeAt)
})

test('what was read before a new identifier, an end or a report is stored no more', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const before = await browser.row()
  await browser.signIn()
  const renewed = await browser.row()
  expect(renewed.id).toBe(before.id)
  await door((tx) => storeLimitPassed(tx, before, later(before.activeAt, 9)))
  expect(await browser.row()).toEqual(renewed)

  await door((tx) => services().sessions.endAtKau(tx, { kauSession: 'kau-session' }))
  await services().sessions.look(browser.identifier(), true)
  expect((await browser.row()).activeAt).toEqual(renewed.activeAt)

  await browser.signOut()
  await door((tx) => storeLimitPassed(tx, renewed, later(before.activeAt, 9)))
  const again = { ...renewed, identifierHash: fingerprint('another') }
  expect(await door((tx) => renewLineage(tx, renewed, again))).toBe(false)
  const { lineage } = await door((tx) => findByIdentifier(tx, renewed.identifierHash))
  expect(lineage).toMatchObject({ lastSeenAt: renewed.lastSeenAt, endReason: 'signed-out' })
})

test.each(['sign-in', 'continue', 'reidentify'] as const)(
  'signing out while the KAÜ is asked about a %s attempt is final',
  async (kind) => {
    const browser = openBrowser()
    await browser.signIn()
    const query = await browser.start(kind)
    meanwhile = () => browser.signOut()
    expect(await browser.comeBack(query)).toBe('session-ended')
    expect(await browser.state()).toBe('anonymous')
  },
)

test('an attempt begun before anybody was signed in ends with the session that came meanwhile', async () => {
  const browser = openBrowser()
  const early = await browser.start('sign-in')
  await browser.signIn()
  meanwhile = () => browser.signOut()
  expect(await browser.comeBack(early)).toBe('session-ended')
  expect(await browser.comeBack(early, undefined)).toBe('unknown-attempt')
  expect(await browser.state()).toBe('anonymous')
})

test('two tabs continue at the same time: both do, the second renews what the first renewed', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const shown = browser.identifier()
  const [first, second] = [await browser.start('continue'), await browser.start('continue')]
  expect(await Promise.all([browser.comeBack(first, shown), browser.comeBack(second, shown)])).toEqual([
    'accepted',
    'accepted',
  ])
  const rows = await door(async (tx) => (await tx.execute('select id from session_lineages')).rows)
  expect(rows).toHaveLength(1)
  expect(await browser.state(shown)).toBe('paused')
})

test('the person changes in one tab while another tab’s answer is looked up: that answer is nobody’s', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const annas = browser.identifier()
  const [first, second] = [await browser.start('continue'), await browser.start('continue')]
  meanwhile = async () => {
    meanwhile = async () => undefined
    whoComesBack = bela
    expect(await browser.comeBack(second)).toBe('accepted')
    whoComesBack = anna
  }
  expect(await browser.comeBack(first, annas)).toBe('session-ended')
  expect(await browser.state(annas)).toBe('anonymous')
  expect(await browser.state()).toBe('active')
})

test('an act holds the session: the end waits for it, and none begins after the end', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const { id } = await browser.row()
  const order: string[] = []
  let signingOut: Promise<unknown> | undefined
  await inScope(db, { role: 'citizen' }, async (tx) => {
    expect(await holdSession(tx, 'citizen', id)).toBe(true)
    signingOut = browser.signOut().then(() => order.push('signed out'))
    await untilSomebodyWaits(tx)
    order.push('acted')
  })
  await signingOut
  expect(order).toEqual(['acted', 'signed out'])
  expect(await inScope(db, { role: 'citizen' }, (tx) => holdSession(tx, 'citizen', id))).toBe(false)
})

/** Until the other transaction stands before our lock. */
async function untilSomebodyWaits(tx: Tx): Promise<void> {
  for (;;) {
    const { rows } = await tx.execute<{ n: number }>(
      `select count(*)::int as n from pg_locks where not granted and pid <> pg_backend_pid()
        and (locktype = 'transactionid' or relation = 'session_lineages'::regclass)`,
    )
    if ((rows[0]?.n ?? 0) > 0) return
  }
}
