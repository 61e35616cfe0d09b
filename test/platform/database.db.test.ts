import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Db, inScope, openDatabase } from '../../src/platform/database.ts'
import { copyOfDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl, connections: 1 })
})
afterAll(async () => {
  await db.pool.end()
  await database.drop()
})

test('a connection on which a transaction could not begin is not given to the next', async () => {
  const role = 'nobody' as 'door'
  await expect(inScope(db, { role }, async () => {})).rejects.toThrow()
  const { rows } = await inScope(db, { role: 'door' }, (tx) => tx.execute(sql`select current_user as name`))
  expect(rows).toEqual([{ name: 'portal_door' }])
})
