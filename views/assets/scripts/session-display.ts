/** What the server says of the session: seconds left on both clocks, and the public label of the lineage. */
export interface SessionStatus {
  state: 'anonymous' | 'active' | 'paused' | 'reidentify'
  idleSeconds: number
  identifiedSeconds: number
  lineage: string | null
}

export interface SessionKnowledge {
  /** the label the page was rendered with */
  ownLineage: string
  /** what the server said last */
  status: SessionStatus
  /** seconds since it said so */
  age: number
  /** seconds after which an idle session is over */
  idleLimitSeconds: number
  /** whether the last question to the server went unanswered */
  unanswered: boolean
  /** whether the page comes back from the browser's memory, and the server has said nothing since */
  returned: boolean
}

export type SessionDisplay =
  /** the page; minutes are given where a warning is due */
  | { show: 'page'; idleMinutes?: number; identifiedMinutes?: number; nextInSeconds: number }
  /** the server is to be asked before anything else is shown */
  | { show: 'question' }
  /** nothing of the page may be seen until the session goes on */
  | { show: 'curtain'; because: 'paused' | 'reidentify' }
  /** the page is replaced: its session has ended, or another has taken its place */
  | { show: 'other-page'; because: 'ended' | 'other-session' }

const idleWarningSeconds = 300
const identifiedWarningSeconds = 600

/**
 * What a page shows of its session: from minute 25 of idleness and from minute 230 of identification a warning, afterwards a
 * curtain. Time that passed in the browser is a hint only: that a clock has run out is shown when the server has said so, or
 * cannot be asked. Of a limit of less than ten minutes the second half is warned of.
 */
export function sessionDisplay(known: SessionKnowledge): SessionDisplay {
  const { status, age } = known
  if (status.state === 'anonymous') return { show: 'other-page', because: 'ended' }
  if (status.lineage !== known.ownLineage) return { show: 'other-page', because: 'other-session' }
  if (status.state !== 'active') return { show: 'curtain', because: status.state }

  const idle = status.idleSeconds - age
  const identified = status.identifiedSeconds - age
  if (idle <= 0 || identified <= 0 || known.returned) {
    if (!known.unanswered) return { show: 'question' }
    return { show: 'curtain', because: identified <= 0 ? 'reidentify' : 'paused' }
  }
  const idleWarning = Math.min(idleWarningSeconds, known.idleLimitSeconds / 2)
  return {
    show: 'page',
    ...(idle <= idleWarning ? { idleMinutes: minutesBegun(idle) } : {}),
    ...(identified <= identifiedWarningSeconds ? { identifiedMinutes: minutesBegun(identified) } : {}),
    nextInSeconds: Math.min(untilChange(idle, idleWarning), untilChange(identified, identifiedWarningSeconds)),
  }
}

function untilChange(left: number, warning: number): number {
  return left > warning ? left - warning : left - (minutesBegun(left) - 1) * 60
}

function minutesBegun(seconds: number): number {
  return Math.ceil(seconds / 60)
}
