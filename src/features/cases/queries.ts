import { and, asc, desc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { MandateScope } from '../representation/index.ts'
import type { CaseState } from './case-state.ts'
import { besideKey, listPage, type PageStart, rowKey } from './list-page.ts'
import { caseEvents, cases } from './tables.ts'

/** A case as it stands; `state` is checked by the database. */
export type CaseRecord = Omit<typeof cases.$inferSelect, 'state'> & { state: CaseState }
export type CaseEvent = typeof caseEvents.$inferSelect
export type NewCase = typeof cases.$inferInsert & { state: CaseState }

/** What lists show of a case; nothing of its content. */
const listed = {
  id: cases.id,
  settlementId: cases.settlementId,
  partyId: cases.partyId,
  authorId: cases.authorId,
  clientName: cases.clientName,
  state: sql<CaseState>`${cases.state}`.as('case_state'),
  sector: cases.sector,
  formCode: cases.formCode,
  formVersion: cases.formVersion,
  subject: cases.subject,
  arrivalNumber: cases.arrivalNumber,
  fileNumber: cases.fileNumber,
  submittedAt: cases.submittedAt,
  changedAt: cases.changedAt,
  dueOn: cases.dueOn,
  cleanDueOn: cases.cleanDueOn,
  assignedTo: cases.assignedTo,
  routedTo: cases.routedTo,
}

export async function insertCase(tx: Tx, values: NewCase): Promise<string> {
  const [inserted] = await tx.insert(cases).values(values).returning({ id: cases.id })
  if (!inserted) throw new Error('the case was not opened')
  return inserted.id
}

export async function insertEvent(tx: Tx, event: typeof caseEvents.$inferInsert): Promise<number> {
  const [inserted] = await tx.insert(caseEvents).values(event).returning({ id: caseEvents.id })
  if (!inserted) throw new Error('the event was not written')
  return inserted.id
}

/** Whose cases are wanted, and which of them: all in `scopes`, and in `sentScopes` those the person sent. */
interface WantedCases {
  partyId: string
  scopes: readonly MandateScope[]
  sentScopes: readonly MandateScope[]
}

/** Cases of these parties in all settlements, the one that changed last first. */
export async function findCasesOfParties(
  tx: Tx,
  {
    wanted,
    authorId,
    states,
    start,
    size,
  }: {
    wanted: readonly WantedCases[]
    authorId: string
    states: readonly CaseState[]
    start: PageStart
    size: number
  },
) {
  const { where, reversed } = besideKey(cases.changedAt, cases.id, start, true)
  const order = reversed ? asc : desc
  const page = tx
    .select({ ...listed, key: rowKey(cases.changedAt, cases.id).as('key') })
    .from(cases)
    .where(
      and(
        sql`${cases.partyId} = wanted.party_id`,
        sql`(wanted.everything or ${cases.sector} = any (wanted.sectors) or ${cases.formCode} = any (wanted.form_codes)
          or ${cases.authorId} = ${authorId} and (wanted.sent_everything
            or ${cases.sector} = any (wanted.sent_sectors) or ${cases.formCode} = any (wanted.sent_form_codes)))`,
        inArray(cases.state, [...states]),
        where,
      ),
    )
    .orderBy(order(cases.changedAt), order(cases.id))
    .limit(size + 1)
    .as('page')
  const read = await tx
    .select()
    .from(
      sql`jsonb_to_recordset(${JSON.stringify(wanted.map(asRecord))}::jsonb)
        as wanted (party_id uuid, everything boolean, sectors text[], form_codes text[],
            sent_everything boolean, sent_sectors text[], sent_form_codes text[])`,
    )
    .crossJoinLateral(page)
    .orderBy(order(page.changedAt), order(page.id))
    .limit(size + 1)
  return listPage(
    read.map(({ page }) => page),
    size,
    start,
  )
}

/** What several mandates cover, taken together. */
function asRecord({ partyId, scopes, sentScopes }: WantedCases) {
  return {
    party_id: partyId,
    everything: scopes.some(({ everything }) => everything),
    sectors: scopes.flatMap(({ sectors }) => sectors),
    form_codes: scopes.flatMap(({ formCodes }) => formCodes),
    sent_everything: sentScopes.some(({ everything }) => everything),
    sent_sectors: sentScopes.flatMap(({ sectors }) => sectors),
    sent_form_codes: sentScopes.flatMap(({ formCodes }) => formCodes),
  }
}

export interface OfficeList {
  settlementIds: readonly number[]
  states: readonly CaseState[]
  formCode?: string | undefined
  /** only cases this clerk has */
  assignedTo?: string | undefined
  /** else the one that waits longest comes first */
  newestFirst?: boolean
  start: PageStart
  size: number
}
export type OfficeListRow = Awaited<ReturnType<typeof findCasesOfOffice>>['rows'][number]

/**
 * Cases of an office in the order they were sent in. Each settlement and state is read from its own stretch of the index, so
 * that the list costs the same whatever else is stored.
 */
export async function findCasesOfOffice(
  tx: Tx,
  { settlementIds, states, formCode, assignedTo, newestFirst = false, start, size }: OfficeList,
) {
  const { where, reversed } = besideKey(cases.submittedAt, cases.id, start, newestFirst)
  const order = reversed === newestFirst ? asc : desc
  const page = tx
    .select({ ...listed, key: rowKey(cases.submittedAt, cases.id).as('key') })
    .from(cases)
    .where(
      and(
        sql`${cases.settlementId} = wanted.settlement_id`,
        sql`${cases.state} = wanted.state`,
        formCode === undefined ? undefined : eq(cases.formCode, formCode),
        assignedTo === undefined ? undefined : eq(cases.assignedTo, assignedTo),
        where,
      ),
    )
    .orderBy(order(cases.submittedAt), order(cases.id))
    .limit(size + 1)
    .as('page')
  const read = await tx
    .select()
    .from(
      sql`(select s.settlement_id, t.state from unnest(${sql.param([...settlementIds])}::integer[]) as s (settlement_id),
        unnest(${sql.param([...states])}::text[]) as t (state)) as wanted`,
    )
    .crossJoinLateral(page)
    .orderBy(order(page.submittedAt), order(page.id))
    .limit(size + 1)
  return listPage(
    read.map(({ page }) => page),
    size,
    start,
  )
}

/** Which forms there are among the cases of an office, found by jumps through the index instead of by reading it all. */
export async function findFormCodesOfOffice(
  tx: Tx,
  { settlementIds, states }: Pick<OfficeList, 'settlementIds' | 'states'>,
): Promise<string[]> {
  const { rows } = await tx.execute<{ form_code: string }>(sql`
    with recursive jumps as (
      select s.settlement_id, t.state,
        (select min(c.form_code) from cases c where c.settlement_id = s.settlement_id and c.state = t.state) as form_code
      from unnest(${sql.param([...settlementIds])}::integer[]) as s (settlement_id),
        unnest(${sql.param([...states])}::text[]) as t (state)
      union all
      select settlement_id, state,
        (select min(c.form_code) from cases c
          where c.settlement_id = jumps.settlement_id and c.state = jumps.state and c.form_code > jumps.form_code)
      from jumps where form_code is not null
    )
    select distinct form_code from jumps where form_code is not null order by form_code`)
  return rows.map((row) => row.form_code)
}

/** How many cases an office has in each state; counting stops at `most`, so that it stays cheap. */
export async function countCasesOfOffice(
  tx: Tx,
  {
    settlementIds,
    states,
    assignedTo,
    most,
  }: Pick<OfficeList, 'settlementIds' | 'states' | 'assignedTo'> & { most: number },
): Promise<Map<CaseState, number>> {
  const some = tx
    .select({ one: sql`1`.as('one') })
    .from(cases)
    .where(
      and(
        sql`${cases.settlementId} = any (${sql.param([...settlementIds])}::integer[])`,
        sql`${cases.state} = wanted.state`,
        assignedTo === undefined ? undefined : eq(cases.assignedTo, assignedTo),
      ),
    )
    .limit(most)
    .as('some')
  const counted = tx
    .select({ count: sql<number>`count(*)::integer`.as('count') })
    .from(some)
    .as('counted')
  const rows = await tx
    .select({ state: sql<CaseState>`wanted.state`, count: counted.count })
    .from(sql`unnest(${sql.param([...states])}::text[]) as wanted (state)`)
    .crossJoinLateral(counted)
  return new Map(rows.map(({ state, count }) => [state, count]))
}

export async function findCaseOfParty(
  tx: Tx,
  { id, partyId, settlementId }: { id: string; partyId: string; settlementId: number },
): Promise<CaseRecord | undefined> {
  const where = and(eq(cases.id, id), eq(cases.partyId, partyId), eq(cases.settlementId, settlementId))
  return (await selectCases(tx, where))[0]
}

export async function findCaseOfOffice(
  tx: Tx,
  id: string,
  settlementIds: readonly number[],
): Promise<CaseRecord | undefined> {
  return (await selectCases(tx, and(eq(cases.id, id), ofSettlements(settlementIds))))[0]
}

/** The case with its row locked: whoever else wants to change it waits for our commit. */
export async function lockCase(tx: Tx, id: string, settlementIds: readonly number[]): Promise<CaseRecord | undefined> {
  const [found] = await tx
    .select(allColumns)
    .from(cases)
    .where(and(eq(cases.id, id), ofSettlements(settlementIds)))
    .for('update')
  return found
}

export async function findCaseOfSettlement(tx: Tx, id: string, settlementId: number): Promise<CaseRecord | undefined> {
  return (await selectCases(tx, and(eq(cases.id, id), eq(cases.settlementId, settlementId))))[0]
}

/** A case by its arrival number, or by the submission that stands under a file number. */
export async function findCasesByNumber(
  tx: Tx,
  settlementIds: readonly number[],
  wanted: { arrivalNumber: string } | { submissionIds: readonly string[] },
): Promise<{ id: string }[]> {
  if ('submissionIds' in wanted && wanted.submissionIds.length === 0) return []
  return tx
    .select({ id: cases.id })
    .from(cases)
    .where(
      and(
        ofSettlements(settlementIds),
        'arrivalNumber' in wanted
          ? eq(cases.arrivalNumber, wanted.arrivalNumber)
          : inArray(cases.submissionId, [...wanted.submissionIds]),
      ),
    )
    .limit(2)
}

/**
 * Changes a case if it is in one of the states; of several who try at once, one succeeds.
 *
 * @returns the changed case; undefined when it was not so
 */
export async function changeCase(
  tx: Tx,
  { id, settlementIds, from }: { id: string; settlementIds: readonly number[]; from: readonly CaseState[] },
  change: Partial<Omit<NewCase, 'id' | 'settlementId' | 'partyId' | 'submissionId'>>,
): Promise<CaseRecord | undefined> {
  const [changed] = await tx
    .update(cases)
    .set(change)
    .where(and(eq(cases.id, id), ofSettlements(settlementIds), inArray(cases.state, [...from])))
    .returning(allColumns)
  return changed
}

/** What happened to a case, in order; what is for the office only is left out unless asked for. */
export async function findEvents(
  tx: Tx,
  caseId: string,
  { internalToo }: { internalToo: boolean },
): Promise<CaseEvent[]> {
  return tx
    .select()
    .from(caseEvents)
    .where(and(eq(caseEvents.caseId, caseId), internalToo ? undefined : eq(caseEvents.visible, true)))
    .orderBy(asc(caseEvents.id))
}

const allColumns = { ...getTableColumns(cases), state: sql<CaseState>`${cases.state}` }

function selectCases(tx: Tx, where: SQL | undefined): Promise<CaseRecord[]> {
  return tx.select(allColumns).from(cases).where(where).limit(1)
}

function ofSettlements(settlementIds: readonly number[]): SQL {
  return sql`${cases.settlementId} = any (${sql.param([...settlementIds])}::integer[])`
}
