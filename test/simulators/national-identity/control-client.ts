/** The control address of the simulated KAÜ (control.ts), as methods for tests. */
import type { PersonId } from '../../cast/people.ts'
import type { Report } from './reports.ts'
import type { Behaviour, Endpoint, Instructions, StandingAnswer, Told } from './script.ts'
import type { LogoutReport } from './token-making.ts'

export interface AgentState {
  offsetSeconds: number
  clockShared: boolean
  sessionSeconds: number
  /** sessions people have at the KAÜ; `since` in seconds since 1970, `kauSession` the `sid` the portal was told */
  sessions: { subject: string; since: number; kauSession?: string }[]
  told: Told
  behaviours: Partial<Record<Endpoint, Behaviour>>
  answers: StandingAnswer[]
  /** `kid` of each published key, the signing one first */
  keys: string[]
  reports: Report[]
  /** how often each endpoint was asked, since `forgetAsked` */
  asked: Partial<Record<Endpoint, number>>
}

export type NationalIdentityControl = ReturnType<typeof nationalIdentityControl>

/** @param address of the control server, `http://127.0.0.1:…` */
export function nationalIdentityControl(address: string) {
  async function ask<Answer>(path: string, body?: unknown): Promise<Answer> {
    const post = { method: 'POST', body: JSON.stringify(body === undefined ? {} : body) }
    const response = await fetch(new URL(path, address), path === '/' ? {} : post)
    if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const tell = async (path: string, body?: unknown): Promise<void> => {
    await ask(path, body)
  }

  return {
    state: () => ask<AgentState>('/'),
    /** Moves the KAÜ's clock away from the real one; where it is shared, the portal's along with it. */
    moveClock: (offsetSeconds: number) => tell('/clock', { offsetSeconds }),
    /** From now on the clock of this portal's database moves along. @returns how many seconds ahead it was, and the KAÜ is now */
    shareClock: async (ownerUrl: string) =>
      (await ask<{ offsetSeconds: number }>('/clock/share', { ownerUrl })).offsetSeconds,
    /** How long sessions live from signing in on, 14,400 seconds at first; holds for sessions that are used afterwards. */
    liveFor: (seconds: number) => tell('/session-seconds', { seconds }),
    /** Signs this person in without a page: once in any browser, or always in one whose User-Agent has `browser` in it. */
    answerAs: (
      person: PersonId,
      options: { method?: StandingAnswer['method']; browser?: string; times?: number } = {},
    ) => tell('/answer', { person, ...(options.browser === undefined ? { times: 1 } : {}), ...options }),
    /** Asks by a page again. */
    askAgain: () => tell('/answer', null),
    /** An outage, an error at authorization, wishes that are ignored, claims told otherwise, the way of reports. */
    follow: (told: Instructions) => tell('/script', told),
    /** Gives this forged ID token (forged-tokens.ts) instead of a right one, until told otherwise. */
    forgeIdTokens: (forgery: string | null) => tell('/script', { forgery }),
    /** Tells the time of identification otherwise, rightly signed: missing, or so many seconds from the moment of asking. */
    tellAuthTime: (how: 'missing' | { secondsFromNow: number }) =>
      tell('/script', { claims: { auth_time: how === 'missing' ? null : how } }),
    misbehave: (endpoint: Endpoint, behaviour: Behaviour | null) => tell('/endpoints', { endpoint, behaviour }),
    /** Faithful again in everything; the clock, keys and sessions stay. */
    behave: () => tell('/behave'),
    rotateKeys: (options: { keepOld: boolean }) => tell('/keys/rotate', options),
    /**
     * Ends a person's sessions, or the one the portal knows by this `sid`, as another service would.
     * @returns how many there were
     */
    async endSessions(who: string | { kauSession: string }, { report }: { report: boolean } = { report: false }) {
      const named = typeof who === 'string' ? { subject: who } : who
      return (await ask<{ ended: number }>('/sessions/end', { ...named, report })).ended
    },
    /** Sends the reports that were kept. @returns the portal's answers; 0 where nobody listened */
    deliverReports: async () => (await ask<{ answers: number[] }>('/reports/deliver')).answers,
    /** A logout token on demand, right or forged; `send` posts it to the portal and gives its answer. */
    logoutToken: (report: LogoutReport & { send?: boolean }) =>
      ask<{ token: string; answer: number | null }>('/logout-token', report),
    forgetAsked: () => tell('/asked/forget'),
  }
}
