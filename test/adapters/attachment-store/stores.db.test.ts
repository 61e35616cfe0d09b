/** Both places for the bytes of attachments, held to one contract; and what only the one outside the database can do wrong. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AttachmentStore, NothingStored } from '../../../src/adapters/attachment-store/contract.ts'
import { databaseStore } from '../../../src/adapters/attachment-store/database-client.ts'
import { objectStoreClient } from '../../../src/adapters/attachment-store/object-client.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { close, listen } from '../../simulators/listen.ts'
import { type ObjectStoreSimulator, startObjectStoreSimulator } from '../../simulators/object-store/simulator.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

const settlementId = 6293
const partyId = randomUUID()
let database: TestDatabase
let db: Db
let admin: pg.Client
let simulator: ObjectStoreSimulator

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl })
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  // Rows that belong to no draft are enough here; the database is this file's own.
  await admin.query('alter table attachments drop constraint attachments_belong_somewhere')
  simulator = await startObjectStoreSimulator()
})
afterAll(async () => {
  await simulator.stop()
  await db.pool.end()
  await admin.end()
  await database.drop()
})

interface Kind {
  store(): AttachmentStore
  /** a key under which nothing lies yet */
  newKey(): Promise<string>
}
const kinds: [string, Kind][] = [
  [
    'PostgreSQL',
    {
      store: () =>
        databaseStore({
          within: (work) => inScope(db, { role: 'citizen', parties: [partyId] }, work),
          settlementId,
          partyId,
        }),
      async newKey() {
        const id = randomUUID()
        await admin.query(
          `insert into attachments (id, settlement_id, party_id, field_id, file_name, media_type, size_bytes, sha256)
           values ($1, $2, $3, 'files', 'lap.pdf', 'application/pdf', 1, '')`,
          [id, settlementId, partyId],
        )
        return id
      },
    },
  ],
  ['S3', { store: () => objectStoreClient(simulator.settings), newKey: async () => randomUUID() }],
]

function content(bytes: Buffer) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 262_144) yield bytes.subarray(at, at + 262_144)
  }
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), pieces }
}

async function read(store: AttachmentStore, key: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of await store.get(key)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

describe.each(kinds)('bytes in %s', (_name, kind) => {
  test.each([1, 262_143, 262_144, 262_145, 10_485_760])('%i of them come back as they went in', async (size) => {
    const store = kind.store()
    const key = await kind.newKey()
    const bytes = randomBytes(size)
    await store.put(key, content(bytes))
    expect((await read(store, key)).equals(bytes)).toBe(true)
  })

  test('each key has its own, many at the same time', async () => {
    const store = kind.store()
    const files = await Promise.all(
      Array.from({ length: 8 }, async () => ({ key: await kind.newKey(), bytes: randomBytes(300_000) })),
    )
    await Promise.all(files.map(({ key, bytes }) => store.put(key, content(bytes))))
    const back = await Promise.all(files.map(({ key }) => read(store, key)))
    expect(back.map((bytes, index) => bytes.equals(files[index]?.bytes ?? Buffer.alloc(0)))).toEqual(
      files.map(() => true),
    )
  })

  test('what was never stored is not there, nor what was deleted; deleting it twice does no harm', async () => {
    const store = kind.store()
    const [key, other] = [await kind.newKey(), await kind.newKey()]
    await expect(store.get(key)).rejects.toBeInstanceOf(NothingStored)
    await store.put(key, content(Buffer.from('egy')))
    await store.put(other, content(Buffer.from('másik')))
    await store.delete(key)
    await store.delete(key)
    await expect(store.get(key)).rejects.toBeInstanceOf(NothingStored)
    expect((await read(store, other)).toString()).toBe('másik')
  })

  test('bytes that cannot be read to their end are not stored, and the failure is theirs', async () => {
    const store = kind.store()
    const key = await kind.newKey()
    const broken = {
      sizeBytes: 600_000,
      sha256: '0'.repeat(64),
      async *pieces() {
        yield Buffer.alloc(262_144)
        throw new Error('the disk is gone')
      },
    }
    await expect(store.put(key, broken)).rejects.toThrow('the disk is gone')
    await expect(store.get(key)).rejects.toBeInstanceOf(NothingStored)
  })
})

describe('an object store', () => {
  const small = content(Buffer.from('bájtok'))

  /** A server in its place, which does something else. */
  async function instead(
    answer: RequestListener,
    limits: { milliseconds?: number; silenceMilliseconds?: number } = {},
  ) {
    const server = createServer(answer)
    const url = `http://127.0.0.1:${String(await listen(server, 0))}`
    return { store: objectStoreClient({ ...simulator.settings, url, ...limits }), end: () => close(server) }
  }

  test('that is not there is down, and what lies in it is there when it is back', async () => {
    const store = objectStoreClient(simulator.settings)
    const key = randomUUID()
    await store.put(key, small)
    await simulator.pause()
    try {
      await expect(store.put(randomUUID(), small)).rejects.toBeInstanceOf(OutsideSystemDown)
      await expect(store.get(key)).rejects.toBeInstanceOf(OutsideSystemDown)
      await expect(store.delete(key)).rejects.toBeInstanceOf(OutsideSystemDown)
    } finally {
      await simulator.resume()
    }
    expect((await read(store, key)).toString()).toBe('bájtok')
  })

  test.each(['accessKey', 'bucket'] as const)('that does not know our %s is down, not empty', async (wrong) => {
    const store = objectStoreClient({ ...simulator.settings, [wrong]: 'masik-masik' })
    await expect(store.put(randomUUID(), small)).rejects.toBeInstanceOf(OutsideSystemDown)
    await expect(store.get(randomUUID())).rejects.toBeInstanceOf(OutsideSystemDown)
  })

  test('that says nothing is down when its time is over', async () => {
    const { store, end } = await instead((request) => void request.resume(), { milliseconds: 300 })
    await expect(store.put(randomUUID(), small)).rejects.toBeInstanceOf(OutsideSystemDown)
    await expect(store.get(randomUUID())).rejects.toBeInstanceOf(OutsideSystemDown)
    await end()
  })

  test.each([
    ['ends in the middle of a file', (response: { destroy(): void }) => response.destroy()],
    ['falls silent in the middle of a file', () => undefined],
  ])('that %s is down', async (_what, then) => {
    const { store, end } = await instead(
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('x'.repeat(100), () => then(response))
      },
      { silenceMilliseconds: 300 },
    )
    await expect(read(store, randomUUID())).rejects.toBeInstanceOf(OutsideSystemDown)
    await end()
  })

  test('is told the fingerprint of what it is to store, as part of the signed request', async () => {
    const told: (string | string[] | undefined)[] = []
    const { store, end } = await instead((request, response) => {
      told.push(request.headers['x-amz-content-sha256'], request.headers['content-length'])
      told.push(request.headers.authorization?.includes('x-amz-content-sha256') ? 'signed' : 'not signed')
      request.resume().on('end', () => response.end())
    })
    await store.put(randomUUID(), small)
    expect(told).toEqual([small.sha256, '7', 'signed'])
    await end()
  })

  test('is spoken to over TLS, unless told otherwise', () => {
    expect(() => objectStoreClient({ ...simulator.settings, allowHttp: false })).toThrow('must be https')
    expect(() => objectStoreClient({ ...simulator.settings, url: 'https://tar.hu', allowHttp: false })).not.toThrow()
  })
})
