import { bigint, boolean, date, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
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
    /** who sent it: notices go to that account, and that person cannot act in it as a clerk */
    authorId: uuid().notNull(),
    /** the party's name as the office's lists show it */
    clientName: text().notNull(),
    submissionId: uuid()
      .notNull()
      .unique()
      .references(() => submissions.id),
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
    caseId: uuid()
      .notNull()
      .references(() => cases.id),
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
  (table) => [index().on(table.caseId, table.id)],
)
