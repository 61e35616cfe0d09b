import { readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { readOfficeImportConfig } from './config.ts'
import { importClerks } from './features/clerk-office/index.ts'
import { publishForms } from './features/forms/index.ts'
import { importOffice } from './features/settlements/index.ts'

/** The operator's command: brings office files into the database, all or none of a file; repeating it changes nothing. */
const files = process.argv.slice(2)
try {
  const { ownerUrl, kauIssuer } = readOfficeImportConfig(process.env)
  if (files.length === 0) throw new Error('name at least one office file, for example office.json')
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    for (const file of files) {
      const written: unknown = JSON.parse(readFileSync(file, 'utf8'))
      const { office } = await db.transaction((tx) =>
        importOffice(tx, written, { importClerks, publishForms }, kauIssuer),
      )
      process.stdout.write(`${office.name}: settlements ${office.settlements.length}, clerks ${office.clerks.length}\n`)
    }
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}
