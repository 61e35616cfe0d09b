/** The cast's offices with cases on their desks, without pages: services on a database of their own. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { z } from 'zod'
import { databaseStore } from '../../../src/adapters/attachment-store/database-client.ts'
import { caseTracking } from '../../../src/features/cases/index.ts'
import { type ClerkActing, clerkOfficeService, importClerks } from '../../../src/features/clerk-office/index.ts'
import { formCatalogue } from '../../../src/features/forms/index.ts'
import {
  type Asker,
  type Party,
  personMarks,
  representationService,
} from '../../../src/features/representation/index.ts'
import { importOffice, settlementDirectory } from '../../../src/features/settlements/index.ts'
import { type Db, openDatabase, type Tx } from '../../../src/platform/database.ts'
import { type CastPerson, people } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'
import { type SentCase, sendCase } from './sent-case.ts'

const issuer = 'http://localhost:9/kau'

/** KSH codes read as numbers; the last two share an office. */
export const places = { ujhartyan: 6293, komloHeves: 14535, komlo: 26408, magyarhertelend: 5430, bodolyaber: 33002 }

export interface OfficeFixture {
  db: Db
  database: TestDatabase
  office: ReturnType<typeof clerkOfficeService>
  tracking: ReturnType<typeof caseTracking>
  directory: ReturnType<typeof settlementDirectory>
  accountOf(person: CastPerson): string
  /** by which mandates name somebody */
  marksOf(person: CastPerson): readonly string[]
  /** somebody at the desk of an office, in a session of their own */
  at(person: CastPerson, officeSlug: string): ClerkActing
  sendIn(person: CastPerson, settlementId: number, change?: Partial<Omit<SentCase, 'caseId'>>): Promise<SentCase>
  /** a citizen who asks for lists */
  asks(person: CastPerson): Asker
  /** a citizen who reads a case of their own */
  forOneself(person: CastPerson): [accountId: string, party: Party]
  /** brings in an office's file, changed */
  importAgain(slug: string, change: (office: OfficeFileData) => object): Promise<void>
  /** the administrator's view, which no policy binds */
  admin<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

const officeFileData = z.looseObject({
  clerks: z.array(z.looseObject({ subject: z.string(), name: z.string(), roles: z.array(z.string()) })),
})
type OfficeFileData = z.infer<typeof officeFileData>

export async function openOfficeFixture(): Promise<OfficeFixture> {
  const database = await copyOfDatabase()
  const db = openDatabase({ url: database.appUrl, connections: 20, waitMilliseconds: 20_000 })
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  pool.on('error', () => {})
  const admin = async <Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(statement, values)).rows
  const folder = new URL('../../cast/offices/', import.meta.url)
  const read = (file: string) => officeFileData.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
  const bringIn = async (office: object) => {
    const client = new pg.Client({ connectionString: database.ownerUrl })
    await client.connect()
    try {
      await drizzle(client, { casing: 'snake_case' }).transaction((tx: Tx) =>
        importOffice(
          tx,
          office,
          { importClerks, publishForms: async () => {}, saveTaxSource: async () => {}, importMandates: async () => {} },
          issuer,
        ),
      )
    } finally {
      await client.end()
    }
  }
  for (const file of readdirSync(folder)) await bringIn(read(file))

  const sessions = new Map<string, { accountId: string; lineageId: string }>()
  for (const person of people) {
    const [account] = await admin<{ id: string }>(
      'insert into accounts (issuer, subject) values ($1, $2) returning id',
      [issuer, person.subject],
    )
    const lineageId = randomUUID()
    await admin(
      `insert into session_lineages (id, label, account_id, identifier_hash, identified_at, active_at, last_seen_at,
         csrf_secret, id_token, identity, assurance, epoch, started_at, device)
       values ($1, $4, $2, $3, now(), now(), now(), '', '', '', 'substantial', 1, now(), 'test')`,
      [lineageId, account?.id, randomBytes(32), lineageId],
    )
    sessions.set(person.id, { accountId: account?.id ?? '', lineageId })
  }
  const sessionOf = ({ id }: CastPerson) => {
    const session = sessions.get(id)
    if (!session) throw new Error(`nobody is called ${id}`)
    return session
  }
  const forms = formCatalogue({ db })
  const marksOf = personMarks([randomBytes(32)])
  const representation = representationService({ db, marksOf })

  return {
    db,
    database,
    admin,
    office: clerkOfficeService({
      db,
      forms,
      representation,
      attachmentStores: { inDatabase: databaseStore, objects: undefined },
    }),
    marksOf: (person) => representation.marksOf(person),
    tracking: caseTracking({ db, representation }),
    directory: settlementDirectory(),
    accountOf: (person) => sessionOf(person).accountId,
    asks: (person) => ({ accountId: sessionOf(person).accountId, identity: person.identity }),
    forOneself(person) {
      const { accountId } = sessionOf(person)
      return [accountId, { kind: 'self', id: accountId, slug: 'sajat', marks: [] }]
    },
    at: (person, officeSlug) => ({ ...sessionOf(person), identity: person.identity, officeSlug, requestId: 'test' }),
    importAgain: (slug, change) => bringIn(change(read(`${slug}.json`))),
    sendIn: (person, settlementId, change) =>
      sendCase({ db, forms, admin }, person, sessionOf(person).accountId, settlementId, change),
    async close() {
      await db.pool.end()
      await pool.end()
      await database.drop()
    },
  }
}
