import { budapestDay } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { type FileNumber, formatFileNumber } from './file-number.ts'
import {
  findEntryOf,
  insertArrival,
  insertEntry,
  lockRegister,
  openRegister,
  type Register,
  takeMainNumber,
} from './queries.ts'

export interface Receiving {
  submissionId: string
  settlementId: number
  clerkId: string
  now: Date
}

/** Takes a submission over (érkeztetés): who and when. False when somebody has done so before. */
export function receiveSubmission(tx: Tx, { submissionId, settlementId, clerkId, now }: Receiving): Promise<boolean> {
  return insertArrival(tx, { submissionId, settlementId, receivedAt: now, receivedBy: clerkId })
}

export interface Registering extends Receiving {
  /** what the register says the document is about; no personal data */
  subject: string
  /** before the numbers of a register that is opened by this registration */
  prefix: string
}

/**
 * Registers a submission (iktatás) under the next main number of the settlement's register of the year; a new year's
 * register opens by itself. The same submission again keeps its number.
 *
 * The register's row stays locked until the transaction ends, so that a number given is never lost: no gap, no double.
 */
export async function registerSubmission(
  tx: Tx,
  registering: Registering,
): Promise<{ fileNumber: string; first: boolean }> {
  const { submissionId, settlementId, clerkId, subject, now } = registering
  const register = await lockedRegister(tx, registering)
  const known = await findEntryOf(tx, settlementId, submissionId)
  if (known) return { fileNumber: formatFileNumber(known), first: false }

  const number: FileNumber = {
    prefix: register.prefix,
    mainNumber: await takeMainNumber(tx, register.id),
    subNumber: 1,
    year: register.year,
  }
  await insertEntry(tx, {
    settlementId,
    registerId: register.id,
    mainNumber: number.mainNumber,
    subNumber: number.subNumber,
    submissionId,
    subject,
    registeredAt: now,
    registeredBy: clerkId,
  })
  return { fileNumber: formatFileNumber(number), first: true }
}

async function lockedRegister(tx: Tx, { settlementId, prefix, now }: Registering): Promise<Register> {
  const year = Number(budapestDay(now).slice(0, 4))
  const register = await lockRegister(tx, settlementId, year)
  if (register) return register
  await openRegister(tx, { settlementId, year, prefix })
  const opened = await lockRegister(tx, settlementId, year)
  if (!opened) throw new Error('the register could not be opened')
  return opened
}
