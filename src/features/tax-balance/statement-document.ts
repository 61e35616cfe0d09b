import type { Translate } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { Block, PrintedDocument } from '../../platform/pdf/document.ts'
import type { StatementItem } from './statement.ts'
import { amountColumns, namedAmounts, type StatementView, type TaxView } from './statement-view.ts'

/** The statement (adószámla-kivonat) on paper: who, of which moment, each tax with its figures, and the arithmetic of late interest. */
export function statementDocument(view: StatementView, language: Language, t: Translate): PrintedDocument {
  const { day, moment } = formats[language]
  const { taxpayer, authority } = view
  return {
    language,
    title: t('tax-balance.document.title'),
    subtitle: t(`tax-balance.document.${view.kind}`, { from: day(view.period.from), to: day(view.period.to) }),
    reference: t('tax-balance.document.as-of', { moment: moment(view.asOf) }),
    blocks: [
      {
        kind: 'keyValues',
        rows: [
          { label: t('tax-balance.head.authority'), values: [authority.name, authority.address].filter(isSaid) },
          { label: t('tax-balance.head.name'), values: [taxpayer.name] },
          { label: t('tax-balance.head.address'), values: [taxpayer.address] },
          { label: t('tax-balance.head.number'), values: [taxpayer.number].filter(isSaid) },
          { label: t('tax-balance.head.register-key'), values: [taxpayer.registerKey] },
          { label: t('tax-balance.head.as-of'), values: [moment(view.asOf)] },
          { label: t('tax-balance.head.asked-at'), values: [moment(view.askedAt)] },
        ],
      },
      { kind: 'notice', text: noticeOf(view, language, t) },
      ...view.taxes.flatMap((tax) => taxBlocks(tax, language, t)),
      { kind: 'heading', text: t('tax-balance.total.title') },
      { kind: 'paragraph', text: t('tax-balance.total.not-netted') },
      { kind: 'keyValues', rows: amountRows(view.total, language, t) },
    ],
    footer: t('tax-balance.document.footer', { settlement: view.settlement }),
  }
}

function noticeOf(view: StatementView, language: Language, t: Translate): string {
  const asOf = formats[language].moment(view.asOf)
  return [
    view.isCopy ? t('tax-balance.copy.text', { moment: asOf }) : t('tax-balance.as-of.text', { moment: asOf }),
    ...(view.narrowed ? [t('tax-balance.narrowed')] : []),
  ].join('\n')
}

function taxBlocks(tax: TaxView, language: Language, t: Translate): Block[] {
  return [
    { kind: 'heading', text: tax.name },
    {
      kind: 'keyValues',
      rows: [
        { label: t('tax-balance.head.account'), values: [tax.bankAccount] },
        ...amountRows(tax.amounts, language, t),
      ],
    },
    ...itemBlocks(tax, language, t),
    ...interestBlocks(tax, language, t),
  ]
}

function amountRows(amounts: StatementView['total'], language: Language, t: Translate) {
  return namedAmounts(amounts, amountColumns, t).map(({ name, valueHuf }) => ({
    label: name,
    values: [formats[language].amount(valueHuf)],
  }))
}

function itemBlocks({ items, name }: TaxView, language: Language, t: Translate): Block[] {
  if (items.length === 0) return []
  const { day, number } = formats[language]
  return [
    {
      kind: 'table',
      caption: t('tax-balance.item.caption', { tax: name }),
      head: [
        { text: t('tax-balance.item.booked') },
        { text: t('tax-balance.item.title') },
        { text: t('tax-balance.item.debit'), numeric: true },
        { text: t('tax-balance.item.credit'), numeric: true },
        { text: t('tax-balance.item.balance'), numeric: true },
      ],
      rows: items.map((item) => [
        [day(item.bookedOn), ...daysOf(item, day, t)].join('\n'),
        [t(`tax-balance.title.${item.title}`), item.document, t('tax-balance.open.year', { year: item.taxYear })].join(
          '\n',
        ),
        item.debitHuf === 0 ? '' : number(item.debitHuf),
        item.creditHuf === 0 ? '' : number(item.creditHuf),
        number(item.balanceHuf),
      ]),
    },
  ]
}

function daysOf({ dueOn, valueOn }: StatementItem, day: (value: string) => string, t: Translate): string[] {
  return [
    ...(dueOn === null ? [] : [t('tax-balance.item.due-day', { day: day(dueOn) })]),
    ...(valueOn === null ? [] : [t('tax-balance.item.value-day', { day: day(valueOn) })]),
  ]
}

function interestBlocks({ interest, interestConfirmed }: TaxView, language: Language, t: Translate): Block[] {
  if (interest.length === 0) return []
  const { day, number, amount } = formats[language]
  return [
    { kind: 'heading', level: 3, text: t('tax-balance.interest.how') },
    {
      kind: 'paragraph',
      text: [
        t('tax-balance.interest.rule'),
        ...(interestConfirmed ? [] : [t('tax-balance.interest.unconfirmed')]),
      ].join('\n'),
    },
    ...interest.map(
      (item): Block => ({
        kind: 'table',
        caption: t('tax-balance.interest.item', {
          due: day(item.dueOn),
          year: String(item.taxYear),
          amount: amount(item.interestHuf),
        }),
        head: [
          { text: t('tax-balance.interest.days') },
          { text: t('tax-balance.interest.count'), numeric: true },
          { text: t('tax-balance.interest.debt'), numeric: true },
          { text: t('tax-balance.interest.rate'), numeric: true },
          { text: t('tax-balance.interest.amount'), numeric: true },
        ],
        rows: item.steps.map((step) => [
          `${day(step.from)} – ${day(step.to)}`,
          number(step.days),
          amount(step.debtHuf),
          `${number(step.ratePercent)} %`,
          amount(step.amountHuf),
        ]),
      }),
    ),
  ]
}

function isSaid(text: string): boolean {
  return text !== ''
}
