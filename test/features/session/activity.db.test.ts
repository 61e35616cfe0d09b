/** What keeps a session awake, and what does not. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findByIdentifier, storeActivity } from '../../../src/features/session/queries.ts'
import { inScope } from '../../../src/platform/database.ts'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'

let portal: TestPortal
let cookie: string
let lineageId: string
beforeAll(async () => {
  portal = await openTestPortal()
  const session = await portal.session(anna)
  cookie = session.cookie
  lineageId = session.lineageId
})
afterAll(() => portal.close())

async function activeAt(): Promise<string> {
  const [row] = await portal.admin<{ at: string }>('select active_at::text as at from session_lineages where id = $1', [
    lineageId,
  ])
  return row?.at ?? ''
}

test.each<[string, boolean, string, Record<string, string>]>([
  ['a page', true, '/sajat/beallitasok', {}],
  ['a page for everybody', true, '/tajekoztato', {}],
  ['a page that does not exist', false, '/nincs/ilyen/oldal', {}],
  ['a page fetched in advance', false, '/sajat/beallitasok', { 'sec-purpose': 'prefetch' }],
  ['a page fetched in advance, in the old words', false, '/sajat/beallitasok', { purpose: 'prefetch' }],
])('%s keeps a session awake: %s', async (_what, isActivity, address, headers) => {
  await portal.admin("update session_lineages set active_at = active_at - interval '5 minutes' where id = $1", [
    lineageId,
  ])
  const before = await activeAt()
  await portal.visit(address, { headers: { cookie, ...headers } })
  expect((await activeAt()) !== before).toBe(isActivity)
})

test('an activity that was under way when the KAÜ asked for a new identification does not count', async () => {
  const { db } = portal.portal
  await portal.admin("update session_lineages set active_at = active_at - interval '5 minutes' where id = $1", [
    lineageId,
  ])
  const [row] = await portal.admin<{ hash: Buffer }>(
    'select identifier_hash as hash from session_lineages where id = $1',
    [lineageId],
  )
  const read = await inScope(db, { role: 'door' }, (tx) => findByIdentifier(tx, row?.hash))
  if (read.lineage === undefined) throw new Error('no lineage')
  const { lineage, now } = read
  const store = () => inScope(db, { role: 'door' }, (tx) => storeActivity(tx, lineage, now))

  await portal.admin('update session_lineages set must_reidentify = true where id = $1', [lineageId])
  const before = await activeAt()
  await store()
  expect(await activeAt()).toBe(before)
  await portal.admin('update session_lineages set must_reidentify = false where id = $1', [lineageId])
  await store()
  expect(await activeAt()).not.toBe(before)
})
