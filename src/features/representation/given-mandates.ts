import { recordAudit } from '../../platform/audit/index.ts'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { Conflict, NotFound, NotSignedIn } from '../../platform/http/errors.ts'
import { holdSession } from '../session/index.ts'
import type { MandateTerms } from './mandate-form.ts'
import { type MandateState, mandateState } from './mandate-state.ts'
import type { MandateKind, MandateScope, MandateSource, PartyKind, RightToAct } from './party.ts'
import { newPartyLabel } from './party-label.ts'
import type { PersonMarks } from './person-mark.ts'
import {
  addOneself,
  findGiven,
  findOwnNumber,
  insertMandateOnce,
  letSeeParties,
  listGiven,
  type Registered,
  revokeMandate,
} from './queries.ts'
import type { Asker } from './service.ts'

/** Somebody who may act for the person, by whatever source. */
export interface GivenMandate {
  id: string
  settlementId: number
  party: { kind: PartyKind; name: string; taxNumber: string | null }
  /** null where the source does not tell it to us */
  representativeName: string | null
  source: MandateSource
  kind: MandateKind
  rights: readonly RightToAct[]
  scope: MandateScope
  taxTypes: readonly string[]
  validFrom: string
  validUntil: string | null
  revokedAt: Date | null
  state: MandateState
}

export type Giving = 'given' | 'oneself' | 'number-not-proven'

interface Giver extends Asker {
  lineageId: string
  /** as it is written into the party */
  name: string
  requestId: string
}

export type GivenMandates = ReturnType<typeof givenMandates>

/** What a person lets others do in his or her name: giving it here, seeing all that is registered, taking it back. */
export function givenMandates({ db, marksOf }: { db: Db; marksOf: PersonMarks }) {
  return {
    /** Those that hold or will hold first, each group the newest first. */
    list(asker: Asker): Promise<GivenMandate[]> {
      return asOneself(asker, async (tx) => {
        const today = budapestDay(await databaseNow(tx))
        const all = (await listGiven(tx)).map((one) => given(one, today))
        const holds = ({ state }: GivenMandate) => state === 'living' || state === 'upcoming'
        return [...all.filter(holds), ...all.filter((one) => !holds(one))]
      })
    },

    /** Whether the tax register of the settlement knows the person by the birth data of the KAÜ. */
    isNumberProven(asker: Asker, settlementId: number): Promise<boolean> {
      return asOneself(asker, async (tx) => (await findOwnNumber(tx, settlementId)) !== undefined)
    },

    /**
     * Gives a mandate in one's own name; it holds from the next request of whoever got it.
     *
     * @param key of the form: posted twice, it is given once
     * @throws NotSignedIn when the session has ended meanwhile
     */
    give(giver: Giver, settlementId: number, key: string, terms: MandateTerms): Promise<Giving> {
      return asOneself(giver, async (tx) => {
        await requireSession(tx, giver)
        const own = marksOf(giver.identity)
        const [representativeMark] = marksOf(terms.representative)
        const [personMark] = own
        if (representativeMark === undefined || personMark === undefined) throw new Error('a person without a mark')
        if (own.includes(representativeMark)) return 'oneself'
        const taxNumber = (await findOwnNumber(tx, settlementId)) ?? null
        if (taxNumber === null && terms.rights.includes('read-tax')) return 'number-not-proven'
        const partyId = await addOneself(tx, {
          settlementId,
          kind: 'person',
          name: giver.name,
          taxNumber,
          personMark,
          label: newPartyLabel(),
          seat: null,
        })
        const { rights, scope, taxTypes, validFrom, validUntil, representativeName } = terms
        const id = await insertMandateOnce(tx, {
          settlementId,
          partyId,
          source: 'online',
          registryKey: key,
          representativeMark,
          representativeName,
          kind: 'permanent',
          everything: scope.everything,
          sectors: [...scope.sectors],
          formCodes: [...scope.formCodes],
          rights,
          taxTypes,
          validFrom,
          validUntil,
          grantedBy: giver.accountId,
        })
        if (id !== undefined) await record(tx, giver, 'mandate.given', { id, settlementId, partyId, rights })
        return 'given'
      })
    },

    /**
     * Takes back what was given here, at once and for good.
     *
     * @throws NotFound for a mandate that is none of one's own; Conflict for one that was given elsewhere; NotSignedIn as `give`
     */
    revoke(giver: Giver, id: string): Promise<'revoked' | 'already-revoked'> {
      return asOneself(giver, async (tx) => {
        await requireSession(tx, giver)
        const found = await findGiven(tx, id)
        if (found === undefined) throw new NotFound('mandate')
        const { mandate, party } = found
        if (mandate.source !== 'online') throw new Conflict('representation.given.elsewhere')
        if (!(await revokeMandate(tx, id))) return 'already-revoked'
        const { settlementId, rights } = mandate
        await record(tx, giver, 'mandate.revoked', { id, settlementId, partyId: party.id, rights })
        return 'revoked'
      })
    },
  }

  function asOneself<T>({ accountId, identity }: Asker, work: (tx: Tx) => Promise<T>): Promise<T> {
    return inScope(db, { role: 'citizen', account: accountId, person: marksOf(identity) }, work)
  }
}

async function requireSession(tx: Tx, { lineageId }: Giver): Promise<void> {
  if (!(await holdSession(tx, 'citizen', lineageId))) throw new NotSignedIn('errors.not-signed-in.nothing-kept')
}

async function record(
  tx: Tx,
  { accountId, requestId }: Giver,
  action: 'mandate.given' | 'mandate.revoked',
  {
    id,
    settlementId,
    partyId,
    rights,
  }: { id: string; settlementId: number; partyId: string; rights: readonly string[] },
): Promise<void> {
  await letSeeParties(tx, [accountId, partyId])
  await recordAudit(tx, {
    action,
    actor: { kind: 'citizen', id: accountId },
    settlementId,
    partyId,
    role: 'self',
    purpose: 'own-matter',
    mandateId: id,
    object: { kind: 'mandate', id },
    detail: { rights: rights.join(' ') },
    requestId,
  })
}

function given({ mandate, party }: Registered, today: string): GivenMandate {
  const { id, settlementId, representativeName, source, kind, rights, taxTypes, validFrom, validUntil, revokedAt } =
    mandate
  const { everything, sectors, formCodes } = mandate
  return {
    id,
    settlementId,
    party: { kind: party.kind, name: party.name, taxNumber: party.taxNumber },
    representativeName,
    source,
    kind,
    rights,
    scope: { everything, sectors, formCodes },
    taxTypes,
    validFrom,
    validUntil,
    revokedAt,
    state: mandateState(mandate, today),
  }
}
