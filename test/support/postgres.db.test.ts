import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfDatabase, emptyDatabase, type TestDatabase } from './database.ts'

const databases: TestDatabase[] = []
beforeAll(async () => {
  databases.push(await copyOfDatabase(), await emptyDatabase())
})
afterAll(async () => {
  for (const database of databases) await database.drop()
})

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: question, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

test('a test file gets a copy of its own, as the portal sees it and as its owner does', async () => {
  const [copy] = databases
  expect(await ask(copy?.appUrl ?? '', 'select current_user, current_database()')).toEqual(['portal_app', copy?.name])
  expect(await ask(copy?.ownerUrl ?? '', 'select current_user')).toEqual(['portal_owner'])
  expect(
    await ask(
      copy?.ownerUrl ?? '',
      `select bool_or(rolsuper or rolbypassrls) from pg_roles where rolname like 'portal\\_%'`,
    ),
  ).toEqual([false])
})

test('words stand in Hungarian order and change case as Hungarian does', async () => {
  const [, empty] = databases
  const words = `select word from (values ('cukor'), ('zsír'), ('csap'), ('ősz'), ('orr'), ('zár'), ('öl')) as list (word) order by word`
  expect(await ask(empty?.ownerUrl ?? '', words)).toEqual(['cukor', 'csap', 'orr', 'öl', 'ősz', 'zár', 'zsír'])
  expect(await ask(empty?.ownerUrl ?? '', `select lower('ÁRVÍZTŰRŐ')`)).toEqual(['árvíztűrő'])
})
