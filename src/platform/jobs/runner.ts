import { Logger, parseCronItems, run, type Runner } from 'graphile-worker'
import { Pool } from 'pg'
import type { Log } from '../log.ts'
import type { JobHandlers } from './index.ts'

/** A job of the timetable: `match` in the notation of cron, UTC. */
export interface Timed {
  name: string
  match: string
}

/** Levels of the queue's own messages that concern us; the rest tells of each job. */
const troubles: readonly string[] = ['error', 'warning']

/** Starts the runner of the job queue; `stop()` finishes what is begun and takes nothing new. */
export async function runJobs({
  url,
  handlers,
  timetable,
  log,
}: {
  url: string
  handlers: JobHandlers
  timetable: readonly Timed[]
  log: Log
}): Promise<Runner> {
  const pgPool = new Pool({ connectionString: url, max: 6 })
  const lost = (error: Error) =>
    log.warn({ system: 'database', kind: error.name }, 'lost a connection of the job queue')
  pgPool.on('error', lost)
  pgPool.on('connect', (client) => client.on('error', lost))
  const runner = await run({
    pgPool,
    concurrency: 4,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (troubles.includes(level)) log.warn({ system: 'jobs' }, message)
    }),
    taskList: Object.fromEntries(
      Object.entries(handlers).map(([name, handle]) => [
        name,
        async (payload: unknown) => {
          try {
            await handle(payload)
          } catch (error) {
            log.warn(
              { job: name, error: error instanceof Error ? error.name : 'unknown' },
              'a job failed and will be tried again',
            )
            throw error
          }
        },
      ]),
    ),
    parsedCronItems: parseCronItems(timetable.map(({ name, match }) => ({ task: name, match }))),
  })
  void runner.promise.finally(() => pgPool.end())
  return runner
}
