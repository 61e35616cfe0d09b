import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { type ComingChart, comingChart, comingMonths } from './coming-months.ts'
import type { OpenItem } from './ledger.ts'
import { taxName } from './statement-view.ts'

/** What is due when over the coming twelve months: a picture, and the same facts for a table. */
export interface ComingView {
  chart: ComingChart & { ticks: { amountHuf: number; y: number; label: string }[] }
  /** which colour is which tax */
  series: { taxType: string; name: string }[]
  rows: { month: string; name: string; atOnce: boolean; amountHuf: number }[]
  totalHuf: number
  laterHuf: number
}

/** @param today Budapest's day; null where nothing is to be paid */
export function comingView(
  accounts: readonly { taxType: string; openItems: readonly OpenItem[] }[],
  today: string,
  language: Language,
): ComingView | null {
  const coming = comingMonths(accounts, today)
  if (coming.totalHuf + coming.laterHuf === 0) return null
  const chart = comingChart(coming)
  const short = new Intl.NumberFormat(language === 'hu' ? 'hu-HU' : 'en-GB', { notation: 'compact' })
  return {
    chart: { ...chart, ticks: chart.ticks.map((tick) => ({ ...tick, label: short.format(tick.amountHuf) })) },
    series: coming.taxTypes.map((taxType) => ({ taxType, name: taxName(taxType, language) })),
    rows: coming.months.flatMap(({ month, slices }) =>
      slices.map(({ taxType, when, amountHuf }) => ({
        month: formats[language].month(month),
        name: taxName(taxType, language),
        atOnce: when === 'at-once',
        amountHuf,
      })),
    ),
    totalHuf: coming.totalHuf,
    laterHuf: coming.laterHuf,
  }
}
