/**
 * What changes a session (munkamenet): activity, a limit found passed, an accepted identification.
 *
 * Besides these there are the end, which is final, the KAÜ's report that its session ended, and a raised epoch: each sets
 * one fact that the state is read from. Nothing but an accepted identification makes a session active. The service writes
 * what these functions say in single conditional updates.
 *
 * Source: the portal's notice on sessions (Tájékoztató a portálról)
 */
import {
  identificationAge,
  type LineageClock,
  limitsPassed,
  type SessionLimits,
  type SessionState,
} from './session-state.ts'

/** Why a lineage ended, for good. */
export type EndReason =
  | 'signed-out'
  | 'other-person'
  | 'closed-from-another-device'
  | 'closed-by-operator'
  | 'too-many-sessions'
  | 'account-closed'

/** An attempt (kísérlet) at the KAÜ that a person began by a click. */
export interface Attempt {
  kind: 'sign-in' | 'continue' | 'reidentify'
  startedAt: Date
  /** the automatic second try, which asks the KAÜ for credentials and counts as the same click */
  retried: boolean
  /** the lineage the browser had when it began; the attempt ends with it */
  lineageId: string | null
}

/** What an ID token says, as far as the session's rules ask. */
export interface Identified {
  identifiedAt: Date
  /** whether the KAÜ reported the end of the session it comes from */
  kauSessionEnded: boolean
  /** undefined: somebody who has no account yet */
  accountId: string | undefined
}

/** The lineage of the browser's cookie, whoever's it is; none when its state is `anonymous`. */
export interface Before {
  state: SessionState
  lineage: { id: string; accountId: string } | undefined
}

export type Accepted = {
  /** `other-person` ends the former lineage and begins a new one */
  verdict: 'renew' | 'begin' | 'other-person'
  clock: LineageClock
}

export type Refused = {
  verdict:
    | 'session-ended'
    | 'try-again'
    | 'too-old'
    | 'from-the-future'
    | 'kau-session-ended'
    | 'not-new-enough'
    | 'reidentification-needed'
}

/** How far the KAÜ's clock may differ from ours. */
const toleranceMilliseconds = 60_000
/** Activity is stored up to this much too early, so that a session costs at most one small write a second. */
const activityMilliseconds = 1_000

/**
 * Whether an identification that came back from the KAÜ opens or continues a session; the checks in their order.
 *
 * @param now database time
 * @param epoch the epoch of the store
 */
export function judgeIdentification(
  attempt: Attempt,
  { identifiedAt, kauSessionEnded, accountId }: Identified,
  before: Before,
  now: Date,
  epoch: number,
): Accepted | Refused {
  const { lineage } = before
  if (attempt.lineageId === null ? attempt.kind !== 'sign-in' : attempt.lineageId !== lineage?.id) {
    return { verdict: 'session-ended' }
  }
  const age = identificationAge(identifiedAt, now)
  if (age === 'from-the-future') return { verdict: 'from-the-future' }
  if (age === 'too-old') return { verdict: attempt.retried ? 'too-old' : 'try-again' }
  if (kauSessionEnded) return { verdict: 'kau-session-ended' }
  const newSinceClick = identifiedAt.getTime() >= attempt.startedAt.getTime() - toleranceMilliseconds
  if (attempt.kind === 'reidentify' && !newSinceClick) return { verdict: 'not-new-enough' }

  const clock = acceptedClock(identifiedAt, now, epoch)
  if (lineage === undefined) return { verdict: 'begin', clock }
  if (lineage.accountId !== accountId) return { verdict: 'other-person', clock }
  const askedForCredentials = attempt.kind === 'reidentify' || attempt.retried
  if (before.state === 'reidentify' && !(askedForCredentials && newSinceClick)) {
    return { verdict: 'reidentification-needed' }
  }
  return { verdict: 'renew', clock }
}

/** The clocks an accepted identification sets: both, whatever the state was. */
export function acceptedClock(identifiedAt: Date, now: Date, epoch: number): LineageClock {
  return {
    identifiedAt: identifiedAt < now ? identifiedAt : now,
    activeAt: now,
    lastSeenAt: now,
    endedAt: null,
    mustReidentify: false,
    epoch,
  }
}

/** An active session after an activity (művelet); the same object when it need not be stored. */
export function afterActivity<Clock extends LineageClock>(lineage: Clock, now: Date): Clock {
  const due = now.getTime() - lineage.activeAt.getTime() >= activityMilliseconds
  return due ? { ...lineage, activeAt: now } : lineage
}

/** Remembers a limit found passed, so that no clock set back undoes it; the same object when it is known already. */
export function afterLook<Clock extends LineageClock>(lineage: Clock, now: Date, limits: SessionLimits): Clock {
  const found = limitsPassed(lineage, now, limits) > limitsPassed(lineage, lineage.lastSeenAt, limits)
  return found ? { ...lineage, lastSeenAt: now } : lineage
}
