/**
 * The session's rules once more, for comparison: written from sections 4 to 7 of the rules, as tables, knowing nothing of the
 * code. One place tells a person's state, one what becomes of an identification.
 */

export const idle = 1_800_000
export const identified = 14_400_000
export const remembered = 86_400_000
export const tolerance = 60_000

export type Person = 'anna' | 'bela'
export type State = 'anonymous' | 'active' | 'paused' | 'reidentify'
export type Kind = 'sign-in' | 'continue' | 'reidentify'
export type Verdict =
  | 'renew'
  | 'begin'
  | 'other-person'
  | 'session-ended'
  | 'try-again'
  | 'too-old'
  | 'from-the-future'
  | 'kau-session-ended'
  | 'not-new-enough'
  | 'reidentification-needed'

export interface Lineage {
  name: number
  person: Person
  identifiedAt: number
  activeAt: number
  /** the latest moment at which it was found past a limit */
  seenAt: number
  ended: boolean
  again: boolean
  epoch: number
  identifier: string
  sid: string
}

export interface Attempt {
  kind: Kind
  startedAt: number
  retried: boolean
  lineage: number | undefined
}

export interface Token {
  person: Person
  authTime: number
  sid: string
}

/** What the table of section 5 says about a token of the same person, by the attempt's kind and the state. */
const samePerson: Record<Kind, Record<Exclude<State, 'anonymous'>, 'accepted' | 'refused'>> = {
  'sign-in': { active: 'accepted', paused: 'accepted', reidentify: 'refused' },
  continue: { active: 'accepted', paused: 'accepted', reidentify: 'refused' },
  reidentify: { active: 'accepted', paused: 'accepted', reidentify: 'accepted' },
}

export function rules() {
  const lineages: Lineage[] = []
  const byIdentifier = new Map<string, Lineage>()
  const endedSids = new Set<string>()
  const endedPeople = new Map<Person, number>()
  let epoch = 1

  function known(identifier: string | undefined): Lineage | undefined {
    return identifier === undefined ? undefined : byIdentifier.get(identifier)
  }

  /** Section 4, the first row that holds. */
  function stateOf(identifier: string | undefined, now: number): State {
    const lineage = known(identifier)
    if (lineage === undefined || lineage.ended) return 'anonymous'
    const most = now > lineage.seenAt ? now : lineage.seenAt
    if (most - lineage.identifiedAt >= remembered) return 'anonymous'
    if (lineage.again || most - lineage.identifiedAt >= identified) return 'reidentify'
    if (most - lineage.activeAt >= idle || lineage.identifier !== identifier || lineage.epoch < epoch) return 'paused'
    return 'active'
  }

  /** Whoever finds a limit passed remembers it. */
  function look(identifier: string | undefined, now: number): void {
    const lineage = known(identifier)
    if (lineage === undefined || lineage.ended || now < lineage.seenAt) return
    if (now - lineage.identifiedAt >= identified || now - lineage.activeAt >= idle) lineage.seenAt = now
  }

  function judge(attempt: Attempt, token: Token, identifier: string | undefined, now: number): Verdict {
    const state = stateOf(identifier, now)
    const present = state === 'anonymous' ? undefined : known(identifier)
    const begunIn = attempt.lineage
    if (begunIn !== present?.name && (begunIn !== undefined || attempt.kind !== 'sign-in')) return 'session-ended'
    if (begunIn === undefined && attempt.kind !== 'sign-in') return 'session-ended'
    if (token.authTime > now + tolerance) return 'from-the-future'
    if (now - token.authTime >= identified) return attempt.retried ? 'too-old' : 'try-again'
    const personEnded = endedPeople.get(token.person)
    if (endedSids.has(token.sid) || (personEnded !== undefined && token.authTime <= personEnded)) {
      return 'kau-session-ended'
    }
    const freshSinceClick = token.authTime >= attempt.startedAt - tolerance
    if (attempt.kind === 'reidentify' && !freshSinceClick) return 'not-new-enough'
    if (present === undefined || state === 'anonymous') return 'begin'
    if (present.person !== token.person) return 'other-person'
    const kind = attempt.retried && freshSinceClick ? 'reidentify' : attempt.kind
    return samePerson[kind][state] === 'accepted' ? 'renew' : 'reidentification-needed'
  }

  return {
    lineages,
    stateOf,
    look,
    judge,
    known,
    epoch: () => epoch,

    /** Activity is stored at most once a second, so up to a second too early. */
    act(identifier: string, now: number): void {
      const lineage = known(identifier)
      if (lineage !== undefined && now - lineage.activeAt >= 1_000) lineage.activeAt = now
    },

    accept(verdict: Verdict, token: Token, from: string | undefined, to: string, now: number): Lineage {
      const present = known(from)
      if (verdict === 'other-person' && present !== undefined) present.ended = true
      let lineage = verdict === 'renew' ? present : undefined
      if (lineage === undefined) {
        lineage = { name: lineages.length, person: token.person } as Lineage
        lineages.push(lineage)
      }
      Object.assign(lineage, {
        identifiedAt: Math.min(token.authTime, now),
        activeAt: now,
        seenAt: now,
        ended: false,
        again: false,
        epoch,
        identifier: to,
        sid: token.sid,
      })
      byIdentifier.set(to, lineage)
      return lineage
    },

    end(name: number): void {
      const lineage = lineages[name]
      if (lineage !== undefined) lineage.ended = true
    },

    report(whose: { sid: string } | { person: Person }, now: number): void {
      if ('sid' in whose) endedSids.add(whose.sid)
      else endedPeople.set(whose.person, now)
      for (const lineage of lineages) {
        if ('sid' in whose ? lineage.sid === whose.sid : lineage.person === whose.person) lineage.again = true
      }
    },

    raiseEpoch(): void {
      epoch += 1
    },
  }
}

export type Rules = ReturnType<typeof rules>
