import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Identification, NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { atTheDoor, type Db, goOnAs, inOneFlush, inScope, type Tx } from '../../platform/database.ts'
import { fingerprint, type Seal } from '../../platform/seal.ts'
import { endSessions, endSessionsBeyond } from './endings.ts'
import {
  endedAtKau,
  type Found,
  findByIdentifier,
  holdByIdentifier,
  holdKauSessions,
  holdLineage,
  holdStandingLineage,
  insertEndAtKau,
  insertLineage,
  type LineageRow,
  lookByIdentifier,
  rememberTarget,
  renewLineage,
  requireIdentification,
  storeLimitPassed,
} from './queries.ts'
import { type SessionLimits, type SessionState, secondsLeft, sessionState } from './session-state.ts'
import { type Accepted, afterActivity, afterLook } from './transitions.ts'

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
  /** blank, like the secret, when the record cannot be read: it is nobody's until somebody identifies again */
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

const nobody: NaturalIdentity = {
  familyName: '',
  givenName: '',
  birthFamilyName: '',
  birthGivenName: '',
  motherFamilyName: '',
  motherGivenName: '',
  birthPlace: '',
  birthDate: '',
}

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
      return (await look(identifier, activity, { read: async () => undefined })).presence
    },

    /**
     * The same, and reads for an active session's person what every page needs, in the same flush: what a session costs a page
     * is part of the page's own round trip.
     * @param alongside each asks for everything before it waits; `atTheDoor` once the account is known, `read` in its scope
     */
    lookAndRead: look,

    /**
     * Begins a lineage, or renews the one the browser already has, as the identification was judged; in the transaction in
     * which the attempt was consumed and the lineage held. Nothing else makes a session.
     *
     * @param identifier the browser's new identifier
     * @param before the lineage of the browser's cookie, whoever's it is
     */
    async accept(
      tx: Tx,
      { accepted, identification, accountId, identifier, before, device }: Acceptance,
    ): Promise<void> {
      const renewed = {
        ...accepted.clock,
        identifierHash: fingerprint(identifier),
        kauSession: identification.kauSession ?? null,
        idToken: seal.close(identification.idToken, 'id-token'),
        identity: seal.close(JSON.stringify(identification.identity), 'identity'),
        assurance: identification.assurance,
      }
      if (accepted.verdict === 'renew') {
        const forms = before?.isReadable === false ? { csrfSecret: newCsrfSecret() } : {}
        if (before === undefined || !(await renewLineage(tx, before, { ...renewed, ...forms })))
          throw new Error('the lineage was not held')
        await this.recordTransition(tx, 'session.renewed', before.id, accountId)
        return
      }
      if (accepted.verdict === 'other-person' && before !== undefined) {
        await endSessions(tx, { id: before.id }, 'other-person', 'citizen')
      }
      const id = randomUUID()
      await insertLineage(tx, {
        ...renewed,
        id,
        label: randomBytes(12).toString('base64url'),
        accountId,
        startedAt: accepted.clock.activeAt,
        csrfSecret: newCsrfSecret(),
        device,
      })
      await endSessionsBeyond(tx, accountId, lineagesPerPerson, id)
      await this.recordTransition(tx, 'session.begun', id, accountId)
    },

    /** The lineage an identifier belongs to, with its ID token; for the round trips to the KAÜ. */
    async find(tx: Tx, identifier: string | undefined) {
      return withState(await findByIdentifier(tx, identifier === undefined ? undefined : fingerprint(identifier)))
    },

    /** The same, and nothing changes the lineage until the transaction is over. */
    async hold(tx: Tx, identifier: string | undefined) {
      const found = await holdByIdentifier(tx, identifier === undefined ? undefined : fingerprint(identifier))
      if (found.lineage !== undefined) {
        const looked = afterLook(found.lineage, found.now, limits)
        if (looked !== found.lineage) await storeLimitPassed(tx, found.lineage, looked.lastSeenAt)
      }
      return withState(found)
    },

    /**
     * Whether the KAÜ reported the end of the session an identification comes from. A report that arrives meanwhile waits
     * for the end of this transaction, and then finds what came of it; so ask before holding a lineage.
     */
    async endedAtKau(tx: Tx, { issuer, subject, kauSession, identifiedAt }: Identification): Promise<boolean> {
      const person = personMark(issuer, subject)
      await holdKauSessions(tx, kauSession === undefined ? [person] : [kauSession, person])
      return endedAtKau(tx, kauSession, person, identifiedAt)
    },

    /**
     * What the KAÜ reports as ended needs a new identification, and opens and continues nothing any more. May be said twice.
     * @param whose one session of the KAÜ, or all of a person; `accountId` undefined: nobody with an account here
     * @returns how many lineages it concerned
     */
    async endAtKau(
      tx: Tx,
      whose: { kauSession: string } | { issuer: string; subject: string; accountId: string | undefined },
    ): Promise<number> {
      const name = 'kauSession' in whose ? whose.kauSession : personMark(whose.issuer, whose.subject)
      await holdKauSessions(tx, [name])
      await insertEndAtKau(tx, name)
      if (!('kauSession' in whose) && whose.accountId === undefined) return 0
      const concerned = await requireIdentification(
        tx,
        'kauSession' in whose ? whose : { accountId: whose.accountId ?? '' },
      )
      for (const { id, accountId } of concerned) {
        await this.recordTransition(tx, 'session.ended-at-kau', id, accountId)
      }
      return concerned.length
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

  function newCsrfSecret(): Buffer {
    return seal.close(randomBytes(32).toString('base64url'), 'csrf')
  }

  /** A record in a format or under a key this process does not know is nobody's until its person has identified again. */
  function opened(found: Found): Found & { secrets: Secrets | undefined } {
    const { lineage } = found
    const secrets = lineage === undefined ? undefined : secretsOf(lineage)
    if (lineage === undefined || secrets !== undefined) return { ...found, secrets }
    return { ...found, secrets, lineage: { ...lineage, mustReidentify: true } }
  }

  function withState(found: Found) {
    const { now, epoch, lineage, secrets, presented } = opened(found)
    const state = sessionState(lineage, presented, now, epoch, limits)
    if (lineage === undefined || state === 'anonymous') return { now, epoch, state, lineage: undefined }
    const { id, accountId, identifierHash, target } = lineage
    const idToken = openedOrNot(lineage.idToken, 'id-token')
    const isReadable = secrets !== undefined
    return { now, epoch, state, lineage: { id, accountId, identifierHash, target, idToken, isReadable } }
  }

  async function look<Read, Noted = undefined>(
    identifier: string | undefined,
    activity: boolean,
    alongside: { atTheDoor?: (tx: Tx) => Promise<Noted>; read: (tx: Tx) => Promise<Read> },
  ): Promise<{ presence: Presence; read: Read | undefined; noted: Noted | undefined }> {
    const hash = identifier === undefined ? undefined : fingerprint(identifier)
    const { found, noted, read } = await inOneFlush(db, { role: 'door' }, async (tx) => {
      const [found, noted, , read] = await Promise.all([
        lookByIdentifier(tx, hash, activity ? limits : undefined),
        alongside.atTheDoor?.(tx),
        goOnAs(tx, 'citizen'),
        alongside.read(tx),
      ])
      return { found, noted, read }
    })
    if (found === 'store-is-another') {
      await inScope(db, { role: 'door' }, (tx) => findByIdentifier(tx, hash)) // raises the epoch
      return look(identifier, activity, alongside)
    }
    const { lineage, secrets, presented, now, epoch } = opened(found)
    const state = sessionState(lineage, presented, now, epoch, limits)
    if (lineage === undefined) {
      const presence = { state, now, lineage: undefined, secondsLeft: { idle: 0, identified: 0 } }
      return { presence, read: undefined, noted }
    }
    const looked = afterLook(lineage, now, limits)
    if (looked !== lineage) {
      await inScope(db, { role: 'door' }, (tx) => storeLimitPassed(tx, lineage, looked.lastSeenAt))
    }
    if (state === 'anonymous') {
      const presence = { state, now, lineage: undefined, secondsLeft: { idle: 0, identified: 0 } }
      return { presence, read: undefined, noted }
    }
    const clock = state === 'active' && activity ? afterActivity(looked, now) : looked
    return {
      presence: { state, now, lineage: present(lineage, secrets), secondsLeft: secondsLeft(clock, now, limits) },
      read: state === 'active' ? read : undefined,
      noted,
    }
  }

  function present(lineage: LineageRow, secrets: Secrets | undefined): PresentLineage {
    return {
      id: lineage.id,
      label: lineage.label,
      accountId: lineage.accountId,
      identity: secrets?.identity ?? nobody,
      assurance: lineage.assurance,
      csrfSecret: secrets?.csrfSecret ?? '',
      target: lineage.target,
    }
  }

  function secretsOf(lineage: LineageRow): Secrets | undefined {
    const csrfSecret = openedOrNot(lineage.csrfSecret, 'csrf')
    const identity = naturalIdentity.safeParse(parsedOrNot(openedOrNot(lineage.identity, 'identity')))
    return csrfSecret === undefined || !identity.success ? undefined : { csrfSecret, identity: identity.data }
  }

  function openedOrNot(sealed: Buffer, purpose: string): string | undefined {
    try {
      return seal.open(sealed, purpose)
    } catch {
      return undefined
    }
  }
}

