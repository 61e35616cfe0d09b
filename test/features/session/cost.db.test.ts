/** What a session costs a page: counted from the statements that were sent. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { anna } from '../../cast/people.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { freezeClock } from './model/frozen-clock.ts'

let portal: TestPortal
let clock: Awaited<ReturnType<typeof freezeClock>>
let now = Date.UTC(2026, 5, 10, 8)

beforeAll(async () => {
  portal = await openTestPortal()
  clock = await freezeClock(portal.database.ownerUrl)
  await clock.set(now)
  await portal.session(anna)
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(async () => {
  await portal.close()
  await clock.close()
})

interface Sent {
  text: string
  name: string | undefined
}

/** The statements about sessions that go out while a page is made. */
async function sessionStatements(path: string): Promise<Sent[]> {
  const sent: Sent[] = []
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    const { status } = await portal.visit(path, { as: anna })
    expect(status).toBe(200)
    for (const [first] of query.mock.calls as unknown[][]) {
      const { text, name } = typeof first === 'string' ? { text: first, name: undefined } : (first as Sent)
      if (/session_lineages|former_identifiers|session_epoch/.test(text)) sent.push({ text, name })
    }
  } finally {
    query.mockRestore()
  }
  return sent
}

async function wait(milliseconds: number): Promise<void> {
  now += milliseconds
  await clock.set(now)
}

test('a page reads its session with one prepared statement, and stores the activity with one small write', async () => {
  await wait(1_000)
  const [read, write, ...more] = await sessionStatements('/sajat/beallitasok')
  expect(read).toMatchObject({ name: 'find-session', text: expect.stringMatching(/^select /) })
  expect(write?.text).toMatch(/^update "session_lineages" set "active_at" = \$1 where /)
  expect(more).toEqual([])
})

test('within a second nothing is written', async () => {
  await wait(1_000)
  await sessionStatements('/sajat/beallitasok')
  await wait(999)
  expect((await sessionStatements('/sajat/beallitasok')).map(({ name }) => name)).toEqual(['find-session'])
})

test('asking for the status writes nothing, whenever', async () => {
  await wait(60_000)
  expect((await sessionStatements('/munkamenet/allapot')).map(({ name }) => name)).toEqual(['find-session'])
})

test('the read finds its rows by keys, among however many', async () => {
  await portal.admin(`
    insert into session_lineages select (jsonb_populate_record(l, jsonb_build_object(
        'id', gen_random_uuid(), 'label', 'many-' || n, 'identifier_hash', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*
      from session_lineages l, generate_series(1, 3000) n where l.ended_at is null`)
  await portal.admin(`insert into former_identifiers
    select sha256(('former' || label)::bytea), id from session_lineages`)
  await portal.admin('vacuum analyze session_lineages, former_identifiers')
  const [read] = await sessionStatements('/munkamenet/allapot')
  const client = new pg.Client({ connectionString: portal.database.adminUrl })
  await client.connect()
  try {
    await client.query(
      `set plan_cache_mode = force_generic_plan; prepare looking (bytea, bytea) as ${read?.text ?? ''}`,
    )
    const { rows } = await client.query<Record<string, string>>(`explain execute looking ('\\x00', '\\x00')`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).not.toMatch(/Seq Scan on (session_lineages|former_identifiers)/)
    expect(plan).toMatch(/Index .*session_lineages/)
  } finally {
    await client.end()
  }
})
