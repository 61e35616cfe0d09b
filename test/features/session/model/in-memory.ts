import {
  type LineageClock,
  type SessionLimits,
  secondsLeft,
  sessionState,
} from '../../../../src/features/session/session-state.ts'
import {
  type Accepted,
  type Attempt,
  afterActivity,
  afterLook,
  judgeIdentification,
  type Refused,
} from '../../../../src/features/session/transitions.ts'

interface Stored extends LineageClock {
  id: string
  accountId: string
  identifier: string
  kauSession: string
}

/** The pure rules over a store in memory, as the service has them over tables: it decides nothing by itself. */
export function inMemoryPortal(limits: SessionLimits) {
  const lineages: Stored[] = []
  const identifiers = new Map<string, number>()
  const endedSessions = new Set<string>()
  const endedPeople = new Map<string, number>()
  let epoch = 1

  function find(identifier: string | undefined, now: Date) {
    const at = identifier === undefined ? undefined : identifiers.get(identifier)
    const lineage = at === undefined ? undefined : lineages[at]
    const presented = lineage?.identifier === identifier ? 'current' : 'former'
    const state = sessionState(lineage, presented, now, epoch, limits)
    if (lineage === undefined || lineage.endedAt !== null) return { lineage, state }
    const looked = afterLook(lineage, now, limits)
    if (looked !== lineage) lineages[Number(lineage.id)] = looked
    return { lineage: looked, state }
  }

  function put(lineage: Stored): void {
    identifiers.set(lineage.identifier, Number(lineage.id))
    lineages[Number(lineage.id)] = lineage
  }

  return {
    look(identifier: string | undefined, now: Date, activity: boolean) {
      const { lineage, state } = find(identifier, now)
      if (lineage === undefined) return { state, left: undefined }
      const clock = state === 'active' && activity ? afterActivity(lineage, now) : lineage
      lineages[Number(lineage.id)] = clock
      return {
        state,
        left: state === 'active' ? secondsLeft(clock, now, limits) : undefined,
        person: lineage.accountId,
      }
    },

    lineageOf(identifier: string | undefined, now: Date): string | null {
      const { lineage, state } = find(identifier, now)
      return lineage === undefined || state === 'anonymous' ? null : lineage.id
    },

    comeBack(
      attempt: Attempt,
      token: { person: string; authTime: number; sid: string },
      shown: string | undefined,
      identifier: string,
      now: Date,
    ): { judged: Accepted | Refused; lineage: number | undefined } {
      const { lineage, state } = find(shown, now)
      const personEnded = endedPeople.get(token.person)
      const judged = judgeIdentification(
        attempt,
        {
          identifiedAt: new Date(token.authTime),
          kauSessionEnded: endedSessions.has(token.sid) || (personEnded !== undefined && personEnded >= token.authTime),
          accountId: token.person,
        },
        { state, lineage: state === 'anonymous' ? undefined : lineage },
        now,
        epoch,
      )
      if (!('clock' in judged)) return { judged, lineage: undefined }
      if (judged.verdict === 'other-person' && lineage !== undefined) this.end(Number(lineage.id), now)
      const renews = judged.verdict === 'renew' && lineage !== undefined
      const id = renews ? lineage.id : String(lineages.length)
      put({ ...judged.clock, id, identifier, accountId: token.person, kauSession: token.sid })
      return { judged, lineage: Number(id) }
    },

    end(id: number, now: Date): void {
      const lineage = lineages[id]
      if (lineage !== undefined) lineages[id] = { ...lineage, endedAt: lineage.endedAt ?? now }
    },

    report(whose: { sid: string } | { person: string }, now: Date): void {
      if ('sid' in whose) endedSessions.add(whose.sid)
      else endedPeople.set(whose.person, now.getTime())
      lineages.forEach((lineage, index) => {
        const meant = 'sid' in whose ? lineage.kauSession === whose.sid : lineage.accountId === whose.person
        if (meant) lineages[index] = { ...lineage, mustReidentify: true }
      })
    },

    raiseEpoch(): void {
      epoch += 1
    },
  }
}
