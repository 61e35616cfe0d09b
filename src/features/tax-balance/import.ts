import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline as connect, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { type PersonMarks, saveTaxSystemMandates } from '../representation/index.ts'
import { type DeliveredRow, rowOfMandate, rowsOfBooks } from './delivered.ts'
import { deliveredColumns, describedColumns, saveDelivered } from './delivered-queries.ts'
import { type DeliveryFormat, DeliveryRefused, type FaultList, faultList, readDelivery } from './delivery-file.ts'

/** A file with the whole tax register of a settlement. */
export interface TaxFile {
  format: DeliveryFormat
  isPacked: boolean
  /** as it lies there, packed if it is packed */
  sizeBytes: number
  /** from its beginning; it is read twice */
  read(): AsyncIterable<Buffer>
}

/** @throws Error when its name ends in none of `.csv`, `.jsonl`, `.csv.gz`, `.jsonl.gz`, or it cannot be read */
export async function taxFileAt(path: string): Promise<TaxFile> {
  const [, format, packed] = /\.(csv|jsonl)(\.gz)?$/.exec(path) ?? []
  if (format !== 'csv' && format !== 'jsonl')
    throw new Error('a tax file is called *.csv, *.jsonl, *.csv.gz or *.jsonl.gz')
  const { size } = await stat(path)
  return { format, isPacked: packed !== undefined, sizeBytes: size, read: () => createReadStream(path) }
}

export interface TaxImportRequest {
  /** KSH code, five digits */
  settlementCode: string
  file: TaxFile
  marksOf: PersonMarks
  /** take it even if it is the same as the last one, or older */
  anyway?: boolean
  /** told now and then how far it is */
  onProgress?: (progress: TaxImportProgress) => void
}

export interface TaxImportProgress {
  step: 'reading' | 'saving'
  /** of the file as it lies there */
  readBytes: number
  bookings: number
}

export interface TaxImportOutcome {
  outcome: 'taken-over' | 'same-file'
  taxpayers: number
  accounts: number
  bookings: number
  mandates: number
}

/**
 * Takes a delivered tax register over: all of the file or nothing. The file is streamed into a temporary table, so memory stays flat,
 * and from there into the books; ids of whatever was there before stay. The same file again changes nothing.
 *
 * @param client a connection of the tables' owner, without a transaction
 * @throws DeliveryRefused naming lines and fields; Error when the settlement takes no files. Nothing is changed then.
 */
export async function importTaxFile(client: Client, request: TaxImportRequest): Promise<TaxImportOutcome> {
  const sha256 = await sha256Of(request.file)
  await client.query('begin')
  try {
    const outcome = await takeOver(client, request, sha256)
    await client.query('commit')
    return outcome
  } catch (failure) {
    await client.query('rollback').catch(() => {})
    throw failure
  }
}

async function takeOver(client: Client, request: TaxImportRequest, sha256: string): Promise<TaxImportOutcome> {
  const { settlementCode, file, marksOf, anyway = false, onProgress = () => {} } = request
  const settlementId = Number(settlementCode)
  const tx = drizzle(client, { casing: 'snake_case' })
  const before = await lockSource(tx, settlementId)
  if (before === undefined)
    throw new Error(`the settlement ${settlementCode} offers no tax balance: see "tax" in its office file`)
  if (before.kind !== 'files') throw new Error(`the settlement ${settlementCode} has its tax data from its tax system`)
  const counted = { taxpayers: 0, accounts: 0, bookings: 0, mandates: 0 }
  if (before.sha256 === sha256 && !anyway) return { outcome: 'same-file', ...counted }

  const now = await databaseNow(tx)
  const faults = faultList()
  const hash = createHash('sha256')
  let readBytes = 0
  let asOf: Date | undefined
  const raw = metered(file.read(), (chunk) => {
    readBytes += chunk.length
    hash.update(chunk)
  })
  const chunks = file.isPacked ? unpacked(raw, () => readBytes, faults) : raw

  async function* rows(): AsyncGenerator<DeliveredRow[]> {
    const today = budapestDay(now)
    for await (const delivered of readDelivery(chunks, file.format, faults)) {
      const { line } = delivered
      if ('opening' in delivered) {
        asOf = checkOpening(delivered, { settlementCode, now, before: anyway ? null : before?.asOf, faults })
        continue
      }
      if ('mandate' in delivered) {
        const made = rowOfMandate(delivered.mandate, { marksOf, today, line })
        if (made.ok) yield [made.row]
        else for (const fault of made.faults) faults.add(line, fault)
        counted.mandates += 1
        continue
      }
      const made = rowsOfBooks(delivered.taxpayer, { marksOf, asOf: asOf ?? now, today, line })
      if (!made.ok) {
        for (const fault of made.faults) faults.add(line, fault)
        continue
      }
      counted.taxpayers += 1
      for (const { record } of made.rows) {
        if (record === 'account') counted.accounts += 1
        if (record === 'booking') counted.bookings += 1
      }
      onProgress({ step: 'reading', readBytes, bookings: counted.bookings })
      yield made.rows
    }
  }

  // No name of a permanent table is like it, and COPY FROM is not possible into a table with policies.
  await tx.execute(sql`create temporary table tax_delivery (${describedColumns}) on commit drop`)
  await pipeline(
    Readable.from(copyText(rows()), { objectMode: false }),
    client.query(copyFrom(`copy tax_delivery (${deliveredColumns.join(', ')}) from stdin`)),
  )
  if (hash.digest('hex') !== sha256) throw new Error('the file was changed while it was read')
  await findDoubles(tx, faults)
  if (faults.found.length > 0) throw new DeliveryRefused(faults.found)

  onProgress({ step: 'saving', readBytes, bookings: counted.bookings })
  await tx.execute(sql`analyze tax_delivery`)
  await saveDelivered(tx, settlementId, sql`tax_delivery as delivered`, 'whole register')
  await saveTaxSystemMandates(
    tx,
    settlementId,
    sql`select mandate from tax_delivery where record = 'mandate'`,
    'everybody',
  )
  await tx.execute(sql`
    update tax_sources set as_of = ${asOf?.toISOString() ?? null}::timestamptz, taken_at = app_now(), file_sha256 = ${sha256}
    where settlement_id = ${settlementId}`)
  return { outcome: 'taken-over', ...counted }
}

