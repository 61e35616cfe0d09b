import { stringify } from 'csv-stringify/sync'
import type { Translate } from '../../platform/i18n/catalogue.ts'
import { amountColumns, type StatementView } from './statement-view.ts'

/**
 * A statement as a file for spreadsheets: UTF-8 with its mark and semicolons, as Hungarian ones expect. A text that a spreadsheet would
 * take for a formula begins with an apostrophe instead; amounts are plain numbers.
 */
export function statementCsv(view: StatementView, translate: Translate): Buffer {
  const rows = view.kind === 'detailed' ? detailedRows(view, translate) : simpleRows(view, translate)
  const text = stringify(rows, { delimiter: ';', record_delimiter: 'windows', bom: true, escape_formulas: true })
  return Buffer.from(text, 'utf8')
}

type Cell = string | number

function simpleRows(view: StatementView, t: Translate): Cell[][] {
  return [
    [
      ...commonHead(t),
      t('tax-balance.csv.from'),
      t('tax-balance.csv.to'),
      ...amountColumns.map((column) => t(`tax-balance.column.${column}`)),
    ],
    ...view.taxes.map((tax) => [
      ...commonCells(view, tax),
      view.period.from,
      view.period.to,
      ...amountColumns.map((column) => tax.amounts[column]),
    ]),
  ]
}

function detailedRows(view: StatementView, t: Translate): Cell[][] {
  const columns = ['booked', 'due', 'value', 'title', 'document', 'year', 'debit', 'credit', 'balance'] as const
  return [
    [...commonHead(t), ...columns.map((column) => t(`tax-balance.item.${column}`))],
    ...view.taxes.flatMap((tax) => {
      const common = commonCells(view, tax)
      const opening = [
        view.period.from,
        '',
        '',
        t('tax-balance.column.openingHuf'),
        '',
        '',
        '',
        '',
        tax.amounts.openingHuf,
      ]
      return [
        [...common, ...opening],
        ...tax.items.map((item): Cell[] => [
          ...common,
          item.bookedOn,
          item.dueOn ?? '',
          item.valueOn ?? '',
          t(`tax-balance.title.${item.title}`),
          item.document,
          item.taxYear,
          item.debitHuf,
          item.creditHuf,
          item.balanceHuf,
        ]),
      ]
    }),
  ]
}

function commonHead(t: Translate): string[] {
  return [
    t('tax-balance.csv.settlement'),
    t('tax-balance.head.name'),
    t('tax-balance.head.number'),
    t('tax-balance.csv.as-of'),
    t('tax-balance.csv.tax'),
    t('tax-balance.head.account'),
  ]
}

function commonCells(
  { settlement, taxpayer, asOf }: StatementView,
  tax: { name: string; bankAccount: string },
): Cell[] {
  return [settlement, taxpayer.name, taxpayer.number, asOf.toISOString(), tax.name, tax.bankAccount]
}
