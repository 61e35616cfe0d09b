import { and, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import type { MandateTerms } from './mandate-form.ts'
import { type MandateState, mandateState } from './mandate-state.ts'
import type { MandateKind, PartyKind } from './party.ts'
import { newPartyLabel } from './party-label.ts'
import type { PersonMarks } from './person-mark.ts'
import { insertMandateOnce, type MandateRow, type PartyRow } from './queries.ts'
import { mandates, representedParties } from './tables.ts'

/** A mandate as the office sees it. */
export interface OfficeMandateRow {
  mandate: MandateRow
  party: Pick<PartyRow, 'id' | 'kind' | 'name' | 'taxNumber'>
  state: MandateState
}

export interface PaperMandate extends MandateTerms {
  settlementId: number
  kind: MandateKind
  party: { kind: PartyKind; name: string; taxNumber: string }
  /** the clerk, and the submission that is the evidence */
  recordedBy: string
  submissionId: string
  /** of the page: posted twice, it is recorded once */
  key: string
}

const mostListed = 50

/** Mandates of these settlements by the names of both or the party's number; without a search those recorded last. */
export async function findOfficeMandates(
  tx: Tx,
  settlementIds: readonly number[],
  search: string,
  today: string,
): Promise<OfficeMandateRow[]> {
  const digits = search.replaceAll(/\D/g, '')
  const part = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const { id, kind, name, taxNumber } = representedParties
  const rows = await tx
    .select({ mandate: mandates, party: { id, kind, name, taxNumber } })
    .from(mandates)
    .innerJoin(representedParties, eq(representedParties.id, mandates.partyId))
    .where(
      and(
        inArray(mandates.settlementId, [...settlementIds]),
        search === ''
          ? undefined
          : or(
              sql`${representedParties.name} ilike ${part}`,
              sql`${mandates.representativeName} ilike ${part}`,
              digits.length >= 8 ? sql`${representedParties.taxNumber} like ${`${digits}%`}` : undefined,
            ),
      ),
    )
    .orderBy(desc(mandates.registeredAt), desc(mandates.id))
    .limit(mostListed)
  return rows.map((row) => ({ ...row, state: mandateState(row.mandate, today) }))
}

/**
 * Records a mandate that was given on paper, with the data of the representative kept as a mark alone.
 * @returns undefined when this page was posted before
 */
export async function recordPaperMandate(
  tx: Tx,
  marksOf: PersonMarks,
  paper: PaperMandate,
): Promise<{ id: string; partyId: string } | undefined> {
  const [representativeMark] = marksOf(paper.representative)
  if (representativeMark === undefined) throw new Error('a person without a mark')
  const { settlementId, party } = paper
  await tx
    .insert(representedParties)
    .values({ ...party, settlementId, label: newPartyLabel(), personMark: null, seat: null })
    .onConflictDoNothing()
  const [found] = await tx
    .select({ id: representedParties.id })
    .from(representedParties)
    .where(
      and(
        eq(representedParties.settlementId, settlementId),
        eq(representedParties.kind, party.kind),
        eq(representedParties.taxNumber, party.taxNumber),
      ),
    )
  if (found === undefined) throw new Error('the party was not written')
  const { rights, scope, taxTypes, validFrom, validUntil, representativeName, kind, recordedBy, submissionId } = paper
  const id = await insertMandateOnce(tx, {
    settlementId,
    partyId: found.id,
    source: 'paper',
    registryKey: paper.key,
    representativeMark,
    representativeName,
    kind,
    everything: scope.everything,
    sectors: [...scope.sectors],
    formCodes: [...scope.formCodes],
    rights,
    taxTypes,
    validFrom,
    validUntil,
    recordedBy,
    submissionId,
  })
  return id === undefined ? undefined : { id, partyId: found.id }
}

/** A mandate on paper that has not been ended; kept from everybody else until the transaction ends. */
export async function lockPaperMandate(
  tx: Tx,
  settlementIds: readonly number[],
  id: string,
): Promise<MandateRow | undefined> {
  const [mandate] = await tx
    .select()
    .from(mandates)
    .where(
      and(
        eq(mandates.id, id),
        inArray(mandates.settlementId, [...settlementIds]),
        eq(mandates.source, 'paper'),
        isNull(mandates.revokedAt),
      ),
    )
    .for('update')
  return mandate
}
