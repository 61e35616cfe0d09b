import { sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Client } from 'pg'
import { beginningOf, nextLink, sealedText } from './chain.ts'
import type { Head } from './heads.ts'

/**
 * What is wrong with a row:
 * - `altered`: it, or a link, is not what was sealed; also where rows changed places
 * - `missing`: it was sealed and is gone
 * - `out-of-place`: a link is missing or doubled, or the row belongs to another settlement
 * - `came-in-behind`: it stands among sealed rows and was never sealed
 * - `backdated`: it claims to be more than a day older than a row sealed before it
 * - `cut-off`: the chain had come further, as the sealer noted or the signed heads prove
 * - `rewritten`: the chain was another one when its head was signed
 */
export type Fault = 'altered' | 'missing' | 'out-of-place' | 'came-in-behind' | 'backdated' | 'cut-off' | 'rewritten'

export type Verdict =
  | { sound: true; rows: number; chains: number; notSealedYet: number }
  | {
      sound: false
      fault: Fault
      settlementId: number | undefined
      position: number | undefined
      rowId: string | undefined
    }

interface LinkRow extends Record<string, unknown> {
  settlement: number
  position: string
  row_id: string
  hash: Buffer
  row_settlement: number | null
  at: string | null
  text: string | null
}

const dayInMicroseconds = 24 * 60 * 60 * 1_000_000

/**
 * Recomputes every chain, row by row in flat memory, and finds the first row that is not as it was sealed.
 *
 * @param client connected as the role that owns the tables
 * @param heads what was signed outside the database; without it, a tail cut off together with its links and the sealer's notes, and chains
 *   computed anew, are not noticed
 */
export async function verifyAuditTrail(client: Client, heads: readonly Head[] = []): Promise<Verdict> {
  return drizzle(client, { casing: 'snake_case' }).transaction((tx) => verify(tx, heads), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })
}

async function verify(tx: NodePgDatabase, heads: readonly Head[]): Promise<Verdict> {
  // A clock that tests or a demonstration move may go backwards.
  const { rowCount: movableClock } = await tx.execute(sql`select from pg_namespace where nspname = 'test_clock'`)
  const signed = new Map<number, Map<number, string[]>>()
  for (const { settlementId, position, hash } of heads) {
    const chain = signed.get(settlementId) ?? new Map<number, string[]>()
    signed.set(settlementId, chain.set(position, [...(chain.get(position) ?? []), hash]))
  }

  await tx.execute(sql`declare links no scroll cursor for
    select c.settlement_id as settlement, c.position::text, c.row_id::text, c.hash, coalesce(t.settlement_id, 0) as row_settlement,
      (extract(epoch from t.at) * 1000000)::bigint::text as at, case when t.id is not null then ${sealedText} end as text
    from audit_chain c left join audit_trail t on t.id = c.row_id order by c.settlement_id, c.position`)
  let rows = 0
  let chains = 0
  let at: { settlement: number; position: number; hash: Buffer; latest: number } | undefined
  const ends = new Map<number, number>()
  for (;;) {
    const { rows: links } = await tx.execute<LinkRow>(sql`fetch 10000 from links`)
    if (links.length === 0) break
    for (const link of links) {
      if (at?.settlement !== link.settlement) {
        chains += 1
        const { settlement } = link
        at = { settlement, position: 0, hash: beginningOf(settlement), latest: 0 }
      }
      const fault = faultOf(link, at)
      const here = { settlementId: link.settlement, position: Number(link.position), rowId: link.row_id }
      if (fault !== undefined) return { sound: false, fault, ...here }
      rows += 1
      at.position += 1
      at.hash = link.hash
      at.latest = Math.max(at.latest, Number(link.at))
      ends.set(at.settlement, at.position)
      const hash = link.hash.toString('hex')
      if (
        signed
          .get(at.settlement)
          ?.get(at.position)
          ?.some((written) => written !== hash) === true
      )
        return { sound: false, fault: 'rewritten', ...here }
    }
  }
  for (const { settlementId, position } of heads) {
    const end = ends.get(settlementId) ?? 0
    if (position > end) return { sound: false, fault: 'cut-off', settlementId, position: end + 1, rowId: undefined }
  }
  const beyond = await findBeyondTheChains(tx)
  if ('fault' in beyond) return { sound: false, ...beyond }
  return { sound: true, rows, chains, ...beyond }

  function faultOf(link: LinkRow, { position, hash, latest }: NonNullable<typeof at>): Fault | undefined {
    if (Number(link.position) !== position + 1) return 'out-of-place'
    if (link.text === null) return 'missing'
    if (!nextLink(hash, link.text).equals(link.hash)) return 'altered'
    if (link.row_settlement !== link.settlement) return 'out-of-place'
    const backdated = movableClock === 0 && Number(link.at) < latest - dayInMicroseconds
    return backdated ? 'backdated' : undefined
  }
}

/** What the chains themselves cannot tell: rows without a link, and how far the sealer had come. */
async function findBeyondTheChains(
  tx: NodePgDatabase,
): Promise<
  { notSealedYet: number } | { fault: Fault; settlementId: number | undefined; position: undefined; rowId: string }
> {
  const { rows: cut } = await tx.execute<{ row_id: string }>(sql`
    select s.row_id::text from audit_seals s
    where not exists (select from audit_chain c where c.row_id = s.row_id) limit 1`)
  if (cut[0] !== undefined)
    return { fault: 'cut-off', settlementId: undefined, position: undefined, rowId: cut[0].row_id }
  const { rows } = await tx.execute<{ id: string; settlement: number; behind: boolean; count: string }>(sql`
    select t.id::text, coalesce(t.settlement_id, 0) as settlement, count(*) over () as count,
      coalesce((t.written_in, t.id) <= (s.written_in, s.row_id), false) as behind
    from audit_trail t left join audit_seals s on s.cluster = t.cluster
    where not exists (select from audit_chain c where c.row_id = t.id)
    order by behind desc, t.id limit 1`)
  const [first] = rows
  if (first?.behind === true)
    return { fault: 'came-in-behind', settlementId: first.settlement, position: undefined, rowId: first.id }
  return { notSealedYet: Number(first?.count ?? 0) }
}
