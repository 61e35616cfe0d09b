import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { NotAllowed, NotFound, NotSignedIn } from '../../platform/http/errors.ts'
import { type CaseRecord, findCaseOfOffice } from '../cases/index.ts'
import {
  findOfficeMandates,
  findRepresented,
  lockPaperMandate,
  type MandateKind,
  type MandateTerms,
  type OfficeMandateRow,
  type PartyKind,
  type Representation,
  recordPaperMandate,
  revokeMandate,
} from '../representation/index.ts'
import { holdSession } from '../session/index.ts'
import { type OfficeSubmission, submissionForOffice } from '../submissions/index.ts'
import type { ClerkActing, Done } from './case-acts.ts'
import { isOwnCase } from './clerk-acts.ts'
import { asClerk, auditedAsClerk, type Clerk, scopeOf } from './rights.ts'

/** What a clerk writes of a mandate on paper, beside what every mandate has. */
export interface RecordedMandate extends MandateTerms {
  kind: MandateKind
  party: { kind: PartyKind; name: string; taxNumber: string }
}

/** The case whose form, or scanned paper, is the evidence of a mandate. */
export interface MandateEvidence {
  matter: CaseRecord
  submission: OfficeSubmission
}

export type MandateRecords = ReturnType<typeof mandateRecords>

/** The office's record of mandates (meghatalmazások nyilvántartása): what was given on paper is written down here, and ended. */
export function mandateRecords({ db, representation }: { db: Db; representation: Representation }) {
  return {
    /** Mandates of all sources in the office's settlements; the look goes on record. */
    find(clerk: Clerk, search: string): Promise<OfficeMandateRow[]> {
      return inScope(db, scopeOf(clerk), async (tx) => {
        const today = budapestDay(await databaseNow(tx))
        const found = await findOfficeMandates(tx, clerk.settlementIds, search, today)
        for (const settlementId of new Set(found.map(({ mandate }) => mandate.settlementId))) {
          const ids = found.flatMap(({ mandate }) => (mandate.settlementId === settlementId ? [mandate.id] : []))
          await recordAudit(tx, {
            action: 'mandates.listed',
            ...auditedAsClerk(clerk),
            settlementId,
            purpose: 'mandate-register',
            object: { kind: 'office', id: clerk.office.id },
            detail: { mandates: ids.join(' ') },
          })
        }
        return found
      })
    },

    /** @throws NotFound when the office has no such case */
    evidence(clerk: Clerk, caseId: string): Promise<MandateEvidence> {
      return inScope(db, scopeOf(clerk), (tx) => findEvidence(tx, clerk, caseId))
    },

    /**
     * Writes down a mandate; it holds from the next request of the representative.
     *
     * @param key of the page: posted twice, it is recorded once
     * @throws NotAllowed in a case of one's own, or where one would be the representative oneself
     */
    record(acting: ClerkActing, caseId: string, key: string, mandate: RecordedMandate): Promise<Done> {
      return asClerk(db, acting, async (tx, clerk) => {
        await requireSession(tx, acting)
        const { matter } = await findEvidence(tx, clerk, caseId)
        const represents = await findRepresented(tx, representation.marksOf(clerk))
        const own = representation.marksOf(clerk)
        const isSelf = representation.marksOf({ identity: mandate.representative }).some((mark) => own.includes(mark))
        if (isSelf || isOwnCase({ ...clerk, represents }, matter)) throw new NotAllowed('clerk-office.refused.own-case')
        const { settlementId, submissionId } = matter
        const written = await recordPaperMandate(tx, (person) => [...representation.marksOf({ identity: person })], {
          ...mandate,
          settlementId,
          recordedBy: clerk.id,
          submissionId,
          key,
        })
        if (written === undefined) return 'already-done'
        const { id, partyId } = written
        const rights = mandate.rights.join(' ')
        await audit(tx, clerk, 'mandate.recorded', { id, partyId, settlementId }, { rights, case: matter.id })
        return 'done'
      })
    },

    /** Ends what was recorded from paper, at once and for good. @throws NotFound for any other mandate */
    end(acting: ClerkActing, id: string): Promise<void> {
      return asClerk(db, acting, async (tx, clerk) => {
        await requireSession(tx, acting)
        const mandate = await lockPaperMandate(tx, clerk.settlementIds, id)
        if (mandate === undefined) throw new NotFound('mandate')
        const own = representation.marksOf(clerk)
        const represents = await findRepresented(tx, own)
        if (own.includes(mandate.representativeMark) || represents.includes(mandate.partyId)) {
          throw new NotAllowed('clerk-office.refused.own-case')
        }
        await revokeMandate(tx, id)
        const { partyId, settlementId, rights } = mandate
        await audit(tx, clerk, 'mandate.ended', { id, partyId, settlementId }, { rights: rights.join(' ') })
      })
    },
  }
}

async function findEvidence(tx: Tx, clerk: Clerk, caseId: string): Promise<MandateEvidence> {
  const matter = await findCaseOfOffice(tx, caseId, clerk.settlementIds)
  const submission = matter ? await submissionForOffice(tx, matter.submissionId) : undefined
  if (matter === undefined || submission === undefined) throw new NotFound('case')
  return { matter, submission }
}

async function requireSession(tx: Tx, { lineageId }: ClerkActing): Promise<void> {
  if (!(await holdSession(tx, 'clerk', lineageId))) throw new NotSignedIn('errors.not-signed-in.nothing-kept')
}

function audit(
  tx: Tx,
  clerk: Clerk,
  action: 'mandate.recorded' | 'mandate.ended',
  { id, partyId, settlementId }: { id: string; partyId: string; settlementId: number },
  detail: Record<string, string>,
): Promise<void> {
  return recordAudit(tx, {
    action,
    ...auditedAsClerk(clerk),
    settlementId,
    partyId,
    mandateId: id,
    purpose: 'mandate-register',
    object: { kind: 'mandate', id },
    detail,
  })
}
