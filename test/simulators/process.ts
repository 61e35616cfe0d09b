/**
 * The life of a simulator's process: it says on one line of JSON where it answers, and ends on SIGTERM, on SIGINT,
 * or with the process that started it.
 */
import process from 'node:process'

export interface Simulator {
  /** what the one line tells: addresses and ports, never a secret */
  ready: Record<string, unknown>
  stop(): Promise<void>
}

export async function runSimulator(name: string, start: () => Promise<Simulator>): Promise<void> {
  let simulator: Simulator
  try {
    simulator = await start()
  } catch (failure) {
    process.stderr.write(`${name}: ${failure instanceof Error ? failure.message : String(failure)}\n`)
    process.exit(1)
  }

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    // what a visitor left open must not hold the process back
    setTimeout(() => process.exit(0), 3000).unref()
    await simulator.stop()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)

  process.stdout.write(`${JSON.stringify({ simulator: name, ...simulator.ready })}\n`)
}

/** @throws when the variable is missing; the message names it */
export function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

/** A port from the environment; 0, the default, lets the system choose a free one. */
export function port(name: string): number {
  const value = process.env[name] ?? '0'
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new Error(`${name} is not a port: ${value}`)
  return Number(value)
}

export function listed(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
