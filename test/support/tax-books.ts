/** The cast's tax registers in a test's database. */
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import type { TaxBirthData } from '../../src/adapters/tax-system/contract.ts'
import { personMarks } from '../../src/features/representation/index.ts'
import { importTaxFile, type TaxFile } from '../../src/features/tax-balance/index.ts'
import { type CastRegister, castRegisters } from '../cast/tax/books.ts'
import { jsonlOf } from '../cast/tax/files.ts'

/** A file that was never on a disk; cut into small pieces, as a slow disk would give it. */
export function taxFileOf(content: string | Buffer, format: TaxFile['format'], { packed = false } = {}): TaxFile {
  const bytes = packed ? gzipSync(content) : Buffer.from(content)
  return {
    format,
    isPacked: packed,
    sizeBytes: bytes.length,
    read: () => Readable.from(piecesOf(bytes)),
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += 997) yield bytes.subarray(from, from + 997)
}

/**
 * Brings in what the registers of the cast say; those of settlements that are asked over HTTP as if they had been asked.
 *
 * @param personKeys as PERSON_KEYS has them
 */
export async function bringInTaxBooks(
  ownerUrl: string,
  personKeys: readonly Buffer[],
  now = new Date(),
): Promise<void> {
  const { ujhartyan, komlo, komloHeves } = castRegisters({ now })
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    for (const register of [ujhartyan, komlo, komloHeves]) {
      const id = Number(register.settlementCode)
      const { rows } = await client.query<{ kind: string }>('select kind from tax_sources where settlement_id = $1', [
        id,
      ])
      await client.query(`update tax_sources set kind = 'files' where settlement_id = $1`, [id])
      await bringIn(client, register, personMarks(personKeys))
      await client.query('update tax_sources set kind = $2 where settlement_id = $1', [id, rows[0]?.kind])
    }
  } finally {
    await client.end()
  }
}

/** @throws DeliveryRefused like the operator's command */
export function bringIn(
  client: pg.Client,
  register: CastRegister,
  marksOf: (person: TaxBirthData) => string[],
): ReturnType<typeof importTaxFile> {
  const file = taxFileOf(jsonlOf(register), 'jsonl')
  return importTaxFile(client, { settlementCode: register.settlementCode, file, marksOf })
}
