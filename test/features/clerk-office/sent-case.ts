/** A case on an office's desk without anybody filling in a form. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { openCase } from '../../../src/features/cases/index.ts'
import type { FormCatalogue } from '../../../src/features/forms/index.ts'
import { type Db, inScope } from '../../../src/platform/database.ts'
import type { CastPerson } from '../../cast/people.ts'

export interface SentCase {
  caseId: string
  submissionId: string
  formCode: string
  subject: string | null
  submittedAt: Date
  arrivalNumber: string
}

export interface Sending {
  db: Db
  forms: FormCatalogue
  admin<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>
}

let sent = 0
const signs = '2346789ACDEFHJKMNPRTWXY'

export async function sendCase(
  { db, forms, admin }: Sending,
  person: CastPerson,
  accountId: string,
  settlementId: number,
  change: Partial<Omit<SentCase, 'caseId'>> = {},
): Promise<SentCase> {
  sent += 1
  const form = forms.latest(change.formCode ?? 'altalanos-kerelem')
  if (!form) throw new Error('no such form')
  const submission = {
    submissionId: randomUUID(),
    subject: null,
    submittedAt: new Date(Date.now() - 60_000 + sent),
    arrivalNumber: arrivalNumber(sent),
    ...change,
    formCode: form.code,
  }
  await admin(
    `insert into submissions (id, settlement_id, party_id, author_id, draft_id, submission_key, arrival_number, form_code,
       form_version, acting_as, answers, sender, content_sha256, submitted_at)
     values ($1, $2, $3, $3, $4, $5, $6, $7, $8, 'self', $9, $10, 'none', $11)`,
    [
      submission.submissionId,
      settlementId,
      accountId,
      randomUUID(),
      randomUUID(),
      submission.arrivalNumber,
      form.code,
      form.version,
      JSON.stringify({ subject: submission.subject ?? '' }),
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
      mandateId: null,
      clientName: person.name,
      sector: form.sector,
      formVersion: form.version,
      officeDays: form.deadlineDays,
    }),
  )
  return { ...submission, caseId }
}

/** Numbers of a fixed pattern, with the check sign of the real ones. */
function arrivalNumber(index: number): string {
  const digits = Array.from({ length: 8 }, (_, place) => Math.floor(index / signs.length ** place) % signs.length)
  const drawn = digits.map((digit) => signs.charAt(digit)).join('')
  const sum = [2, 6, ...digits].reduce((total, value, place) => total + (place + 2) * value, 0)
  return `26-${drawn.slice(0, 4)}-${drawn.slice(4)}-${signs.charAt(sum % signs.length)}`
}
