import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
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
