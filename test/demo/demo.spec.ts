import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../support/postgres.ts'
import { running } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const begun: ChildProcess[] = []
let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  for (const child of begun) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

interface Demo {
  child: ChildProcess
  /** all it has printed so far */
  said(): string
  /** comes back when it has printed this, or has ended */
  until(text: string): Promise<void>
  ended: Promise<number | null>
}

function demo(env: Record<string, string>): Demo {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/demo/demo.ts'], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  begun.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => (text += more))
  const ended = new Promise<number | null>((done) => child.once('close', done))
  let over = false
  void ended.then(() => {
    over = true
  })
  return {
    child,
    ended,
    said: () => text,
    async until(wanted) {
      while (!text.includes(wanted) && !over) await pause(50)
      expect(text).toContain(wanted)
    },
  }
}

/** Processes this one has started, and those they have started. */
function family(pid: number | undefined): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const children = rows.filter(([, parent]) => parent === pid).map(([child = 0]) => child)
  return children.flatMap((child) => [child, ...family(child)])
}

async function noneLeft(pids: number[]): Promise<number[]> {
  for (let waited = 0; waited < 20_000 && pids.some(running); waited += 100) await pause(100)
  return pids.filter(running)
}

test.skipIf(process.platform === 'win32')(
  'the demo says where to go, minds what is taken, leaves nothing behind, and goes on where it was',
  async () => {
    const [port, kauPort, otherPort] = [await freePort(), await freePort(), await freePort()]
    const env = { DATA_DIR: `${folder}/first`, PORT: String(port), KAU_PORT: String(kauPort) }
    const first = demo(env)
    await first.until('Ctrl-C stops it all')
    expect(first.said()).not.toContain('ahead of the real time')
    expect(first.said()).toContain(`http://127.0.0.1:${port} `)
    expect(first.said()).toContain('Minta Anna')
    expect(first.said()).toContain('migrations, for the first time')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    const processes = family(first.child.pid)
    // web, worker, four simulators, the database and what belongs to it
    expect(processes.length).toBeGreaterThan(8)

    const sameFolder = demo({ ...env, PORT: String(otherPort) })
    expect(await sameFolder.ended).toBe(1)
    expect(sameFolder.said()).toContain(`is in use by the running process ${first.child.pid}`)
    const samePort = demo({ DATA_DIR: `${folder}/second`, PORT: String(port) })
    expect(await samePort.ended).toBe(1)
    expect(samePort.said()).toContain(`Port ${port} for the portal is taken`)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)

    expect(first.said()).toContain(`http://localhost:${kauPort}/ora `)
    const kau = `http://localhost:${kauPort}`
    const moved = await fetch(`${kau}/ora`, {
      method: 'POST',
      body: new URLSearchParams({ perc: '30' }),
      headers: { origin: kau },
      redirect: 'manual',
    })
    expect(moved.status).toBe(303)

    first.child.kill('SIGKILL')
    await first.ended
    expect(await noneLeft(processes)).toEqual([])

    const second = demo({ DATA_DIR: env.DATA_DIR, PORT: env.PORT })
    await second.until('Ctrl-C stops it all')
    expect(second.said()).not.toContain('for the first time')
    expect(second.said()).toContain('The clock goes on where it was left: 30 minutes ahead of the real time.')
    expect(second.said()).toContain(`http://localhost:${kauPort} `)
    const later = family(second.child.pid)
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
    expect(await noneLeft(later)).toEqual([])
  },
  180_000,
)
