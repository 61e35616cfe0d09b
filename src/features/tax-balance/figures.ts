import { openItems } from './open-items.ts'
import type { Books } from './service.ts'

/** What a form that follows from a balance begins with; amounts in whole forint, days YYYY-MM-DD. */
export interface BalanceFigures {
  /** `person`: known by an adóazonosító jel, `organisation`: by an adószám; canonical */
  taxpayer: { kind: 'person' | 'organisation'; number: string }
  arrears: { taxType: string; amountHuf: number; dueOn: string }[]
  overpayments: { taxType: string; amountHuf: number }[]
  wantedMandate?: { rights: readonly string[] }
}

/** The form with which one becomes somebody's agent before the tax authority, and the right to ask for, as the form calls it. */
export const mandateForm = 'meghatalmazas-onkormanyzati-adougyekben'
const balanceRight = 'balance'

/** The forms that follow from a balance (2.6): easing for arrears, transfer or refund of an overpayment, a certificate for anybody. */
export function followingForms(figures: Pick<BalanceFigures, 'arrears' | 'overpayments'>): string[] {
  return [
    ...(figures.arrears.length > 0 ? ['fizetesi-kedvezmeny-kerelem'] : []),
    ...(figures.overpayments.length > 0 ? ['tulfizetes-atvezetesi-visszateritesi-kerelem'] : []),
    'adoigazolas-kerelem',
  ]
}

/** The figures of a balance that forms can begin with: what is due today, and what is overpaid. */
export function figuresOf({ taxpayer, accounts, today }: Books): BalanceFigures {
  return {
    taxpayer: taxpayerOf(taxpayer.taxNumber ?? ''),
    arrears: accounts.flatMap(({ taxType, bookings }) =>
      openItems(bookings)
        .filter(({ dueOn }) => dueOn <= today)
        .map(({ dueOn, amountHuf }) => ({ taxType, dueOn, amountHuf })),
    ),
    overpayments: accounts
      .filter(({ balanceHuf }) => balanceHuf < 0)
      .map(({ taxType, balanceHuf }) => ({ taxType, amountHuf: -balanceHuf })),
  }
}

/** For who may not see a balance and wants the right to. */
export function figuresForMandate(taxNumber: string): BalanceFigures {
  return {
    taxpayer: taxpayerOf(taxNumber),
    arrears: [],
    overpayments: [],
    wantedMandate: { rights: [balanceRight] },
  }
}

function taxpayerOf(number: string): BalanceFigures['taxpayer'] {
  return { kind: number.length === 10 ? 'person' : 'organisation', number }
}
