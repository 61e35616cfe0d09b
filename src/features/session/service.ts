import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Identification, NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { atTheDoor, type Db, inScope, type Tx } from '../../platform/database.ts'
import { fingerprint, type Seal } from '../../platform/seal.ts'
import {
  endBeyond,
  endLineage,
  findByIdentifier,
  holdLineage,
  insertLineage,
  type LineageRow,
  markActive,
  markLimitPassed,
  rememberTarget,
  renewLineage,
} from './queries.ts'
import { type SessionLimits, type SessionState, secondsLeft, sessionState } from './session-state.ts'

/** Who is there, as one request sees it. */
export interface Presence {
  state: SessionState
  now: Date
  /** undefined when anonymous */
  lineage: PresentLineage | undefined
  secondsLeft: { idle: number; identified: number }
}

export interface PresentLineage {
  id: string
  label: string
  accountId: string
  identity: NaturalIdentity
  assurance: 'low' | 'substantial' | 'high'
  csrfSecret: string
  /** where an interrupted page load goes on */
  target: string | null
}

const naturalIdentity = z.object({
  familyName: z.string(),
  givenName: z.string(),
  birthFamilyName: z.string(),
  birthGivenName: z.string(),
  motherFamilyName: z.string(),
  motherGivenName: z.string(),
  birthPlace: z.string(),
  birthDate: z.string(),
})

const lineagesPerPerson = 10

export type Sessions = ReturnType<typeof sessionService>

/** Sessions (munkamenetek): state, activity, beginning and end of lineages. */
export function sessionService({ db, seal, limits }: { db: Db; seal: Seal; limits: SessionLimits }) {
  return {
    limits,

    /**
     * Looks at who is there; with `activity`, an active session's idle clock starts anew.
     * @param identifier what the browser's cookie shows
     */
    async look(identifier: string | undefined, activity: boolean): Promise<Presence> {
      const hash = identifier === undefined ? undefined : fingerprint(identifier)
      return inScope(db, { role: 'door' }, async (tx) => {
        const { lineage, presented, now, epoch } = await findByIdentifier(tx, hash)
        const state = sessionState(lineage, presented, now, epoch, limits)
        if (lineage === undefined || hash === undefined || state === 'anonymous') {
          return { state, now, lineage: undefined, secondsLeft: { idle: 0, identified: 0 } }
        }
        if (state === 'active' && activity) await markActive(tx, lineage.id, hash, limits.idleMinutes)
        if (state !== 'active' && presented === 'current' && now > lineage.lastSeenAt) {
          await markLimitPassed(tx, lineage.id, now)
        }
        const clock = state === 'active' && activity ? { ...lineage, activeAt: now } : lineage
        return { state, now, lineage: present(lineage), secondsLeft: secondsLeft(clock, now, limits) }
      })
    },

    /**
     * Begins a lineage, or renews the one the browser already has, for an accepted identification; in the transaction in
     * which the attempt was consumed. Nothing else makes a session.
     *
     * @param identifier the browser's new identifier
     * @param before the lineage of the browser's cookie, whoever's it is
     * @returns whether a different person's lineage was ended by it
     */
    async accept(
      tx: Tx,
      { identification, accountId, identifier, before, device, now, epoch }: Acceptance,
    ): Promise<{ otherPersonEnded: boolean }> {
      const identifiedAt = new Date(Math.min(identification.identifiedAt.getTime(), now.getTime()))
      const renewed = {
        identifierHash: fingerprint(identifier),
        identifiedAt,
        kauSession: identification.kauSession ?? null,
        idToken: seal.close(identification.idToken, 'id-token'),
        identity: seal.close(JSON.stringify(identification.identity), 'identity'),
        assurance: identification.assurance,
        epoch,
      }
      const samePerson = before?.accountId === accountId
      if (before !== undefined && samePerson && (await renewLineage(tx, before.id, renewed))) {
        await this.recordTransition(tx, 'session.renewed', before.id, accountId)
        return { otherPersonEnded: false }
      }
      const otherPersonEnded = before !== undefined && !samePerson
      if (otherPersonEnded && (await endLineage(tx, before.id, 'other-person'))) {
        await this.recordTransition(tx, 'session.ended.other-person', before.id, before.accountId)
      }
      const id = randomUUID()
      await insertLineage(tx, {
        ...renewed,
        id,
        label: randomBytes(12).toString('base64url'),
        accountId,
        activeAt: now,
        lastSeenAt: now,
        startedAt: now,
        csrfSecret: seal.close(randomBytes(32).toString('base64url'), 'csrf'),
        device,
      })
      await endBeyond(tx, accountId, lineagesPerPerson, 'too-many-sessions')
      await this.recordTransition(tx, 'session.begun', id, accountId)
      return { otherPersonEnded }
    },

    /** Ends a lineage for good. @returns its ID token, for ending the KAÜ's session too; undefined when it had ended */
    async end(lineageId: string, accountId: string, reason: 'signed-out'): Promise<boolean> {
      return inScope(db, { role: 'door' }, async (tx) => {
        if (!(await endLineage(tx, lineageId, reason))) return false
        await this.recordTransition(tx, `session.ended.${reason}`, lineageId, accountId)
        return true
      })
    },

    /** The lineage an identifier belongs to, with its ID token; for the round trips to the KAÜ. */
    async find(tx: Tx, identifier: string | undefined) {
      const found = await findByIdentifier(tx, identifier === undefined ? undefined : fingerprint(identifier))
      const state = sessionState(found.lineage, found.presented, found.now, found.epoch, limits)
      const { lineage } = found
      return {
        now: found.now,
        epoch: found.epoch,
        state,
        lineage:
          lineage === undefined || state === 'anonymous'
            ? undefined
            : {
                id: lineage.id,
                accountId: lineage.accountId,
                target: lineage.target,
                idToken: seal.open(lineage.idToken, 'id-token'),
              },
      }
    },

    /** Remembers a page to go on with after continuing. */
    async rememberTarget(lineageId: string, target: string): Promise<void> {
      await inScope(db, { role: 'door' }, (tx) => rememberTarget(tx, lineageId, target))
    },

    async recordTransition(tx: Tx, action: string, lineageId: string, accountId: string): Promise<void> {
      await recordAudit(tx, {
        action,
        actor: { kind: 'citizen', id: accountId },
        object: { kind: 'session', id: lineageId },
      })
    },
  }

  function present(lineage: LineageRow): PresentLineage {
    return {
      id: lineage.id,
      label: lineage.label,
      accountId: lineage.accountId,
      identity: naturalIdentity.parse(JSON.parse(seal.open(lineage.identity, 'identity'))),
      assurance: lineage.assurance,
      csrfSecret: seal.open(lineage.csrfSecret, 'csrf'),
      target: lineage.target,
    }
  }
}

export interface Acceptance {
  identification: Identification
  accountId: string
  identifier: string
  before: { id: string; accountId: string } | undefined
  device: string
  now: Date
  epoch: number
}

/**
 * Holds the session within the transaction of a legal act: either the act commits before the session ends, or it is refused.
 * @param role the role of the surrounding transaction
 * @returns false when the session has ended
 */
export function holdSession(tx: Tx, role: 'citizen' | 'clerk', lineageId: string): Promise<boolean> {
  return atTheDoor(tx, role, (door) => holdLineage(door, lineageId))
}
