import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { AttemptKind, NationalIdentity, RoundTrip } from '../../adapters/national-identity/contract.ts'
import { recordAudit } from '../../platform/audit/index.ts'
import { databaseNow } from '../../platform/clock.ts'
import { type Db, inScope } from '../../platform/database.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { fingerprint, type Seal } from '../../platform/seal.ts'
import { endSessions, judgeIdentification, type Sessions } from '../session/index.ts'
import {
  accountOf,
  claimAttempt,
  consumeAttempt,
  holdAccountOf,
  insertAttempt,
  takeRememberedTarget,
} from './queries.ts'

/** Where a started attempt sends the browser. */
export interface Started {
  redirectTo: URL
}

export type Returned =
  | {
      outcome: 'accepted'
      target: string | undefined
      otherPersonEnded: boolean
      language: Language
      /** what was filled in before signing in, as it was given to `start` */
      kept: string | undefined
    }
  /** no attempt of this browser: used, too old, forged, or ended by signing out */
  | { outcome: 'unknown-attempt' }
  /** the identification was too old: ask for a new one, once */
  | { outcome: 'ask-again'; redirectTo: URL }
  | {
      outcome:
        | 'no-valid-identification'
        | 'turned-back'
        | 'agent-failed'
        | 'invalid-answer'
        | 'too-old'
        /** the session needs an identification newer than the one that came */
        | 'reidentification-needed'
        /** the session ended while the person was at the KAÜ */
        | 'session-ended'
        /** the operator closed the account of the person who came */
        | 'account-closed'
      target: string | undefined
    }

const secretsSchema = z.object({ nonce: z.string(), codeVerifier: z.string() })

export type SignIn = ReturnType<typeof signInService>

