import { recordAudit } from '../../platform/audit/index.ts'
import { type Db, inScope, type Tx } from '../../platform/database.ts'
import { fingerprint, type Seal } from '../../platform/seal.ts'
import {
  type Ended,
  endLeastUsed,
  endLineages,
  findEnded,
  findLiving,
  findSignedOut,
  type LivingLineage,
  type Which,
} from './ending-queries.ts'
import { requireIdentification } from './queries.ts'
import type { EndReason } from './transitions.ts'

export type Endings = ReturnType<typeof endingService>

/** Ends of sessions, and the list from which a person ends their own elsewhere (Munkameneteim). */
export function endingService({ db, seal }: { db: Db; seal: Seal }) {
  return {
    /** The person's sessions that have not ended, the latest used first. */
    ownSessions(accountId: string): Promise<LivingLineage[]> {
      return inScope(db, { role: 'door' }, (tx) => findLiving(tx, accountId))
    },

    /** Ends one of the person's sessions, or all but one. @returns how many it ended */
    async endElsewhere(accountId: string, which: { label: string } | { except: string }): Promise<number> {
      const ended = await inScope(db, { role: 'door' }, (tx) =>
        endSessions(tx, { accountId, ...which }, 'closed-from-another-device', 'citizen'),
      )
      return ended.length
    },

    /** Why the session ended whose identifier a browser still shows; undefined when none did. */
    async whyEnded(identifier: string | undefined): Promise<EndReason | undefined> {
      if (identifier === undefined) return undefined
      return (await inScope(db, { role: 'door' }, (tx) => findEnded(tx, fingerprint(identifier))))?.reason
    },

    /**
     * A session that was signed out at most ten minutes ago, with its ID token, by which the KAÜ's session is ended too.
     * @param which its own name, or an identifier a browser still shows: a second click finds what the first one ended
     */
    async signedOut(
      tx: Tx,
      which: { id: string } | { identifier: string },
    ): Promise<{ id: string; idToken: string | undefined } | undefined> {
      const id = 'id' in which ? which.id : (await findEnded(tx, fingerprint(which.identifier)))?.id
      const sealed = id === undefined ? undefined : await findSignedOut(tx, id)
      return id === undefined || sealed === undefined ? undefined : { id, idToken: opened(sealed) }
    },
  }

  /** A record whose key is gone ends like any other; only the KAÜ cannot be asked by it. */
  function opened(sealed: Buffer): string | undefined {
    try {
      return seal.open(sealed, 'id-token')
    } catch {
      return undefined
    }
  }
}

/** Ends sessions for good, each with its row in the audit trail. @returns those that had not ended before */
export async function endSessions(tx: Tx, which: Which, reason: EndReason, by: 'citizen' | 'system'): Promise<Ended[]> {
  const ended = await endLineages(tx, which, reason)
  await recordEnds(tx, ended, reason, by)
  return ended
}

/** A person has at most so many sessions, the one just begun among them: of more, the least recently used end. */
export async function endSessionsBeyond(tx: Tx, accountId: string, keep: number, begun: string): Promise<void> {
  await recordEnds(tx, await endLeastUsed(tx, accountId, keep, begun), 'too-many-sessions', 'system')
}

/** Lets every session of an account go on only after its person has identified again. @returns how many there are */
export async function askForIdentification(tx: Tx, accountId: string): Promise<number> {
  const asked = await requireIdentification(tx, { accountId })
  for (const { id } of asked) {
    await recordAudit(tx, {
      action: 'session.asked-for-identification',
      actor: { kind: 'system' },
      object: { kind: 'session', id },
      detail: { account: accountId },
    })
  }
  return asked.length
}

async function recordEnds(tx: Tx, ended: readonly Ended[], reason: EndReason, by: 'citizen' | 'system'): Promise<void> {
  for (const { id, accountId } of ended) {
    await recordAudit(tx, {
      action: `session.ended.${reason}`,
      actor: by === 'citizen' ? { kind: 'citizen', id: accountId } : { kind: 'system' },
      object: { kind: 'session', id },
      detail: { account: accountId },
    })
  }
}
