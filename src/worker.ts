import { composeWorker } from './compose.ts'
import { readWorkerConfig } from './config.ts'
import { keepsSealing } from './platform/audit/sealing.ts'
import { requireRealClock } from './platform/clock.ts'
import { requireSeparateTenants } from './platform/database.ts'
import { runJobs } from './platform/jobs/runner.ts'
import { stopsGently } from './platform/stopping.ts'

/** The worker process: what happens after a request was answered, and what the clock starts. */
try {
  const config = readWorkerConfig(process.env)
  const { log, db, virusScanner, handlers, timetable } = composeWorker(config)
  await requireSeparateTenants(db)
  if (config.mode === 'production') await requireRealClock(db)
  const runner = await runJobs({ url: config.jobsUrl, handlers, timetable, log })
  // Whether it is there and fit is written down at once; files wait until it is.
  virusScanner.prove().catch(() => log.warn({ system: 'virus scanner' }, 'files are not scanned yet'))
  const sealing = keepsSealing({ db, log, heads: config.auditHeads })
  process.send?.('ready')
  stopsGently(log, async () => {
    await Promise.all([runner.stop(), sealing.stop()])
    await db.pool.end()
  })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exit(1)
}
