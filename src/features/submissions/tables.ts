import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea } from '../../platform/bytea.ts'
import { accounts } from '../identity/tables.ts'
import { mandates } from '../representation/tables.ts'
import { settlements } from '../settlements/tables.ts'

/** A form being filled in (piszkozat, mentett űrlap). It belongs to author, party and settlement. */
export const drafts = pgTable(
  'drafts',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    partyId: uuid().notNull(),
    authorId: uuid()
      .notNull()
      .references(() => accounts.id),
    formCode: text().notNull(),
    formVersion: integer().notNull(),
    actingAs: text().notNull(),
    answers: jsonb().notNull(),
    revision: integer().notNull().default(1),
    /** names the one submission this draft may become (beküldési azonosító) */
    submissionKey: uuid().notNull().unique().defaultRandom(),
    createdAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    changedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    keptUntil: timestamp({ withTimezone: true }).notNull(),
    /** from then on the person is told that it ends */
    warnAt: timestamp({ withTimezone: true }).notNull(),
    /** when they were told of this end; every save puts the end off and makes it untold */
    warnedAt: timestamp({ withTimezone: true }),
    /** the submission it completes (hiánypótlás), the office's call it answers, and what that asks for */
    completes: uuid(),
    callId: uuid(),
    asked: jsonb(),
  },
  (table) => [
    // What hangs on a row names its settlement and party too: keys are not bound by policies, so they say whose a row is.
    unique('drafts_owned').on(table.id, table.settlementId, table.partyId),
    index().on(table.authorId, table.changedAt),
    index().on(table.keptUntil),
    index('drafts_to_warn_of').on(table.warnAt).where(sql`warned_at is null`),
    unique('drafts_one_answer').on(table.callId, table.authorId),
    check('drafts_complete_for_a_call', sql`num_nonnulls(completes, call_id, asked) in (0, 3)`),
  ],
)

/** A form sent in (beadvány); never changed afterwards. */
export const submissions = pgTable(
  'submissions',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    partyId: uuid().notNull(),
    /** null: it came on paper, and nobody with an account stands behind it */
    authorId: uuid().references(() => accounts.id),
    /** null: it came on paper */
    draftId: uuid().unique(),
    submissionKey: uuid().notNull().unique(),
    /** érkeztetési szám */
    arrivalNumber: text().notNull().unique(),
    formCode: text().notNull(),
    formVersion: integer().notNull(),
    actingAs: text().notNull(),
    /** the right under which it was sent for somebody else */
    mandateId: uuid(),
    answers: jsonb().notNull(),
    /** the sender's natural identity data and contact and, where there is one, the represented party, as they were at the time */
    sender: jsonb().notNull(),
    /** hexadecimal SHA-256 of the canonical content */
    contentSha256: text().notNull(),
    submittedAt: timestamp({ withTimezone: true }).notNull(),
    /** calendar days the office had, as it promised on that day; null: as the form's version says */
    officeDays: integer(),
    /** the earlier submission it completes (hiánypótlás), the office's call it answers, and what that asked for */
    completes: uuid(),
    callId: uuid().unique(),
    asked: jsonb(),
  },
  (table) => [
    unique('submissions_owned').on(table.id, table.settlementId, table.partyId),
    unique('submissions_of_settlement').on(table.id, table.settlementId),
    foreignKey({
      name: 'submissions_mandate_fk',
      columns: [table.mandateId, table.settlementId, table.partyId],
      foreignColumns: [mandates.id, mandates.settlementId, mandates.partyId],
    }),
    // A sole trader sends in his or her own right, as the tax register's party.
    check(
      'submissions_for_others_by_mandate',
      sql`(mandate_id is null) = (party_id = author_id) or (mandate_id is null and acting_as = 'sole-trader')`,
    ),
    // What came on paper belongs to no account: its party is the submission itself, and nobody's.
    check(
      'submissions_on_paper_of_nobody',
      sql`case when author_id is null then party_id = id and mandate_id is null and draft_id is null else draft_id is not null end`,
    ),
    check('submissions_complete_for_a_call', sql`num_nonnulls(completes, call_id, asked) in (0, 3)`),
    foreignKey({
      name: 'submissions_completes_fk',
      columns: [table.completes, table.settlementId, table.partyId],
      foreignColumns: [table.id, table.settlementId, table.partyId],
    }),
    index().on(table.partyId, table.submittedAt),
    index().on(table.settlementId, table.submittedAt),
    index('submissions_completing').on(table.completes).where(sql`completes is not null`),
  ],
)

/** A file attached to a draft, later to its submission (csatolmány). */
export const attachments = pgTable(
  'attachments',
  {
    id: uuid().primaryKey().defaultRandom(),
    settlementId: integer()
      .notNull()
      .references(() => settlements.id),
    partyId: uuid().notNull(),
    draftId: uuid(),
    submissionId: uuid(),
    fieldId: text().notNull(),
    fileName: text().notNull(),
    mediaType: text().notNull(),
    sizeBytes: integer().notNull(),
    sha256: text().notNull(),
    scan: text({ enum: ['pending', 'clean', 'infected', 'not-scanned'] })
      .notNull()
      .default('pending'),
    scannedAt: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
  },
  (table) => [
    unique('attachments_owned').on(table.id, table.settlementId, table.partyId),
    foreignKey({
      name: 'attachments_draft_fk',
      columns: [table.draftId, table.settlementId, table.partyId],
      foreignColumns: [drafts.id, drafts.settlementId, drafts.partyId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'attachments_submission_fk',
      columns: [table.submissionId, table.settlementId, table.partyId],
      foreignColumns: [submissions.id, submissions.settlementId, submissions.partyId],
    }),
    index().on(table.draftId),
    index().on(table.submissionId),
  ],
)

/** The bytes of an attachment, in pieces of at most 256 KiB. */
export const attachmentChunks = pgTable(
  'attachment_chunks',
  {
    attachmentId: uuid().notNull(),
    sequence: integer().notNull(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    bytes: bytea().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.attachmentId, table.sequence] }),
    foreignKey({
      name: 'attachment_chunks_attachment_fk',
      columns: [table.attachmentId, table.settlementId, table.partyId],
      foreignColumns: [attachments.id, attachments.settlementId, attachments.partyId],
    }).onDelete('cascade'),
  ],
)

/**
 * What the portal put into the object store, by key. Written down before it is put there; whose attachment is gone is nobody's, and is
 * deleted there.
 */
export const storedObjects = pgTable(
  'stored_objects',
  {
    key: uuid().primaryKey(),
    settlementId: integer().notNull(),
    partyId: uuid().notNull(),
    attachmentId: uuid(),
    storedAt: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    givenUpAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    unique('stored_objects_one_each').on(table.attachmentId),
    foreignKey({
      name: 'stored_objects_attachment_fk',
      columns: [table.attachmentId, table.settlementId, table.partyId],
      foreignColumns: [attachments.id, attachments.settlementId, attachments.partyId],
    }).onDelete('set null'),
    index('stored_objects_of_nobody').on(table.storedAt).where(sql`attachment_id is null`),
  ],
)
