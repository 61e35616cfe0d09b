import type { OpenItem } from './ledger.ts'
import { findTaxType } from './tax-types.ts'

/** How long a reference may be: a QR code takes no more, whatever a transfer would. */
const longestReference = 70
const longestTax = 36
const longestIdentifier = 20

/** Whose tax is paid, whoever pays. */
export interface TransferTaxpayer {
  name: string
  /** canonical; null where the register has none, and then its own key identifies */
  taxNumber: string | null
  registerKey: string
}

/** An account that can be paid to, as the tax system gives it. */
export interface PayableAccount {
  taxType: string
  bankAccount: string
  payee: string | null
  bic: string | null
  openItems: readonly OpenItem[]
}

export interface Payment {
  /** the latest day by which all of it is due, YYYY-MM-DD */
  dueOn: string
  /** past its due date, due today, or still to come */
  when: 'late' | 'due' | 'later'
  amountHuf: number
  reference: string
}

/** What can be paid to one account. Accounts are never mixed: money at the wrong one stays there until the taxpayer asks. */
export interface AccountPayments {
  taxType: string
  bankAccount: string
  payee: string | null
  bic: string | null
  /** one for each due item, the oldest first */
  items: Payment[]
  /** all that is due by today in one transfer, where that is more than one item */
  together: Payment | null
}

/**
 * What can be paid to an account (átutalási adatok), item by item. Late interest is no part of it: it has an account of its own.
 *
 * @param today Budapest's day
 */
export function paymentsTo(account: PayableAccount, taxpayer: TransferTaxpayer, today: string): AccountPayments {
  const { taxType, bankAccount, payee, bic, openItems } = account
  const paymentOf = (items: readonly OpenItem[]): Payment => {
    const dueOn = items.reduce((latest, item) => (item.dueOn > latest ? item.dueOn : latest), '')
    return {
      dueOn,
      when: dueOn < today ? 'late' : dueOn === today ? 'due' : 'later',
      amountHuf: items.reduce((sum, { amountHuf }) => sum + amountHuf, 0),
      reference: transferReference(
        taxpayer,
        taxType,
        items.map(({ taxYear }) => taxYear),
      ),
    }
  }
  const dueByNow = openItems.filter(({ dueOn }) => dueOn <= today)
  return {
    taxType,
    bankAccount,
    payee,
    bic,
    items: openItems.map((item) => paymentOf([item])),
    together: dueByNow.length > 1 ? paymentOf(dueByNow) : null,
  }
}

/**
 * The reference of a transfer (közlemény), for example `8123456789 NAGY ANNA KOMMUNÁLIS ADÓ 2026`: identifier, name, tax, year or
 * years. At most 70 signs that every bank takes; where that is too short, the name is.
 */
export function transferReference(taxpayer: TransferTaxpayer, taxType: string, taxYears: readonly number[]): string {
  const identifier = cut(bankText(taxpayer.taxNumber ?? taxpayer.registerKey), longestIdentifier)
  const tax = cut(capitals(findTaxType(taxType)?.transferName ?? taxType), longestTax)
  const years = [...new Set([Math.min(...taxYears), Math.max(...taxYears)])].join('-')
  const room = longestReference - [identifier, '', tax, years].join(' ').length
  return [identifier, cutAtWord(capitals(taxpayer.name), room), tax, years].filter((part) => part !== '').join(' ')
}

const hungarianLetters = 'áéíóöőúüűÁÉÍÓÖŐÚÜŰ'
const plainLetters = new Map(
  Object.entries({ đ: 'd', Đ: 'D', ł: 'l', Ł: 'L', ø: 'o', Ø: 'O', ß: 'ss', æ: 'ae', Æ: 'AE' }),
)
const plainSigns = new Map(Object.entries({ '„': '"', '”': '"', '“': '"', '’': "'", '‘': "'" }))

/**
 * A text in the signs that instant payments take: printable ASCII and the Hungarian letters. Other letters lose their marks,
 * dashes and quotation marks become plain ones, anything else a blank.
 */
export function bankText(text: string): string {
  return Array.from(text.normalize('NFC'), takenSign).join('').replaceAll(/ +/g, ' ').trim()
}

function takenSign(sign: string): string {
  if (hungarianLetters.includes(sign) || /[ -~]/.test(sign)) return sign
  if (/\p{Pd}|\u2212/u.test(sign)) return '-'
  const plain = plainLetters.get(sign) ?? plainSigns.get(sign) ?? sign.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return /^[ -~]+$/.test(plain) ? plain : ' '
}

function capitals(text: string): string {
  return bankText(text).toLocaleUpperCase('hu')
}

function cut(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).trim()
}

/** Whole words where that leaves at least half of the room used; else it stops within one. */
function cutAtWord(text: string, length: number): string {
  const short = cut(text, length)
  if (short === text || text.charAt(short.length) === ' ') return short
  const lastBlank = short.lastIndexOf(' ')
  return lastBlank * 2 >= length ? short.slice(0, lastBlank) : short
}