/** Round trips to the KAÜ (azonosítás): starting one, and what comes of it. */
export function signInService({
  db,
  seal,
  kau,
  sessions,
}: {
  db: Db
  seal: Seal
  kau: NationalIdentity
  sessions: Sessions
}) {
  return {
    kauHost: kau.host,

    /** Keeps the page a stranger wanted, for after signing in. */
    async rememberTarget(browser: string, target: string): Promise<void> {
      await inScope(db, { role: 'door' }, (tx) =>
        insertAttempt(tx, {
          ...emptyAttempt(browser),
          stateHash: fingerprint(randomBytes(32).toString('base64url')),
          kind: 'sign-in',
          secrets: Buffer.alloc(0),
          target,
        }),
      )
    },

    /**
     * Starts an attempt by a person's click.
     * @throws OutsideSystemDown when the KAÜ does not answer; nothing has changed then
     */
    async start(kind: AttemptKind, options: StartOptions): Promise<Started> {
      const { browser, identifier, retried = false, target, kept } = options
      const trip = kau.newRoundTrip()
      const hint = await inScope(db, { role: 'door' }, (tx) => sessions.find(tx, identifier))
      // The second try of whatever kind asks for credentials; it stays what the person clicked.
      const redirectTo = await kau.authorizationUrl(retried ? 'reidentify' : kind, trip, hint.lineage?.idToken)
      await inScope(db, { role: 'door' }, async (tx) => {
        const remembered = target ?? hint.lineage?.target ?? (await takeRememberedTarget(tx, fingerprint(browser)))
        await insertAttempt(tx, {
          ...emptyAttempt(browser),
          stateHash: fingerprint(trip.state),
          kind,
          secrets: sealTrip(trip),
          target: remembered ?? null,
          lineageId: hint.lineage?.id ?? null,
          retried,
          ...(kept === undefined ? {} : { keptFields: seal.close(kept, 'kept-fields') }),
        })
      })
      return { redirectTo }
    },

    /**
     * What comes back from the KAÜ. The attempt is used up whatever the outcome; a session comes of an accepted
     * identification only.
     * @param newIdentifier called once the identification is accepted
     * @throws OutsideSystemDown when the KAÜ's token endpoint does not answer
     */
    async return(
      query: URLSearchParams,
      { browser, identifier, newIdentifier, device }: ReturnOptions,
    ): Promise<Returned> {
      const state = query.get('state')
      if (browser === undefined || state === null) return { outcome: 'unknown-attempt' }
      const browserHash = fingerprint(browser)
      const { attempt, now } = await inScope(db, { role: 'door' }, async (tx) => ({
        attempt: await claimAttempt(tx, fingerprint(state), browserHash),
        now: await databaseNow(tx),
      }))
      if (attempt === undefined) return { outcome: 'unknown-attempt' }
      const secrets = openTrip(attempt.secrets)
      if (secrets === undefined) return { outcome: 'unknown-attempt' }
      const target = attempt.target ?? undefined
      const kept = openKept(attempt.keptFields)
      const redeemed = await kau.redeem(query, { state, ...secrets }, now)
      if (!redeemed.ok) {
        await inScope(db, { role: 'door' }, (tx) => consumeAttempt(tx, attempt))
        return { outcome: redeemed.because, target }
      }
      const { identification } = redeemed

      const decided = await inScope(
        db,
        { role: 'door' },
        async (tx): Promise<Returned | { outcome: 'try-again'; target: string | undefined }> => {
          const kauSessionEnded = await sessions.endedAtKau(tx, identification)
          const { issuer, subject, identifiedAt } = identification
          // The account before its sessions, like whoever closes it: neither waits for the other in a circle.
          const known = await holdAccountOf(tx, issuer, subject)
          const before = await sessions.hold(tx, identifier)
          // Signing out meanwhile has taken it away.
          if (!(await consumeAttempt(tx, attempt))) return { outcome: 'session-ended', target }
          const judged = judgeIdentification(
            attempt,
            { identifiedAt, kauSessionEnded, accountId: known?.id },
            before,
            before.now,
            before.epoch,
          )
          if (!('clock' in judged)) return { outcome: refusalOf[judged.verdict], target }
          if (known !== undefined && known.closedAt !== null) {
            if (judged.verdict === 'other-person' && before.lineage !== undefined) {
              await endSessions(tx, { id: before.lineage.id }, 'other-person', 'citizen')
            }
            return { outcome: 'account-closed', target: undefined }
          }
          const account = known ?? (await accountOf(tx, issuer, subject))
          await sessions.accept(tx, {
            accepted: judged,
            identification,
            accountId: account.id,
            identifier: await newIdentifier(),
            before: before.lineage,
            device,
          })
          const otherPersonEnded = judged.verdict === 'other-person'
          return {
            outcome: 'accepted',
            target: otherPersonEnded ? undefined : target,
            otherPersonEnded,
            language: account.language,
            // what was typed in somebody else's session is not shown to the one who came
            kept: otherPersonEnded ? undefined : kept,
          }
        },
      )
      if (decided.outcome !== 'try-again') return decided
      const retry: StartOptions = { browser, identifier, retried: true }
      if (target !== undefined) retry.target = target
      if (kept !== undefined) retry.kept = kept
      return { outcome: 'ask-again', redirectTo: (await this.start(attempt.kind, retry)).redirectTo }
    },

    /** Notes that an answer of the KAÜ was refused, and why. */
    async recordRefusal(because: string): Promise<void> {
      await inScope(db, { role: 'door' }, (tx) =>
        recordAudit(tx, {
          action: 'sign-in.refused',
          actor: { kind: 'system' },
          object: { kind: 'sign-in', id: because },
        }),
      )
    },
  }

  function emptyAttempt(browser: string) {
    return { browserHash: fingerprint(browser), lineageId: null, retried: false }
  }

  function sealTrip({ nonce, codeVerifier }: RoundTrip): Buffer {
    return seal.close(JSON.stringify({ nonce, codeVerifier }), 'sign-in-attempt')
  }

  /** Undefined where nothing was kept, or under a key this process does not have. */
  function openKept(sealed: Buffer | null): string | undefined {
    try {
      return sealed === null ? undefined : seal.open(sealed, 'kept-fields')
    } catch {
      return undefined
    }
  }

  /** Undefined for an attempt that began under a key this process does not have. */
  function openTrip(sealed: Buffer): { nonce: string; codeVerifier: string } | undefined {
    try {
      return secretsSchema.parse(JSON.parse(seal.open(sealed, 'sign-in-attempt')))
    } catch {
      return undefined
    }
  }
}

/** What a refused identification is to the person: which page is shown. */
const refusalOf = {
  'try-again': 'try-again',
  'too-old': 'too-old',
  'not-new-enough': 'too-old',
  'from-the-future': 'invalid-answer',
  'kau-session-ended': 'no-valid-identification',
  'session-ended': 'session-ended',
  'reidentification-needed': 'reidentification-needed',
} as const

interface StartOptions {
  /** the browser's own name, from its short-lived cookie */
  browser: string
  identifier: string | undefined
  target?: string
  retried?: boolean
  /** what was filled in before signing in; encrypted, and gone with the attempt */
  kept?: string
}

interface ReturnOptions {
  browser: string | undefined
  identifier: string | undefined
  newIdentifier: () => Promise<string>
  device: string
}
