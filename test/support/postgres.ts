/**
 * A real PostgreSQL server of our own, for the demo and the tests.
 *
 * One data folder holds the cluster, its passwords and its log. A server left behind by a killed process is stopped
 * first; one whose owner is alive is left alone, and the second comer is told who has it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import {
  type Account,
  findPostgres,
  isRoot,
  reachableByAll,
  serverAccount,
  serverEnvironment,
} from './postgres-binaries.ts'
import { type ProcessMark, processAlive, running, thisProcess } from './processes.ts'

export interface PostgresServer {
  port: number
  /** the server's own process; 0 when the server is not ours */
  pid: number
  /** for people: version and origin of the server */
  description: string
  /** whether the cluster was made just now */
  isNew: boolean
  /** address for the role that owns the portal's tables; may create databases and roles, is no superuser */
  ownerUrl(database?: string): string
  /** address for the administrator of the whole server, who may also end other people's connections */
  adminUrl(database?: string): string
  /** address with another login */
  loginUrl(user: string, password: string, database?: string): string
  stop(): Promise<void>
}

export interface PostgresSettings {
  /** everything of the cluster is kept below this folder; made if it does not exist */
  dataDir: string
  /** a free one when left out */
  port?: number
  /** false: faster, and a power failure may cost the data */
  durable: boolean
}

/** The data folder belongs to a demo or a test run that is still running. */
export class DataInUse extends Error {
  constructor(dataDir: string, pid: number) {
    super(`${dataDir} is in use by the running process ${pid}. Stop that one first, or choose another folder.`)
    this.name = 'DataInUse'
  }
}

/** The port asked for belongs to another program. */
export class PortTaken extends Error {
  constructor(port: number, what: string) {
    super(`Port ${port} for ${what} is taken by another program. Stop it, or choose another port.`)
    this.name = 'PortTaken'
  }
}

interface Place {
  cluster: string
  log: string
  passwords: string
  inUse: string
}

const startWithinMs = 60_000
const stopWithinMs = 20_000

/**
 * Starts a server, making the cluster, the role `portal_owner` and the database `portal` at the first start.
 *
 * @throws DataInUse, PortTaken; Error with the end of the server's log when it does not start
 */
export async function startPostgres(settings: PostgresSettings): Promise<PostgresServer> {
  const given = process.env.PORTAL_DATABASE_SERVER
  if (given !== undefined && given !== '') return givenServer(given)

  const account = serverAccount()
  const place = prepareFolder(settings.dataDir, account)
  claim(place, settings.dataDir)
  try {
    await stopLeftover(place)
    const kept = existsSync(join(place.cluster, 'PG_VERSION'))
    const major = kept ? Number(readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8')) : undefined
    const binaries = await findPostgres(account, major)
    if (!kept) makeCluster(binaries.folder, place, account)
    const passwords = passwordFile.parse(JSON.parse(readFileSync(place.passwords, 'utf8')))
    const { port, server } = await launchAt(settings.port, (port) =>
      launch(binaries.folder, place, port, settings.durable, account),
    )
    const loginUrl = (user: string, password: string, database = 'portal') =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
    await makeOwner(loginUrl('postgres', passwords.postgres, 'postgres'), passwords.owner)

    let stopped: Promise<void> | undefined
    return {
      port,
      pid: server.pid,
      description: `PostgreSQL ${binaries.major} (${binaries.origin})`,
      isNew: !kept,
      ownerUrl: (database) => loginUrl('portal_owner', passwords.owner, database),
      adminUrl: (database) => loginUrl('postgres', passwords.postgres, database),
      loginUrl,
      stop() {
        stopped ??= server.stop().finally(() => rmSync(place.inUse, { force: true }))
        return stopped
      },
    }
  } catch (error) {
    rmSync(place.inUse, { force: true })
    throw error
  }
}

/**
 * A folder for data that the server's account can reach: the wanted one, or for root below a closed folder (such as
 * root's home) one under /var/lib named after it.
 */
export function reachableDataDir(wanted: string): string {
  const absolute = resolve(wanted)
  if (!isRoot || reachableByAll(absolute)) return absolute
  return join(
    existsSync('/var/lib') ? '/var/lib' : '/var/db',
    'onkormanyzati-portal',
    absolute.replaceAll('/', '-').slice(1),
  )
}

/**
 * A port of 127.0.0.1 nobody listens on at this moment, for a program that must know it before it starts.
 *
 * It lies below those that any system gives to whoever asks for just any port, or to a connection that goes out: between now
 * and the program's start nobody comes upon it by chance.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(neverGivenOut.from, neverGivenOut.to)
    if (await portIsFree(port)) return port
  }
  throw new Error(`no free port between ${neverGivenOut.from} and ${neverGivenOut.to}`)
}
const neverGivenOut = { from: 11_000, to: 16_000 }

/** Whether a server could listen on this port of 127.0.0.1. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', () => answer(false))
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)))
  })
}

/** At the port asked for; else at a free one, and at another when somebody took that one just before the server did. */
async function launchAt(
  wanted: number | undefined,
  start: (port: number) => Promise<Launched>,
): Promise<{ port: number; server: Launched }> {
  if (wanted !== undefined && !(await portIsFree(wanted))) throw new PortTaken(wanted, 'the database')
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    try {
      return { port, server: await start(port) }
    } catch (error) {
      if (!(error instanceof PortTaken) || wanted !== undefined || attempt === 5) throw error
    }
  }
}

