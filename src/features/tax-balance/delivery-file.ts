/** Files in which a municipality delivers its tax register: read line by line, refused with line numbers. */
import { isUtf8 } from 'node:buffer'
import { type CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import {
  type TaxMandate,
  type TaxpayerBooks,
  taxAccountAlone,
  taxBooking,
  taxMandate,
  taxpayerAlone,
  taxpayerBooks,
} from '../../adapters/tax-system/contract.ts'
import type { DeliveryFault } from './delivered.ts'

/** One JSON a line and taxpayer, or one record a line with semicolons. */
export type DeliveryFormat = 'jsonl' | 'csv'

export type Delivered =
  | { line: number; opening: { settlementCode: string; asOf: Date } }
  | { line: number; taxpayer: TaxpayerBooks }
  | { line: number; mandate: TaxMandate }

/** Why a file is not taken over; `faults` name lines and fields, never what stands in them. */
export class DeliveryRefused extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`The tax file is refused, and nothing was changed:\n  ${faults.join('\n  ')}`)
    this.name = 'DeliveryRefused'
    this.faults = faults
  }
}

/** Collects what is wrong with a file, so that one reading tells it all, up to a number that a person still reads. */
export interface FaultList {
  readonly found: readonly string[]
  /** @throws DeliveryRefused when there are enough of them */
  add(line: number, fault: DeliveryFault): void
  /** @throws DeliveryRefused at once: what follows could not be understood */
  stop(line: number, fault: string): never
}

const mostFaults = 20

export function faultList(): FaultList {
  const found: string[] = []
  return {
    found,
    add(line, { field, fault }) {
      found.push(`line ${line}: ${field}: ${fault}`)
      if (found.length >= mostFaults) throw new DeliveryRefused([...found, 'reading ended here'])
    },
    stop(line, fault) {
      throw new DeliveryRefused([...found, `line ${line}: ${fault}`])
    },
  }
}

/**
 * Reads a delivered file: an opening line with settlement and moment, taxpayers and mandates, and a closing line that says how many
 * of each there were, so that a file cut off is none. At most one taxpayer is held in memory.
 *
 * @param chunks what stands in the file, unpacked
 * @throws DeliveryRefused when it cannot be understood any further; lesser faults are only added to `faults`
 */
export async function* readDelivery(
  chunks: AsyncIterable<Buffer>,
  format: DeliveryFormat,
  faults: FaultList,
): AsyncGenerator<Delivered> {
  let opened = false
  let closed: number | undefined
  let last = 0
  const counted = { taxpayers: 0, mandates: 0 }
  const records = format === 'jsonl' ? jsonRecords(chunks, faults) : csvRecords(chunks, faults)
  for await (const record of records) {
    last = record.line
    if (closed !== undefined) faults.stop(record.line, 'something follows the closing line')
    if ('opening' in record) {
      if (opened) faults.stop(record.line, 'a second opening line')
      opened = true
      yield record
      continue
    }
    if (!opened) faults.stop(record.line, 'the opening line is missing')
    if ('closing' in record) {
      closed = record.line
      for (const what of ['taxpayers', 'mandates'] as const) {
        if (record.closing[what] === counted[what]) continue
        faults.add(record.line, { field: what, fault: `there were ${counted[what]} of them` })
      }
      continue
    }
    counted['mandate' in record || ('broken' in record && record.broken === 'mandate') ? 'mandates' : 'taxpayers'] += 1
    if (!('broken' in record)) yield record
  }
  if (closed === undefined) faults.stop(last + 1, 'the closing line is missing: the file is not whole')
}

/** What stands in a file: what is delivered, its closing line, and what was broken and is counted only. */
type FileRecord =
  | Delivered
  | { line: number; closing: { taxpayers: number; mandates: number } }
  | { line: number; broken: 'taxpayer' | 'mandate' }

const settlementCode = z.string().regex(/^\d{5}$/, 'five digits')
const moment = z.iso.datetime({ offset: true })
const count = z.int().min(0)

const jsonLine = z.union([
  z.strictObject({ format: z.literal('tax-books/1'), settlement: settlementCode, asOf: moment }),
  z.strictObject({ end: z.strictObject({ taxpayers: count, mandates: count }) }),
])

