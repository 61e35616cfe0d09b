import { drizzle } from 'drizzle-orm/node-postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  countCasesOfOffice,
  findCasesOfOffice,
  findFormCodesOfOffice,
  type PageStart,
  readRowKey,
} from '../../../src/features/cases/index.ts'
import { inScope, type Tx } from '../../../src/platform/database.ts'
import { anna, bela } from '../../cast/people.ts'
import { type OfficeFixture, openOfficeFixture, places } from '../clerk-office/office-fixture.ts'

let fixture: OfficeFixture
const both = [places.magyarhertelend, places.bodolyaber]
const states = ['submitted', 'received'] as const
const forms = ['altalanos-kerelem', 'adoigazolas-kerelem']

beforeAll(async () => {
  fixture = await openOfficeFixture()
  // many at the same moment, so that only the second part of the key tells them apart
  for (let index = 0; index < 60; index += 1) {
    await fixture.sendIn(index % 3 === 0 ? bela : anna, both[index % 2] ?? 0, {
      submittedAt: new Date(Date.UTC(2026, 2, 1 + Math.floor(index / 7))),
      formCode: forms[index % 5 === 0 ? 1 : 0] ?? '',
    })
  }
  await fixture.admin(`update cases set state = 'received' where abs(hashtext(id::text)) % 3 = 0`)
  // moments finer than a JavaScript date
  await fixture.admin(`update cases set submitted_at = submitted_at + (random() * 900) * interval '1 microsecond'`)
})
afterAll(() => fixture.close())

const asOffice = <T>(work: (tx: Tx) => Promise<T>) => inScope(fixture.db, { role: 'clerk', settlements: both }, work)

function startAt(direction: 'after' | 'before', key: string | undefined): PageStart {
  const row = readRowKey(key)
  if (!row) throw new Error(`${key} is no key of ours`)
  return direction === 'after' ? { after: row } : { before: row }
}

test('leafing forward shows every case once, in order, and leafing back shows the same pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 25 }),
      fc.subarray([...both], { minLength: 1 }),
      fc.subarray([...states], { minLength: 1 }),
      fc.option(fc.constantFrom(...forms), { nil: undefined }),
      fc.boolean(),
      async (size, settlementIds, states, formCode, newestFirst) => {
        const wish = { settlementIds, states, formCode, newestFirst, size }
        const expected = await fixture.admin<{ id: string }>(
          `select id from cases where settlement_id = any ($1) and state = any ($2) and ($3::text is null or form_code = $3)
           order by submitted_at ${newestFirst ? 'desc' : 'asc'}, id ${newestFirst ? 'desc' : 'asc'}`,
          [settlementIds, states, formCode ?? null],
        )
        await asOffice(async (tx) => {
          const pages: string[][] = []
          let page = await findCasesOfOffice(tx, { ...wish, start: undefined })
          expect(page.previous).toBeUndefined()
          for (;;) {
            pages.push(page.rows.map(({ id }) => id))
            if (page.next === undefined) break
            page = await findCasesOfOffice(tx, { ...wish, start: startAt('after', page.next) })
          }
          expect(pages.flat()).toEqual(expected.map(({ id }) => id))
          const back = [page.rows.map(({ id }) => id)]
          while (page.previous !== undefined) {
            page = await findCasesOfOffice(tx, { ...wish, start: startAt('before', page.previous) })
            back.unshift(page.rows.map(({ id }) => id))
          }
          expect(back).toEqual(pages)
        })
      },
    ),
    { numRuns: 40 },
  )
})

test('counts stop where they would become dear', async () => {
  await asOffice(async (tx) => {
    const counts = await countCasesOfOffice(tx, { settlementIds: both, states, most: 1000 })
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(60)
    const few = await countCasesOfOffice(tx, { settlementIds: both, states: ['submitted', 'closed'], most: 5 })
    expect(few.get('submitted')).toBe(5)
    expect(few.get('closed')).toBe(0)
  })
})