/** What is kept encrypted of a lineage. */
interface Secrets {
  csrfSecret: string
  identity: NaturalIdentity
}

function parsedOrNot(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Names a person among what the KAÜ ended, without telling who it is. */
function personMark(issuer: string, subject: string): string {
  return `person:${fingerprint(JSON.stringify([issuer, subject])).toString('base64url')}`
}

export interface Acceptance {
  accepted: Accepted
  identification: Identification
  accountId: string
  identifier: string
  before: { id: string; accountId: string; identifierHash: Buffer; isReadable: boolean } | undefined
  device: string
}

/**
 * Keeps the session from ending within the transaction of a save, whatever its clocks say by now: what arrived in time is
 * finished, and what arrived before signing out is saved before it or not at all.
 * @returns false when it has ended
 */
export function sessionStands(tx: Tx, role: 'citizen', lineageId: string): Promise<boolean> {
  return atTheDoor(tx, role, (door) => holdStandingLineage(door, lineageId))
}

/**
 * Holds the session within the transaction of a legal act: either the act commits before the session ends, or it is refused.
 * @param role the role of the surrounding transaction
 * @returns false when the session has ended
 */
export function holdSession(tx: Tx, role: 'citizen' | 'clerk', lineageId: string): Promise<boolean> {
  return atTheDoor(tx, role, (door) => holdLineage(door, lineageId))
}
