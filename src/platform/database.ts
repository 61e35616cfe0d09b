import { sql } from 'drizzle-orm'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Client, type ClientBase, DatabaseError, Pool, type PoolClient } from 'pg'
import { OutsideSystemDown } from './http/errors.ts'

/** The application's connections. Nothing is read or written outside `inScope`: the login role has no rights of its own. */
export interface Db {
  pool: Pool
}

/** A transaction in which the role and the scope are set. */
export type Tx = NodePgDatabase

/**
 * Whose eyes a transaction has. The role decides which policies apply, the rest which rows they let through:
 * - `citizen`: `account`, the `parties` whose rights were read in the same transaction, and how the `person` is named in mandates
 * - `clerk`: `account`, `office` and the `settlements` the office serves
 * - `worker`: the `settlements` (and `account`) of the item at hand
 * - `door`: sessions, sign-in attempts, accounts and roles; nothing else
 * - `sealer`: the audit trail and its chain; nothing else
 */
export interface Scope {
  role: 'citizen' | 'clerk' | 'worker' | 'door' | 'sealer'
  account?: string
  parties?: readonly string[]
  /** keyed fingerprints of the person */
  person?: readonly string[]
  office?: string
  settlements?: readonly number[]
}

/**
 * @param url connection string of the login role
 * @param waitMilliseconds how long a request waits for a free connection before it is told to come again
 * @param answerMilliseconds after which silence means that the server is gone; more than it gives a statement itself
 */
export function openDatabase({
  url,
  connections = 10,
  waitMilliseconds = 2_000,
  answerMilliseconds = 15_000,
}: {
  url: string
  connections?: number
  waitMilliseconds?: number
  answerMilliseconds?: number
}): Db {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    // what is asked for at once is sent at once; each connection serves one transaction at a time
    pipeline: true,
    connectionTimeoutMillis: waitMilliseconds,
    idleTimeoutMillis: 30_000,
    query_timeout: answerMilliseconds,
    options:
      '-c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000 -c lock_timeout=5000 -c search_path=public',
  })
  pool.on('error', ignoreLostConnection)
  // A connection that drops while checked out emits on the client; without a listener that would end the process.
  pool.on('connect', (client) => {
    client.on('error', ignoreLostConnection)
    sendsTogether(client)
  })
  return { pool }
}

/** What is asked for until this turn of the event loop is over goes out as one write: a write costs more than what is in it. */
function sendsTogether(client: PoolClient): void {
  let gathering = false
  client.query = ((...asked: unknown[]) => {
    if (!gathering) {
      gathering = true
      const { stream } = client.connection
      stream.cork()
      process.nextTick(() => {
        gathering = false
        stream.uncork()
      })
    }
    const answer: unknown = Reflect.apply(Client.prototype.query, client, asked)
    return answer
  }) as typeof client.query
}

/** The next query of a lost connection fails by itself and is answered as such. */
function ignoreLostConnection(): void {}

/**
 * Runs `work` in one transaction with the rights of `scope`; commits when it returns, rolls back when it throws.
 *
 * @throws OutsideSystemDown('database') when the database cannot be reached
 * @throws CommitUnknown when the connection was lost while committing
 */
export async function inScope<T>(db: Db, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await connect(db)
  let broken: Error | undefined
  try {
    // What the work asks for first goes out with the beginning; should that fail, the transaction refuses whatever follows.
    const [entered, worked] = await Promise.allSettled([enter(client, scope), work(txOn(client))])
    if (entered.status === 'rejected') {
      broken = notEntered
      throw entered.reason
    }
    if (worked.status === 'rejected') {
      if (lostConnection(worked.reason) === undefined) {
        await client.query('rollback').catch((error: Error) => {
          broken = error
        })
      }
      throw worked.reason
    }
    await commit(client)
    return worked.value
  } catch (failure) {
    if (failure instanceof CommitUnknown) broken = failure
    const lost = lostConnection(failure)
    if (lost === undefined) throw failure
    broken = lost
    throw new OutsideSystemDown('database', failure)
  } finally {
    client.release(broken)
  }
}

/**
 * Like `inScope`, in one round trip: what `work` asks for is sent with the beginning and the end of the transaction before
 * the first answer comes. So `work` must ask for everything before it waits for anything, and it cannot change its mind: what
 * was sent is committed unless a statement fails.
 *
 * @throws OutsideSystemDown('database') when the database cannot be reached
 * @throws CommitUnknown when the connection was lost while committing
 */
export async function inOneFlush<T>(db: Db, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await connect(db)
  let broken: Error | undefined
  try {
    const entering = enter(client, scope)
    const working = work(txOn(client))
    const [entered, worked, committed] = await Promise.allSettled([entering, working, commit(client)])
    if (entered.status === 'rejected') {
      broken = notEntered
      throw entered.reason
    }
    if (worked.status === 'rejected') throw worked.reason
    if (committed.status === 'rejected') throw committed.reason
    return worked.value
  } catch (failure) {
    if (failure instanceof CommitUnknown) broken = failure
    const lost = lostConnection(failure)
    if (lost === undefined) throw failure
    broken = lost
    throw new OutsideSystemDown('database', failure)
  } finally {
    client.release(broken)
  }
}

/** Half entered, a connection would go to the next one with a transaction already begun. */
const notEntered = new Error('the scope was not entered')

/** The connection was lost while committing: the transaction may or may not stand. */
export class CommitUnknown extends Error {}

async function connect(db: Db): Promise<PoolClient> {
  try {
    return await db.pool.connect()
  } catch (error) {
    throw new OutsideSystemDown('database', error)
  }
}

const transactions = new WeakMap<PoolClient, Tx>()

