import { drizzle } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { z } from 'zod'
import { readAccountConfig } from './config.ts'
import { closeAccount, signOutAccount } from './features/identity/index.ts'

/** The operator's command: closes an account for good, or ends its sessions. */
const verbs = { close: closeAccount, 'sign-out': signOutAccount }
const [verb, name, ...more] = process.argv.slice(2)
try {
  const { ownerUrl, kauIssuer } = readAccountConfig(process.env)
  const work = Object.entries(verbs).find(([known]) => known === verb)?.[1]
  if (work === undefined || name === undefined || more.length > 0) {
    throw new Error('say close or sign-out, and the account: its identifier, or the KAÜ’s name of its person')
  }
  const named = z.uuid().safeParse(name).success ? { id: name } : { issuer: kauIssuer, subject: name }
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    const ended = await db.transaction((tx) => work(tx, named))
    if (ended === undefined) throw new Error('there is no such account, or it was closed before')
    process.stdout.write(`done; sessions that ended: ${ended}\n`)
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}
