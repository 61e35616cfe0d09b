/**
 * What sealing and verifying a million rows of the audit trail take: `npm run bench:audit`, or `-- 100000` for so many. Ends with 1 when
 * verifying takes more than a minute.
 */
import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { migrate } from '../../src/migrate.ts'
import { sealAuditTrail } from '../../src/platform/audit/sealing.ts'
import { verifyAuditTrail } from '../../src/platform/audit/verifying.ts'
import { openDatabase } from '../../src/platform/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const dataDir = temporaryFolder()
const appPassword = 'bench'
const server = await startPostgres({ dataDir, durable: false })
const ownerUrl = server.ownerUrl('postgres').replace(/\/postgres$/, '/audit_bench')
const admin = new Client({ connectionString: server.adminUrl('audit_bench') })
const owner = new Client({ connectionString: ownerUrl })
try {
  const first = new Client({ connectionString: server.ownerUrl('postgres') })
  await first.connect()
  await first.query('create database audit_bench')
  await first.end()
  await migrate({ mode: 'test', ownerUrl, appPassword })
  await Promise.all([admin.connect(), owner.connect()])
  const db = openDatabase({ url: server.loginUrl('portal_app', appPassword, 'audit_bench') })

  say('wrote', rows, await timed(() => write(rows)))
  let sealed = 0
  say('sealed', rows, await timed(async () => (sealed = await sealAuditTrail(db))))
  await admin.query('analyze')
  const peak = peakMemory()
  let verdict: unknown
  const verifying = await timed(async () => (verdict = await verifyAuditTrail(owner)))
  say('verified', rows, verifying)
  process.stdout.write(`${JSON.stringify(verdict)}, at most ${String(peak.stop())} MB more in use\n`)
  await db.pool.end()
  process.exitCode = sealed === rows && verifying < 60 ? 0 : 1
} finally {
  await Promise.allSettled([admin.end(), owner.end()])
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** Looks of clerks at cases, in 200 settlements. */
async function write(count: number): Promise<void> {
  const { rows: settlements } = await admin.query<{ id: number }>('select id from settlements order by id limit 200')
  await admin.query(
    `insert into audit_trail (action, actor_kind, actor_id, settlement_id, object_kind, object_id, detail, request_id, party_id,
       office_id, role, purpose)
     select 'case.viewed', 'clerk', gen_random_uuid()::text, ($2::integer[])[1 + n % 200], 'case', gen_random_uuid()::text,
       jsonb_build_object('number', n), md5(n::text), gen_random_uuid(), gen_random_uuid(), 'case_worker', 'case-handling'
     from generate_series(1, $1::integer) n`,
    [count, settlements.map(({ id }) => id)],
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1_000
}

function peakMemory(): { stop(): number } {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 100)
  return {
    stop() {
      clearInterval(timer)
      return Math.round((most - before) / 1_048_576)
    },
  }
}

function say(what: string, count: number, seconds: number): void {
  process.stdout.write(`${what} ${String(count)} rows in ${seconds.toFixed(1)} s\n`)
}
