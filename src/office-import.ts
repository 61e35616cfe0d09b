import { readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { composeOfficeImport } from './compose.ts'
import { readOfficeImportConfig } from './config.ts'
import { importOffice } from './features/settlements/index.ts'

/** The operator's command: brings office files into the database, all or none of a file; repeating it changes nothing. */
const files = process.argv.slice(2)
try {
  const { ownerUrl, kauIssuer, personKeys } = readOfficeImportConfig(process.env)
  const parts = composeOfficeImport({ personKeys })
  if (files.length === 0) throw new Error('name at least one office file, for example office.json')
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    for (const file of files) {
      const written: unknown = JSON.parse(readFileSync(file, 'utf8'))
      const { office } = await db.transaction((tx) => importOffice(tx, written, parts, kauIssuer))
      const { name, settlements, clerks } = office
      const mandates = settlements.flatMap((settlement) => settlement.mandates)
      process.stdout.write(
        `${name}: settlements ${settlements.length}, clerks ${clerks.length}, mandates ${mandates.length}\n`,
      )
    }
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}
