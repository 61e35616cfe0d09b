import { readdirSync, readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { composeOfficeImport } from '../../src/compose.ts'
import { importOffice } from '../../src/features/settlements/index.ts'

const folder = new URL('../cast/offices/', import.meta.url)

/** Brings the offices of the cast in, as the owner of the tables; the same again changes nothing. */
export async function importDemoOffices(
  ownerUrl: string,
  { kauIssuer, personKeys }: { kauIssuer: string; personKeys: readonly Buffer[] },
): Promise<void> {
  const parts = composeOfficeImport({ personKeys })
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    for (const name of readdirSync(folder).sort()) {
      const office: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
      await db.transaction((tx) => importOffice(tx, office, parts, kauIssuer))
    }
  } finally {
    await client.end()
  }
}
