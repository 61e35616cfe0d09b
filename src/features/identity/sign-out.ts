import type { NationalIdentity } from '../../adapters/national-identity/contract.ts'
import { databaseNow } from '../../platform/clock.ts'
import { type Db, inScope } from '../../platform/database.ts'
import { fingerprint, type Seal } from '../../platform/seal.ts'
import { type Endings, endSessions, type Sessions } from '../session/index.ts'
import { deleteAttemptsOf } from './queries.ts'

/** What became of signing out, where somebody was signed in. */
export interface SignedOut {
  /** where the KAÜ's session is ended; undefined when the KAÜ cannot be reached */
  kau: URL | undefined
  /** with this the end at the KAÜ can be asked for again, for ten minutes; it says nothing to anybody else */
  again: string
}

/** How long the KAÜ's page may stay open before its answer says nothing about now. */
const markMinutes = 10

export type SignOut = ReturnType<typeof signOutService>

/** Signing out (kijelentkezés): the portal's session first, for good, and then the KAÜ's. */
export function signOutService({
  db,
  seal,
  kau,
  sessions,
  endings,
}: {
  db: Db
  seal: Seal
  kau: NationalIdentity
  sessions: Sessions
  endings: Endings
}) {
  return {
    kauHost: kau.host,

    /**
     * Ends the session of a browser, with whatever of the browser's is under way at the KAÜ, and then says where the KAÜ's
     * session is ended. A second click finds the session that the first one ended.
     *
     * @returns undefined when nobody was signed in
     */
    async signOut(identifier: string | undefined, browser: string | undefined): Promise<SignedOut | undefined> {
      const lineage = await inScope(db, { role: 'door' }, async (tx) => {
        const { lineage } = await sessions.find(tx, identifier)
        if (lineage !== undefined) await endSessions(tx, { id: lineage.id }, 'signed-out', 'citizen')
        if (browser !== undefined) await deleteAttemptsOf(tx, fingerprint(browser))
        return identifier === undefined ? undefined : endings.signedOut(tx, { identifier })
      })
      return lineage === undefined ? undefined : ending(lineage)
    },

    /** Asks the KAÜ once more. @returns undefined when it is too late for that, or the mark is not ours */
    async endAtKau(mark: unknown): Promise<SignedOut | undefined> {
      const id = read(mark, againPurpose)
      if (id === undefined) return undefined
      const lineage = await inScope(db, { role: 'door' }, (tx) => endings.signedOut(tx, { id }))
      return lineage === undefined ? undefined : ending(lineage)
    },

    /**
     * Whether this is the mark the KAÜ gives back after ending its session, lately: only then may a page say that it ended.
     */
    async endedAtKau(mark: unknown): Promise<boolean> {
      const written = read(mark, endedPurpose)
      if (written === undefined) return false
      const now = await inScope(db, { role: 'door' }, databaseNow)
      return now.getTime() - Date.parse(written) < markMinutes * 60_000
    },
  }

  async function ending({ id, idToken }: { id: string; idToken: string | undefined }): Promise<SignedOut> {
    const now = await inScope(db, { role: 'door' }, databaseNow)
    const mark = seal.close(now.toISOString(), endedPurpose).toString('base64url')
    return {
      kau: idToken === undefined ? undefined : await kau.endSessionUrl(idToken, mark),
      again: seal.close(id, againPurpose).toString('base64url'),
    }
  }

  function read(mark: unknown, purpose: string): string | undefined {
    if (typeof mark !== 'string' || mark.length > 500) return undefined
    try {
      return seal.open(Buffer.from(mark, 'base64url'), purpose)
    } catch {
      return undefined
    }
  }
}

const endedPurpose = 'ended-at-kau'
const againPurpose = 'end-at-kau-again'
