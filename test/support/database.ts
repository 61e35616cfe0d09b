/** A database of its own for each test file. */

import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  name: string
  /** the login of web and worker: no rights of its own, may `set role` */
  appUrl: string
  /** the role that owns the tables and runs migrations */
  ownerUrl: string
  /** the server's administrator, whom no policy binds; for looking behind the scenes and for making trouble */
  adminUrl: string
  appPassword: string
  drop(): Promise<void>
}

let made = 0

/** A copy of the migrated database. Call in `beforeAll`, and `drop` in `afterAll` after closing all connections of your own. */
export function copyOfDatabase(): Promise<TestDatabase> {
  return create((name, template) => `create database ${name} template ${template} strategy file_copy`)
}

/** A database without anything in it, for testing the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return create((name) => `create database ${name}`)
}

async function create(statement: (name: string, template: string) => string): Promise<TestDatabase> {
  const { template, adminUrl, ownerUrl, appUrl, appPassword } = inject('postgres')
  made += 1
  const name = `${template}_${process.pid}_${made}`
  await run(at(ownerUrl, 'postgres'), statement(name, template))
  return {
    name,
    appUrl: at(appUrl, name),
    ownerUrl: at(ownerUrl, name),
    adminUrl: at(adminUrl, name),
    appPassword,
    drop: () => run(at(adminUrl, 'postgres'), `drop database if exists ${name} with (force)`),
  }
}

function at(address: string, database: string): string {
  const url = new URL(address)
  url.pathname = `/${database}`
  return url.href
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
