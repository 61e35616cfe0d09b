import { EventEmitter } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Logger, parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker'
import { Pool } from 'pg'
import type { Log } from '../log.ts'
import type { JobHandlers } from './index.ts'

/** A job of the timetable: `match` in the notation of cron, UTC. */
export interface Timed {
  name: string
  match: string
}

export interface JobRunner {
  /** finishes what is begun and takes nothing new */
  stop(): Promise<void>
}

/** Levels of the queue's own messages that concern us; the rest tells of each job. */
const troubles: readonly string[] = ['error', 'warning']

/** A job is its runner's for so long; then the runner is taken for dead, and the job runs again. */
const claimMinutes = 5
const lookAfterClaimsMs = 60_000
const tryAgainMs = 1_000

/**
 * Runs the jobs of the queue. When a connection to the database is lost, nobody can say any more which jobs were taken or done:
 * the runner ends, and another begins as soon as it can, to which the jobs of the first are given.
 *
 * @throws Error when the first runner cannot begin
 */
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
}): Promise<JobRunner> {
  const pgPool = new Pool({ connectionString: url, max: 6, query_timeout: 15_000 })
  const lost = (error: Error) => {
    log.warn({ system: 'database', kind: error.name }, 'lost a connection of the job queue')
    end(current)
  }
  pgPool.on('error', lost)
  pgPool.on('connect', (client) => client.on('error', lost))
  const taskList = Object.fromEntries(Object.entries(handlers).map(([name, handle]) => [name, logged(name, handle)]))
  /** names in the queue of the runners whose jobs are not given back yet */
  let ownRunners: string[] = []
  let stopping = false
  let current: Runner | undefined
  current = await begin()
  const going = keepGoing()
  const claims = setInterval(() => void freeLostJobs([]).catch(failed), lookAfterClaimsMs)

  return {
    async stop() {
      stopping = true
      clearInterval(claims)
      end(current)
      await going
      await pgPool.end()
    },
  }

  async function begin(): Promise<Runner> {
    await freeLostJobs(ownRunners)
    ownRunners = []
    const events: WorkerEvents = new EventEmitter()
    events.on('pool:create', ({ workerPool }) => ownRunners.push(workerPool.id))
    return run({
      pgPool,
      events,
      concurrency: 4,
      noHandleSignals: true,
      // Written down in batches, results that cannot be written end the runner; singly they would be rejections nobody handles.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      // A job's failure is logged below without its message, which may hold what a person typed.
      logger: new Logger(() => (level, message, meta) => {
        if (troubles.includes(level) && meta?.['failure'] !== true) log.warn({ system: 'jobs' }, message)
      }),
      taskList,
      parsedCronItems: parseCronItems(timetable.map(({ name, match }) => ({ task: name, match }))),
    })
  }

  async function keepGoing(): Promise<void> {
    for (;;) {
      await current?.promise.catch(failed)
      if (stopping) return
      current = await begin().catch(failed)
      if (stopping) end(current)
      else if (current === undefined) await setTimeout(tryAgainMs)
    }
  }

  /** Jobs of the runners named, and those that have been somebody's for too long, are anybody's again. */
  async function freeLostJobs(runners: readonly string[]): Promise<void> {
    await pgPool.query(
      `select graphile_worker.force_unlock_workers($1::text[] || array(
        select distinct locked_by from graphile_worker.jobs where locked_at < now() - make_interval(mins => $2)))`,
      [runners, claimMinutes],
    )
  }

  function failed(error: unknown): undefined {
    log.warn({ system: 'jobs', kind: error instanceof Error ? error.name : 'unknown' }, 'the job queue is out of reach')
  }

  function logged(name: string, handle: JobHandlers[string]) {
    return async (payload: unknown) => {
      try {
        await handle(payload)
      } catch (error) {
        const kind = error instanceof Error ? error.name : 'unknown'
        log.warn({ job: name, error: kind }, 'a job failed and will be tried again')
        // The queue keeps the message of what it is thrown, beside the job.
        throw new Error(kind)
      }
    }
  }
}

function end(runner: Runner | undefined): void {
  // it may be ending already
  runner?.stop().catch(() => undefined)
}
