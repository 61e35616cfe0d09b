/** The cast's offices with cases on their desks, without pages: services on a database of their own. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { z } from 'zod'
import { caseTracking, openCase } from '../../../src/features/cases/index.ts'
import { type ClerkActing, clerkOfficeService, importClerks } from '../../../src/features/clerk-office/index.ts'
import { formCatalogue } from '../../../src/features/forms/index.ts'
import { importOffice, settlementDirectory } from '../../../src/features/settlements/index.ts'
import { type Db, inScope, openDatabase, type Tx } from '../../../src/platform/database.ts'
import { type CastPerson, people } from '../../cast/people.ts'
import { copyOfDatabase, type TestDatabase } from '../../support/database.ts'

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
  /** somebody at the desk of an office, in a session of their own */
  at(person: CastPerson, officeSlug: string): ClerkActing
  sendIn(person: CastPerson, settlementId: number, change?: Partial<Sent>): Promise<Sent & { caseId: string }>
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

interface Sent {
  submissionId: string
  formCode: string
  subject: string | null
  submittedAt: Date
  arrivalNumber: string
}

export async function openOfficeFixture(): Promise<OfficeFixture> {
  const database = await copyOfDatabase()
  const db = openDatabase({ url: database.appUrl, connections: 20 })
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
        importOffice(tx, office, { importClerks, publishForms: async () => {} }, issuer),
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
  let sent = 0

  return {
    db,
    database,
    admin,
    office: clerkOfficeService({ db, forms }),
    tracking: caseTracking({ db }),
    directory: settlementDirectory(),
    accountOf: (person) => sessionOf(person).accountId,
    at: (person, officeSlug) => ({ ...sessionOf(person), officeSlug, requestId: 'test' }),
    importAgain: (slug, change) => bringIn(change(read(`${slug}.json`))),
    async sendIn(person, settlementId, change = {}) {
      sent += 1
      const { accountId } = sessionOf(person)
      const form = forms.latest(change.formCode ?? 'altalanos-kerelem')
      if (!form) throw new Error('no such form')
      const submission: Sent = {
        submissionId: randomUUID(),
        formCode: form.code,
        subject: null,
        submittedAt: new Date(Date.now() - 60_000 + sent),
        arrivalNumber: `26-TEST-${String(sent).padStart(4, '0')}-X`,
        ...change,
      }
      await admin(
        `insert into submissions (id, settlement_id, party_id, author_id, draft_id, submission_key, arrival_number, form_code,
           form_version, acting_as, answers, sender, content_sha256, submitted_at)
         values ($1, $2, $3, $3, $4, $5, $6, $7, $8, 'self', '{}', $9, 'none', $10)`,
        [
          submission.submissionId,
          settlementId,
          accountId,
          randomUUID(),
          randomUUID(),
          submission.arrivalNumber,
          form.code,
          form.version,
          JSON.stringify({ name: person.name, contact: {} }),
          submission.submittedAt,
        ],
      )
      const { caseId } = await inScope(db, { role: 'citizen', account: accountId, parties: [accountId] }, (tx) =>
        openCase(tx, {
          ...submission,
          settlementId,
          partyId: accountId,
          authorId: accountId,
          clientName: person.name,
          sector: form.sector,
          formVersion: form.version,
          officeDays: form.deadlineDays,
        }),
      )
      return { ...submission, caseId }
    },
    async close() {
      await db.pool.end()
      await pool.end()
      await database.drop()
    },
  }
}
