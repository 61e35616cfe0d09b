/**
 * Whether balances cost the same with ten million bookings as with ten thousand: `npm run bench:tax`. With `-- --bookings 1000000` the
 * large register is smaller. Ends with 1 when a statement touches more than one and a half times as many pages of the database, and
 * three; or a book-keeper's page more than a handful for each client, which lie all over a large register.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { migrate } from '../../src/migrate.ts'
import { startPostgres } from '../support/postgres.ts'
import { pagesTooMany, pagesTouched, seedRegister } from '../support/tax-costs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { values } = parseArgs({ options: { bookings: { type: 'string', default: '10000000' } } })
const clients = 300
const sizes = [10_000, Number(values.bookings)]
const dataDir = temporaryFolder()
const postgres = await startPostgres({ dataDir, durable: false })
try {
  const touched = []
  for (const bookings of sizes) touched.push(await touchedWith(bookings))
  const [small, large] = touched
  if (small === undefined || large === undefined) throw new Error('there are two sizes')
  const tooMuch = pagesTooMany(small, large, clients)
  for (const what of tooMuch) process.stdout.write(`${what} touches too many pages\n`)
  process.exitCode = tooMuch.length === 0 ? 0 : 1
} finally {
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function touchedWith(bookings: number) {
  const name = `tax_${bookings}`
  const admin = new pg.Client({ connectionString: postgres.ownerUrl('postgres') })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const appPassword = randomBytes(24).toString('base64url')
  const personKey = randomBytes(32)
  const ownerUrl = postgres.ownerUrl(name)
  await migrate({ mode: 'test', ownerUrl, appPassword })
  const began = performance.now()
  let readUntil = began
  let mostMemory = 0
  await seedRegister(ownerUrl, {
    bookings,
    clients,
    personKey,
    onProgress: ({ step }) => {
      mostMemory = Math.max(mostMemory, process.memoryUsage.rss())
      if (step === 'reading') readUntil = performance.now()
    },
  })
  const seconds = (until: number) => ((until - began) / 1_000).toFixed(1)
  process.stdout.write(
    `${bookings} bookings taken over in ${seconds(performance.now())} s (read in ${seconds(readUntil)} s), ${Math.round(mostMemory / 1_048_576)} MiB\n`,
  )
  const pages = await pagesTouched(postgres.loginUrl('portal_app', appPassword, name), {
    accountId: await newAccount(ownerUrl),
    personKey,
  })
  process.stdout.write(`  pages touched: ${JSON.stringify(pages)}\n`)
  return pages
}

async function newAccount(ownerUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string }>(
      `insert into accounts (issuer, subject) values ('https://kau.example.hu', 'bench') returning id`,
    )
    return rows[0]?.id ?? ''
  } finally {
    await client.end()
  }
}
