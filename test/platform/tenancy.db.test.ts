import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrate.ts'
import {
  atTheDoor,
  type Db,
  inScope,
  openDatabase,
  requireSeparateTenants,
  sqlState,
  tenancyFaults,
} from '../../src/platform/database.ts'
import { copyOfDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Db
let admin: pg.Client

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl })
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
})

afterAll(async () => {
  await db.pool.end()
  await admin.end()
  await database.drop()
})

test('every table forces row level security and has a policy', async () => {
  const { rows } = await admin.query<{ name: string; forced: boolean; policies: number }>(`
    select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`)
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(({ forced, policies }) => !forced || policies === 0)).toEqual([])
})

test('no policy but those of public facts, of the door and of the sealer lets every row through', async () => {
  const { rows } = await admin.query<{ policy: string }>(`
    select tablename || '.' || policyname as policy from pg_policies
    where schemaname = 'public' and qual = 'true' and not roles && array['portal_door', 'portal_owner', 'portal_sealer']::name[]
      and policyname <> 'public_facts'`)
  expect(rows).toEqual([])
})

test('no function runs with the rights of its owner but those that add a job and find oneself among parties', async () => {
  const { rows } = await admin.query<{ name: string }>(`
    select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') order by name`)
  expect(rows.map(({ name }) => name)).toEqual(['graphile_worker.portal_enqueue', 'public.app_parties_of_person'])
})

test('the login of the application has no rights of its own', async () => {
  const { rows } = await admin.query<{ name: string }>(`
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
      and (has_table_privilege('portal_app', c.oid, 'select, insert, update, delete, truncate'))`)
  expect(rows).toEqual([])
  await expect(requireSeparateTenants(db)).resolves.toBeUndefined()
})

// In a transaction that never commits: roles belong to the whole server, and others test on it at the same time.
test.each([
  ['a table without forced policies', 'create table careless (id int)', 'careless has no forced'],
  ['a role that bypasses policies', 'alter role portal_clerk bypassrls', 'portal_clerk bypasses'],
  ['a role that may create', 'grant create on schema public to portal_citizen', 'portal_citizen may create'],
  ['a superuser', 'alter role portal_app superuser', 'portal_app is a superuser'],
  ['a role that owns a table', 'alter table drafts owner to portal_worker', 'portal_worker owns table drafts'],
])('the portal refuses to serve with %s', async (_what, spoil, named) => {
  await admin.query('begin')
  try {
    await admin.query(spoil)
    await admin.query('set local role portal_app')
    expect((await tenancyFaults(admin)).join()).toContain(named)
  } finally {
    await admin.query('rollback')
  }
})

test('the owner of the tables is refused as the login of the application', async () => {
  const asOwner = openDatabase({ url: database.ownerUrl })
  await expect(requireSeparateTenants(asOwner)).rejects.toThrow('owns table')
  await asOwner.pool.end()
})

test('without a scope every table of people and cases is empty, and a connection carries nothing over', async () => {
  const account = await inScope(db, { role: 'door' }, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql`insert into accounts (issuer, subject) values ('i', 's') returning id`,
    )
    return rows[0]?.id ?? ''
  })
  const single = openDatabase({ url: database.appUrl, connections: 1 })
  const seen = (scope: Parameters<typeof inScope>[1]) =>
    inScope(single, scope, async (tx) => (await tx.execute(sql`select id from accounts`)).rows.length)
  expect(await seen({ role: 'citizen', account })).toBe(1)
  expect(await seen({ role: 'citizen' })).toBe(0)
  expect(await seen({ role: 'citizen', account: crypto.randomUUID() })).toBe(0)
  expect(await seen({ role: 'worker' })).toBe(0)
  await expect(seen({ role: 'clerk', account })).rejects.toSatisfy((error) => sqlState(error) === '42501')
  await single.pool.end()
})

test('fifty scopes over three connections each see their own row', async () => {
  const ids = await inScope(db, { role: 'door' }, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql`insert into accounts (issuer, subject) select 'watermark', n::text from generate_series(1, 50) n returning id`,
    )
    return rows.map(({ id }) => id)
  })
  const few = openDatabase({ url: database.appUrl, connections: 3, waitMilliseconds: 20_000 })
  const rounds = Array.from({ length: 10 }, () => ids).flat()
  const seen = await Promise.all(
    rounds.map((account) =>
      inScope(few, { role: 'citizen', account }, async (tx) => {
        const { rows } = await tx.execute<{ id: string }>(sql`select id from accounts`)
        return rows.map(({ id }) => id)
      }),
    ),
  )
  expect(seen).toEqual(rounds.map((id) => [id]))
  await few.pool.end()
})

test('standing at the door ends with the work there', async () => {
  await inScope(db, { role: 'citizen' }, async (tx) => {
    const role = async (at: typeof tx) =>
      (await at.execute<{ role: string }>(sql`select current_user as role`)).rows[0]?.role
    expect(await atTheDoor(tx, 'citizen', role)).toBe('portal_door')
    expect(await role(tx)).toBe('portal_citizen')
  })
})

test('a failed statement that was caught does not pass for a commit', async () => {
  const lost = inScope(db, { role: 'door' }, async (tx) => {
    await tx.execute(sql`insert into accounts (issuer, subject) values ('lost', 'row')`)
    await tx.execute(sql`select 1 / 0`).catch(() => undefined)
  })
  await expect(lost).rejects.toThrow('rolled back')
})

test.each(['update audit_trail set action = $1', 'delete from audit_trail where action <> $1'])(
  'the audit trail cannot be changed, not even by its owner: %s',
  async (statement) => {
    await admin.query(
      `insert into audit_trail (action, actor_kind, object_kind, object_id) values ('x', 'system', 'y', 'z')`,
    )
    await expect(admin.query(statement, ['none'])).rejects.toThrow('only ever added')
  },
)

test('two starters migrate one database at the same time', async () => {
  const config = { mode: 'production' as const, ownerUrl: database.ownerUrl, appPassword: database.appPassword }
  await Promise.all([migrate(config), migrate(config)])
  const { rows } = await drizzle(admin).execute<{ count: string }>('select count(*) as count from settlements')
  expect(Number(rows[0]?.count)).toBe(3178)
})
