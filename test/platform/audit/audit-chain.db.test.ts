import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readHeads, writeHeads } from '../../../src/platform/audit/heads.ts'
import { recordAudit } from '../../../src/platform/audit/index.ts'
import { sealAuditTrail } from '../../../src/platform/audit/sealing.ts'
import { type Verdict, verifyAuditTrail } from '../../../src/platform/audit/verifying.ts'
import { type Db, inScope, openDatabase } from '../../../src/platform/database.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const keys = generateKeyPairSync('ed25519')
const settlements = [6293, 7001]
let database: TestDatabase
let db: Db
let owner: Client
let admin: Client
let file: string

beforeAll(async () => {
  database = await copyOfDatabase()
  db = openDatabase({ url: database.appUrl, connections: 8 })
  owner = new Client({ connectionString: database.ownerUrl })
  admin = new Client({ connectionString: database.adminUrl })
  await Promise.all([owner.connect(), admin.connect()])
  // whoever has the whole server has this too
  await admin.query('set session_replication_role = replica')
})

beforeEach(async () => {
  await admin.query('truncate audit_trail, audit_chain, audit_seals')
  file = join(temporaryFolder(), 'heads.jsonl')
})

afterAll(async () => {
  await Promise.all([db.pool.end(), owner.end(), admin.end()])
  await database.drop()
})

/** So many rows, in turn of each settlement. */
async function write(count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const settlementId = settlements[number % settlements.length] ?? 0
    await inScope(db, { role: 'worker', settlements }, (tx) =>
      recordAudit(tx, {
        action: 'case.taken-over',
        actor: { kind: 'system' },
        settlementId,
        object: { kind: 'case', id: String(number) },
        detail: { number, text: 'árvíztűrő "tükörfúrógép"' },
      }),
    )
  }
}

/** Seals until so many rows are sealed: transactions of other test files on the same server hold the sealer up too. */
async function sealAll(count: number): Promise<void> {
  for (let sealed = 0; sealed < count; ) sealed += await sealAuditTrail(db)
}

const verdict = async (signed = true): Promise<Verdict> =>
  verifyAuditTrail(owner, signed ? await readHeads(file, keys.publicKey) : [])

const ids = async (settlementId: number): Promise<string[]> => {
  const { rows } = await admin.query<{ id: string }>(
    'select id from audit_trail where settlement_id = $1 order by id',
    [settlementId],
  )
  return rows.map(({ id }) => id)
}

test('what is sealed is sound, and what came since is told apart', async () => {
  await write(5)
  await sealAll(5)
  expect(await sealAuditTrail(db)).toBe(0)
  await writeHeads(db, { file, privateKey: keys.privateKey })
  await write(2)
  expect(await verdict()).toEqual({ sound: true, rows: 5, chains: 2, notSealedYet: 2 })
  await sealAll(2)
  expect(await verdict()).toEqual({ sound: true, rows: 7, chains: 2, notSealedYet: 0 })
})

