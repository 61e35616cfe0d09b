import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, sqlState, type Tx } from '../../platform/database.ts'
import { Conflict, NotSignedIn, OutsideSystemDown } from '../../platform/http/errors.ts'
import { changeCase, findCaseOfOffice, findCasesByNumber, openCase, recordEvent } from '../cases/index.ts'
import { asRecordsClerk, auditedAsClerk, type Clerk, type ClerkActing, scopeOf } from '../clerk-office/index.ts'
import { noLocalTerms, promisedDays } from '../forms/index.ts'
import { receiveSubmission } from '../records/index.ts'
import { holdSession } from '../session/index.ts'
import { acceptPaper, findSubmissionByKey, paperSha256 } from '../submissions/index.ts'
import { beginningOf, findSamePapers, insertPaper } from './queries.ts'
import {
  type NotRead,
  namesOn,
  type PaperForm,
  type PaperParts,
  readPaper,
  receivedForm,
  subjectOn,
} from './reading.ts'

/** A paper that says the same and has been taken over already. */
export interface KnownPaper {
  caseId: string
  arrivalNumber: string
  takenAt: Date
}

/** A paper on the clerk's desk, before it is taken over. */
export interface PaperOnDesk {
  outcome: 'read'
  form: PaperForm
  known: KnownPaper[]
  /** calendar day in Budapest */
  today: string
}

export interface TakingOver {
  codes: string
  /** beküldési azonosító: names the one submission this look at the paper may become */
  submissionKey: string
  /** the calendar day the paper reached the office */
  arrivedOn: string
  /** who sent it, as the paper says */
  senderName: string
  /** so many papers that say the same are known to the clerk, who takes this one for another */
  knownCopies: number
}

export type TakenOver =
  | { outcome: 'taken' | 'already-taken'; caseId: string }
  /** others that say the same are there, of which the clerk has not said that this is another */
  | PaperOnDesk
  | { outcome: 'not-read'; because: NotRead }

export type PaperForms = ReturnType<typeof paperFormService>

/** Forms that come on paper: read by their codes, and taken over as a submission with its case. */
export function paperFormService({ db, forms, directory }: PaperParts & { db: Db }) {
  return {
    /** Reads a paper of the clerk's office; the look at it goes on record. */
    async read(clerk: Clerk, codes: string): Promise<PaperOnDesk | { outcome: 'not-read'; because: NotRead }> {
      const reading = readPaper(codes, { forms, directory, settlementIds: clerk.settlementIds })
      if (reading.outcome !== 'read') return reading
      return inScope(db, scopeOf(clerk), async (tx) => {
        const { settlement, definition } = reading.form
        await recordAudit(tx, {
          action: 'paper.read',
          ...auditedAsClerk(clerk),
          settlementId: settlement.id,
          purpose: 'records',
          object: { kind: 'form', id: `${definition.code}/${String(definition.version)}` },
        })
        return onDesk(tx, clerk, reading.form)
      })
    },

    /**
     * Takes a paper over: its submission, its case and its arrival stand together or not at all, and once however often the
     * button is pressed. Another paper that says the same is taken only when the clerk says that it is another.
     *
     * @throws NotSignedIn when the session has ended meanwhile; NotFound and NotAllowed when the right has; Conflict when the
     *   submission's name is another's
     */
    async takeOver(address: ClerkActing, wish: TakingOver): Promise<TakenOver> {
      for (let left = attempts; ; left--) {
        try {
          return await asRecordsClerk(db, address, (tx, clerk) => once(tx, clerk, address, wish))
        } catch (failure) {
          // Somebody takes over the same at the same moment: asked once more, the rows tell what there is now.
          const state = sqlState(failure)
          if (state !== uniqueViolation && state !== lockNotAvailable) throw failure
          if (left > 1) continue
          if (state === lockNotAvailable) throw new OutsideSystemDown('database', failure)
          // The name this submission would have is another's: the page was put together by hand.
          throw new Conflict('paper-forms.refused.taken-otherwise')
        }
      }
    },
  }

  async function once(tx: Tx, clerk: Clerk, { lineageId }: ClerkActing, wish: TakingOver): Promise<TakenOver> {
    if (!(await holdSession(tx, 'clerk', lineageId))) throw new NotSignedIn('errors.not-signed-in.nothing-kept')
    const reading = readPaper(wish.codes, { forms, directory, settlementIds: clerk.settlementIds })
    if (reading.outcome !== 'read') return reading
    const desk = await onDesk(tx, clerk, reading.form)
    const { form } = desk
    // Asked after the others were counted: the one that came in between may be this very one, sent by the same button.
    const before = await findSubmissionByKey(tx, wish.submissionKey)
    const caseBefore = before && (await caseOf(tx, clerk, before.id))
    if (caseBefore !== undefined) return { outcome: 'already-taken', caseId: caseBefore }
    if (desk.known.length !== wish.knownCopies) return desk

    const now = await databaseNow(tx)
    // Of an earlier day nobody knows the hour; the office's time is counted in days.
    const arrivedAt = wish.arrivedOn === desk.today ? now : await beginningOf(tx, wish.arrivedOn)
    const local = (await forms.accepted(tx, form.settlement.id, form.definition.code, arrivedAt)) ?? noLocalTerms
    const sent = await acceptPaper(tx, {
      ...form,
      senderName: wish.senderName,
      clientName: namesOn(form, desk.today).client ?? wish.senderName,
      subject: subjectOn(form, desk.today),
      submissionKey: wish.submissionKey,
      arrivedAt,
      officeDays: promisedDays(form.definition, local),
    })
    const { submissionId, settlementId, partyId } = sent
    await insertPaper(tx, {
      submissionId,
      settlementId,
      partyId,
      arrivedOn: wish.arrivedOn,
      contentSha256: paperSha256(form),
      copy: desk.known.length + 1,
      takenBy: clerk.id,
    })
    const officeName = clerk.office.name
    const { caseId } = await openCase(tx, { ...sent, onPaper: { clerk, officeName, takenAt: now } })
    await receive(tx, clerk, { caseId, submissionId, settlementId, partyId, now })
    await recordAudit(tx, {
      action: 'paper.taken-over',
      ...auditedAsClerk(clerk),
      settlementId,
      partyId,
      purpose: 'records',
      object: { kind: 'submission', id: submissionId },
      detail: { formCode: sent.formCode, formVersion: sent.formVersion, copy: desk.known.length + 1 },
    })
    return { outcome: 'taken', caseId }
  }
}

