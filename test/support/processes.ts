/** Processes the demo and the tests start: telling them apart, and seeing that none outlives its reason. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

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
