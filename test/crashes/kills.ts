/** Ends processes of a running portal as a power cut would, brings back what does not come back by itself, and takes the time. */
import { availableParallelism, loadavg } from 'node:os'
import type { RunningPortal } from '../demo/portal.ts'
import { asAdministrator } from './books.ts'
import { until } from './until.ts'

/** The web process, the worker, the whole database, or the database's process behind one connection, which takes all others with it. */
export type Victim = 'web' | 'worker' | 'database' | 'backend'

/** What happened to the processes. */
export interface Accidents {
  kills: Record<Victim, number>
  /** milliseconds until somebody signed in was served again, at the slowest: after the start of the web process was ordered, or after the database accepted connections */
  slowestReturn: Partial<Record<Victim, number>>
  /** the same, in proportion to the machine: with more work waiting than it has processors, everything takes longer */
  slowestReturnUnhindered: number
  /** whether the web process outlived every death of others */
  webOutlived: boolean
}

/** Longer than a person would wait, and long enough for a busy machine to start a process. */
export const patience = 60_000

/** @param serves whether somebody signed in is served at this moment */
export function killsIn(portal: RunningPortal, serves: () => Promise<boolean>) {
  const accidents: Accidents = {
    kills: { web: 0, worker: 0, database: 0, backend: 0 },
    slowestReturn: {},
    slowestReturnUnhindered: 0,
    webOutlived: true,
  }
  return {
    accidents,
    async kill(victim: Victim): Promise<void> {
      const web = portal.processes.get('web')?.pid
      process.kill(await numberOf(victim), 'SIGKILL')
      accidents.kills[victim] += 1
      let since = performance.now()
      if (victim === 'web' || victim === 'worker') await portal.restart(victim)
      if (victim === 'database') await portal.restartDatabase()
      if (victim === 'database' || victim === 'backend') {
        await asAdministrator(portal, 'select')
        since = performance.now()
      }
      await until('somebody signed in is served again', patience, async () => (await serves()) || undefined)
      const took = Math.round(performance.now() - since)
      accidents.slowestReturn[victim] = Math.max(accidents.slowestReturn[victim] ?? 0, took)
      accidents.slowestReturnUnhindered = Math.max(accidents.slowestReturnUnhindered, Math.round(took / hindrance()))
      if (victim !== 'web' && portal.processes.get('web')?.pid !== web) accidents.webOutlived = false
    },
  }

  async function numberOf(victim: Victim): Promise<number> {
    if (victim === 'database') return portal.postgres.pid
    if (victim === 'backend') return connectionAtWork(portal)
    const found = portal.processes.get(victim)
    if (found === undefined) throw new Error(`there is no process ${victim}`)
    return found.pid
  }
}

/** How many times longer than alone a process takes on this machine now. */
function hindrance(): number {
  return Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
}

/** A process of the database that is doing something for the portal at this moment, or might. */
async function connectionAtWork(portal: RunningPortal): Promise<number> {
  const found = await until('the portal is connected to its database', patience, async () => {
    const rows = await asAdministrator<{ pid: number }>(
      portal,
      `select pid from pg_stat_activity where usename = 'portal_app' order by state = 'idle', random() limit 1`,
    )
    return rows[0]
  })
  return found.pid
}
