/** Attachments in PostgreSQL, in pieces beside their rows, behind the same policies. A key is the id of the attachment's row. */
import { Readable } from 'node:stream'
import { sql } from 'drizzle-orm'
import { type AttachmentStore, NothingStored, type StorePlace } from './contract.ts'

/** A transaction reads or writes one piece; a slow reader holds no connection between two of them. */
export function databaseStore({ within, settlementId, partyId }: StorePlace): AttachmentStore {
  return {
    async put(key, content) {
      await within(async (tx) => {
        let sequence = 0
        for await (const bytes of content.pieces()) {
          await tx.execute(sql`
            insert into attachment_chunks (attachment_id, sequence, settlement_id, party_id, bytes)
            values (${key}, ${sequence}, ${settlementId}, ${partyId}, ${bytes})`)
          sequence += 1
        }
      })
    },

    async get(key) {
      const first = await piece(key, 0)
      if (first === undefined) throw new NothingStored()
      async function* pieces() {
        yield first
        for (let sequence = 1; ; sequence++) {
          const next = await piece(key, sequence)
          if (next === undefined) return
          yield next
        }
      }
      return Readable.from(pieces(), { objectMode: false })
    },

    async delete(key) {
      await within((tx) => tx.execute(sql`delete from attachment_chunks where attachment_id = ${key}`))
    },
  }

  function piece(key: string, sequence: number): Promise<Buffer | undefined> {
    return within(async (tx) => {
      const { rows } = await tx.execute<{ bytes: Buffer }>(
        sql`select bytes from attachment_chunks where attachment_id = ${key} and sequence = ${sequence}`,
      )
      return rows[0]?.bytes
    })
  }
}
