import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { NationalIdentity, ReturnOutcome } from '../../../src/adapters/national-identity/contract.ts'
import { signInService, signOutService } from '../../../src/features/identity/index.ts'
import { endingService, endSessions, sessionService } from '../../../src/features/session/index.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { createSeal } from '../../../src/platform/seal.ts'
import { anna, bela, type CastPerson } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const minute = 60_000
let database: TestDatabase
let db: Db
/** what the stand-in of the KAÜ answers next */
let answer: (() => ReturnOutcome) | undefined
/** kinds of the requests that went out */
let asked: string[]

const kau: NationalIdentity = {
  host: 'kau.test',
  origin: 'https://kau.test',
  newRoundTrip: () => ({ state: randomUUID(), nonce: randomUUID(), codeVerifier: randomUUID() }),
  authorizationUrl: async (kind, trip) => {
    asked.push(kind)
    return new URL(`https://kau.test/?state=${trip.state}`)
  },
  redeem: async () => answer?.() ?? { ok: false, because: 'invalid-answer' },
  readLogoutToken: async () => ({ ok: false, failed: 'format' }),
  endSessionUrl: async (_idToken, state) => new URL(`https://kau.test/end?state=${state}`),
}

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl })
})

beforeEach(() => {
  asked = []
  answer = undefined
})

afterAll(async () => {
  await db.pool.end()
  await database.drop()
})

const seal = createSeal([randomBytes(32)])
const limits = { idleMinutes: 30 }

function services() {
  const sessions = sessionService({ db, seal, limits })
  return {
    sessions,
    signIn: signInService({ db, seal, kau, sessions }),
    signOut: signOutService({ db, seal, kau, sessions, endings: endingService({ db, seal }) }),
  }
}

function identified(person: CastPerson, ageMilliseconds = 0): () => ReturnOutcome {
  return () => ({
    ok: true,
    identification: {
      issuer: 'https://kau.test',
      subject: person.subject,
      identity: person.identity,
      identifiedAt: new Date(Date.now() - ageMilliseconds),
      kauSession: 'k',
      assurance: 'substantial',
      idToken: 'token',
    },
  })
}

/** A browser: its own name, and the identifier its session cookie holds. */
function openBrowser() {
  const { signIn, signOut, sessions } = services()
  const browser = randomBytes(24).toString('base64url')
  let identifier: string | undefined
  const start = async (kind: 'sign-in' | 'continue' | 'reidentify', kept?: string) => {
    const { redirectTo } = await signIn.start(kind, { browser, identifier, ...(kept === undefined ? {} : { kept }) })
    return redirectTo.searchParams
  }
  const comeBack = async (query: URLSearchParams, from = browser) => {
    let fresh: string | undefined
    const returned = await signIn.return(query, {
      browser: from,
      identifier,
      device: 'test',
      newIdentifier: async () => {
        fresh = randomUUID()
        return fresh
      },
    })
    if (returned.outcome === 'accepted') identifier = fresh
    return returned
  }
  return {
    name: browser,
    start,
    comeBack,
    signIn: async (person: CastPerson) => {
      answer = identified(person)
      return comeBack(await start('sign-in'))
    },
    state: async (shown = identifier) => (await sessions.look(shown, false)).state,
    lineage: async () => (await sessions.look(identifier, false)).lineage,
    identifier: () => identifier,
    signOut: () => signOut.signOut(identifier, browser),
  }
}

/** Moves the clocks of a lineage into the past, which is the same as waiting. */
async function wait(lineageId: string | undefined, minutes: number): Promise<void> {
  await inScope(db, { role: 'door' }, (tx) =>
    tx.execute(
      `update session_lineages set active_at = active_at - interval '${minutes} minutes',
        identified_at = identified_at - interval '${minutes} minutes',
        last_seen_at = last_seen_at - interval '${minutes} minutes' where id = '${lineageId}'`,
    ),
  )
}

async function count(statement: string): Promise<number> {
  const rows = await inScope(db, { role: 'door' }, async (tx) => (await tx.execute<{ n: string }>(statement)).rows)
  return Number(rows[0]?.n)
}

test('the first sign-in opens an account and a session', async () => {
  const browser = openBrowser()
  expect(await browser.signIn(anna)).toMatchObject({ outcome: 'accepted', otherPersonEnded: false })
  expect(await browser.state()).toBe('active')
  expect((await browser.lineage())?.identity).toEqual(anna.identity)
})

