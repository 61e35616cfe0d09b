import { type KeyObject, sign, verify } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Db, inScope } from '../database.ts'

/** Where the heads of the chains are written down outside the database, and the Ed25519 key that signs them. */
export interface HeadsTarget {
  file: string
  privateKey: KeyObject
}

/** How far a chain had come: what was sealed then can be told from what is there now. */
export interface Head {
  settlementId: number
  position: number
  /** hexadecimal */
  hash: string
}

/** A line of the file: `heads` as settlement, position and hash; the signature is over the JSON of `at` and `heads`. */
const headsLine = z.strictObject({
  at: z.iso.datetime(),
  heads: z.array(z.tuple([z.int(), z.int().positive(), z.string().regex(/^[0-9a-f]{64}$/)])),
  signature: z.base64(),
})
type HeadsLine = z.infer<typeof headsLine>

/** Adds a line with the head of every chain. */
export async function writeHeads(db: Db, { file, privateKey }: HeadsTarget): Promise<void> {
  const { at, heads } = await inScope(db, { role: 'sealer' }, async (tx) => {
    const { rows } = await tx.execute<{ settlement: number; position: string; hash: string }>(sql`
      with recursive found as (
        select min(settlement_id) as settlement from audit_chain
        union all
        select (select min(settlement_id) from audit_chain c where c.settlement_id > found.settlement) from found
        where settlement is not null
      )
      select settlement, head.position::text, encode(head.hash, 'hex') as hash
      from found cross join lateral (
        select position, hash from audit_chain where settlement_id = settlement order by position desc limit 1) head`)
    const { rows: clock } = await tx.execute<{ now: Date | string }>(sql`select app_now() as now`)
    return {
      at: new Date(clock[0]?.now ?? Number.NaN).toISOString(),
      heads: rows.map(({ settlement, position, hash }): HeadsLine['heads'][number] => [
        settlement,
        Number(position),
        hash,
      ]),
    }
  })
  const signature = sign(null, signedBytes({ at, heads }), privateKey).toString('base64')
  await appendFile(file, `${JSON.stringify({ at, heads, signature } satisfies HeadsLine)}\n`, { mode: 0o640 })
}

/**
 * Every head that was written down, by settlement and position.
 * @throws Error naming the first line that is not as it was signed
 */
export async function readHeads(file: string, publicKey: KeyObject): Promise<Head[]> {
  const heads = new Map<string, Head>()
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    const read = headsLine.safeParse(jsonOf(line))
    if (!read.success || !verify(null, signedBytes(read.data), publicKey, Buffer.from(read.data.signature, 'base64')))
      throw new Error(`the file of signed heads is not as it was written: line ${String(number)}`)
    for (const [settlementId, position, hash] of read.data.heads) {
      heads.set(`${String(settlementId)} ${String(position)} ${hash}`, { settlementId, position, hash })
    }
  }
  return [...heads.values()]
}

function signedBytes({ at, heads }: Pick<HeadsLine, 'at' | 'heads'>): Buffer {
  return Buffer.from(JSON.stringify({ at, heads }), 'utf8')
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
