import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { toldActions } from './trail-actions.ts'

export interface TrailFilter {
  /** by whom: clerks, representatives, oneself, the portal and other systems */
  who?: 'offices' | 'representatives' | 'oneself' | 'systems' | undefined
  settlementId?: number | undefined
  /** calendar days in Budapest, both inclusive */
  from?: string | undefined
  until?: string | undefined
}

/** The row a page follows; the time in microseconds, as exact as the database keeps it. */
export interface TrailKey {
  microseconds: string
  id: string
}

export interface TrailRow {
  /** microseconds and id: what the next page follows */
  key: string
  at: Date
  action: string
  by: 'clerk' | 'representative' | 'oneself' | 'system'
  officeName: string | null
  /** roles of a clerk, or by what right a representative acted; separated by blanks */
  role: string | null
  purpose: string | null
  /** where the right says it and the asker may see the right */
  representativeName: string | null
  settlementId: number | null
  partyId: string
  objectKind: string
  objectId: string
}

/** All parties that are the person of the transaction, the account among them. */
export async function findOwnParties(tx: Tx, accountId: string): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`select unnest(app_parties_of_person()) as id`)
  return [accountId, ...rows.map(({ id }) => id)]
}

/**
 * The newest rows of the parties, after a key where one is given; one index range for each party.
 *
 * @param onlyBy only what this account did
 */
export async function findTrail(
  tx: Tx,
  {
    partyIds,
    accountId,
    onlyBy,
    filter,
    after,
    size,
  }: {
    partyIds: readonly string[]
    accountId: string
    onlyBy: string | undefined
    filter: TrailFilter
    after: TrailKey | undefined
    size: number
  },
): Promise<TrailRow[]> {
  const conditions: SQL[] = [sql`a.action = any(${sql.param([...toldActions])}::text[])`]
  const { who, settlementId, from, until } = filter
  if (who === 'offices') conditions.push(sql`a.actor_kind = 'clerk'`)
  if (who === 'systems') conditions.push(sql`a.actor_kind = 'system'`)
  if (who === 'oneself') conditions.push(sql`a.actor_kind = 'citizen' and a.actor_id = ${accountId}`)
  if (who === 'representatives') conditions.push(sql`a.actor_kind = 'citizen' and a.actor_id <> ${accountId}`)
  if (onlyBy !== undefined) conditions.push(sql`a.actor_kind = 'citizen' and a.actor_id = ${onlyBy}`)
  if (settlementId !== undefined) conditions.push(sql`a.settlement_id = ${settlementId}`)
  if (from !== undefined) conditions.push(sql`a.at >= ${from}::date::timestamp at time zone 'Europe/Budapest'`)
  if (until !== undefined) conditions.push(sql`a.at < (${until}::date + 1)::timestamp at time zone 'Europe/Budapest'`)
  if (after !== undefined) {
    const { microseconds, id } = after
    conditions.push(
      sql`(a.at, a.id) < (timestamptz 'epoch' + ${microseconds}::bigint * interval '1 microsecond', ${id}::bigint)`,
    )
  }
  const { rows } = await tx.execute<Omit<TrailRow, 'at'> & { at: Date | string; [column: string]: unknown }>(sql`
    select (extract(epoch from row.at) * 1000000)::bigint || '-' || row.id as key, row.at, row.action,
      case row.actor_kind when 'clerk' then 'clerk' when 'system' then 'system'
        else case when row.actor_id = ${accountId} then 'oneself' else 'representative' end end as by,
      o.name as "officeName", row.role, row.purpose, m.representative_name as "representativeName",
      row.settlement_id as "settlementId", row.party_id as "partyId", row.object_kind as "objectKind", row.object_id as "objectId"
    from (
      select found.* from unnest(${sql.param([...partyIds])}::uuid[]) as party (id)
      cross join lateral (
        select a.id, a.at, a.action, a.actor_kind, a.actor_id, a.settlement_id, a.office_id, a.role, a.purpose, a.mandate_id, a.party_id,
          a.object_kind, a.object_id
        from audit_trail a where a.party_id = party.id and ${sql.join(conditions, sql` and `)}
        order by a.at desc, a.id desc limit ${size}
      ) found
      order by found.at desc, found.id desc limit ${size}
    ) row
    left join offices o on o.id = row.office_id
    left join mandates m on m.id = row.mandate_id
    order by row.at desc, row.id desc`)
  return rows.map((row) => ({ ...row, at: new Date(row.at) }))
}

/** The settlements that occur in the trail of the parties. */
export async function findTrailSettlements(tx: Tx, partyIds: readonly string[]): Promise<number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    select distinct settlement_id as id from audit_trail
    where party_id = any(${sql.param([...partyIds])}::uuid[]) and settlement_id is not null`)
  return rows.map(({ id }) => id)
}
