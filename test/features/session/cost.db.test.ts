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

type Told = { sent: string } | { answered: string }

/** What goes to the database and comes back while a page is made, in order; statements by their names. */
async function logOf(path: string): Promise<Told[]> {
  const log: Told[] = []
  const real = pg.Client.prototype.query
  const query = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...asked) {
    const [first] = asked as unknown[]
    const { text, name = text } =
      typeof first === 'string' ? { text: first } : (first as { text: string; name?: string })
    log.push({ sent: name })
    const answer: unknown = Reflect.apply(real, this, asked)
    if (answer instanceof Promise) void answer.then(() => log.push({ answered: name }))
    return answer as never
  })
  try {
    const { status } = await portal.visit(path, { as: anna })
    expect(status).toBe(200)
  } finally {
    query.mockRestore()
  }
  return log
}

const sentIn = (log: Told[]) => log.flatMap((line) => ('sent' in line ? [line.sent] : []))
const aboutSessions = (log: Told[]) =>
  sentIn(log).filter((name) => /session_lineages|former_identifiers|session_epoch|session|look-and-store/.test(name))

/** Which version of the row stands: it changes with every write. */
async function version(): Promise<string> {
  const [row] = await portal.admin<{ version: string }>('select xmin::text as version from session_lineages')
  return row?.version ?? ''
}

async function wait(milliseconds: number): Promise<void> {
  now += milliseconds
  await clock.set(now)
}

test('a page reads its session and its account in one flush, and the activity is stored in it too', async () => {
  await wait(1_000)
  const before = await version()
  const log = await logOf('/sajat/beallitasok')
  const firstAnswer = log.findIndex((line) => 'answered' in line)
  expect(sentIn(log.slice(0, firstAnswer))).toEqual([
    'begin; set local role portal_door',
    'look-and-store-activity',
    'count-page',
    "select set_config('role', $1, true)",
    'own-account',
    'own-settlements',
    'commit',
  ])
  expect(aboutSessions(log)).toEqual(['look-and-store-activity'])
  expect(await version()).not.toBe(before)
})

test('within a second nothing is written', async () => {
  await wait(1_000)
  await logOf('/sajat/beallitasok')
  const before = await version()
  await wait(999)
  expect(aboutSessions(await logOf('/sajat/beallitasok'))).toEqual(['look-and-store-activity'])
  expect(await version()).toBe(before)
  await wait(1)
  await logOf('/sajat/beallitasok')
  expect(await version()).not.toBe(before)
})

test('asking for the status writes nothing, whenever', async () => {
  await wait(60_000)
  const before = await version()
  expect(aboutSessions(await logOf('/munkamenet/allapot'))).toEqual(['look-at-session'])
  expect(await version()).toBe(before)
})

test('the read finds its rows by keys, among however many', async () => {
  await portal.admin(`
    insert into session_lineages select (jsonb_populate_record(l, jsonb_build_object(
        'id', gen_random_uuid(), 'label', 'many-' || n, 'identifier_hash', '\\x' || encode(sha256(n::text::bytea), 'hex')))).*
      from session_lineages l, generate_series(1, 3000) n where l.ended_at is null`)
  await portal.admin(`insert into former_identifiers
    select sha256(('former' || label)::bytea), id from session_lineages`)
  await portal.admin('vacuum analyze session_lineages, former_identifiers')
  const looks: string[] = []
  const query = vi.spyOn(pg.Client.prototype, 'query')
  await portal.visit('/sajat/beallitasok', { as: anna })
  for (const [first] of query.mock.calls as unknown[][]) {
    if (typeof first === 'object' && first !== null && 'name' in first && first.name === 'look-and-store-activity') {
      looks.push((first as unknown as { text: string }).text)
    }
  }
  query.mockRestore()
  const client = new pg.Client({ connectionString: portal.database.adminUrl })
  await client.connect()
  try {
    await client.query(`set plan_cache_mode = force_generic_plan; prepare looking as ${looks[0] ?? ''}`)
    const { rows } = await client.query<Record<string, string>>(
      `explain execute looking ('\\x00', false, 30, 240, '\\x00', '\\x00')`,
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).not.toMatch(/Seq Scan on (session_lineages|former_identifiers)/)
    expect(plan).toMatch(/Index .*session_lineages/)
  } finally {
    await client.end()
  }
})
