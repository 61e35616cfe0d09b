/**
 * The portal on this machine with one command: `npm run demo`.
 *
 *   PORT       of the portal; 3000 unless set
 *   KAU_PORT   of the simulated KAÜ; 3001 at the first start unless set, and then the same
 *   DATA_DIR   where everything is kept between starts; .data unless set
 *   --watch    (npm run dev) starts web and worker again when their source changes
 */
import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../src/platform/project-root.ts'
import { people } from '../cast/people.ts'
import { portIsFree, reachableDataDir } from '../support/postgres.ts'
import { type RunningPortal, startPortal } from './portal.ts'
import { demoSettings } from './settings.ts'

const began = Date.now()
const root = fileURLToPath(projectRoot)
const dataDir = reachableDataDir(process.env.DATA_DIR ?? join(root, '.data'))
const watching = process.argv.includes('--watch')
const inTerminal = process.stdout.isTTY

let portal: RunningPortal | undefined
let ending: Promise<void> | undefined
const watchers: FSWatcher[] = []

function end(code: number): Promise<void> {
  ending ??= (async () => {
    for (const watcher of watchers) watcher.close()
    await starting
    await portal?.stop()
    process.exit(code)
  })()
  return ending
}

let asked = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    asked += 1
    if (asked === 1) say('\nStopping …')
    // npm passes on the Ctrl-C the terminal has sent already; only a third one is impatience
    if (asked > 2) process.exit(1)
    void end(0)
  })
}
endWithNpm()

const starting = start().catch((error: unknown) => {
  process.stderr.write(`\nThe demo cannot start.\n${error instanceof Error ? error.message : String(error)}\n`)
})
await starting
if (ending === undefined) {
  if (portal === undefined) process.exit(1)
  const { name, how } = await portal.accident
  process.stderr.write(`\nThe process ${name} ${how}. Its log: ${join(dataDir, 'logs', `${name}.log`)}\n`)
  await end(1)
}

async function start(): Promise<void> {
  const port = readPort('PORT') ?? 3000
  const kauPort = readPort('KAU_PORT') ?? demoSettings(dataDir).kauPort ?? ((await portIsFree(3001)) ? 3001 : undefined)
  say('Starting the portal with everything it depends on …')
  portal = await startPortal({
    dataDir,
    port,
    ...(kauPort === undefined ? {} : { kauPort }),
    durable: true,
    mode: 'demo',
    tell: (step) => say(`  ${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${step}`),
  })
  if (ending !== undefined) return
  if (watching) watchSources(portal)
  welcome(portal)
}

function welcome({ url, kauUrl, clockSeconds, mailUrl, specialistUrl, taxSystemUrl, postgres }: RunningPortal): void {
  const width = Math.max(...people.map(({ name }) => name.length)) + 2
  say(`
Ready after ${((Date.now() - began) / 1000).toFixed(1)} s.

  ${bold(url)}    the portal (Hungarian and English)

Sign in there with "Bejelentkezés". The simulated KAÜ asks who you are; nobody has a password:

${people.map(({ name, role }) => `  ${bold(name.padEnd(width))} ${role.en}`).join('\n')}

  ${kauUrl}    the simulated KAÜ
  ${kauUrl}/ora    moves the time by 25, 30, 230 or 240 minutes, to see sessions end
  ${mailUrl}    letters the portal has sent
  ${specialistUrl}    cases the specialist systems have taken over
  ${taxSystemUrl}    the tax system, which can be told to be slow or dead

${postgres.description}. Everything is kept in ${dataDir}
${clockAhead(clockSeconds)}Ctrl-C stops it all; the next start goes on with the same data.`)
}

/** Time never runs backwards for what is kept: sessions and letters would lie in the future. */
function clockAhead(seconds: number): string {
  if (seconds === 0) return ''
  return `The clock goes on where it was left: ${Math.round(seconds / 60)} minutes ahead of the real time.\n`
}

/** Restarts what runs the source, some moments after the last change. */
function watchSources(running: RunningPortal): void {
  let timer: NodeJS.Timeout | undefined
  let busy = Promise.resolve()
  const changed = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      busy = busy.then(async () => {
        say('Source changed: starting web and worker again …')
        const { buildAssets } = await import('../../src/platform/assets/build.ts')
        try {
          await buildAssets(new URL('.cache/assets/', projectRoot))
          await Promise.all([running.restart('web'), running.restart('worker')])
          say('Ready.')
        } catch (error) {
          say(error instanceof Error ? error.message : String(error))
        }
      })
    }, 300)
  }
  for (const folder of ['src', 'views']) watchers.push(watch(join(root, folder), { recursive: true }, changed))
}

/** npm may be ended without passing it on; then we are left to another parent. */
function endWithNpm(): void {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event === undefined) return
  setInterval(() => {
    if (process.ppid !== parent) void end(0)
  }, 500).unref()
}

function readPort(name: string): number | undefined {
  const value = process.env[name]
  if (value === undefined || value === '') return undefined
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Error(`${name} is not a port: ${value}`)
}

function bold(text: string): string {
  return inTerminal ? `\u001b[1m${text}\u001b[0m` : text
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
