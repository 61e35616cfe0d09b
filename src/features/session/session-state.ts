/** What the state of a session depends on, besides the moment. All instants are the database's. */
export interface LineageClock {
  /** when the person gave credentials at the KAÜ */
  identifiedAt: Date
  /** the latest activity */
  activeAt: Date
  /** the latest moment at which this lineage was found past a limit */
  lastSeenAt: Date
  endedAt: Date | null
  mustReidentify: boolean
  epoch: number
}

export type SessionState = 'anonymous' | 'active' | 'paused' | 'reidentify'

export interface SessionLimits {
  /** 30 minutes, or fewer */
  idleMinutes: number
}

/** The KAÜ's session lives this long from signing in, whatever one does. */
export const identifiedMinutes = 240
/** How long an expired lineage is remembered, only so that work can be put aside for its owner. */
export const rememberedMinutes = 1_440

/**
 * The state of a session (munkamenet) at the moment a request arrives.
 *
 * Idleness ends after 30 minutes, identification after 240, whatever one does; if both have passed, the latter counts.
 * An interval that is exactly full is over.
 *
 * @param lineage undefined: no cookie, or an identifier nobody knows
 * @param presented whether the identifier shown is the lineage's present one; a former one has no authority
 * @param now database time
 * @param epoch the epoch of the store; a lineage of an earlier one must be confirmed by the KAÜ
 * Source: the portal's notice on sessions (Tájékoztató a portálról)
 */
export function sessionState(
  lineage: LineageClock | undefined,
  presented: 'current' | 'former',
  now: Date,
  epoch: number,
  limits: SessionLimits,
): SessionState {
  if (lineage === undefined || lineage.endedAt !== null) return 'anonymous'
  const passed = limitsPassed(lineage, now, limits)
  if (passed === 3) return 'anonymous'
  if (passed === 2 || lineage.mustReidentify) return 'reidentify'
  if (passed === 1 || presented === 'former' || lineage.epoch < epoch) return 'paused'
  return 'active'
}

/** The gravest limit passed: 0 none, 1 idleness, 2 identification, 3 being remembered. */
export function limitsPassed(lineage: LineageClock, now: Date, limits: SessionLimits): 0 | 1 | 2 | 3 {
  const moment = monotone(lineage, now)
  const sinceIdentified = moment - lineage.identifiedAt.getTime()
  if (sinceIdentified >= minutes(rememberedMinutes)) return 3
  if (sinceIdentified >= minutes(identifiedMinutes)) return 2
  return moment - lineage.activeAt.getTime() >= minutes(limits.idleMinutes) ? 1 : 0
}

/** Seconds left on both clocks, never negative. */
export function secondsLeft(
  lineage: LineageClock,
  now: Date,
  limits: SessionLimits,
): { idle: number; identified: number } {
  const moment = monotone(lineage, now)
  const left = (since: Date, limit: number) =>
    Math.max(0, Math.ceil((since.getTime() + minutes(limit) - moment) / 1_000))
  return { idle: left(lineage.activeAt, limits.idleMinutes), identified: left(lineage.identifiedAt, identifiedMinutes) }
}

/** Whether an identification of this age may open or continue a session; the age is compared here and nowhere else. */
export function identificationAge(identifiedAt: Date, now: Date): 'fresh' | 'too-old' | 'from-the-future' {
  const age = now.getTime() - identifiedAt.getTime()
  if (age < -60_000) return 'from-the-future'
  return age < minutes(identifiedMinutes) ? 'fresh' : 'too-old'
}

/** The clock never runs backwards for a lineage: a limit found passed stays passed. */
function monotone(lineage: LineageClock, now: Date): number {
  return Math.max(now.getTime(), lineage.lastSeenAt.getTime())
}

function minutes(count: number): number {
  return count * 60_000
}
