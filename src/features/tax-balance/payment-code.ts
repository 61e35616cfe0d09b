import { hungarianIban } from '../identifiers/index.ts'
import { bankText } from './transfer.ts'

/** What a payer's bank needs to know. */
export interface PaymentOrder {
  bic: string | null
  payee: string | null
  /** GIRO, written either way */
  bankAccount: string
  /** whole forint */
  amountHuf: number
  /** as `transferReference` writes it */
  reference: string
  /** canonical; null where the taxpayer has none */
  taxNumber: string | null
  /** the last day on which the code may be used, YYYY-MM-DD, to its end in Budapest */
  validThrough: string
}

/**
 * The text of a QR code that a banking application turns into an instant transfer (azonnali fizetés): 17 lines, each ended by
 * a line feed, at most 345 signs, printable ASCII and Hungarian letters in UTF-8. To be drawn by `drawCode`.
 *
 * @returns undefined where nothing is to be paid, BIC or payee are unknown or wrong, or the account is none
 * Source: MNB, guideline on the QR code standard of instant payments, 12 July 2019
 */
export function paymentCode(order: PaymentOrder): string | undefined {
  const { amountHuf, validThrough } = order
  const bic = order.bic ?? ''
  const payee = cutTo(70, order.payee ?? '')
  const iban = hungarianIban(order.bankAccount)
  if (!Number.isSafeInteger(amountHuf) || amountHuf <= 0 || amountHuf > mostHuf) return undefined
  if (!/^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(bic) || payee === '' || iban === undefined) return undefined
  const lines = [
    'HCT', // the payer scans
    '001', // version
    '1', // UTF-8
    bic,
    payee,
    iban,
    `HUF${amountHuf}`,
    `${validThrough.replaceAll('-', '')}235959+${budapestOffset(validThrough)}`,
    'TAXS', // ISO 20022: tax payment
    cutTo(70, order.reference),
    '', // shop
    '', // device
    '', // invoice
    cutTo(35, order.taxNumber ?? ''), // customer: whose tax it is
    '', // transaction
    '', // loyalty
    '', // check code of the state tax authority
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Twelve digits. */
const mostHuf = 999_999_999_999

function cutTo(length: number, text: string): string {
  return bankText(text).slice(0, length).trim()
}

const offsets = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Budapest', timeZoneName: 'shortOffset' })

/** Hours from UTC to Budapest at the end of a day: 1, in summer time 2. */
function budapestOffset(day: string): string {
  // Half past ten or half past eleven there; clocks are changed in the small hours.
  const parts = offsets.formatToParts(new Date(`${day}T21:30:00Z`))
  return parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT+', '') ?? ''
}