test('two first sign-ins of one person at once open one account', async () => {
  const newcomer = { ...anna, subject: randomUUID() }
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => openBrowser().signIn(newcomer)))
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(5).fill('accepted'))
  expect(await count(`select count(*) as n from accounts where subject = '${newcomer.subject}'`)).toBe(1)
})

test('an answer of the KAÜ serves once, in the browser that asked, within ten minutes', async () => {
  const browser = openBrowser()
  answer = identified(anna)
  const query = await browser.start('sign-in')
  expect(await browser.comeBack(query, 'another-browser')).toEqual({ outcome: 'unknown-attempt' })
  expect((await browser.comeBack(query)).outcome).toBe('accepted')
  expect(await browser.comeBack(query)).toEqual({ outcome: 'unknown-attempt' })

  const late = await browser.start('sign-in')
  await inScope(db, { role: 'door' }, (tx) =>
    tx.execute(`update sign_in_attempts set started_at = started_at - interval '600 seconds'`),
  )
  expect(await browser.comeBack(late)).toEqual({ outcome: 'unknown-attempt' })
  expect(await browser.comeBack(new URLSearchParams('state=forged'))).toEqual({ outcome: 'unknown-attempt' })
  expect(await browser.comeBack(new URLSearchParams())).toEqual({ outcome: 'unknown-attempt' })
})

test('of six open attempts of one browser the oldest is gone', async () => {
  const browser = openBrowser()
  answer = identified(anna)
  const queries = []
  for (let attempt = 0; attempt < 6; attempt += 1) queries.push(await browser.start('sign-in'))
  expect((await browser.comeBack(queries[0] ?? new URLSearchParams())).outcome).toBe('unknown-attempt')
  expect((await browser.comeBack(queries[1] ?? new URLSearchParams())).outcome).toBe('accepted')
})

test('an identification of 240 minutes is asked for anew once, and then refused', async () => {
  const browser = openBrowser()
  answer = identified(anna, 240 * minute)
  const again = await browser.comeBack(await browser.start('sign-in'))
  expect(again.outcome).toBe('ask-again')
  expect(asked).toEqual(['sign-in', 'reidentify'])
  if (again.outcome !== 'ask-again') return
  expect((await browser.comeBack(again.redirectTo.searchParams)).outcome).toBe('too-old')
  expect(await browser.state()).toBe('anonymous')
})

test('the second try brings a stranger in when its identification is new', async () => {
  const browser = openBrowser()
  answer = identified(anna, 300 * minute)
  const again = await browser.comeBack(await browser.start('sign-in'))
  if (again.outcome !== 'ask-again') throw new Error(again.outcome)
  answer = identified(anna)
  expect((await browser.comeBack(again.redirectTo.searchParams)).outcome).toBe('accepted')
})

test('what is left of 240 minutes counts from the identification, not from arriving here', async () => {
  const browser = openBrowser()
  answer = identified(anna, 100 * minute)
  await browser.comeBack(await browser.start('sign-in'))
  const { sessions } = services()
  const { secondsLeft } = await sessions.look(browser.identifier(), false)
  expect(secondsLeft.identified).toBeGreaterThan(139 * 60)
  expect(secondsLeft.identified).toBeLessThanOrEqual(140 * 60)
})

test('an identification from the future is refused', async () => {
  const browser = openBrowser()
  answer = identified(anna, -2 * minute)
  expect((await browser.comeBack(await browser.start('sign-in'))).outcome).toBe('invalid-answer')
})

test('after 30 idle minutes the session pauses, and continues with a new identifier when the KAÜ confirms the person', async () => {
  const browser = openBrowser()
  await browser.signIn(anna)
  const former = browser.identifier()
  await wait((await browser.lineage())?.id, 31)
  expect(await browser.state()).toBe('paused')
  answer = identified(anna, 31 * minute)
  expect((await browser.comeBack(await browser.start('continue'))).outcome).toBe('accepted')
  expect(await browser.state()).toBe('active')
  expect(await browser.state(former)).toBe('paused')
})

