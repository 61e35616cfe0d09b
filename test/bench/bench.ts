/**
 * What pages cost, in processor time, as a share of a limit measured beside them in the same run: `npm run bench`, or
 * `npm run bench -- --quick`. Ends with 1 when a page costs more than its floor allows.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'node-html-parser'
import { citizenAt } from '../demo/citizen.ts'
import { startPortal } from '../demo/portal.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { costOf, type Shot, shoot } from './load.ts'

const quick = process.argv.includes('--quick')
const [rounds, warmSeconds, seconds, allowance] = quick ? [3, 2, 1, 0.7] : [9, 4, 1.5, 1]

/** A page, and what share of the limit's cost it must reach: 50 % means it may cost twice as much. */
interface Row extends Shot {
  what: string
  limit: 'str' | 'sq3'
  floor: number
}

const dataDir = temporaryFolder()
const env = { NODE_ENV: 'production', REQUEST_LIMIT_FACTOR: '100000', CONNECTIONS_PER_ADDRESS: '1000' }
const portal = await startPortal({ dataDir, durable: false, mode: 'test', built: true, env })
const ladder = await startLadder(portal.postgres.adminUrl())
try {
  process.exitCode = (await compare(await rowsOf())) ? 0 : 1
} finally {
  ladder.stop()
  await portal.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

function startLadder(databaseUrl: string): Promise<{ pid: number; url: string; identifier: string; stop(): void }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/ladder.ts'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the ladder ended (${String(code)})`)))
    child.on('message', (told: { url: string; identifier: string }) =>
      resolve({ ...told, pid: child.pid ?? 0, stop: () => void child.kill() }),
    )
  })
}

/** The pages, each as a browser asks for it: signed in where it must be, and compressed. */
async function rowsOf(): Promise<Row[]> {
  const citizen = await citizenAt(portal.url, portal.kauUrl, 'anna')
  for (let sent = 0; sent < 20; sent += 1) await citizen.send(await citizen.writesLetter())
  const start = await citizen.ask('/ujhartyan/sajat/urlapok/uj?urlap=kereskedelmi-tevekenyseg-bejelentes')
  const begun = await citizen.ask('/ujhartyan/sajat/urlapok/uj', { ...hiddenOf(start.text), mod: 'self' })
  const place = await citizen.ask(begun.location)
  const address = place.location === '' ? begun.location : place.location
  const form = await citizen.ask(address)
  const own = {
    cookie: [...citizen.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    origin: portal.url,
    'accept-encoding': 'gzip',
  }
  const wrong = new URLSearchParams({ ...hiddenOf(form.text), _csrf: citizen.token }).toString()
  const urlencoded = { ...own, 'content-type': 'application/x-www-form-urlencoded' }
  return [
    {
      what: 'own cases, 20 rows',
      limit: 'sq3',
      floor: 40,
      url: `${portal.url}/sajat/ugyek`,
      headers: own,
      status: 200,
    },
    { what: 'form page', limit: 'sq3', floor: 50, url: `${portal.url}${address}`, headers: own, status: 200 },
    {
      what: 'form page posted with errors',
      limit: 'sq3',
      floor: 35,
      url: `${portal.url}${address}`,
      method: 'POST',
      headers: urlencoded,
      body: wrong,
      status: 422,
    },
    {
      what: 'public page',
      limit: 'str',
      floor: 100,
      url: `${portal.url}/ujhartyan`,
      headers: { 'accept-encoding': 'gzip' },
      status: 200,
    },
  ]
}

function hiddenOf(page: string): Record<string, string> {
  const hidden = parse(page).querySelectorAll('form#urlap input[type=hidden], main form input[type=hidden]')
  return Object.fromEntries(
    hidden.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  )
}

/** @returns whether every page keeps to its floor */
async function compare(rows: readonly Row[]): Promise<boolean> {
  const web = portal.processes.get('web')?.pid ?? 0
  const limits: Record<Row['limit'], Shot> = {
    str: { url: `${ladder.url}/str`, status: 200 },
    sq3: { url: `${ladder.url}/sq3`, headers: { cookie: ladder.identifier }, status: 200 },
  }
  const bytes = await Promise.all(rows.map(looksRight))
  const all: { shot: Shot; pid: number }[] = [
    { shot: limits.str, pid: ladder.pid },
    { shot: limits.sq3, pid: ladder.pid },
    ...rows.map((shot) => ({ shot, pid: web })),
  ]
  for (const { shot, pid } of all) await costOf(shot, pid, warmSeconds * 1_000)
  const shares = rows.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    const costs = new Map<Shot, number>()
    for (const { shot, pid } of round % 2 === 0 ? all : all.toReversed()) {
      costs.set(shot, await costOf(shot, pid, seconds * 1_000))
    }
    for (const [index, row] of rows.entries()) {
      shares[index]?.push((100 * (costs.get(limits[row.limit]) ?? 0)) / (costs.get(row) ?? 1))
    }
  }
  await Promise.all(rows.map(looksRight))
  let kept = true
  process.stdout.write('| request | % of the limit | least–most | floor | bytes, gz |\n|---|---|---|---|---|\n')
  for (const [index, row] of rows.entries()) {
    const measured = (shares[index] ?? []).toSorted((a, b) => a - b)
    const median = measured[Math.floor(measured.length / 2)] ?? 0
    if (median < row.floor * allowance) kept = false
    const [least, most] = [measured[0], measured.at(-1)].map((share) => share?.toFixed(0))
    process.stdout.write(
      `| ${row.what} | ${median.toFixed(0)} % of ${row.limit} | ${least}–${most} | ${row.floor} % | ${bytes[index]} |\n`,
    )
  }
  return kept
}

/** @returns its size as it travels @throws Error when it is not the page it should be */
async function looksRight(row: Row): Promise<number> {
  const { status, encoding, bytes, body } = await shoot(row)
  const text = encoding === 'gzip' ? gunzipSync(body).toString() : body.toString()
  const right = status === row.status && encoding === 'gzip' && text.includes('</html>')
  if (!right) throw new Error(`${row.what}: ${String(status)} ${encoding} ${text.slice(0, 300)}`)
  return bytes
}
