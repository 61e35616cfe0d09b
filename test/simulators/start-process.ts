/** Starts a simulator as a process of its own and waits until it answers. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface SimulatorProcess {
  /** the line it printed when it was ready */
  ready: Record<string, unknown>
  pid: number
  stop(): Promise<void>
}

/**
 * @param program the server file, relative to test/simulators
 * @throws when it ends before it is ready; the message carries what it wrote
 */
export async function startSimulatorProcess(program: string, env: Record<string, string>): Promise<SimulatorProcess> {
  // the fourth channel closes when this process ends, however it ends: no simulator is left behind
  const child = spawn(process.execPath, ['--import', 'tsx', `test/simulators/${program}`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })

  const ready = await new Promise<Record<string, unknown>>((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('the simulator has no output'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{"simulator":')) resolve(JSON.parse(line) as Record<string, unknown>)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready. ${complaints}`)))
  })

  return {
    ready,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}
