import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type Db, inScope, type Tx } from '../database.ts'
import type { Log } from '../log.ts'
import { beginningOf, nextLink, sealedText } from './chain.ts'
import { type HeadsTarget, writeHeads } from './heads.ts'

/** Names that no other sealer may hold at the same time. */
const sealingLock = 720_033

const rowsAtOnce = 5_000
const sealEveryMs = 30_000
const headsEveryMs = 60 * 60_000

/**
 * Seals the audit trail from now on: at once and every half a minute; and writes down the signed heads of the chains outside the
 * database, at once and every hour. What fails is tried again with the next round.
 */
export function keepsSealing({ db, log, heads }: { db: Db; log: Log; heads: HeadsTarget | undefined }): {
  stop(): Promise<void>
} {
  const stopping = new AbortController()
  const { signal } = stopping
  let headsDue = 0
  const going = keepGoing()
  return {
    async stop() {
      stopping.abort()
      await going
    },
  }

  async function keepGoing(): Promise<void> {
    while (!signal.aborted) {
      try {
        await sealAuditTrail(db)
        if (heads !== undefined && performance.now() >= headsDue) {
          await writeHeads(db, heads)
          headsDue = performance.now() + headsEveryMs
        }
      } catch (error) {
        const kind = error instanceof Error ? error.name : 'unknown'
        log.warn({ system: 'audit trail', kind }, 'the audit trail was not sealed')
      }
      await setTimeout(sealEveryMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

/**
 * Adds to the chains every row that can be sealed now; nothing where another process is at it.
 *
 * Only rows of transactions older than the oldest one still running are taken: what those transactions wrote is all there, and every
 * later one has a higher number. So nothing can come in before a row that is sealed, however late it commits. Breaking off
 * anywhere does no harm: links and the place they reach stand together or not at all.
 *
 * @returns how many
 */
export async function sealAuditTrail(db: Db): Promise<number> {
  let sealed = 0
  for (;;) {
    const more = await inScope(db, { role: 'sealer' }, sealSome)
    sealed += more
    if (more === 0) return sealed
  }
}

async function sealSome(tx: Tx): Promise<number> {
  const { rows: lock } = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${sealingLock}) as held`,
  )
  if (lock[0]?.held !== true) return 0
  // In the order of the index, however many rows there are and whatever is known of them: a backlog must not be sorted each time.
  await tx.execute(sql`select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`)
  for (const cluster of await findClusters(tx)) {
    const sealed = await sealCluster(tx, cluster)
    if (sealed > 0) return sealed
  }
  return 0
}

interface Cluster extends Record<string, unknown> {
  cluster: string
  /** the one that is running now: in another one, nothing is written any more */
  is_this: boolean
  /** how far its rows are sealed */
  written_in: string
  row_id: string
}

/** The clusters the trail was written in, this one last: rows that came with a restored dump are older. */
async function findClusters(tx: Tx): Promise<Cluster[]> {
  const { rows } = await tx.execute<Cluster>(sql`
    with recursive found as (
      select min(cluster) as cluster from audit_trail
      union all
      select (select min(cluster) from audit_trail t where t.cluster > found.cluster) from found where cluster is not null
    )
    select found.cluster::text, found.cluster = app_cluster() as is_this,
      coalesce(s.written_in::text, '0') as written_in, coalesce(s.row_id, 0)::text as row_id
    from found left join audit_seals s on s.cluster = found.cluster where found.cluster is not null
    order by is_this, found.cluster`)
  return rows
}

async function sealCluster(
  tx: Tx,
  { cluster, is_this: isThis, written_in: writtenIn, row_id: rowId }: Cluster,
): Promise<number> {
  const { rows } = await tx.execute<{ id: string; written_in: string; settlement: number; text: string }>(sql`
    with next as materialized (
      select cluster, written_in, id from audit_trail
      where cluster = ${cluster}::bigint and (written_in, id) > (${writtenIn}::xid8, ${rowId}::bigint)
        ${isThis ? sql`and written_in < pg_snapshot_xmin(pg_current_snapshot())` : sql``}
      order by cluster, written_in, id limit ${rowsAtOnce}
    )
    select t.id::text, t.written_in::text, coalesce(t.settlement_id, 0) as settlement, ${sealedText} as text
    from next join audit_trail t on t.id = next.id order by next.written_in, next.id`)
  const last = rows.at(-1)
  if (last === undefined) return 0
  const heads = await findHeadsOf(tx, [...new Set(rows.map(({ settlement }) => settlement))])
  const links = rows.map(({ id, settlement, text }) => {
    const { position, hash } = heads.get(settlement) ?? { position: 0, hash: beginningOf(settlement) }
    const link = { position: position + 1, hash: nextLink(hash, text) }
    heads.set(settlement, link)
    return { id, settlement, ...link }
  })
  await tx.execute(sql`
    insert into audit_chain (settlement_id, position, row_id, hash)
    select settlement, position, row_id, decode(hash, 'hex') from unnest(
      ${sql.param(links.map(({ settlement }) => settlement))}::integer[],
      ${sql.param(links.map(({ position }) => position))}::bigint[],
      ${sql.param(links.map(({ id }) => id))}::bigint[],
      ${sql.param(links.map(({ hash }) => hash.toString('hex')))}::text[]) as link (settlement, position, row_id, hash)`)
  await tx.execute(sql`
    insert into audit_seals (cluster, written_in, row_id)
    values (${cluster}::bigint, ${last.written_in}::xid8, ${last.id}::bigint)
    on conflict (cluster) do update set written_in = excluded.written_in, row_id = excluded.row_id`)
  return links.length
}

async function findHeadsOf(
  tx: Tx,
  settlementIds: readonly number[],
): Promise<Map<number, { position: number; hash: Buffer }>> {
  const { rows } = await tx.execute<{ settlement: number; position: string; hash: Buffer }>(sql`
    select settlement, head.position::text, head.hash
    from unnest(${sql.param([...settlementIds])}::integer[]) as wanted (settlement)
    cross join lateral (
      select position, hash from audit_chain where settlement_id = settlement order by position desc limit 1) head`)
  return new Map(rows.map(({ settlement, position, hash }) => [settlement, { position: Number(position), hash }]))
}
