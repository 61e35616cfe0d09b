import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, test } from 'vitest'
import { copyOfDatabase } from '../../support/database.ts'
import { type PagesTouched, pagesTooMany, pagesTouched, seedRegister } from '../../support/tax-costs.ts'

const clients = 30

async function touchedWith(bookings: number): Promise<PagesTouched> {
  const database = await copyOfDatabase()
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    const personKey = randomBytes(32)
    await seedRegister(database.ownerUrl, { bookings, clients, personKey })
    const { rows } = await owner.query<{ id: string }>(
      `insert into accounts (issuer, subject) values ('https://kau.example.hu', 'somebody') returning id`,
    )
    return await pagesTouched(database.appUrl, { accountId: rows[0]?.id ?? '', personKey })
  } finally {
    await owner.end()
    await database.drop()
  }
}

test('a balance costs what it costs, however many bookings of others there are', async () => {
  const small = await touchedWith(1_000)
  const large = await touchedWith(30_000)
  expect(pagesTooMany(small, large, clients)).toEqual([])
  expect(small.statement).toBeGreaterThan(5)
})