const attempts = 3
const uniqueViolation = '23505'
const lockNotAvailable = '55P03'

async function onDesk(tx: Tx, clerk: Clerk, read: PaperForm): Promise<PaperOnDesk> {
  const today = budapestDay(await databaseNow(tx))
  const form = receivedForm(read, today)
  const same = await findSamePapers(tx, form.settlement.id, paperSha256(form))
  const known: KnownPaper[] = []
  for (const { submissionId, takenAt } of same) {
    const caseId = await caseOf(tx, clerk, submissionId)
    const matter = caseId === undefined ? undefined : await findCaseOfOffice(tx, caseId, clerk.settlementIds)
    if (matter !== undefined) known.push({ caseId: matter.id, arrivalNumber: matter.arrivalNumber, takenAt })
  }
  return { outcome: 'read', form, known, today }
}

async function caseOf(tx: Tx, clerk: Clerk, submissionId: string): Promise<string | undefined> {
  const [found] = await findCasesByNumber(tx, clerk.settlementIds, { submissionIds: [submissionId] })
  return found?.id
}

/** Érkeztetés: whoever takes a paper over has it in hand. */
async function receive(
  tx: Tx,
  clerk: Clerk,
  of: { caseId: string; submissionId: string; settlementId: number; partyId: string; now: Date },
): Promise<void> {
  const { caseId, submissionId, settlementId, partyId, now } = of
  await receiveSubmission(tx, { submissionId, settlementId, clerkId: clerk.id, now })
  const changed = await changeCase(
    tx,
    { id: caseId, settlementIds: clerk.settlementIds, from: ['submitted'] },
    { state: 'received', changedAt: now },
  )
  if (changed === undefined) throw new Error('a case that was just opened is not there')
  const matter = { id: caseId, settlementId, partyId, authorId: null, mandateId: null }
  await recordEvent(tx, matter, { kind: 'received', at: now, officeName: clerk.office.name, clerk })
  await recordAudit(tx, {
    action: 'case.received',
    ...auditedAsClerk(clerk),
    settlementId,
    partyId,
    purpose: 'records',
    object: { kind: 'case', id: caseId },
    detail: { from: 'submitted', to: 'received' },
  })
}
