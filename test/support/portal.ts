/** A whole portal for one test file: its own database with the cast's offices, the application without a network. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { Signer } from '@fastify/cookie'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { type HTMLElement, parse } from 'node-html-parser'
import pg from 'pg'
import pino from 'pino'
import { buildApp } from '../../src/app.ts'
import { composeOfficeImport, composeWeb, type Portal } from '../../src/compose.ts'
import { readWebConfig } from '../../src/config.ts'
import type { FormDefinition } from '../../src/features/forms/index.ts'
import { findAccount } from '../../src/features/identity/index.ts'
import { acceptedClock } from '../../src/features/session/index.ts'
import { importOffice } from '../../src/features/settlements/index.ts'
import { inScope } from '../../src/platform/database.ts'
import { openLog } from '../../src/platform/log.ts'
import type { CastPerson } from '../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from './database.ts'
import { installTestClock, type TestClock } from './test-clock.ts'

export const testIssuer = 'http://localhost:9/kau'
const usualUrl = 'http://127.0.0.1:8080'

export interface Page {
  status: number
  headers: LightMyRequestResponse['headers']
  location: string
  body: string
  /** what a person reads */
  text: string
  html: HTMLElement
}

export interface VisitOptions {
  as?: CastPerson
  headers?: Record<string, string>
  language?: 'hu' | 'en'
}

