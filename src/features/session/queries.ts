import { and, type Column, eq, gte, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { WithSubquery } from 'drizzle-orm/subquery'
import { prepared, type Tx } from '../../platform/database.ts'
import { identifiedMinutes, type SessionLimits } from './session-state.ts'
import { endedKauSessions, formerIdentifiers, sessionEpoch, sessionLineages } from './tables.ts'

export type LineageRow = typeof sessionLineages.$inferSelect
export type NewLineage = typeof sessionLineages.$inferInsert

export interface Found {
  now: Date
  epoch: number
  lineage: LineageRow | undefined
  presented: 'current' | 'former'
}

/** The store's time and epoch, and the lineage an identifier belongs or once belonged to. */
export async function findByIdentifier(tx: Tx, identifierHash: Buffer | undefined): Promise<Found> {
  let row = await readByIdentifier(tx, identifierHash)
  if (row?.storeIsAnother === true) {
    await raiseEpoch(tx)
    row = await readByIdentifier(tx, identifierHash)
  }
  return foundIn(row, identifierHash)
}

type Row = Awaited<ReturnType<typeof readByIdentifier>>

function foundIn(row: Row, identifierHash: Buffer | undefined): Found {
  if (row === undefined) throw new Error('the session store has no epoch')
  const current = identifierHash !== undefined && row.lineage?.identifierHash.equals(identifierHash) === true
  return {
    now: new Date(row.now),
    epoch: row.epoch,
    lineage: row.lineage ?? undefined,
    presented: current ? 'current' : 'former',
  }
}

/** One prepared statement, which reads by the keys alone. */
async function readByIdentifier(tx: Tx, identifierHash: Buffer | undefined) {
  const [row] = await findSession(tx).execute({ shown: identifierHash ?? null })
  return row
}

const findSession = prepared((tx) => selectSession(tx).prepare('find-session'))
const lookAtSession = prepared((tx) => selectSession(tx).prepare('look-at-session'))
const lookAndStoreActivity = prepared((tx) => selectSession(tx, storedActivity(tx)).prepare('look-and-store-activity'))

/**
 * The same at the beginning of a request's first flush, whose rest is in the scope of the account that was found; sent before
 * this returns. With `activity`, the activity is stored by the same statement where it is due.
 */
export async function lookByIdentifier(
  tx: Tx,
  identifierHash: Buffer | undefined,
  activity: SessionLimits | undefined,
): Promise<Found | 'store-is-another'> {
  const shown = identifierHash ?? null
  const looking =
    activity === undefined
      ? lookAtSession(tx).execute({ shown })
      : lookAndStoreActivity(tx).execute({ shown, ...activity })
  const [row] = await looking
  return row?.storeIsAnother === true ? 'store-is-another' : foundIn(row, identifierHash)
}

const shownHash = sql`${sql.placeholder('shown')}::bytea`

function selectSession(tx: Tx, ...first: WithSubquery[]) {
  const lineageId = sql`coalesce(
    (select ${sessionLineages.id} from ${sessionLineages} where ${sessionLineages.identifierHash} = ${shownHash}),
    (select ${formerIdentifiers.lineageId} from ${formerIdentifiers} where ${formerIdentifiers.identifierHash} = ${shownHash}))`
  return tx
    .with(...first)
    .select({
      now: sql<string>`app_now()`,
      epoch: sessionEpoch.epoch,
      storeIsAnother: sql<boolean>`${sessionEpoch.store} is distinct from app_store()`,
      lineage: sessionLineages,
      scope: sql<string>`set_config('app.account', coalesce(${sessionLineages.accountId}::text, ''), true)`,
    })
    .from(sessionEpoch)
    .leftJoin(sessionLineages, eq(sessionLineages.id, lineageId))
}

/**
 * An activity (művelet) is stored where it is due: the session is active, and the last one is at least a second old. What a
 * request may do is judged by `sessionState` alone; this is the same rule where it can be written with the reading.
 */
function storedActivity(tx: Tx) {
  const { activeAt, identifiedAt, lastSeenAt, endedAt, mustReidentify, epoch, identifierHash, id } = sessionLineages
  // the clock never runs backwards for a lineage, and counts whole milliseconds as the rules do
  const moment = sql`date_trunc('milliseconds', greatest(app_now(), ${lastSeenAt}))`
  const within = (since: Column, minutes: SQL) =>
    sql`${moment} - date_trunc('milliseconds', ${since}) < make_interval(mins => ${minutes})`
  return tx.$with('stored').as(
    tx
      .update(sessionLineages)
      .set({ activeAt: sql`app_now()` })
      .where(
        and(
          eq(identifierHash, shownHash),
          isNull(endedAt),
          eq(mustReidentify, false),
          lte(activeAt, sql`app_now() - interval '1 second'`),
          within(activeAt, sql`${sql.placeholder('idleMinutes')}::integer`),
          within(identifiedAt, sql`${identifiedMinutes}::integer`),
          sql`exists (select from ${sessionEpoch} where ${sessionEpoch.epoch} <= ${epoch} and ${sessionEpoch.store} = app_store())`,
        ),
      )
      .returning({ id }),
  )
}

/**
 * The store is another one than when it was last looked at: a standby took over, or a copy was restored, and what ended last
 * may be missing from it. Until the KAÜ confirms it again no session is active. Of many who notice, one raises the epoch.
 */
async function raiseEpoch(tx: Tx): Promise<void> {
  await tx
    .update(sessionEpoch)
    .set({ epoch: sql`${sessionEpoch.epoch} + 1`, store: sql`app_store()` })
    .where(sql`${sessionEpoch.store} is distinct from app_store()`)
}

/** The same, and nobody changes the lineage until this transaction is over. */
export async function holdByIdentifier(tx: Tx, identifierHash: Buffer | undefined): Promise<Found> {
  const found = await findByIdentifier(tx, identifierHash)
  if (found.lineage === undefined) return found
  // By its own key: while waiting, another callback may have given it another identifier.
  await tx
    .select({ id: sessionLineages.id })
    .from(sessionLineages)
    .where(eq(sessionLineages.id, found.lineage.id))
    .for('update')
  return findByIdentifier(tx, identifierHash)
}

export async function insertLineage(tx: Tx, lineage: NewLineage): Promise<void> {
  await tx.insert(sessionLineages).values(lineage)
}

/** Remembers that a limit was found passed, so that a clock set back cannot undo it. */
export async function storeLimitPassed(tx: Tx, read: LineageRow, lastSeenAt: Date): Promise<void> {
  await tx
    .update(sessionLineages)
    .set({ lastSeenAt })
    .where(and(stillAsRead(read), lt(sessionLineages.lastSeenAt, lastSeenAt)))
}

/** Gives a living lineage a new identifier and new clocks; the former identifier keeps no authority. False: it is another. */
export async function renewLineage(
  tx: Tx,
  read: Pick<LineageRow, 'id' | 'identifierHash'>,
  renewed: Omit<NewLineage, 'id' | 'label' | 'accountId' | 'startedAt' | 'csrfSecret' | 'device'> & {
    csrfSecret?: Buffer
  },
): Promise<boolean> {
  const { rowCount } = await tx
    .update(sessionLineages)
    .set({ ...renewed, target: null })
    .where(stillAsRead(read))
  if (rowCount !== 1) return false
  await tx.insert(formerIdentifiers).values({ identifierHash: read.identifierHash, lineageId: read.id })
  return true
}

/** Not ended, and under the identifier it was read with. */
function stillAsRead({ id, identifierHash }: Pick<LineageRow, 'id' | 'identifierHash'>) {
  return and(
    eq(sessionLineages.id, id),
    eq(sessionLineages.identifierHash, identifierHash),
    isNull(sessionLineages.endedAt),
  )
}

export async function rememberTarget(tx: Tx, id: string, target: string): Promise<void> {
  await tx
    .update(sessionLineages)
    .set({ target })
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
}

/**
 * Waits for, or keeps away, whoever wants to end the lineage until this transaction is over. False: it has ended, or the
 * store is another one, where its end may be missing.
 */
export async function holdLineage(tx: Tx, id: string): Promise<boolean> {
  const epoch = sql`(select ${sessionEpoch.epoch} from ${sessionEpoch} where coalesce(${sessionEpoch.store}, app_store()) = app_store())`
  const rows = await tx
    .select({ id: sessionLineages.id })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt), gte(sessionLineages.epoch, epoch)))
    .for('share')
  return rows.length > 0
}

