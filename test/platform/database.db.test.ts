import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommitUnknown, type Db, goOnAs, inOneFlush, inScope, openDatabase } from '../../src/platform/database.ts'
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

test('what is sent with the beginning of a transaction that could not begin is not done', async () => {
  const writing = sql`insert into request_counts (key, count, window_ends_at) values ('too early', 1, now())`
  const work = inScope(db, { role: 'nobody' as 'door' }, (tx) => tx.execute(writing))
  await expect(work).rejects.toThrow('portal_nobody')
  const { rows } = await inScope(db, { role: 'door' }, (tx) =>
    tx.execute(sql`select count(*)::int as counted from request_counts where key = 'too early'`),
  )
  expect(rows).toEqual([{ counted: 0 }])
})

test('a flush changes its role midway, and is one transaction: a statement that fails takes the others with it', async () => {
  const who = sql`select current_user as name`
  const names = await inOneFlush(db, { role: 'door' }, async (tx) => {
    const asked = [tx.execute(who).execute(), goOnAs(tx, 'citizen'), tx.execute(who).execute()] as const
    const [first, , second] = await Promise.all(asked)
    return [first.rows, second.rows].flat()
  })
  expect(names).toEqual([{ name: 'portal_door' }, { name: 'portal_citizen' }])

  const counting = sql`insert into request_counts (key, count, window_ends_at) values ('a flush', 1, now())`
  const failing = inOneFlush(db, { role: 'door' }, (tx) =>
    Promise.all([tx.execute(counting).execute(), tx.execute(sql`select 1 / 0`).execute()]),
  )
  await expect(failing).rejects.toMatchObject({ cause: { message: 'division by zero' } })
  await expect(inOneFlush(db, { role: 'nobody' as 'door' }, async () => {})).rejects.toThrow()
  const { rows } = await inScope(db, { role: 'door' }, (tx) =>
    tx.execute(sql`select current_user as name, (select count(*)::int from request_counts) as counted`),
  )
  expect(rows).toEqual([{ name: 'portal_door', counted: 0 }])
})

test('a server that vanishes without a word during a flush is not waited for', async () => {
  const line = await lineTo(database.appUrl)
  const distant = openDatabase({ url: line.url, connections: 1, answerMilliseconds: 2_000 })
  try {
    const one = sql`select 1 as one`
    await inScope(distant, { role: 'door' }, (tx) => tx.execute(one))
    line.fallSilent()
    const work = inOneFlush(distant, { role: 'door' }, (tx) => tx.execute(one).execute())
    await expect(work).rejects.toBeInstanceOf(OutsideSystemDown)
    line.speak()
    const { rows } = await inOneFlush(distant, { role: 'door' }, (tx) => tx.execute(one).execute())
    expect(rows).toEqual([{ one: 1 }])
  } finally {
    await distant.pool.end()
    line.close()
  }
})

test.each(['a statement', 'the commit'])(
  'a server that vanishes without a word during %s is not waited for',
  async (when) => {
    const line = await lineTo(database.appUrl)
    const distant = openDatabase({ url: line.url, connections: 1, answerMilliseconds: 2_000 })
    try {
      const work = inScope(distant, { role: 'door' }, async (tx) => {
        await tx.execute(sql`select 1`) // what is asked for first goes out with the beginning
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