export interface TestPortal {
  app: FastifyInstance
  portal: Portal
  database: TestDatabase
  visit(path: string, options?: VisitOptions): Promise<Page>
  /** posts a form as the browser would, with the session's token */
  post(path: string, fields: Record<string, string | string[]>, options?: VisitOptions): Promise<Page>
  /** cookies of an active session of this person, begun if there is none yet */
  session(person: CastPerson): Promise<{ cookie: string; token: string; lineageId: string; accountId: string }>
  /** the portal's time alone; the first use makes it one that can be moved */
  clock: Pick<TestClock, 'set' | 'read'>
  /** the administrator's view, which no policy binds */
  admin<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/**
 * @param logged takes each line of the log, at the level LOG_LEVEL says
 * @param definitions other forms than those of the program
 */
export async function openTestPortal(
  environment: Record<string, string> = {},
  logged?: (line: string) => void,
  definitions?: FormDefinition[],
): Promise<TestPortal> {
  const publicUrl = environment['PUBLIC_URL'] ?? usualUrl
  const database = await copyOfDatabase()
  const personKey = randomBytes(32)
  await importOffices(database.ownerUrl, personKey)
  const sessionSecret = randomBytes(32).toString('base64')
  const config = readWebConfig({
    PORTAL_MODE: 'test',
    PUBLIC_URL: publicUrl,
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.appUrl,
    OPERATOR_NAME: 'Próba Üzemeltető',
    OPERATOR_EMAIL: 'uzemelteto@example.hu',
    KAU_ISSUER: testIssuer,
    KAU_CLIENT_ID: 'portal',
    KAU_CLIENT_SECRET: 'not-a-secret',
    SESSION_SECRET: sessionSecret,
    DATA_KEYS: randomBytes(32).toString('base64'),
    PERSON_KEYS: personKey.toString('base64'),
    REQUEST_LIMIT_FACTOR: '10000',
    // many at once on a busy machine are not what a test of anything else should fail by
    DATABASE_WAIT_MILLISECONDS: '20000',
    ...environment,
  })
  const log = logged === undefined ? pino({ level: config.logLevel }) : openLog(config.logLevel, { write: logged })
  const portal = composeWeb(config, log, definitions)
  const app = await buildApp(portal)
  await app.ready()
  const signer = new Signer(sessionSecret, 'sha256')
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  admin.on('error', () => {})
  const sessions = new Map<string, ReturnType<typeof beginSession>>()
  let testClock: Promise<TestClock> | undefined

  function movableClock(): Promise<TestClock> {
    testClock ??= installTestClock(database.ownerUrl)
    return testClock
  }

  async function beginSession(person: CastPerson) {
    const identifier = randomBytes(24).toString('base64url')
    const accountId = await inScope(portal.db, { role: 'door' }, async (tx) => {
      const found = await portal.sessions.find(tx, undefined)
      const accountId = await accountFor(tx, person)
      await portal.sessions.accept(tx, {
        identification: {
          issuer: testIssuer,
          subject: person.subject,
          identity: person.identity,
          identifiedAt: found.now,
          kauSession: randomUUID(),
          assurance: 'substantial',
          idToken: 'test',
        },
        accountId,
        identifier,
        before: undefined,
        device: 'test',
        accepted: { verdict: 'begin', clock: acceptedClock(found.now, found.now, found.epoch) },
      })
      return accountId
    })
    const account = await inScope(portal.db, { role: 'door' }, (tx) => findAccount(tx, accountId))
    if (account?.termsAcceptedAt === null) await portal.accounts.open(accountId, Number(person.settlementCode))
    const presence = await portal.sessions.look(identifier, false)
    if (presence.lineage === undefined) throw new Error('no session began')
    const cookie = `__Host-munkamenet=${encodeURIComponent(signer.sign(identifier))}`
    const page = await visitWith('/sajat/beallitasok', { cookie })
    const token = page.html.querySelector('input[name=_csrf]')?.getAttribute('value')
    if (token === undefined) throw new Error(`no form token on the settings page (${page.status})`)
    return { cookie, token, lineageId: presence.lineage.id, accountId }
  }

  function session(person: CastPerson) {
    const known = sessions.get(person.id) ?? beginSession(person)
    sessions.set(person.id, known)
    return known
  }

  async function headersFor({ as, headers = {}, language }: VisitOptions): Promise<Record<string, string>> {
    const cookies = [
      ...(as === undefined ? [] : [(await session(as)).cookie]),
      ...(language === undefined ? [] : [`__Host-nyelv=${language}`]),
    ]
    return { ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}), ...headers }
  }

  async function visitWith(path: string, headers: Record<string, string>): Promise<Page> {
    return readPage(
      await app.inject({ method: 'GET', url: path, headers: { host: new URL(publicUrl).host, ...headers } }),
    )
  }

  return {
    app,
    portal,
    database,
    session,
    visit: async (path, options = {}) => visitWith(path, await headersFor(options)),
    async post(path, fields, options = {}) {
      const body = new URLSearchParams()
      if (options.as !== undefined) body.set('_csrf', (await session(options.as)).token)
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
      return readPage(
        await app.inject({
          method: 'POST',
          url: path,
          headers: {
            host: new URL(publicUrl).host,
            origin: publicUrl,
            'content-type': 'application/x-www-form-urlencoded',
            ...(await headersFor(options)),
          },
          payload: body.toString(),
        }),
      )
    },
    clock: {
      set: async (offsetSeconds) => (await movableClock()).set(offsetSeconds),
      read: async () => (await movableClock()).read(),
    },
    admin: async <Row extends pg.QueryResultRow>(statement: string, values?: unknown[]) =>
      (await admin.query<Row>(statement, values)).rows,
    async close() {
      await app.close()
      await portal.db.pool.end()
      await admin.end()
      await (await testClock)?.close()
      await database.drop()
    },
  }

  async function accountFor(tx: Parameters<Parameters<typeof inScope>[2]>[0], person: CastPerson): Promise<string> {
    const { rows } = await tx.execute<{ id: string }>(
      `insert into accounts (issuer, subject) values ('${testIssuer}', '${person.subject}')
       on conflict (issuer, subject) do update set subject = excluded.subject returning id`,
    )
    const id = rows[0]?.id
    if (id === undefined) throw new Error('no account')
    return id
  }
}

async function importOffices(ownerUrl: string, personKey: Buffer): Promise<void> {
  const parts = composeOfficeImport({ personKeys: [personKey] })
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const folder = new URL('../cast/offices/', import.meta.url)
    for (const file of readdirSync(folder)) {
      const written: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
      await drizzle(client, { casing: 'snake_case' }).transaction((tx) => importOffice(tx, written, parts, testIssuer))
    }
  } finally {
    await client.end()
  }
}

export function readPage(response: LightMyRequestResponse): Page {
  const html = parse(response.body)
  return {
    status: response.statusCode,
    headers: response.headers,
    location: String(response.headers.location ?? ''),
    body: response.body,
    text: html.textContent.replaceAll(/\s+/g, ' '),
    html,
  }
}
