/** Processes the demo and the tests start: telling them apart, and seeing that none outlives its reason. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** A process, told apart from a later one with the same number. */
export interface ProcessMark {
  pid: number
  /** when it began, as the system says it; empty where it does not say */
  since: string
}

export function thisProcess(): ProcessMark {
  return { pid: process.pid, since: beganAt(process.pid) ?? '' }
}

export function processAlive(mark: ProcessMark): boolean {
  const since = beganAt(mark.pid)
  return since !== undefined && (since === mark.since || since === '' || mark.since === '')
}

/** Whether there is a process of this number; one that ended and was not yet collected does not count. */
export function running(pid: number): boolean {
  return beganAt(pid) !== undefined
}

/** @returns undefined when there is no such process */
function beganAt(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // the name in parentheses may hold spaces: count the fields behind it; the start is the 22nd of all
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return fields[0] === 'Z' ? undefined : (fields[19] ?? '')
    } catch {
      return undefined
    }
  }
  if (process.platform === 'win32') {
    try {
      process.kill(pid, 0)
      return ''
    } catch {
      return undefined
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

export interface ProcessSettings {
  /** for messages and the log */
  name: string
  /** the program, relative to the project's root: of the source, or as it was built */
  program: string
  env: Record<string, string>
  /** where its output goes; it is appended to */
  log: string
  /** how it says that it does its work now: by a line of JSON on its output, by a message to us, or when asked again and again */
  ready: 'line' | 'message' | (() => Promise<boolean>)
}

export interface RunningProcess {
  name: string
  pid: number
  /** the line of JSON it printed when it was ready; empty when it was asked instead */
  told: Record<string, unknown>
  /** ends when the process does; says how */
  ended: Promise<string>
  /** asks it to finish, and after ten seconds ends it; comes back when it is gone */
  stop(): Promise<void>
}

const readyWithinMs = 60_000
const stopWithinMs = 10_000
const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Starts a program as a process of its own, in its own group (Ctrl-C in the terminal is for us, who then stop it),
 * and tied to our life: it ends when we do, however we end.
 *
 * @throws Error with its last words when it ends before it is ready
 */
export async function startProcess(settings: ProcessSettings): Promise<RunningProcess> {
  const { name, program, env, log, ready } = settings
  const output = createWriteStream(log, { flags: 'a' })
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : ['--disable-proto=delete']
  const child = spawn(process.execPath, [...loader, '--import', './test/support/end-with-parent.js', program], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  let lastWords = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.write(text)
      lastWords = (lastWords + text).slice(-4000)
    })
  }
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message))
    child.once('close', (code, signal) => {
      output.end(() => done(signal === null ? `ended with ${code}` : `was ended by ${signal}`))
    })
  })
  let over = false
  void ended.then(() => {
    over = true
  })

  const watchdog = watchOver(child.pid)
  void ended.then(() => watchdog?.kill())

  const stop = async (): Promise<void> => {
    if (over) return
    child.kill('SIGTERM')
    const impatience = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await ended
    clearTimeout(impatience)
  }

  const { stdout } = child
  const late = new AbortController()
  const told = await Promise.race([
    ready === 'line'
      ? announced(stdout)
      : ready === 'message'
        ? new Promise<{ line: Record<string, unknown> }>((done) => child.once('message', () => done({ line: {} })))
        : asked(ready, () => over),
    ended.then((how) => ({ failed: `${name} ${how} before it was ready:\n${lastWords.trim()}` })),
    pause(readyWithinMs, undefined, { signal: late.signal }).then(
      () => ({ failed: `${name} was not ready within ${readyWithinMs / 1000} s:\n${lastWords.trim()}` }),
      () => ({ failed: '' }),
    ),
  ])
  late.abort()
  if ('failed' in told) {
    await stop()
    throw new Error(told.failed)
  }
  return { name, pid: child.pid ?? 0, told: told.line, ended, stop }
}

/**
 * Ends the process for good some seconds after we are gone, if it has not done so itself: a runtime that loads TypeScript may hang
 * in its very last moment. The pipe to this shell closes with us; it looks once more whether the number is still the process's.
 */
function watchOver(pid: number | undefined): ChildProcess | undefined {
  if (process.platform === 'win32' || pid === undefined) return undefined
  const script = `read -r _
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || exit 0; sleep 1; done
    ps -o args= -p "$1" 2>/dev/null | grep -q end-with-parent && kill -KILL "$1"`
  const watchdog = spawn('/bin/sh', ['-c', script, 'watchdog', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  watchdog.unref()
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref()
  return watchdog
}

function announced(stdout: Readable | null): Promise<{ line: Record<string, unknown> }> {
  return new Promise((done) => {
    let text = ''
    const listen = (more: string): void => {
      text += more
      const line = text.split('\n').find((candidate) => candidate.startsWith('{') && candidate.endsWith('}'))
      if (line === undefined) return
      stdout?.off('data', listen)
      done({ line: z.record(z.string(), z.unknown()).parse(JSON.parse(line)) })
    }
    stdout?.on('data', listen)
  })
}

async function asked(ready: () => Promise<boolean>, over: () => boolean): Promise<{ line: Record<string, unknown> }> {
  while (!over() && !(await ready())) await pause(50)
  // when it ended, that is what is told
  return over() ? new Promise(() => {}) : { line: {} }
}