/** The query builder of a connection, the same for each of its transactions: it remembers what it has built. */
function txOn(client: PoolClient): Tx {
  let tx = transactions.get(client)
  if (tx === undefined) {
    tx = drizzle(client, { casing: 'snake_case' })
    transactions.set(client, tx)
  }
  return tx
}

/**
 * A statement that is built once for each connection and prepared there under its name, for pages that are asked for often.
 * @param build ends in `.prepare(name)`; what differs from time to time is a placeholder
 */
export function prepared<Statement>(build: (tx: Tx) => Statement): (tx: Tx) => Statement {
  const built = new WeakMap<Tx, Statement>()
  return (tx) => {
    let statement = built.get(tx)
    if (statement === undefined) {
      statement = build(tx)
      built.set(tx, statement)
    }
    return statement
  }
}

async function enter(client: PoolClient, scope: Scope): Promise<void> {
  const values = [
    scope.account ?? '',
    scope.parties?.join(',') ?? '',
    scope.office ?? '',
    scope.settlements?.join(',') ?? '',
    scope.person?.join(',') ?? '',
  ]
  // Queued together, answered together: one round trip where the driver pipelines.
  const begun = client.query(`begin; set local role portal_${scope.role}`)
  // What was set ends with its transaction, so a scope that is a role alone has nothing to set.
  const set = values.every((value) => value === '')
    ? undefined
    : client.query({
        name: 'enter-scope',
        text: `select set_config('app.account', $1, true), set_config('app.parties', $2, true),
      set_config('app.office', $3, true), set_config('app.settlements', $4, true), set_config('app.person', $5, true)`,
        values,
      })
  const [first, second] = await Promise.allSettled([begun, set])
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
}

async function commit(client: PoolClient): Promise<void> {
  let answer: { command: string }
  try {
    answer = await client.query('commit')
  } catch (error) {
    throw new CommitUnknown('the connection was lost while committing', { cause: error })
  }
  // A transaction with a failed statement answers COMMIT with ROLLBACK, without an error.
  if (answer.command !== 'COMMIT')
    throw new Error('the transaction was rolled back because a statement in it had failed')
}

/** Goes on in another role within a flush. */
export async function goOnAs(tx: Tx, role: Scope['role']): Promise<void> {
  await tx.execute(sql`select set_config('role', ${`portal_${role}`}, true)`).execute()
}

/** Lets `work` act as the door within a transaction of another role, to hold a session or a right until the commit. */
export async function atTheDoor<T>(tx: Tx, role: Scope['role'], work: (tx: Tx) => Promise<T>): Promise<T> {
  await tx.execute(sql`set local role portal_door`)
  const result = await work(tx)
  await tx.execute(sql`select set_config('role', ${`portal_${role}`}, true)`)
  return result
}

/** Adds what a transaction learned of its own rights after it began: the office, and the settlements the office serves. */
export async function widenScope(tx: Tx, scope: { office: string; settlements: readonly number[] }): Promise<void> {
  await tx.execute(
    sql`select set_config('app.office', ${scope.office}, true), set_config('app.settlements', ${scope.settlements.join(',')}, true)`,
  )
}

/** SQLSTATE of a failed statement, for example 23505 when a unique key is taken. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  return cause instanceof DatabaseError ? cause.code : undefined
}

/** What a server answers that is no primary, or not yet one: read-only transaction, recovery is in progress. */
const noPrimary = ['25006', '55000']

/**
 * Classes 08 and 57P, 53300, a server that is no primary, and errors of the socket itself: the server is away, nothing is
 * wrong with the statement.
 */
function lostConnection(error: unknown): Error | undefined {
  if (error instanceof CommitUnknown) return undefined
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  if (!(cause instanceof Error)) return undefined
  if (cause instanceof DatabaseError) {
    const code = cause.code ?? ''
    return code.startsWith('08') || code.startsWith('57P') || code === '53300' || noPrimary.includes(code)
      ? cause
      : undefined
  }
  const code = 'code' in cause ? String(cause.code) : ''
  const socket = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)
  return socket ||
    /Connection terminated|Client has encountered a connection error|timeout exceeded|Query read timeout/.test(
      cause.message,
    )
    ? cause
    : undefined
}

/**
 * Refuses to serve when the database would not keep tenants apart.
 * @throws Error that names what is wrong
 */
export async function requireSeparateTenants(db: Db): Promise<void> {
  const client = await connect(db)
  try {
    const faults = await tenancyFaults(client)
    if (faults.length > 0) throw new Error(`the database is not fit to serve: ${faults.join('; ')}`)
  } finally {
    client.release()
  }
}

/**
 * What would let one tenant see another's rows: the login role or a role it may take is a superuser, bypasses or owns what
 * the policies guard, or a table has no forced policy.
 */
export async function tenancyFaults(client: Pick<ClientBase, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ wrong: string }>(`
    with roles as (
      select r.* from pg_roles r where pg_has_role(current_user, r.oid, 'member') or r.rolname = current_user
    )
    select 'role ' || rolname || ' is a superuser' as wrong from roles where rolsuper
    union all select 'role ' || rolname || ' bypasses row level security' from roles where rolbypassrls
    union all select 'role ' || rolname || ' may create roles or databases' from roles where rolcreaterole or rolcreatedb
    union all select 'role ' || roles.rolname || ' owns table ' || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join roles on roles.oid = c.relowner
      where n.nspname = 'public' and c.relkind in ('r', 'p')
    union all select 'role ' || rolname || ' may create in schema public'
      from roles where has_schema_privilege(roles.oid, 'public', 'create')
    union all select 'table ' || c.relname || ' has no forced row level security'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
    union all select 'there are no tables: run the migrations first'
      where not exists (select from pg_tables where schemaname = 'public' and tablename = 'settlements')`)
  return rows.map(({ wrong }) => wrong)
}