test('the forms that occur are found, and no others', async () => {
  await asOffice(async (tx) => {
    expect(await findFormCodesOfOffice(tx, { settlementIds: both, states })).toEqual(forms.toSorted())
    expect(await findFormCodesOfOffice(tx, { settlementIds: both, states: ['closed'] })).toEqual([])
    expect(await findFormCodesOfOffice(tx, { settlementIds: [], states })).toEqual([])
  })
})

test('a citizen leafs through the own cases of all settlements, the last changed first', async () => {
  const account = fixture.accountOf(anna)
  const seen: string[] = []
  let start: PageStart
  for (;;) {
    const page = await fixture.tracking.list(fixture.asks(anna), { filter: 'all', start })
    seen.push(...page.rows.map(({ id }) => id))
    if (page.next === undefined) break
    start = startAt('after', page.next)
  }
  const own = await fixture.admin<{ id: string }>(
    'select id from cases where party_id = $1 order by changed_at desc, id desc',
    [account],
  )
  expect(seen).toEqual(own.map(({ id }) => id))
})

test.each([
  '',
  '1-2',
  'x',
  '12-00000000-0000-0000-0000-00000000000g',
  `${'9'.repeat(18)}-${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`,
])('%j is no key of a list', (text) => {
  expect(readRowKey(text)).toBeUndefined()
})

test('with ten times as many cases a page of the inbox touches as few pages of the database', async () => {
  await addMany(3_000)
  const small = await touchedByInbox()
  await addMany(27_000)
  const large = await touchedByInbox()
  expect(large.plan).not.toContain('Seq Scan')
  expect(large.pages).toBeLessThanOrEqual(small.pages * 1.5 + 3)
})

async function addMany(count: number): Promise<void> {
  await fixture.admin(
    `with sent as (
       insert into submissions (settlement_id, party_id, author_id, draft_id, submission_key, arrival_number, form_code,
         form_version, acting_as, answers, sender, content_sha256, submitted_at)
       select (array[$1::int, $2, $3])[n % 3 + 1], $4::uuid, $4, gen_random_uuid(), gen_random_uuid(),
         gen_random_uuid()::text, 'altalanos-kerelem', 1, 'self', '{}', '{}', 'x',
         timestamptz '2025-01-01' + n * interval '1 minute'
       from generate_series(1, $5::int) n returning *)
     insert into cases (settlement_id, party_id, author_id, client_name, submission_id, state, sector, form_code,
       form_version, arrival_number, submitted_at, changed_at, closed_at)
     select settlement_id, party_id, author_id, 'x', id, s.state, 'general', form_code, 1, arrival_number, submitted_at,
       submitted_at, case when s.state = 'closed' then submitted_at end
     from sent, lateral (select case when abs(hashtext(id::text)) % 4 = 0 then 'submitted' else 'closed' end as state) s
     order by hashtext(id::text)`,
    [...both, places.komlo, fixture.accountOf(anna), count],
  )
  await fixture.admin('vacuum analyze cases')
}

/** How many pages of the database a page of the inbox touches, with the clerk's role and its policies. */
async function touchedByInbox(): Promise<{ pages: number; plan: string }> {
  const client = await fixture.db.pool.connect()
  try {
    const statements: { text: string; values: unknown[] }[] = []
    const logQuery = (text: string, values: unknown[]) => void statements.push({ text, values })
    await client.query('begin; set local role portal_clerk')
    await client.query(`select set_config('app.settlements', $1, true)`, [both.join(',')])
    await findCasesOfOffice(drizzle(client, { casing: 'snake_case', logger: { logQuery } }), {
      settlementIds: both,
      states: ['submitted'],
      start: undefined,
      size: 25,
    })
    const [list] = statements
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json) ${list?.text ?? ''}`,
      list?.values,
    )
    const plan = rows[0]?.['QUERY PLAN'][0].Plan
    return {
      pages: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0),
      plan: JSON.stringify(plan),
    }
  } finally {
    await client.query('rollback')
    client.release()
  }
}
