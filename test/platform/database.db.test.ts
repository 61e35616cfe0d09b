import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommitUnknown, type Db, inScope, openDatabase } from '../../src/platform/database.ts'
import { OutsideSystemDown } from '../../src/platform/http/errors.ts'
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

test.each(['a statement', 'the commit'])(
  'a server that vanishes without a word during %s is not waited for',
  async (when) => {
    const line = await lineTo(database.appUrl)
    const distant = openDatabase({ url: line.url, connections: 1, answerMilliseconds: 2_000 })
    try {
      const work = inScope(distant, { role: 'door' }, async (tx) => {
        line.fallSilent()
        if (when === 'a statement') await tx.execute(sql`select 1`)
      })
      await expect(work).rejects.toBeInstanceOf(when === 'a statement' ? OutsideSystemDown : CommitUnknown)
      line.speak()
      const { rows } = await inScope(distant, { role: 'door' }, (tx) => tx.execute(sql`select 1 as one`))
      expect(rows).toEqual([{ one: 1 }])
    } finally {
      await distant.pool.end()
      line.close()
    }
  },
)

/** A way to the database on which a network may lose everything without either end being told. */
async function lineTo(address: string) {
  const target = new URL(address)
  const ends: Socket[] = []
  let silent = false
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    ends.push(near, far)
    near.on('data', (bytes) => silent || far.write(bytes)).on('close', () => far.destroy())
    far.on('data', (bytes) => silent || near.write(bytes)).on('close', () => silent || near.destroy())
    for (const end of [near, far]) end.on('error', () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(address)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    fallSilent: () => {
      silent = true
    },
    speak: () => {
      silent = false
    },
    close: () => {
      for (const end of ends) end.destroy()
      server.close()
    },
  }
}
