import { addDays } from '../../platform/calendar/working-days.ts'
import { type DrawnCode, drawCode } from '../../platform/codes/drawn-code.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { openItems } from './open-items.ts'
import { paymentCode } from './payment-code.ts'
import type { Books } from './service.ts'
import { accountInGroups, taxName } from './statement-view.ts'
import { type AccountPayments, type Payment, paymentsTo } from './transfer.ts'

/** One transfer, with the code a banking application reads; null where payee or BIC are not known. */
export interface PaymentView extends Payment {
  id: string
  code: DrawnCode | null
}

export interface AccountToPay {
  taxType: string
  name: string
  bankAccount: string
  payee: string
  bic: string
  items: PaymentView[]
  /** all that is due by today in one transfer; null where it is one item or none */
  together: PaymentView | null
}

/** So long a code may be used; what is owed changes meanwhile. */
const codeDays = 30

/** What can be paid to the accounts of a taxpayer, each for itself; an account with nothing to pay is left out. */
export function payingView({ taxpayer, accounts, today }: Books, language: Language): AccountToPay[] {
  return accounts.flatMap((account) => {
    const open = openItems(account.bookings)
    if (open.length === 0) return []
    const payments = paymentsTo({ ...account, openItems: open }, taxpayer, today)
    const order = {
      bic: account.bic,
      payee: account.payee,
      bankAccount: account.bankAccount,
      taxNumber: taxpayer.taxNumber,
      validThrough: addDays(today, codeDays),
    }
    const withCode = (payment: Payment, place: string): PaymentView => {
      const text = paymentCode({ ...order, amountHuf: payment.amountHuf, reference: payment.reference })
      return { ...payment, id: `${account.taxType}-${place}`, code: text === undefined ? null : drawCode(text) }
    }
    return [viewOf(account.taxType, payments, withCode, language)]
  })
}

function viewOf(
  taxType: string,
  { bankAccount, payee, bic, items, together }: AccountPayments,
  withCode: (payment: Payment, place: string) => PaymentView,
  language: Language,
): AccountToPay {
  return {
    taxType,
    name: taxName(taxType, language),
    bankAccount: accountInGroups(bankAccount),
    payee: payee ?? '',
    bic: bic ?? '',
    items: items.map((item, place) => withCode(item, String(place + 1))),
    together: together && withCode(together, 'egyben'),
  }
}
