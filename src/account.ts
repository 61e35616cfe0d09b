import { drizzle } from 'drizzle-orm/node-postgres'
import { Client } from 'pg'
import { z } from 'zod'
import { readAccountConfig } from './config.ts'
import { closeAccount, identifyAccountAgain, type NamedAccount, signOutAccount } from './features/identity/index.ts'
import { revokeMandatesGivenBy } from './features/representation/index.ts'
import { forgetNumbersOf } from './features/tax-balance/index.ts'
import type { Tx } from './platform/database.ts'

/** The operator's command: closes an account for good, ends its sessions, or asks its person to identify again. */
const verbs = { close: closeWithAllItKept, 'sign-out': signOutAccount, 'identify-again': identifyAccountAgain }
const [verb, name, ...more] = process.argv.slice(2)
try {
  const { ownerUrl, kauIssuer } = readAccountConfig(process.env)
  const work = Object.entries(verbs).find(([known]) => known === verb)?.[1]
  if (work === undefined || name === undefined || more.length > 0) {
    throw new Error(
      'say close, sign-out or identify-again, and the account: its identifier, or the KAÜ’s name of its person',
    )
  }
  const named = z.uuid().safeParse(name).success ? { id: name } : { issuer: kauIssuer, subject: name }
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    const sessions = await db.transaction((tx) => work(tx, named))
    if (sessions === undefined) throw new Error('there is no such account, or it was closed before')
    process.stdout.write(
      `done; sessions ${verb === 'identify-again' ? 'that wait for it' : 'that ended'}: ${sessions}\n`,
    )
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}

function closeWithAllItKept(tx: Tx, named: NamedAccount) {
  return closeAccount(tx, named, [revokeMandatesGivenBy, forgetNumbersOf])
}
