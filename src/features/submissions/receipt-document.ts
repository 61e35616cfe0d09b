import type { Translate } from '../../platform/i18n/catalogue.ts'
import { formats } from '../../platform/i18n/formats.ts'
import type { Language } from '../../platform/i18n/language.ts'
import type { Block, PrintedDocument } from '../../platform/pdf/document.ts'
import { sizeInWords } from './file-size.ts'
import { actingInWords, type Receipt, receiptSections } from './receipt.ts'

/** The receipt (nyugta) on paper: number, time, every answer, and the fingerprints of the content and of each file. */
export function receiptDocument(receipt: Receipt, language: Language, t: Translate): PrintedDocument {
  const { moment } = formats[language]
  const { definition, settlement, office } = receipt
  const number = t('submissions.receipt.number-line', { number: receipt.arrivalNumber })
  const facts = [
    { label: t('submissions.receipt.number'), values: [receipt.arrivalNumber] },
    { label: t('submissions.receipt.submitted-at'), values: [moment(receipt.submittedAt)] },
    { label: t('submissions.receipt.sender'), values: [receipt.senderName] },
    { label: t('submissions.receipt.manner'), values: actingInWords(receipt, t) },
    {
      label: t('submissions.receipt.addressee'),
      values: office ? [office.name, office.address] : [settlement.name],
    },
    {
      label: t('submissions.receipt.form'),
      values: [definition.title[language], t('submissions.receipt.form-version', { ...codeOf(definition) })],
    },
  ]
  const answers = receiptSections(receipt, language).flatMap(({ title, rows }): Block[] => [
    { kind: 'heading', text: title },
    { kind: 'keyValues', rows: rows.map(({ label, values }) => ({ label, values })) },
  ])
  return {
    language,
    title: t('submissions.receipt.document-title'),
    subtitle: definition.title[language],
    reference: number,
    blocks: [
      { kind: 'keyValues', rows: facts },
      ...answers,
      ...filesBlock(receipt, language, t),
      { kind: 'heading', text: t('submissions.receipt.fingerprint-title') },
      { kind: 'paragraph', text: t('submissions.receipt.fingerprint-text') },
      {
        kind: 'keyValues',
        rows: [{ label: t('submissions.receipt.content-sha256'), values: inGroups(receipt.contentSha256) }],
      },
    ],
    footer: t('submissions.receipt.footer', { settlement: settlement.name }),
  }
}

function filesBlock({ files }: Receipt, language: Language, t: Translate): Block[] {
  if (files.length === 0) return []
  return [
    { kind: 'heading', text: t('submissions.attachments.title') },
    {
      kind: 'files',
      caption: t('submissions.attachments.count', { count: files.length }),
      files: files.map(({ fileName, sizeBytes, sha256 }) => ({
        name: fileName,
        details: [
          { label: t('submissions.attachments.size'), values: [sizeInWords(sizeBytes, language)] },
          { label: 'SHA-256', values: [sha256] },
        ],
      })),
    },
  ]
}

function codeOf({ code, version }: Receipt['definition']) {
  return { code, version: String(version) }
}

/** Two lines of 32 signs are easier to compare with the eye than one of 64. */
function inGroups(sha256: string): string[] {
  return [sha256.slice(0, 32), sha256.slice(32)]
}
