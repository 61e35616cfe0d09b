import { sql } from 'drizzle-orm'
import {
  bigint,
  customType,
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
import { bytea } from '../bytea.ts'

/** The number of a transaction, as text: it outgrows a number of ours. */
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

/** The audit trail: who did what to which record. Rows are only ever added; people appear as random ids. */
export const auditTrail = pgTable(
  'audit_trail',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: timestamp({ withTimezone: true }).notNull().default(sql`app_now()`),
    action: text().notNull(),
    actorKind: text({ enum: ['citizen', 'clerk', 'system'] }).notNull(),
    actorId: text(),
    settlementId: integer(),
    objectKind: text().notNull(),
    objectId: text().notNull(),
    detail: jsonb().$type<Record<string, string | number | boolean>>().notNull().default({}),
    requestId: text(),
    /** whose data it concerns: an account, or a represented party */
    partyId: uuid(),
    /** the actor's office */
    officeId: uuid(),
    /** in which role the actor acted */
    role: text(),
    /** for which purpose */
    purpose: text(),
    /** the right under which a representative acted */
    mandateId: uuid(),
    /** the cluster and the transaction that wrote the row: the order of the chain, see seal.ts */
    cluster: bigint({ mode: 'bigint' }).notNull().default(sql`app_cluster()`),
    writtenIn: xid8().notNull().default(sql`pg_current_xact_id()`),
  },
  (table) => [
    index().on(table.objectKind, table.objectId),
    index().on(table.settlementId, table.at),
    index().on(table.partyId, table.at, table.id).where(sql`party_id is not null`),
    index('audit_trail_in_order').on(table.cluster, table.writtenIn, table.id),
  ],
)

/** The chain of each settlement over the rows of the audit trail; 0: rows of no settlement. Links are only ever added. */
export const auditChain = pgTable(
  'audit_chain',
  {
    settlementId: integer().notNull(),
    /** 1, 2, 3 … */
    position: bigint({ mode: 'number' }).notNull(),
    rowId: bigint({ mode: 'number' }).notNull(),
    hash: bytea().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.settlementId, table.position] }),
    unique('audit_chain_row_once').on(table.rowId),
  ],
)

/** How far the rows written in a cluster are sealed. */
export const auditSeals = pgTable('audit_seals', {
  cluster: bigint({ mode: 'bigint' }).primaryKey(),
  writtenIn: xid8().notNull(),
  rowId: bigint({ mode: 'number' }).notNull(),
})
