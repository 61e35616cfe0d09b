import { spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NationalIdentity } from '../../../src/adapters/national-identity/contract.ts'
import { closeAccount, signInService } from '../../../src/features/identity/index.ts'
import { holdSession } from '../../../src/features/session/index.ts'
import { inScope } from '../../../src/platform/database.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'
import { anna, bela, type CastPerson, gabor } from '../../cast/people.ts'
import { openTestPortal, type TestPortal, testIssuer } from '../../support/portal.ts'

let portal: TestPortal
let owner: pg.Pool

beforeAll(async () => {
  portal = await openTestPortal()
  owner = new pg.Pool({ connectionString: portal.database.ownerUrl, max: 2 })
  owner.on('error', () => {})
})

afterAll(async () => {
  await owner.end()
  await portal.close()
})

/** The operator's command, in a process of its own. */
function command(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('src/account.ts', projectRoot)), ...words],
    { encoding: 'utf8', env: { ...process.env, DATABASE_OWNER_URL: portal.database.ownerUrl, KAU_ISSUER: testIssuer } },
  )
  return { status, said: `${stdout}${stderr}` }
}

async function close(accountId: string) {
  return drizzle(owner, { casing: 'snake_case' }).transaction((tx) => closeAccount(tx, { id: accountId }))
}

/** Somebody comes back from the KAÜ in a browser that shows `identifier`. */
async function signIn(person: CastPerson, identifier?: string) {
  const { db, seal, sessions } = portal.portal
  const kau: NationalIdentity = {
    ...portal.portal.kau,
    authorizationUrl: async (_kind, trip) => new URL(`https://kau.test/?state=${trip.state}`),
    redeem: async (_query, _trip, now) => ({
      ok: true,
      identification: {
        issuer: testIssuer,
        subject: person.subject,
        identity: person.identity,
        identifiedAt: now,
        kauSession: randomUUID(),
        assurance: 'substantial',
        idToken: 'token',
      },
    }),
  }
  const service = signInService({ db, seal, kau, sessions })
  const browser = randomBytes(24).toString('base64url')
  const { redirectTo } = await service.start('sign-in', { browser, identifier })
  return service.return(redirectTo.searchParams, {
    browser,
    identifier,
    newIdentifier: async () => randomUUID(),
    device: 'test',
  })
}

test('the operator lets an account’s sessions go on only after its person has identified again', async () => {
  const { cookie } = await portal.session(gabor)
  const { status, said } = command('identify-again', gabor.subject)
  expect([status, said]).toEqual([0, 'done; sessions that wait for it: 1\n'])
  expect((await portal.visit('/sajat', { headers: { cookie } })).location).toBe('/munkamenet/azonositas')
  expect(command('identify-again', randomUUID()).status).toBe(1)
})

test('a closed account’s sessions end with it, and nobody signs in to it again', async () => {
  const { cookie, accountId, lineageId } = await portal.session(bela)
  const given = `with party as (
      insert into represented_parties (settlement_id, label, kind, name, person_mark)
      values (6293, 'bezart', 'person', 'Példa Béla', 'x') returning id)
    insert into mandates (settlement_id, party_id, source, registry_key, representative_mark, kind, everything, valid_from, granted_by)
    select 6293, id, 'online', 'x', 'y', 'permanent', true, '2024-01-01', $1 from party`
  await portal.admin(given, [accountId])
  await portal.admin(
    `insert into remembered_tax_numbers (account_id, number_mark, sealed, masked) values ($1, 'x', '', '8')`,
    [accountId],
  )
  const { status, said } = command('close', bela.subject)
  expect([status, said]).toEqual([0, 'done; sessions that ended: 1\n'])
  expect((await portal.visit('/sajat', { headers: { cookie } })).location).toBe('/belepes')
  expect((await portal.visit('/belepes', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).text).toContain(
    'lezárták',
  )
  expect(await signIn(bela)).toEqual({ outcome: 'account-closed', target: undefined })
  const living = await portal.admin('select 1 from session_lineages where account_id = $1 and ended_at is null', [
    accountId,
  ])
  expect(living).toEqual([])
  // what was given and remembered with it ends too
  expect(
    await portal.admin('select 1 from mandates where granted_by = $1 and revoked_at is null', [accountId]),
  ).toEqual([])
  expect(await portal.admin('select 1 from remembered_tax_numbers where account_id = $1', [accountId])).toEqual([])
  const [account] = await portal.admin('select contact_email, contact_phone from accounts where id = $1', [accountId])
  expect(account).toEqual({ contact_email: null, contact_phone: null })
  const rows = await portal.admin(
    `select action, actor_kind from audit_trail where object_id in ($1, $2) and action like '%closed' order by action`,
    [accountId, lineageId],
  )
  expect(rows).toEqual([
    { action: 'account.closed', actor_kind: 'system' },
    { action: 'session.ended.account-closed', actor_kind: 'system' },
  ])
  const again = command('close', accountId)
  expect([again.status, again.said]).toEqual([1, 'there is no such account, or it was closed before\n'])
})

test('the person of a closed account ends the session of whoever was signed in before', async () => {
  const { cookie } = await portal.session(anna)
  const shown = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)).split('.')[0]
  expect((await signIn(bela, shown)).outcome).toBe('account-closed')
  expect((await portal.visit('/sajat', { headers: { cookie } })).location).toBe('/belepes')
  expect((await signIn(anna)).outcome).toBe('accepted')
})

test('the operator ends sessions without closing the account', async () => {
  const { cookie, accountId } = await portal.session(gabor)
  expect(command('sign-out', accountId)).toEqual({ status: 0, said: 'done; sessions that ended: 1\n' })
  expect((await portal.visit('/belepes', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).text).toContain(
    'üzemeltetője lezárta',
  )
  expect((await signIn(gabor)).outcome).toBe('accepted')
  for (const words of [['close'], ['open', accountId]]) {
    expect(command(...words)).toEqual({
      status: 1,
      said: expect.stringContaining('say close, sign-out or identify-again'),
    })
  }
})

test('an act commits before the account is closed, or is refused', async () => {
  const person = { ...anna, id: 'anna-acting' as CastPerson['id'] }
  const { accountId, lineageId } = await portal.session(person)
  const { db } = portal.portal
  const order: string[] = []
  let closing: Promise<unknown> | undefined
  await inScope(db, { role: 'citizen', account: accountId }, async (tx) => {
    expect(await holdSession(tx, 'citizen', lineageId)).toBe(true)
    closing = close(accountId).then(() => order.push('closed'))
    await waiting()
    order.push('act')
  })
  await closing
  expect(order).toEqual(['act', 'closed'])
  const after = await inScope(db, { role: 'citizen', account: accountId }, (tx) =>
    holdSession(tx, 'citizen', lineageId),
  )
  expect(after).toBe(false)
})

/** Until a transaction of this database waits for another one. */
async function waiting(): Promise<void> {
  for (;;) {
    const rows = await portal.admin(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length > 0) return
  }
}
