import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { arrivals, registerEntries, registers } from './tables.ts'

export interface Register {
  id: string
  prefix: string
  year: number
  lastMainNumber: number
}

export async function insertArrival(tx: Tx, arrival: typeof arrivals.$inferInsert): Promise<boolean> {
  const inserted = await tx
    .insert(arrivals)
    .values(arrival)
    .onConflictDoNothing()
    .returning({ id: arrivals.submissionId })
  return inserted.length > 0
}

/** Opens the register of the year unless it is open already; two at once open one. */
export async function openRegister(
  tx: Tx,
  register: { settlementId: number; year: number; prefix: string },
): Promise<void> {
  await tx.insert(registers).values(register).onConflictDoNothing()
}

/** The register with its row locked: until the transaction ends nobody else takes a number from it. */
export async function lockRegister(tx: Tx, settlementId: number, year: number): Promise<Register | undefined> {
  const [register] = await tx
    .select({
      id: registers.id,
      prefix: registers.prefix,
      year: registers.year,
      lastMainNumber: registers.lastMainNumber,
    })
    .from(registers)
    .where(and(eq(registers.settlementId, settlementId), eq(registers.year, year)))
    .for('update')
  return register
}

export async function takeMainNumber(tx: Tx, registerId: string): Promise<number> {
  const [taken] = await tx
    .update(registers)
    .set({ lastMainNumber: sql`${registers.lastMainNumber} + 1` })
    .where(eq(registers.id, registerId))
    .returning({ mainNumber: registers.lastMainNumber })
  if (!taken) throw new Error('the register is gone')
  return taken.mainNumber
}

export async function insertEntry(tx: Tx, entry: typeof registerEntries.$inferInsert): Promise<void> {
  await tx.insert(registerEntries).values(entry)
}

/** Under which number a submission stands in a register. */
export async function findEntryOf(tx: Tx, settlementId: number, submissionId: string) {
  const [entry] = await tx
    .select({
      prefix: registers.prefix,
      mainNumber: registerEntries.mainNumber,
      subNumber: registerEntries.subNumber,
      year: registers.year,
    })
    .from(registerEntries)
    .innerJoin(registers, eq(registers.id, registerEntries.registerId))
    .where(and(eq(registerEntries.submissionId, submissionId), eq(registerEntries.settlementId, settlementId)))
  return entry
}

/** Which submission stands under a number, in the registers of these settlements. */
export async function findNumbered(
  tx: Tx,
  settlementIds: readonly number[],
  wanted: { prefix: string; mainNumber: number; subNumber: number; year: number },
): Promise<string[]> {
  const rows = await tx
    .select({ submissionId: registerEntries.submissionId })
    .from(registers)
    .innerJoin(registerEntries, eq(registerEntries.registerId, registers.id))
    .where(
      and(
        sql`${registers.settlementId} = any (${sql.param([...settlementIds])}::integer[])`,
        eq(registers.year, wanted.year),
        sql`lower(${registers.prefix}) = lower(${wanted.prefix})`,
        eq(registerEntries.mainNumber, wanted.mainNumber),
        eq(registerEntries.subNumber, wanted.subNumber),
      ),
    )
  return rows.flatMap(({ submissionId }) => submissionId ?? [])
}