/** Two imports of one settlement come one after the other. */
async function lockSource(tx: Tx, settlementId: number) {
  const { rows } = await tx.execute<{ kind: string; as_of: Date | string | null; file_sha256: string | null }>(
    sql`select kind, as_of, file_sha256 from tax_sources where settlement_id = ${settlementId} for update`,
  )
  const [row] = rows
  if (row === undefined) return undefined
  return { kind: row.kind, asOf: row.as_of === null ? null : new Date(row.as_of), sha256: row.file_sha256 }
}

function checkOpening(
  { line, opening }: { line: number; opening: { settlementCode: string; asOf: Date } },
  expected: { settlementCode: string; now: Date; before: Date | null | undefined; faults: FaultList },
): Date {
  const { settlementCode, now, before, faults } = expected
  if (opening.settlementCode !== settlementCode) faults.stop(line, 'settlement: the file is of another settlement')
  // clocks differ by minutes, not by more
  if (opening.asOf.getTime() > now.getTime() + 600_000) faults.stop(line, 'asOf: lies in the future')
  if (before && opening.asOf < before) {
    faults.stop(line, 'asOf: the books here are newer; --anyway takes the older ones')
  }
  return opening.asOf
}

/** What would stand for two, with the lines of both. */
async function findDoubles(tx: Tx, faults: FaultList): Promise<void> {
  const { rows } = await tx.execute<{ record: string; first: number; second: number }>(sql`
    select record, min(line) as first, max(line) as second from tax_delivery where record in ('taxpayer', 'mandate')
    group by record, register_key having count(*) > 1 order by 2 limit 20`)
  for (const { record, first, second } of rows) {
    faults.add(second, {
      field: record === 'taxpayer' ? 'registerKey' : 'key',
      fault: `stands already in line ${first}`,
    })
  }
}

async function sha256Of(file: TaxFile): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of file.read()) hash.update(chunk)
  return hash.digest('hex')
}

async function* metered(chunks: AsyncIterable<Buffer>, onChunk: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onChunk(chunk)
    yield chunk
  }
}

/** Books shrink to a tenth or a twentieth; what grows far beyond that is made to fill a disk (gzip bomb). */
async function* unpacked(
  packed: AsyncIterable<Buffer>,
  packedBytes: () => number,
  faults: FaultList,
): AsyncGenerator<Buffer> {
  let bytes = 0
  const gunzip = connect(Readable.from(packed), createGunzip(), () => {})
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > mostUnpackedAtFirst + mostTimesLarger * packedBytes()) faults.stop(1, 'unpacks to far too much')
      yield chunk
    }
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && /^Z_|ERR_STREAM_PREMATURE/.test(String(failure.code))) {
      faults.stop(1, 'is no whole gzip file')
    }
    throw failure
  }
}

const mostUnpackedAtFirst = 16 * 1024 * 1024
const mostTimesLarger = 100

/** Rows in the text format of COPY, some thousand signs at a time. */
async function* copyText(rows: AsyncIterable<DeliveredRow[]>): AsyncGenerator<string> {
  let text = ''
  for await (const some of rows) {
    for (const row of some) {
      let line = ''
      for (const column of deliveredColumns) line += `${line === '' ? '' : '\t'}${copyValue(row[column])}`
      text += `${line}\n`
      if (text.length < 65_536) continue
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

function copyValue(value: string | number | null | undefined): string {
  if (value === undefined || value === null) return '\\N'
  if (typeof value === 'number') return String(value)
  return /[\\\t\n\r]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
    : value
}
