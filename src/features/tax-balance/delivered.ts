/** What a tax system delivers of a taxpayer, checked once more by our own rules and made rows of; pure. */
import type { TaxMandate, TaxpayerBooks } from '../../adapters/tax-system/contract.ts'
import { checkBankAccount, checkTaxId, checkTaxNumber } from '../identifiers/index.ts'
import { newPartyLabel, type PersonMarks, type TaxMandateRow } from '../representation/index.ts'
import { openItems } from './open-items.ts'
import { taxTypes } from './tax-types.ts'

/** One row of a delivery as the database takes it: whatever it is of, the other columns are null. Instants are ISO 8601. */
export interface DeliveredRow {
  record: 'taxpayer' | 'account' | 'booking' | 'mandate'
  /** where it stands in a file; 0 elsewhere */
  line: number
  register_key?: string
  kind?: string
  name?: string
  address?: string
  tax_number?: string | null
  person_mark?: string | null
  as_of?: string
  tax_type?: string
  bank_account?: string
  payee?: string | null
  bic?: string | null
  interest_booked_until?: string | null
  balance_huf?: number
  /** JSON */
  open_items?: string
  /** how many an account has */
  bookings?: number
  position?: number
  booked_on?: string
  due_on?: string | null
  value_on?: string | null
  title?: string
  document?: string
  tax_year?: number
  amount_huf?: number
  /** JSON of a TaxMandateRow */
  mandate?: string
}

/** What is wrong where, without the data themselves. */
export interface DeliveryFault {
  field: string
  fault: string
}

export type Checked = { ok: true; rows: DeliveredRow[] } | { ok: false; faults: DeliveryFault[] }

interface Delivery {
  marksOf: PersonMarks
  /** the moment of the books */
  asOf: Date
  /** YYYY-MM-DD */
  today: string
  line?: number
}

/** The rows of a taxpayer with accounts and bookings; the birth data leave only their mark. */
export function rowsOfBooks(books: TaxpayerBooks, { marksOf, asOf, today, line = 0 }: Delivery): Checked {
  const faults: DeliveryFault[] = []
  const { registerKey, kind, birthData } = books
  const taxNumber = books.taxNumber === null ? null : canonicalTaxNumber(kind, books.taxNumber, today)
  if (taxNumber === undefined) faults.push({ field: 'taxNumber', fault: 'is no such number' })
  const natural = kind === 'person' || kind === 'sole-trader'
  if (birthData !== null && !natural) faults.push({ field: 'birthData', fault: 'only people are born' })
  const rows: DeliveredRow[] = [
    {
      record: 'taxpayer',
      line,
      register_key: registerKey,
      kind,
      name: books.name,
      address: books.address,
      tax_number: taxNumber ?? null,
      person_mark: birthData === null ? null : (marksOf(birthData)[0] ?? null),
      as_of: asOf.toISOString(),
    },
  ]
  const present = new Set<string>()
  for (const [place, account] of books.accounts.entries()) {
    const { taxType } = account
    if (!knownTaxTypes.has(taxType)) faults.push({ field: `accounts.${place}.taxType`, fault: 'is no known tax type' })
    if (present.has(taxType)) faults.push({ field: `accounts.${place}.taxType`, fault: 'stands there twice' })
    present.add(taxType)
    const bankAccount = twentyFourDigits(account.bankAccount)
    if (bankAccount === undefined) {
      faults.push({ field: `accounts.${place}.bankAccount`, fault: 'is no account number' })
      continue
    }
    // stable: within a day the register's own order stays
    const bookings = account.bookings.toSorted((one, other) => compare(one.bookedOn, other.bookedOn))
    rows.push({
      record: 'account',
      line,
      register_key: registerKey,
      tax_type: taxType,
      bank_account: bankAccount,
      payee: account.payee,
      bic: account.bic,
      interest_booked_until: account.interestBookedUntil,
      balance_huf: bookings.reduce((sum, { amountHuf }) => sum + amountHuf, 0),
      open_items: JSON.stringify(openItems(bookings)),
      bookings: bookings.length,
    })
    for (const [index, booking] of bookings.entries()) {
      rows.push({
        record: 'booking',
        line,
        register_key: registerKey,
        tax_type: taxType,
        position: index + 1,
        booked_on: booking.bookedOn,
        due_on: booking.dueOn,
        value_on: booking.valueOn,
        title: booking.title,
        document: booking.document,
        tax_year: booking.taxYear,
        amount_huf: booking.amountHuf,
      })
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, rows }
}

const knownTaxTypes: ReadonlySet<string> = new Set(taxTypes.map(({ code }) => code))

/** The row of a registered right to act. */
export function rowOfMandate(
  mandate: TaxMandate,
  { marksOf, today, line = 0 }: Omit<Delivery, 'asOf'>,
): { ok: true; row: DeliveredRow; mandate: TaxMandateRow } | { ok: false; faults: DeliveryFault[] } {
  const { key, party, representative, kind, rights, taxTypes, validFrom, validUntil } = mandate
  const { name, ...birthData } = representative
  const taxNumber = canonicalTaxNumber(party.kind, party.taxNumber, today)
  if (taxNumber === undefined) return { ok: false, faults: [{ field: 'party.taxNumber', fault: 'is no such number' }] }
  const row: TaxMandateRow = {
    registry_key: key,
    label: newPartyLabel(),
    party_kind: party.kind,
    party_name: party.name,
    tax_number: taxNumber,
    representative_marks: marksOf(birthData),
    representative_name: name,
    kind,
    rights: [...new Set(rights)].toSorted(compare),
    tax_types: [...new Set(taxTypes)].toSorted(compare),
    valid_from: validFrom,
    valid_until: validUntil,
  }
  return {
    ok: true,
    mandate: row,
    row: { record: 'mandate', line, register_key: key, mandate: JSON.stringify(row) },
  }
}

/**
 * A person is known by the adóazonosító jel, an organisation by the adószám, a sole trader (egyéni vállalkozó) by either.
 *
 * @returns undefined when it is no such number
 */
export function canonicalTaxNumber(kind: TaxpayerBooks['kind'], written: string, today: string): string | undefined {
  const taxId = checkTaxId(written, today)
  const taxNumber = checkTaxNumber(written)
  if (kind !== 'company' && kind !== 'public-body' && taxId.ok) return taxId.value
  return kind !== 'person' && taxNumber.ok ? taxNumber.value : undefined
}

function twentyFourDigits(written: string): string | undefined {
  const checked = checkBankAccount(written)
  return checked.ok && /^[0-9-]+$/.test(checked.value) ? checked.value.replaceAll('-', '').padEnd(24, '0') : undefined
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
