import { createHash } from 'node:crypto'
import type { Answers } from '../forms/index.ts'

/** What a submission says, and nothing else: no time, no number, no state. */
export interface SubmissionContent {
  settlementCode: string
  formCode: string
  formVersion: number
  answers: Answers
  attachments: { fieldId: string; name: string; sizeBytes: number; sha256: string }[]
}

/**
 * The content as the one text that is hashed: JSON in the canonical form of RFC 8785 (keys sorted by their UTF-16 code units,
 * no blanks, the shortest notation), in UTF-8. The receipt offers this very text for download, so that its SHA-256 can be
 * computed by any tool, for ever.
 *
 * `format` names this rule; another rule would get another name, and old submissions keep theirs.
 */
export function canonicalContent(content: SubmissionContent): string {
  return canonicalJson({
    format: 'portal-submission/1',
    settlement: content.settlementCode,
    form: { code: content.formCode, version: content.formVersion },
    answers: content.answers,
    attachments: content.attachments.map(({ fieldId, name, sizeBytes, sha256 }) => ({
      field: fieldId,
      name,
      size: sizeBytes,
      sha256,
    })),
  })
}

/** Hexadecimal SHA-256 of the canonical content. */
export function contentSha256(content: SubmissionContent): string {
  return createHash('sha256').update(canonicalContent(content), 'utf8').digest('hex')
}

/** @throws TypeError for what JSON cannot say: undefined, NaN, functions, lone halves of surrogate pairs */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('not a number that JSON can say')
    return JSON.stringify(value)
  }
  if (typeof value === 'string') {
    if (/\p{Cs}/u.test(value)) throw new TypeError('not a text that UTF-8 can say')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined)
    // The default order of sort() is by UTF-16 code units, as RFC 8785 wants it.
    const byKey = new Map(entries)
    const keys = entries.map(([key]) => key).sort()
    return `{${keys.map((key) => `${canonicalJson(key)}:${canonicalJson(byKey.get(key))}`).join(',')}}`
  }
  throw new TypeError(`JSON cannot say ${typeof value}`)
}
