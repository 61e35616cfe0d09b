import type { Log } from './log.ts'

/**
 * On SIGTERM or SIGINT what is begun is finished and nothing new is taken; a second signal ends the process at once.
 * A rejection nobody handled means the process no longer knows its own state: it finishes and leaves.
 */
export function stopsGently(log: Log, stop: () => Promise<void>): void {
  let stopping = false
  const begin = (exitCode: number) => {
    if (stopping) process.exit(exitCode || 1)
    stopping = true
    stop().then(
      () => process.exit(exitCode),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', () => begin(0))
  process.on('SIGINT', () => begin(0))
  process.on('uncaughtException', (error) => {
    log.fatal({ kind: error.name, at: error.stack?.split('\n').slice(1, 6) }, 'a mistake of ours; stopping')
    begin(1)
  })
}
