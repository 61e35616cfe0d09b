import { randomInt, randomUUID } from 'node:crypto'
import { budapestDay } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import type { Answers, FormDefinition } from '../forms/index.ts'
import type { Settlement } from '../settlements/index.ts'
import { newArrivalNumber } from './arrival-number.ts'
import { contentSha256 } from './content.ts'
import { insertSubmission } from './queries.ts'
import type { SentSubmission } from './service.ts'

/** A form that came on paper, as a clerk has read it. */
export interface PaperSubmission {
  settlement: Settlement
  definition: FormDefinition
  answers: Answers
  /** as it stands on the paper */
  senderName: string
  /** whose matter it is */
  clientName: string
  /** only where the paper gives one */
  subject: string | null
  /** names the one submission this paper may become (beküldési azonosító) */
  submissionKey: string
  /** when it reached the office */
  arrivedAt: Date
  /** calendar days the office has, as it promises on the day it takes the paper over */
  officeDays: number
}

/** What a paper says, to tell whether it is the same as another. */
export function paperSha256({
  settlement,
  definition,
  answers,
}: Pick<PaperSubmission, 'settlement' | 'definition' | 'answers'>): string {
  return contentSha256({
    settlementCode: settlement.kshCode,
    formCode: definition.code,
    formVersion: definition.version,
    answers,
    attachments: [],
  })
}

/**
 * Keeps what a paper says as a submission, in the transaction of the clerk who takes it over. It has no account behind it: no
 * author, and a party that is the submission itself.
 */
export async function acceptPaper(tx: Tx, paper: PaperSubmission): Promise<SentSubmission> {
  const { settlement, definition, answers, senderName, clientName, subject, submissionKey, arrivedAt, officeDays } =
    paper
  const id = randomUUID()
  const row = {
    id,
    settlementId: settlement.id,
    partyId: id,
    authorId: null,
    draftId: null,
    submissionKey,
    formCode: definition.code,
    formVersion: definition.version,
    actingAs: 'self',
    mandateId: null,
    answers,
    sender: { name: senderName, contact: {} },
    contentSha256: paperSha256(paper),
    submittedAt: arrivedAt,
    officeDays,
  }
  const year = Number(budapestDay(arrivedAt).slice(0, 4))
  for (;;) {
    const arrivalNumber = newArrivalNumber(year, (below) => randomInt(below))
    if (!(await insertSubmission(tx, { ...row, arrivalNumber }))) continue
    return {
      submissionId: id,
      settlementId: settlement.id,
      partyId: id,
      authorId: null,
      mandateId: null,
      clientName,
      sector: definition.sector,
      formCode: definition.code,
      formVersion: definition.version,
      subject,
      arrivalNumber,
      submittedAt: arrivedAt,
      officeDays,
    }
  }
}
