/**
 * The yardstick: one fixed page of 20 KB through ever more of the stack. `/str` gives a ready string; `/sq3` reads a session and three
 * prepared queries from the database first, and gives the same string. A process of its own, told by `DATABASE_URL`.
 */
import { createHash, randomBytes } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'

const accounts = 1_000
const casesEach = 40
const page =
  `<!DOCTYPE html><title>ladder</title>${'<p>An even line of text, as long as its neighbours.</p>\n'.repeat(380)}`.slice(
    0,
    20_480,
  )
const identifier = randomBytes(24).toString('base64url')
const key = (text: string) => createHash('sha256').update(text).digest()

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
await pool.query(`
  create schema bench;
  create table bench.sessions (id bytea primary key, account_id bigint not null, seen_at timestamptz not null);
  create table bench.accounts (id bigint primary key, name text not null, unread integer not null);
  create table bench.cases (id bigint primary key, account_id bigint not null, updated_at timestamptz not null, title text not null);
  insert into bench.accounts select n, 'account ' || n, n % 7 from generate_series(1, ${accounts}) n;
  insert into bench.cases select n, 1 + n % ${accounts}, now() - n * interval '1 second', 'case ' || n
    from generate_series(1, ${accounts * casesEach}) n;
  create index on bench.cases (account_id, updated_at desc, id desc);
  analyze bench.accounts, bench.cases;`)
await pool.query('insert into bench.sessions values ($1, 1, now())', [key(identifier)])

const statements = {
  session: 'select account_id from bench.sessions where id = $1',
  account: 'select id, name from bench.accounts where id = $1',
  cases:
    'select id, title, updated_at from bench.cases where account_id = $1 order by updated_at desc, id desc limit 20',
  unread: 'select unread from bench.accounts where id = $1',
}
const read = (name: keyof typeof statements, value: unknown) =>
  pool.query<{ account_id: string }>({ name, text: statements[name], values: [value] })

const app = fastify()
app.get('/str', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
app.get('/sq3', async (request, reply) => {
  const session = await read('session', key(request.headers.cookie ?? ''))
  const account = session.rows[0]?.account_id
  if (account === undefined) return reply.code(403).send()
  await read('account', account)
  await read('cases', account)
  await read('unread', account)
  return reply.type('text/html; charset=utf-8').send(page)
})
await app.listen({ host: '127.0.0.1', port: 0 })
const [address] = app.addresses()
if (typeof address !== 'object') throw new Error('the ladder has no port')
process.send?.({ url: `http://127.0.0.1:${String(address.port)}`, identifier })
process.on('SIGTERM', () => process.exit())
