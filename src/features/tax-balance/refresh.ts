import { sql } from 'drizzle-orm'
import type { TaxMandate, TaxpayerBooks, TaxSystem } from '../../adapters/tax-system/contract.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import { type BirthData, type PersonMarks, saveTaxSystemMandates } from '../representation/index.ts'
import type { Settlement } from '../settlements/index.ts'
import { type DeliveredRow, rowOfMandate, rowsOfBooks } from './delivered.ts'
import { deliveredAsSource, saveDelivered } from './delivered-queries.ts'
import type { Refresh } from './service.ts'

/** A copy is shown for so long before the tax system is asked again. */
const copyLives = sql`interval '10 minutes'`
const secondsWithoutTrying = 30
const secondsBetweenMandates = 60
const mostRepresentativesRemembered = 10_000

export interface TaxRefreshParts {
  db: Db
  /** undefined: none is configured, so settlements that would be asked do not answer */
  system: TaxSystem | undefined
  marksOf: PersonMarks
  /** told of each failure, without whom it was about */
  onFailure: (failed: { settlementId: number | undefined; cause: unknown }) => void
  /** milliseconds that only ever grow; how long to leave a system alone is each process's own business */
  monotonic?: () => number
}

export type RefreshMandates = (asked: { representative: BirthData }) => Promise<'fresh' | 'down'>

export interface TaxRefresh {
  /**
   * Makes our copy of the books under a number as new as the tax system's, where the settlement has one to ask and the copy is older
   * than ten minutes. What the reader may not see is asked for all the same, but not kept: a number that exists and one that does
   * not take the same steps.
   *
   * Never throws for the tax system's sake and never waits longer than the client's two tries; after a failure a settlement's system
   * is left alone for half a minute.
   */
  refreshTaxpayer: Refresh
  /**
   * Makes the mandates the tax systems have of a representative as new as theirs, at most once a minute, in every settlement that has
   * a system to ask.
   *
   * @returns 'down' when some of these settlements did not answer; what we had of them stays
   */
  refreshMandates: RefreshMandates
}

export function taxRefresh(parts: TaxRefreshParts): TaxRefresh {
  const { db, system, marksOf, onFailure, monotonic = () => performance.now() } = parts
  const resting = circuit(monotonic)
  const asking = new Map<string, ReturnType<TaxSystem['findBooks']>>()
  const mandatesAskedAt = new Map<string, number>()

  return {
    async refreshTaxpayer({ settlement, taxNumber, reader }) {
      const scope = { role: 'worker' as const, settlements: [settlement.id] }
      const state = await inScope(db, scope, (tx) => findCopy(tx, { settlementId: settlement.id, taxNumber, reader }))
      if (state !== 'to be asked') return 'fresh'
      const answer = await answerOf(settlement, taxNumber)
      if (answer === undefined) return 'down'
      return inScope(db, scope, async (tx) => {
        const today = budapestDay(await databaseNow(tx))
        const rows = answer.taxpayers.map((books) => rowsUnder(taxNumber, books, { asOf: answer.asOf, today }))
        if (rows.includes(undefined)) {
          onFailure({ settlementId: settlement.id, cause: new Error('it told of a taxpayer what cannot be') })
          return 'down'
        }
        await saveBooks(tx, {
          settlement,
          taxNumber,
          reader,
          asOf: answer.asOf,
          rows: rows.flatMap((one) => one ?? []),
        })
        return 'fresh'
      })
    },

    async refreshMandates({ representative }) {
      const asked = await inScope(db, { role: 'citizen' }, findAsked)
      if (asked.length === 0) return 'fresh'
      const marks = marksOf(representative)
      const name = marks[0] ?? ''
      const before = mandatesAskedAt.get(name)
      if (before !== undefined && monotonic() - before < secondsBetweenMandates * 1_000) return 'fresh'
      const answer = await mandatesOf(asked, representative)
      if (answer === undefined) return 'down'
      let complete = true
      for (const settlement of asked) {
        const mandates = answer.find(({ settlementCode }) => settlementCode === settlement.kshCode)?.mandates
        if (mandates === undefined || !(await saveMandates(settlement.id, marks, mandates))) complete = false
      }
      if (!complete) return 'down'
      if (mandatesAskedAt.size >= mostRepresentativesRemembered) mandatesAskedAt.clear()
      mandatesAskedAt.set(name, monotonic())
      return 'fresh'
    },
  }

  /** Who asks for the same at the same time waits for the same answer; no transaction is open meanwhile. */
  async function answerOf(settlement: Settlement, taxNumber: string) {
    const name = `${settlement.kshCode} ${taxNumber}`
    const underway = asking.get(name)
    try {
      if (underway !== undefined) return await underway
      if (system === undefined || !resting.mayTry(settlement.kshCode)) return undefined
      const answer = system.findBooks({ settlementCode: settlement.kshCode, taxNumber })
      asking.set(name, answer)
      try {
        const found = await answer
        resting.worked(settlement.kshCode)
        return found
      } catch (failure) {
        resting.failed(settlement.kshCode)
        onFailure({ settlementId: settlement.id, cause: failure })
        throw failure
      } finally {
        asking.delete(name)
      }
    } catch (failure) {
      if (failure instanceof OutsideSystemDown) return undefined
      throw failure
    }
  }

  async function mandatesOf(settlements: readonly AskedSettlement[], representative: BirthData) {
    if (system === undefined || !resting.mayTry('mandates')) return undefined
    try {
      const settlementCodes = settlements.map(({ kshCode }) => kshCode)
      const answer = await system.findMandates({ settlementCodes, representative })
      resting.worked('mandates')
      return answer
    } catch (failure) {
      if (!(failure instanceof OutsideSystemDown)) throw failure
      resting.failed('mandates')
      onFailure({ settlementId: undefined, cause: failure })
      return undefined
    }
  }

  /** @returns undefined when it is not of this number, or cannot be right */
  function rowsUnder(
    taxNumber: string,
    books: TaxpayerBooks,
    { asOf, today }: { asOf: Date; today: string },
  ): DeliveredRow[] | undefined {
    const made = rowsOfBooks(books, { marksOf, asOf, today })
    return made.ok && made.rows[0]?.tax_number === taxNumber ? made.rows : undefined
  }

  /** @returns whether all of them were as they should be; else nothing is changed */
  function saveMandates(settlementId: number, marks: readonly string[], mandates: readonly TaxMandate[]) {
    return inScope(db, { role: 'worker', settlements: [settlementId] }, async (tx) => {
      const today = budapestDay(await databaseNow(tx))
      const rows = mandates.map((mandate) => rowOfMandate(mandate, { marksOf, today }))
      const known = rows.flatMap((row) =>
        row.ok && row.mandate.representative_marks[0] === marks[0] ? [row.mandate] : [],
      )
      if (known.length < rows.length) {
        onFailure({ settlementId, cause: new Error('it told of a mandate what cannot be') })
        return false
      }
      await takeTurns(tx, settlementId, marks[0] ?? '')
      const source = sql`select value as mandate from jsonb_array_elements(${JSON.stringify(known)}::jsonb)`
      await saveTaxSystemMandates(tx, settlementId, source, marks)
      return true
    })
  }
}