async function* jsonRecords(chunks: AsyncIterable<Buffer>, faults: FaultList): AsyncGenerator<FileRecord> {
  for await (const lines of linesOf(chunks, 16 * 1024 * 1024, faults)) {
    for (const { line, text } of lines) {
      let written: unknown
      try {
        written = JSON.parse(text)
      } catch {
        // the message would quote the line
        faults.add(line, { field: 'line', fault: 'is not JSON' })
        continue
      }
      if (isObjectWith(written, 'taxpayer')) {
        const taxpayer = understood(taxpayerBooks, written.taxpayer, line, faults)
        yield taxpayer === undefined ? { line, broken: 'taxpayer' } : { line, taxpayer }
      } else if (isObjectWith(written, 'mandate')) {
        const mandate = understood(taxMandate, written.mandate, line, faults)
        yield mandate === undefined ? { line, broken: 'mandate' } : { line, mandate }
      } else {
        const read = jsonLine.safeParse(written)
        if (!read.success) faults.stop(line, 'is neither an opening line, nor taxpayer, mandate or closing line')
        yield 'end' in read.data
          ? { line, closing: read.data.end }
          : { line, opening: { settlementCode: read.data.settlement, asOf: new Date(read.data.asOf) } }
      }
    }
  }
}

/** Nothing but this key. */
function isObjectWith<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === key
}

/** The fields of each kind of record in a file with semicolons, after the word that names it. */
const csvFields = {
  books: ['version', 'settlement', 'asOf'],
  taxpayer: [
    'registerKey',
    'kind',
    'name',
    'address',
    'taxNumber',
    'birthFamilyName',
    'birthGivenName',
    'motherFamilyName',
    'motherGivenName',
    'birthPlace',
    'birthDate',
  ],
  account: ['taxType', 'bankAccount', 'payee', 'bic', 'interestBookedUntil'],
  booking: ['bookedOn', 'dueOn', 'valueOn', 'title', 'document', 'taxYear', 'amountHuf'],
  mandate: [
    'key',
    'partyKind',
    'partyName',
    'partyTaxNumber',
    'representativeName',
    'birthFamilyName',
    'birthGivenName',
    'motherFamilyName',
    'motherGivenName',
    'birthPlace',
    'birthDate',
    'kind',
    'rights',
    'taxTypes',
    'validFrom',
    'validUntil',
  ],
  end: ['taxpayers', 'mandates'],
} as const

const mostBookings = 20_000
const mostAccounts = 100

async function* csvRecords(chunks: AsyncIterable<Buffer>, faults: FaultList): AsyncGenerator<FileRecord> {
  let taxpayer: { line: number; books: TaxpayerBooks | undefined } | undefined
  let account: TaxpayerBooks['accounts'][number] | 'broken' | undefined

  const finished = (): FileRecord[] => {
    if (taxpayer === undefined) return []
    const { line, books } = taxpayer
    taxpayer = undefined
    account = undefined
    return [books === undefined ? { line, broken: 'taxpayer' } : { line, taxpayer: books }]
  }

  for await (const lines of linesOf(chunks, 65_536, faults)) {
    for (const { line, fields } of fieldsOf(lines, faults)) {
      const [word = '', ...values] = fields
      if (!isRecordName(word)) faults.stop(line, `begins with none of ${Object.keys(csvFields).join(', ')}`)
      const names: readonly string[] = csvFields[word]
      if (values.length !== names.length) faults.stop(line, `has ${values.length} fields instead of ${names.length}`)
      const given = Object.fromEntries(names.map((name, place) => [name, emptyIsNothing(values[place])]))

      if (word === 'booking') {
        if (account === undefined) faults.stop(line, 'a booking stands before any account')
        const booking = understood(
          taxBooking,
          { ...given, taxYear: wholeNumber(given['taxYear']), amountHuf: wholeNumber(given['amountHuf']) },
          line,
          faults,
        )
        if (account === 'broken' || booking === undefined) continue
        if (account.bookings.length >= mostBookings) faults.stop(line, 'too many bookings for one account')
        account.bookings.push(booking)
      } else if (word === 'account') {
        if (taxpayer === undefined) faults.stop(line, 'an account stands before any taxpayer')
        const head = understood(taxAccountAlone, given, line, faults)
        account = head === undefined ? 'broken' : { ...head, bookings: [] }
        if (account === 'broken' || taxpayer.books === undefined) continue
        if (taxpayer.books.accounts.length >= mostAccounts) faults.stop(line, 'too many accounts for one taxpayer')
        taxpayer.books.accounts.push(account)
      } else {
        yield* finished()
        if (word === 'taxpayer') {
          const { registerKey, kind, name, address, taxNumber, ...birth } = given
          const nothingKnown = Object.values(birth).every((value) => value === null)
          const head = understood(
            taxpayerAlone,
            { registerKey, kind, name, address, taxNumber, birthData: nothingKnown ? null : birth },
            line,
            faults,
          )
          taxpayer = { line, books: head === undefined ? undefined : { ...head, accounts: [] } }
        } else if (word === 'mandate') {
          const mandate = understood(taxMandate, mandateOf(given), line, faults)
          yield mandate === undefined ? { line, broken: 'mandate' } : { line, mandate }
        } else if (word === 'books') {
          const opening = understood(csvOpening, given, line, faults)
          if (opening === undefined) faults.stop(line, 'the opening line cannot be understood')
          yield { line, opening: { settlementCode: opening.settlement, asOf: new Date(opening.asOf) } }
        } else {
          const closing = understood(
            csvClosing,
            { taxpayers: wholeNumber(given['taxpayers']), mandates: wholeNumber(given['mandates']) },
            line,
            faults,
          )
          if (closing === undefined) faults.stop(line, 'the closing line cannot be understood')
          yield { line, closing }
        }
      }
    }
  }
  yield* finished()
}