const passwordFile = z.object({ postgres: z.string(), owner: z.string() })

function prepareFolder(dataDir: string, account: Account | undefined): Place {
  const folder = resolve(dataDir)
  mkdirSync(folder, { recursive: true })
  if (account !== undefined) {
    chmodSync(folder, 0o755)
    if (!reachableByAll(folder)) {
      throw new Error(`${folder} lies below a folder closed to others, and the database server does not run as root.`)
    }
  }
  return {
    cluster: join(folder, 'cluster'),
    log: join(folder, 'server.log'),
    passwords: join(folder, 'passwords.json'),
    inUse: join(folder, 'in-use.json'),
  }
}

const markFile = z.object({ pid: z.number(), since: z.string() })

/** Only one process at a time may have the folder; the mark of a dead one is taken over. */
function claim(place: Place, dataDir: string): void {
  for (;;) {
    try {
      writeFileSync(place.inUse, JSON.stringify(thisProcess() satisfies ProcessMark), { flag: 'wx' })
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    refuseWhenInUse(dataDir)
    rmSync(place.inUse, { force: true })
  }
}

/** @throws DataInUse when another process that is still running has the folder */
export function refuseWhenInUse(dataDir: string): void {
  const mark = readMark(join(resolve(dataDir), 'in-use.json'))
  if (mark !== undefined && mark.pid !== process.pid && processAlive(mark)) throw new DataInUse(dataDir, mark.pid)
}

function readMark(file: string): ProcessMark | undefined {
  try {
    return markFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** What the server writes of itself into the cluster's folder. */
function postmaster(place: Place): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(place.cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

async function stopLeftover(place: Place): Promise<void> {
  const found = postmaster(place)
  if (found === undefined) return
  if (isServerOf(found.pid, place.cluster)) {
    await stopServer(found.pid)
  } else {
    // the number may meanwhile belong to another program, which would make the server refuse to start
    rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  }
}

/** A process number alone proves nothing: after a restart of the machine it may be anybody's. */
function isServerOf(pid: number, cluster: string): boolean {
  if (!running(pid)) return false
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
    } catch {
      return false
    }
  }
  if (process.platform === 'win32') return true
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('postgres')
}

function makeCluster(binaries: string, place: Place, account: Account | undefined): void {
  rmSync(place.cluster, { recursive: true, force: true })
  mkdirSync(place.cluster, { mode: 0o700 })
  const secret = () => randomBytes(24).toString('base64url')
  const passwords = { postgres: secret(), owner: secret() }
  writeFileSync(place.passwords, JSON.stringify(passwords), { mode: 0o600 })
  const passwordOnly = `${place.passwords}.initdb`
  writeFileSync(passwordOnly, passwords.postgres, { mode: 0o600 })
  if (account !== undefined) {
    chownSync(place.cluster, account.uid, account.gid)
    chownSync(passwordOnly, account.uid, account.gid)
  }
  try {
    const made = spawnSync(
      join(binaries, 'initdb'),
      [
        `--pgdata=${place.cluster}`,
        '--username=postgres',
        `--pwfile=${passwordOnly}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=icu',
        '--icu-locale=hu-HU',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      { encoding: 'utf8', cwd: place.cluster, env: serverEnvironment(), ...account },
    )
    if (made.status !== 0) {
      rmSync(place.cluster, { recursive: true, force: true })
      throw new Error(`A database cluster could not be made in ${place.cluster}:\n${made.stderr}${made.error ?? ''}`)
    }
  } finally {
    rmSync(passwordOnly, { force: true })
  }
}

interface Launched {
  pid: number
  stop(): Promise<void>
}

async function launch(
  binaries: string,
  place: Place,
  port: number,
  durable: boolean,
  account: Account | undefined,
): Promise<Launched> {
  const options = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', autovacuum: 'off' }),
  }
  const deadline = Date.now() + startWithinMs
  for (;;) {
    const log = openSync(place.log, 'w', 0o600)
    // a group of its own: Ctrl-C in a terminal reaches every process of the group, and the server must outlive its clients
    const server = spawn(
      join(binaries, 'postgres'),
      ['-D', place.cluster, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { cwd: place.cluster, env: serverEnvironment(), stdio: ['ignore', log, log], detached: true, ...account },
    )
    closeSync(log)
    const ended = new Promise<void>((done) => server.once('exit', () => done()).once('error', () => done()))
    const state = await Promise.race([untilReady(server, place, deadline), ended.then(() => 'ended' as const)])
    if (state === 'ready' && server.pid !== undefined) {
      server.unref()
      const watchdog = watchOver(server.pid, place)
      const { pid } = server
      return {
        pid,
        async stop() {
          if (server.exitCode === null && server.signalCode === null) await stopServer(pid, ended)
          watchdog?.kill()
        },
      }
    }
    server.kill('SIGQUIT')
    await ended
    const said = existsSync(place.log) ? readFileSync(place.log, 'utf8') : ''
    // after a kill -9 the old server's own children need a moment to notice
    if (said.includes('pre-existing shared memory block') && Date.now() < deadline) {
      await pause(100)
      continue
    }
    if (/could not bind .*127\.0\.0\.1/.test(said)) throw new PortTaken(port, 'the database')
    throw new Error(
      `The database server did not start. Its last words:\n${said.trimEnd().split('\n').slice(-12).join('\n')}`,
    )
  }
}

async function untilReady(server: ChildProcess, place: Place, deadline: number): Promise<'ready' | 'late'> {
  while (Date.now() < deadline) {
    const found = postmaster(place)
    if (found?.ready === true && found.pid === server.pid) return 'ready'
    await pause(10)
  }
  return 'late'
}

/**
 * Stops the server when we are killed without a chance to do so: the pipe to this shell closes with us.
 * It looks once more whether the number is still the server's.
 */
function watchOver(pid: number, place: Place): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined
  const file = join(place.cluster, 'postmaster.pid')
  const watchdog = spawn(
    '/bin/sh',
    ['-c', 'read -r _; [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1"', 'watchdog', String(pid), file],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' },
  )
  watchdog.unref()
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref()
  return watchdog
}

/** SIGINT is the server's «fast» shutdown: open transactions end, nothing committed is lost. */
async function stopServer(pid: number, ended?: Promise<void>): Promise<void> {
  signal(pid, 'SIGINT')
  const deadline = Date.now() + stopWithinMs
  let gone = false
  void ended?.then(() => {
    gone = true
  })
  while (!gone && running(pid)) {
    if (Date.now() > deadline) {
      signal(pid, 'SIGQUIT')
      await pause(1000)
      return
    }
    await pause(10)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it is gone already
  }
}

async function makeOwner(superuserUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query(`select from pg_roles where rolname = 'portal_owner'`)
    if (rowCount === 0) {
      await client.query(
        `create role portal_owner login createdb createrole nosuperuser nobypassrls password ${client.escapeLiteral(password)}`,
      )
    }
    const { rowCount: databases } = await client.query(`select from pg_database where datname = 'portal'`)
    if (databases === 0) await client.query('create database portal owner portal_owner')
  } finally {
    await client.end()
  }
}

/** Somebody's own server: nothing of it is started or stopped, and only what we make is ours. */
async function givenServer(address: string): Promise<PostgresServer> {
  const url = new URL(address)
  const loginUrl = (user: string, password: string, database = 'portal') => {
    const login = new URL(url)
    login.username = user
    login.password = encodeURIComponent(password)
    login.pathname = `/${database}`
    return login.href
  }
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    const { rowCount } = await client.query(`select from pg_database where datname = 'portal'`)
    if (rowCount === 0) await client.query('create database portal')
  } finally {
    await client.end()
  }
  const asGiven = (database?: string) =>
    loginUrl(decodeURIComponent(url.username), decodeURIComponent(url.password), database)
  return {
    port: Number(url.port === '' ? 5432 : url.port),
    pid: 0,
    description: `the PostgreSQL server at ${url.host}`,
    isNew: false,
    ownerUrl: asGiven,
    adminUrl: asGiven,
    loginUrl,
    stop: async () => {},
  }
}