describe('somebody with the whole server in hand', () => {
  let rows: string[]
  beforeEach(async () => {
    await write(8)
    await sealAll(8)
    await writeHeads(db, { file, privateKey: keys.privateKey })
    rows = await ids(6293)
  })

  test.each([
    ['alters a word', 'update audit_trail set action = $2 where id = $1', ['case.closed'], 'altered'],
    ['alters whom it concerned', 'update audit_trail set party_id = gen_random_uuid() where id = $1', [], 'altered'],
    ['alters when', `update audit_trail set at = at - interval '1 microsecond' where id = $1`, [], 'altered'],
    ['alters a detail', `update audit_trail set detail = detail || '{"number":7}' where id = $1`, [], 'altered'],
    ['moves it to another settlement', 'update audit_trail set settlement_id = 7001 where id = $1', [], 'altered'],
    ['removes it', 'delete from audit_trail where id = $1', [], 'missing'],
  ])('%s: the row is named', async (_what, statement, values, fault) => {
    const [, , third = ''] = rows
    await admin.query(statement, [third, ...values])
    expect(await verdict(false)).toEqual({ sound: false, fault, settlementId: 6293, position: 3, rowId: third })
  })

  test('removes a row with its link', async () => {
    await admin.query('delete from audit_chain where row_id = $1', [rows[1]])
    await admin.query('delete from audit_trail where id = $1', [rows[1]])
    expect(await verdict(false)).toMatchObject({
      fault: 'out-of-place',
      settlementId: 6293,
      position: 3,
      rowId: rows[2],
    })
  })

  test('lets two rows change places', async () => {
    await admin.query(
      `update audit_trail t set action = o.action, object_id = o.object_id, detail = o.detail, at = o.at
       from audit_trail o where (t.id, o.id) in (($1::bigint, $2::bigint), ($2::bigint, $1::bigint))`,
      [rows[1], rows[2]],
    )
    expect(await verdict(false)).toMatchObject({ fault: 'altered', position: 2, rowId: rows[1] })
  })

  test('lets two links change places', async () => {
    await admin.query('alter table audit_chain drop constraint audit_chain_row_once')
    await admin.query(
      `update audit_chain c set row_id = o.row_id, hash = o.hash from audit_chain o
       where c.settlement_id = o.settlement_id and (c.row_id, o.row_id) in (($1::bigint, $2::bigint), ($2::bigint, $1::bigint))`,
      [rows[1], rows[2]],
    )
    await admin.query('alter table audit_chain add constraint audit_chain_row_once unique (row_id)')
    expect(await verdict(false)).toMatchObject({ fault: 'altered', position: 2, rowId: rows[2] })
  })

  test('brings a row in among the others', async () => {
    const { rows: forged } = await admin.query<{ id: string }>(
      `insert into audit_trail (action, actor_kind, settlement_id, object_kind, object_id, at, cluster, written_in)
       select action, actor_kind, settlement_id, object_kind, 'forged', at, cluster, written_in from audit_trail where id = $1
       returning id`,
      [rows[1]],
    )
    // The sealer has passed there.
    expect(await sealAuditTrail(db)).toBe(0)
    expect(await verdict(false)).toEqual({
      sound: false,
      fault: 'came-in-behind',
      settlementId: 6293,
      position: undefined,
      rowId: forged[0]?.id,
    })
  })

  test('brings a row in at the end that claims to be old', async () => {
    await admin.query(
      `insert into audit_trail (action, actor_kind, settlement_id, object_kind, object_id, at)
       values ('case.viewed', 'clerk', 6293, 'case', 'forged', app_now() - interval '2 days')`,
    )
    await sealAll(1)
    expect(await verdict(false)).toMatchObject({ fault: 'backdated', settlementId: 6293, position: 5 })
  })

  test('cuts the tail off', async () => {
    const last = rows.at(-1)
    await admin.query('delete from audit_trail where id = $1', [last])
    expect(await verdict(false)).toMatchObject({ fault: 'missing', position: 4, rowId: last })
    await admin.query('delete from audit_chain where row_id = $1', [last])
    expect(await verdict()).toMatchObject({ fault: 'cut-off', settlementId: 6293, position: 4 })
  })

  test('empties everything: only what was signed outside tells', async () => {
    await admin.query('truncate audit_trail, audit_chain, audit_seals')
    expect(await verdict(false)).toMatchObject({ sound: true, rows: 0 })
    expect(await verdict()).toMatchObject({ fault: 'cut-off', position: 1 })
  })

  test('writes another history and has it sealed anew', async () => {
    await admin.query('update audit_trail set action = $2 where id = $1', [rows[1], 'case.closed'])
    await admin.query('truncate audit_chain, audit_seals')
    await sealAll(8)
    expect(await verdict(false)).toMatchObject({ sound: true, rows: 8 })
    expect(await verdict()).toMatchObject({ fault: 'rewritten', settlementId: 6293, position: 4 })
  })

  test('forges the file of signed heads too', async () => {
    const [line = ''] = readFileSync(file, 'utf8').split('\n')
    writeFileSync(file, `${line.replace(/\[6293,4,/, '[6293,3,')}\n`)
    await expect(verdict()).rejects.toThrow('line 1')
    writeFileSync(file, `${line}\n`)
    appendFileSync(file, 'no line of ours\n')
    await expect(verdict()).rejects.toThrow('line 2')
  })
})