/**
 * Keeps the reports of one KAÜ session's or person's end and the callbacks of the same apart until this transaction is
 * over, so that their order makes no difference.
 */
export async function holdKauSessions(tx: Tx, names: readonly string[]): Promise<void> {
  // always in the same order, so that two never wait for each other
  for (const name of [...names].sort()) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 2940))`)
  }
}

/** Whether one of these was reported ended; a person's report counts for what was identified until then. */
export async function endedAtKau(
  tx: Tx,
  kauSession: string | undefined,
  person: string,
  identifiedAt: Date,
): Promise<boolean> {
  const rows = await tx
    .select({ kauSession: endedKauSessions.kauSession })
    .from(endedKauSessions)
    .where(
      or(
        kauSession === undefined ? undefined : eq(endedKauSessions.kauSession, kauSession),
        and(eq(endedKauSessions.kauSession, person), gte(endedKauSessions.endedAt, identifiedAt)),
      ),
    )
  return rows.length > 0
}

/** The same for one whose epoch need not be the store's. */
export async function holdStandingLineage(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: sessionLineages.id })
    .from(sessionLineages)
    .where(and(eq(sessionLineages.id, id), isNull(sessionLineages.endedAt)))
    .for('share')
  return rows.length > 0
}

export async function insertEndAtKau(tx: Tx, name: string): Promise<void> {
  await tx
    .insert(endedKauSessions)
    .values({ kauSession: name })
    .onConflictDoUpdate({ target: endedKauSessions.kauSession, set: { endedAt: sql`app_now()` } })
}

/** From now on only a new identification makes these active. @returns those it concerned */
export async function requireIdentification(
  tx: Tx,
  whose: { kauSession: string } | { accountId: string },
): Promise<Pick<LineageRow, 'id' | 'accountId'>[]> {
  return tx
    .update(sessionLineages)
    .set({ mustReidentify: true })
    .where(
      and(
        'kauSession' in whose
          ? eq(sessionLineages.kauSession, whose.kauSession)
          : eq(sessionLineages.accountId, whose.accountId),
        isNull(sessionLineages.endedAt),
      ),
    )
    .returning({ id: sessionLineages.id, accountId: sessionLineages.accountId })
}