const csvOpening = z.strictObject({ version: z.literal('1'), settlement: settlementCode, asOf: moment })
const csvClosing = z.strictObject({ taxpayers: count, mandates: count })

function mandateOf(given: Record<string, string | null>) {
  const {
    key,
    partyKind,
    partyName,
    partyTaxNumber,
    representativeName,
    kind,
    rights,
    taxTypes,
    validFrom,
    validUntil,
  } = given
  const { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate } = given
  return {
    key,
    party: { kind: partyKind, name: partyName, taxNumber: partyTaxNumber },
    representative: {
      name: representativeName,
      birthFamilyName,
      birthGivenName,
      motherFamilyName,
      motherGivenName,
      birthPlace,
      birthDate,
    },
    kind,
    rights: rights?.split(' ') ?? [],
    taxTypes: taxTypes?.split(' ') ?? [],
    validFrom,
    validUntil,
  }
}

function isRecordName(word: string): word is keyof typeof csvFields {
  return Object.hasOwn(csvFields, word)
}

function emptyIsNothing(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value
}

/** What is no whole number stays as it is, and is refused as such. */
function wholeNumber(value: string | null | undefined): unknown {
  return value !== null && value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : value
}

/** Complete lines at a time, since the reader of records is quickest so; a record never goes over a line. */
function fieldsOf(lines: readonly TextLine[], faults: FaultList): { line: number; fields: string[] }[] {
  const first = lines[0]?.line ?? 1
  try {
    // with `info` it gives more than its type says
    const parsed = parse(lines.map(({ text }) => text).join('\n'), {
      delimiter: ';',
      record_delimiter: '\n',
      relax_column_count: true,
      info: true,
    }) as unknown as { info: { lines: number }; record: string[] }[]
    return parsed.map(({ info, record }) => ({ line: first + info.lines - 1, fields: record }))
  } catch (failure) {
    // its message would quote what stands there
    const { lines: where } = failure as CsvError & { lines?: number }
    return faults.stop(first + (where ?? 1) - 1, 'quotation marks do not fit')
  }
}

/** @returns undefined when it is not as it has to be, which is then among the faults */
function understood<Schema extends z.ZodType>(
  schema: Schema,
  written: unknown,
  line: number,
  faults: FaultList,
): z.output<Schema> | undefined {
  const read = schema.safeParse(written)
  if (read.success) return read.data
  for (const issue of read.error.issues) {
    const field = issue.path.join('.') || 'line'
    // the name of an unknown field is the file's own word
    faults.add(line, { field, fault: issue.code === 'unrecognized_keys' ? 'has unknown fields' : issue.message })
  }
  return undefined
}

interface TextLine {
  line: number
  text: string
}

const newline = 0x0a
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Whole lines of UTF-8 without NUL, numbered from 1, as many at a time as have come. */
async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  longestBytes: number,
  faults: FaultList,
): AsyncGenerator<TextLine[]> {
  let pieces: Buffer[] = []
  let begun = 0
  let number = 0

  const take = (bytes: Buffer): TextLine => {
    number += 1
    let end = bytes.length
    if (bytes[end - 1] === 0x0d) end -= 1
    const start = number === 1 && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0
    const line = bytes.subarray(start, end)
    if (line.length > longestBytes) faults.stop(number, `is longer than ${longestBytes} bytes`)
    if (line.length === 0) faults.stop(number, 'is empty')
    if (line.includes(0)) faults.stop(number, 'holds a NUL')
    if (!isUtf8(line)) faults.stop(number, 'is not in UTF-8')
    return { line: number, text: line.toString('utf8') }
  }

  for await (const chunk of chunks) {
    const complete: TextLine[] = []
    let from = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const piece = chunk.subarray(from, end)
      complete.push(take(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece])))
      pieces = []
      begun = 0
      from = end + 1
    }
    if (from < chunk.length) {
      // a copy, since whoever reads may write the next chunk over this one
      pieces.push(Buffer.from(chunk.subarray(from)))
      begun += chunk.length - from
      if (begun > longestBytes + 5) faults.stop(number + 1, `is longer than ${longestBytes} bytes`)
    }
    if (complete.length > 0) yield complete
  }
  if (begun > 0) yield [take(Buffer.concat(pieces))]
}
