/** What keeps a session awake, and what does not. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionState } from '../../../src/features/session/session-state.ts'
import { afterActivity } from '../../../src/features/session/transitions.ts'
import { fingerprint } from '../../../src/platform/seal.ts'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { freezeClock } from './model/frozen-clock.ts'

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

test('an activity is stored with the reading exactly where the rules say so', async () => {
  const { sessions } = portal.portal
  const clock = await freezeClock(portal.database.ownerUrl)
  const now = Date.UTC(2026, 10, 22, 9, 30)
  await clock.set(now)
  const around = (...minutes: number[]) =>
    fc.oneof(
      ...minutes.flatMap((minute) => [-1, 0, 1].map((off) => fc.constant(minute * 60_000 + off))),
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 0, max: 25 * 3_600_000 }),
    )
  const [{ epoch } = { epoch: 0 }] = await portal.admin<{ epoch: number }>('select epoch from session_epoch')
  const identifier = 'shown-by-a-browser'
  let stored = 0
  try {
    await fc.assert(
      fc.asyncProperty(
        around(30),
        around(30, 240),
        fc.oneof(fc.constant(0), fc.integer({ min: -3_600_000, max: 60_000 })),
        fc.constantFrom('none', 'none', 'none', 'none', 'reidentify', 'ended', 'older', 'former'),
        async (idleFor, identifiedFor, seen, fault) => {
          const presented = fault === 'former' ? 'former' : 'current'
          const lineage = {
            activeAt: new Date(now - idleFor),
            identifiedAt: new Date(now - identifiedFor),
            lastSeenAt: new Date(now + seen),
            mustReidentify: fault === 'reidentify',
            endedAt: fault === 'ended' ? new Date(now) : null,
            epoch: fault === 'older' ? epoch - 1 : epoch,
          }
          await portal.admin('delete from former_identifiers')
          await portal.admin(
            `update session_lineages set active_at = $2, identified_at = $3, last_seen_at = $4, must_reidentify = $5,
               ended_at = $6, epoch = $7, identifier_hash = $8 where id = $1`,
            [
              lineageId,
              lineage.activeAt,
              lineage.identifiedAt,
              lineage.lastSeenAt,
              lineage.mustReidentify,
              lineage.endedAt,
              lineage.epoch,
              fingerprint(presented === 'current' ? identifier : 'a-later-one'),
            ],
          )
          if (presented === 'former') {
            await portal.admin('insert into former_identifiers values ($1, $2)', [fingerprint(identifier), lineageId])
          }
          const before = await activeAt()
          const { state } = await sessions.look(identifier, true)
          const moment = new Date(now)
          const expected = sessionState(lineage, presented, moment, epoch, sessions.limits)
          expect(state).toBe(expected)
          const due = expected === 'active' && afterActivity(lineage, moment) !== lineage
          expect((await activeAt()) !== before).toBe(due)
          if (due) {
            stored += 1
            const [row] = await portal.admin<{ at: Date }>(
              'select active_at as at from session_lineages where id = $1',
              [lineageId],
            )
            expect(row?.at).toEqual(moment)
          }
        },
      ),
      { numRuns: 400 },
    )
    expect(stored).toBeGreaterThan(20)
  } finally {
    await clock.close()
  }
})