interface Wanted {
  settlementId: number
  taxNumber: string
  reader: Parameters<Refresh>[0]['reader']
}

/** Whether the settlement has a system to ask, and whether what the reader may see of the number is old or missing. */
async function findCopy(tx: Tx, { settlementId, taxNumber, reader }: Wanted): Promise<'as it is' | 'to be asked'> {
  const { rows } = await tx.execute<{ to_be_asked: boolean }>(sql`
    select not exists (
      select from taxpayers where settlement_id = ${settlementId} and tax_key = ${`${String(settlementId)}:${taxNumber}`}
        and taken_at > app_now() - ${copyLives} and ${isFor(reader)}) as to_be_asked
    from tax_sources where settlement_id = ${settlementId} and kind = 'system'`)
  return rows[0]?.to_be_asked === true ? 'to be asked' : 'as it is'
}

function isFor(reader: Wanted['reader']) {
  return reader === 'representative'
    ? sql`true`
    : sql`person_mark in (select jsonb_array_elements_text(${JSON.stringify(reader.marks)}::jsonb))`
}

type AskedSettlement = Pick<Settlement, 'id' | 'kshCode'>

/** The settlements that have a system to ask. */
async function findAsked(tx: Tx): Promise<AskedSettlement[]> {
  const { rows } = await tx.execute<AskedSettlement & Record<string, unknown>>(sql`
    select id, ksh_code as "kshCode" from tax_sources join settlements on id = settlement_id where kind = 'system' order by id`)
  return rows
}

/**
 * Keeps what the reader may see, and what is kept already; the same statements whether there is anything or not. Older books never
 * follow newer ones.
 */
async function saveBooks(
  tx: Tx,
  asked: {
    settlement: Settlement
    taxNumber: string
    reader: Wanted['reader']
    asOf: Date
    rows: DeliveredRow[]
  },
): Promise<void> {
  const { settlement, taxNumber, reader, asOf, rows } = asked
  await takeTurns(tx, settlement.id, taxNumber)
  const { rows: kept } = await tx.execute<{ register_key: string; is_newer: boolean }>(sql`
    select register_key, as_of > ${asOf.toISOString()}::timestamptz as is_newer from taxpayers
    where tax_key = ${`${String(settlement.id)}:${taxNumber}`}`)
  if (kept.some(({ is_newer }) => is_newer)) return
  const known = new Set(kept.map(({ register_key }) => register_key))
  const told = rows.filter(({ record }) => record === 'taxpayer')
  const wanted = new Set(
    told
      .filter(
        ({ register_key, person_mark }) =>
          reader === 'representative' ||
          known.has(register_key ?? '') ||
          reader.marks.includes(person_mark ?? 'nobody'),
      )
      .map(({ register_key }) => register_key),
  )
  const source = deliveredAsSource(rows.filter(({ register_key }) => wanted.has(register_key)))
  await saveDelivered(tx, settlement.id, source, { taxNumber })
  await tx.execute(sql`
    update tax_sources set taken_at = app_now(), as_of = greatest(as_of, ${asOf.toISOString()}::timestamptz)
    where settlement_id = ${settlement.id} and (taken_at is null or taken_at < app_now() - interval '1 minute')`)
}

/** Until the transaction ends: two answers about the same are written one after the other. */
async function takeTurns(tx: Tx, settlementId: number, about: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${settlementId}::integer, hashtext(${about}))`)
}

/** After a failure nobody asks for a while; then one asks, and the others once that one was answered. */
function circuit(monotonic: () => number) {
  const restsUntil = new Map<string, number>()
  const rest = (name: string): void => void restsUntil.set(name, monotonic() + secondsWithoutTrying * 1_000)
  return {
    mayTry(name: string): boolean {
      const until = restsUntil.get(name)
      if (until === undefined) return true
      if (monotonic() < until) return false
      rest(name)
      return true
    },
    worked: (name: string): void => void restsUntil.delete(name),
    failed: rest,
  }
}