test('a row that commits late is sealed late, and nothing comes in before what is sealed', async () => {
  const late = new Client({ connectionString: database.adminUrl })
  await late.connect()
  try {
    await late.query('begin')
    await late.query(
      `insert into audit_trail (action, actor_kind, settlement_id, object_kind, object_id)
       values ('case.viewed', 'clerk', 6293, 'case', 'late')`,
    )
    await write(4)
    // All four are committed, but an older transaction is still writing.
    expect(await sealAuditTrail(db)).toBe(0)
    await late.query('commit')
  } finally {
    await late.end()
  }
  await sealAll(5)
  expect(await verdict(false)).toEqual({ sound: true, rows: 5, chains: 2, notSealedYet: 0 })
})

test('sealers beside writers and beside each other lose nothing and double nothing', async () => {
  const writers = Array.from({ length: 4 }, () => write(25))
  let sealed = 0
  const sealers = Array.from({ length: 3 }, async () => {
    while (sealed < 100) {
      const more = await sealAuditTrail(db)
      sealed += more
    }
  })
  await Promise.all([...writers, ...sealers])
  expect(sealed).toBe(100)
  expect(await verdict(false)).toEqual({ sound: true, rows: 100, chains: 2, notSealedYet: 0 })
})

test('a sealer that breaks off leaves the chains as they were', async () => {
  await write(4)
  await sealAll(4)
  await write(4)
  await admin.query(`create function break_off() returns trigger language plpgsql
    as $$ begin raise exception 'the lights went out'; end $$`)
  await admin.query(
    'create trigger break_off before update on audit_seals for each statement execute function break_off()',
  )
  await expect(sealAll(1)).rejects.toThrow()
  await admin.query('drop trigger break_off on audit_seals; drop function break_off()')
  expect(await verdict(false)).toEqual({ sound: true, rows: 4, chains: 2, notSealedYet: 4 })
  await sealAll(4)
  expect(await verdict(false)).toEqual({ sound: true, rows: 8, chains: 2, notSealedYet: 0 })
})

test('rows of another cluster, as after a restored backup, are sealed once and before those written here', async () => {
  await write(2)
  await admin.query(`update audit_trail set cluster = 1, written_in = '9000000000'::xid8`)
  await write(2)
  await sealAll(4)
  expect(await sealAuditTrail(db)).toBe(0)
  await write(1)
  await sealAll(1)
  expect(await verdict(false)).toEqual({ sound: true, rows: 5, chains: 2, notSealedYet: 0 })
})

test('nobody but the server’s own masters changes a row or a link, and nobody says when a row was written', async () => {
  await write(1)
  await sealAll(1)
  const scope = { role: 'worker' as const, settlements }
  for (const name of ['audit_trail', 'audit_chain']) {
    for (const statement of [`update ${name} set settlement_id = 1`, `delete from ${name}`, `truncate ${name}`]) {
      await expect(owner.query(statement), statement).rejects.toThrow('only ever added')
      for (const role of ['citizen', 'clerk', 'worker', 'door', 'sealer'] as const) {
        await expect(
          inScope(db, { ...scope, role }, (tx) => tx.execute(statement)),
          statement,
        ).rejects.toThrow('Failed query')
      }
    }
  }
  for (const [column, value] of [
    ['at', "app_now() - interval '1 second'"],
    ['written_in', "'3'::xid8"],
    ['cluster', '1'],
  ]) {
    const statement = `insert into audit_trail (action, actor_kind, settlement_id, object_kind, object_id, ${column ?? ''})
      values ('x', 'system', 6293, 'case', 'x', ${value ?? ''})`
    await expect(
      inScope(db, scope, (tx) => tx.execute(statement)),
      column,
    ).rejects.toThrow('Failed query')
  }
})