test('after 240 minutes only a new identification will do', async () => {
  const browser = openBrowser()
  await browser.signIn(anna)
  await wait((await browser.lineage())?.id, 241)
  expect(await browser.state()).toBe('reidentify')
  answer = identified(anna, 10 * minute)
  expect((await browser.comeBack(await browser.start('continue'))).outcome).toBe('reidentification-needed')
  expect((await browser.comeBack(await browser.start('reidentify'))).outcome).toBe('too-old')
  answer = identified(anna)
  expect((await browser.comeBack(await browser.start('reidentify'))).outcome).toBe('accepted')
  expect(await browser.state()).toBe('active')
})

test('another person at the KAÜ ends the first one’s session and begins an own one', async () => {
  const browser = openBrowser()
  await browser.signIn(anna)
  const annas = browser.identifier()
  // Where she wanted to go on is no place for somebody else.
  await services().sessions.rememberTarget((await browser.lineage())?.id ?? '', '/sajat/ugyek')
  expect(await browser.signIn(bela)).toMatchObject({ outcome: 'accepted', otherPersonEnded: true, target: undefined })
  expect(await browser.state(annas)).toBe('anonymous')
  expect((await browser.lineage())?.identity).toEqual(bela.identity)
})

test('what was filled in is kept for whoever signs in, but not for one who comes in another’s place', async () => {
  const stranger = openBrowser()
  answer = identified(anna)
  expect(await stranger.comeBack(await stranger.start('sign-in', 'typed'))).toMatchObject({ kept: 'typed' })
  answer = identified(bela)
  expect(await stranger.comeBack(await stranger.start('sign-in', 'typed'))).toMatchObject({
    otherPersonEnded: true,
    kept: undefined,
  })
})

test('a page that a session was to go on with is no place for the next one in its browser', async () => {
  const browser = openBrowser()
  await browser.signIn(anna)
  const lineageId = (await browser.lineage())?.id ?? ''
  await services().sessions.rememberTarget(lineageId, '/sajat/ugyek')
  await browser.start('continue') // and never comes back
  await inScope(db, { role: 'door' }, (tx) => endSessions(tx, { id: lineageId }, 'closed-by-operator', 'system'))
  expect(await browser.signIn(bela)).toMatchObject({ outcome: 'accepted', target: undefined })
})

test('pages opened as nobody take no attempt’s place', async () => {
  const browser = openBrowser()
  answer = identified(anna)
  const first = await browser.start('sign-in')
  for (const page of [
    '/sajat',
    '/sajat/ugyek',
    '/sajat/urlapok',
    '/sajat/beallitasok',
    '/sajat/kepviseletek',
    '/sajat',
  ]) {
    await services().signIn.rememberTarget(browser.name, page)
  }
  expect((await browser.comeBack(first)).outcome).toBe('accepted')
})

test('signing out is final for every identifier and every attempt of the browser', async () => {
  const browser = openBrowser()
  await browser.signIn(anna)
  const before = browser.identifier()
  await browser.signIn(anna)
  const open = await browser.start('continue')
  expect((await browser.signOut())?.kau?.host).toBe('kau.test')
  expect(await browser.state()).toBe('anonymous')
  expect(await browser.state(before)).toBe('anonymous')
  answer = identified(anna)
  expect(await browser.comeBack(open)).toEqual({ outcome: 'unknown-attempt' })
  expect(await openBrowser().signOut()).toBeUndefined()
})

test('the eleventh session of a person ends the one used least lately', async () => {
  const newcomer = { ...anna, subject: randomUUID() }
  const browsers = Array.from({ length: 11 }, openBrowser)
  for (const browser of browsers) await browser.signIn(newcomer)
  const states = await Promise.all(browsers.map((browser) => browser.state()))
  expect(states.filter((state) => state === 'active')).toHaveLength(10)
  expect(states[0]).toBe('anonymous')
})

test('the database keeps no identifier and no identity in clear', async () => {
  const browser = openBrowser()
  await browser.signIn({ ...bela, subject: randomUUID() })
  const kept = await inScope(db, { role: 'door' }, async (tx) =>
    JSON.stringify((await tx.execute('select * from session_lineages')).rows, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
    ),
  )
  expect(kept).not.toContain(browser.identifier())
  expect(kept).not.toContain(bela.identity.birthPlace)
  expect(kept).not.toContain(bela.identity.motherGivenName)
})
