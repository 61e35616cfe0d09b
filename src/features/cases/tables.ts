import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { mandates } from '../representation/tables.ts'
import { settlements } from '../settlements/tables.ts'
import { submissions } from '../submissions/tables.ts'

/** A case (ügy): one per submission. */
export const cases = pgTable(
  'cases',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    partyId: uuid().notNull(),
    /** who sent it: notices go to that account, and that person cannot act in it as a clerk; null: it came on paper */
    authorId: uuid(),
    /** the right under which it was sent for somebody else: while it holds, the sender gets notices */
    mandateId: uuid(),
    /** the party's name as the office's lists show it */
    clientName: text().notNull(),
    submissionId: uuid().notNull().unique(),
    state: text().notNull(),
    sector: text().notNull(),
    formCode: text().notNull(),
    formVersion: integer().notNull(),
    /** only where the person gave one (Általános kérelem) */
    subject: text(),
    arrivalNumber: text().notNull(),
    /** iktatószám */
    fileNumber: text(),
    submittedAt: timestamp({ withTimezone: true }).notNull(),
    changedAt: timestamp({ withTimezone: true }).notNull(),
    /** before moving to a working day */
    cleanDueOn: date(),
    dueOn: date(),
    /** the clerk (ügyintéző) who has it */
    assignedTo: uuid(),
    /** the specialist system (szakrendszer) it went to */
    routedTo: text(),
    specialistReference: text(),
    closedAt: timestamp({ withTimezone: true }),
    answer: text(),
  },
  (table) => [
    // Its history belongs to the same settlement and party.
    unique('cases_owned').on(table.id, table.settlementId, table.partyId),
    foreignKey({
      name: 'cases_submission_fk',
      columns: [table.submissionId, table.settlementId, table.partyId],
      foreignColumns: [submissions.id, submissions.settlementId, submissions.partyId],
    }),
    foreignKey({
      name: 'cases_mandate_fk',
      columns: [table.mandateId, table.settlementId, table.partyId],
      foreignColumns: [mandates.id, mandates.settlementId, mandates.partyId],
    }),
    index().on(table.partyId, table.changedAt.desc(), table.id.desc()),
    index().on(table.settlementId, table.state, table.submittedAt, table.id),
    index().on(table.settlementId, table.state, table.formCode, table.submittedAt, table.id),
    index().on(table.settlementId, table.submittedAt, table.id),
    index().on(table.settlementId, table.arrivalNumber),
    index().on(table.assignedTo, table.state, table.submittedAt, table.id),
  ],
)

/** What happened to a case, in order; the citizen's timeline shows the public ones. */
export const caseEvents = pgTable(
  'case_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    caseId: uuid().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    kind: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
    /** false: for the office only */
    visible: boolean().notNull().default(true),
    officeName: text(),
    clerkId: uuid(),
    clerkName: text(),
    detail: jsonb().$type<Record<string, string>>().notNull().default({}),
  },
  (table) => [
    foreignKey({
      name: 'case_events_case_fk',
      columns: [table.caseId, table.settlementId, table.partyId],
      foreignColumns: [cases.id, cases.settlementId, cases.partyId],
    }),
    index().on(table.caseId, table.id),
  ],
)

/** Days on which the office's clock stands (az ügyintézési határidőbe nem számító idő), each with its ground. */
export const clockStops = pgTable(
  'clock_stops',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    caseId: uuid().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    ground: text({ enum: ['call', 'suspension'] }).notNull(),
    /** the first day that does not count */
    fromOn: date().notNull(),
    /** the day on which the clock runs again; null: it still stands */
    untilOn: date(),
  },
  (table) => [
    foreignKey({
      name: 'clock_stops_case_fk',
      columns: [table.caseId, table.settlementId, table.partyId],
      foreignColumns: [cases.id, cases.settlementId, cases.partyId],
    }),
    index().on(table.caseId, table.id),
    uniqueIndex('clock_stops_one_open').on(table.caseId).where(sql`until_on is null`),
  ],
)

/** Calls for what is missing (hiánypótlási felhívás), one open at a time. */
export const caseCalls = pgTable(
  'case_calls',
  {
    id: uuid().primaryKey().defaultRandom(),
    caseId: uuid().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    /** questions and groups of the form that are asked again; may be none */
    fields: text().array().notNull(),
    /** what is missing, in the clerk's words */
    text: text().notNull(),
    /** the last day for answering */
    answerBy: date().notNull(),
    sentAt: timestamp({ withTimezone: true }).notNull(),
    clerkId: uuid().notNull(),
    clerkName: text().notNull(),
    officeName: text().notNull(),
    /** when somebody of the party read it first */
    openedAt: timestamp({ withTimezone: true }),
    endedAt: timestamp({ withTimezone: true }),
    /** `dropped`: the case went on or ended without it */
    outcome: text({ enum: ['answered', 'lapsed', 'dropped'] }),
    answerId: uuid(),
  },
  (table) => [
    foreignKey({
      name: 'case_calls_case_fk',
      columns: [table.caseId, table.settlementId, table.partyId],
      foreignColumns: [cases.id, cases.settlementId, cases.partyId],
    }),
    foreignKey({
      name: 'case_calls_answer_fk',
      columns: [table.answerId, table.settlementId, table.partyId],
      foreignColumns: [submissions.id, submissions.settlementId, submissions.partyId],
    }),
    index().on(table.caseId, table.sentAt),
    uniqueIndex('case_calls_one_open').on(table.caseId).where(sql`ended_at is null`),
    index('case_calls_to_lapse').on(table.answerBy).where(sql`ended_at is null`),
  ],
)

/** What citizen and office write to each other in a case (üzenet), and the office's notes for itself (belső feljegyzés). */
export const caseMessages = pgTable(
  'case_messages',
  {
    id: uuid().primaryKey(),
    caseId: uuid().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    kind: text({ enum: ['from-client', 'from-office', 'note'] }).notNull(),
    /** account or clerk */
    writerId: uuid().notNull(),
    writerName: text().notNull(),
    officeName: text(),
    text: text().notNull(),
    /** the other side is asked to answer */
    wantsAnswer: boolean().notNull(),
    writtenAt: timestamp({ withTimezone: true }).notNull(),
    /** when somebody of the other side read it first */
    readAt: timestamp({ withTimezone: true }),
    /** when the side that was asked had done with it: an answer, or the word that none is needed */
    settledAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    foreignKey({
      name: 'case_messages_case_fk',
      columns: [table.caseId, table.settlementId, table.partyId],
      foreignColumns: [cases.id, cases.settlementId, cases.partyId],
    }),
    index().on(table.caseId, table.writtenAt),
  ],
)

/** When somebody looked at a case last, so that what is new since then can be marked. */
export const caseVisits = pgTable(
  'case_visits',
  {
    caseId: uuid().notNull(),
    accountId: uuid().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    visitedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.caseId] }),
    foreignKey({
      name: 'case_visits_case_fk',
      columns: [table.caseId, table.settlementId, table.partyId],
      foreignColumns: [cases.id, cases.settlementId, cases.partyId],
    }),
  ],
)
