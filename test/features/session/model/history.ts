/**
 * What happened in a run, and the invariants asserted on it: nothing here knows a lineage's stored clocks or the model's
 * state, only which tokens were accepted, which requests were authorised, what ended.
 *
 * Where each invariant (session rules, section 14) is asserted:
 *
 *   I1                  over HTTP: no name on any answer outside an active session, nothing saved (http-portal.ts)
 *   I2–I7, I11, I19     here, in process and over HTTP; I15 is I6 with the clock set back, I18 is I19 with reports before and
 *                       after the callback; the ends against concurrent requests are in races.db.test.ts
 *   I8–I10              over HTTP: what was put aside, saved and sent, compared in the end (open-tabs.ts)
 *   I12                 here, and on every page over HTTP
 *   I13, I14            where the rights are: tests of representation and clerk-office
 *   I16                 session/outages.db.test.ts
 *   I17                 I7 here; where the KAÜ's session is ended, in identity/sign-out.db.test.ts
 *   I20                 every Location header over HTTP (http-portal.ts)
 *   I21, I4, I5         seconds left on pages and in the status answer, here
 *   I22                 over HTTP two processes answer by turns
 *   I23                 five parked items over HTTP; attempts and sessions in the tests of identity
 *   I24                 here; the epoch is raised by the application itself over HTTP
 */
import { identified, idle, type Person, type State, tolerance } from './rules.ts'

export type Happening =
  | {
      what: 'accepted'
      at: number
      browser: number
      lineage: number
      person: Person
      authTime: number
      sid: string
      /** when the click was that began the attempt, by which browser */
      click: number
      clickedIn: number
      identifier: string
    }
  | {
      what: 'looked'
      at: number
      /** the browser whose own present cookie it was; undefined: somebody replayed an identifier */
      browser: number | undefined
      identifier: string
      state: State
      activity: boolean
      /** of an active session */
      left: { idle: number; identified: number } | undefined
      /** whom the answer was made for; undefined: nobody */
      person: Person | undefined
    }
  | { what: 'ended'; at: number; lineage: number }
  | { what: 'reported'; at: number; sid: string | undefined; person: Person | undefined }
  | { what: 'epoch'; at: number }

interface Acceptance {
  index: number
  at: number
  person: Person
  authTime: number
  click: number
  lineage: number
  identifier: string
}

/** @throws Error naming the invariant that the history breaks */
export function assertInvariants(history: readonly Happening[]): void {
  const byIdentifier = new Map<string, Acceptance>()
  const latestOf = new Map<number, Acceptance>()
  const latestIn = new Map<number, Acceptance>()
  const lastActivity = new Map<number, number>()
  const ended = new Set<number>()
  const endedSids = new Set<string>()
  const endedPeople = new Map<Person, number>()
  const unauthorised = new Map<number, { state: State; index: number }>()
  let epochAt = -1

  history.forEach((happening, index) => {
    if (happening.what === 'accepted') {
      const { lineage, identifier, authTime, at, person, click, browser, clickedIn, sid } = happening
      holds('I11', !byIdentifier.has(identifier), 'an identifier was given twice')
      holds('I7', !ended.has(lineage), 'an ended lineage was renewed')
      holds('I6', clickedIn === browser, 'an attempt of another browser was accepted')
      holds('I19', !endedSids.has(sid), 'a reported session of the KAÜ was accepted')
      const personEnded = endedPeople.get(person)
      holds('I19', personEnded === undefined || authTime > personEnded, 'a reported identification was accepted')
      holds(
        'I2',
        at - authTime < identified && authTime - at <= tolerance,
        'an identification out of its time was accepted',
      )
      const former = latestOf.get(lineage)
      holds('I6', former === undefined || former.person === person, 'another person continued a lineage')
      const before = unauthorised.get(lineage)
      if (before?.state === 'reidentify') {
        holds('I6', authTime >= click - tolerance, 'an identification older than the click ended a reidentification')
      }
      const acceptance = { index, at, person, authTime, click, lineage, identifier }
      byIdentifier.set(identifier, acceptance)
      latestOf.set(lineage, acceptance)
      latestIn.set(browser, acceptance)
      lastActivity.set(lineage, at)
      unauthorised.delete(lineage)
      return
    }
    if (happening.what === 'ended') {
      ended.add(happening.lineage)
      return
    }
    if (happening.what === 'reported') {
      if (happening.sid !== undefined) endedSids.add(happening.sid)
      if (happening.person !== undefined) endedPeople.set(happening.person, happening.at)
      return
    }
    if (happening.what === 'epoch') {
      epochAt = index
      return
    }

    const { at, identifier, state, activity, browser, left, person } = happening
    const from = byIdentifier.get(identifier)
    if (state !== 'active') {
      holds('I1', person === undefined, `somebody was shown while ${state}`)
      const latest = from === undefined ? undefined : latestOf.get(from.lineage)
      if (from !== undefined && latest === from) unauthorised.set(from.lineage, { state, index })
      return
    }
    if (from === undefined) throw new Error('I2: a request was authorised without an accepted token')
    holds('I2', at - from.authTime < identified, 'authorised 240 minutes after the identification')
    holds('I2', at - from.at < identified, 'authorised 240 minutes after the identification was accepted')
    holds('I7', !ended.has(from.lineage), 'authorised after the end')
    holds('I11', latestOf.get(from.lineage) === from, 'a former identifier was authorised')
    holds('I6', !unauthorised.has(from.lineage), 'active again without an accepted token')
    holds('I24', from.index > epochAt, 'active before the KAÜ confirmed it after a failover')
    holds('I12', person === undefined || person === from.person, 'somebody else was shown')
    if (browser !== undefined) holds('I12', latestIn.get(browser) === from, 'not the person last identified here')
    const last = lastActivity.get(from.lineage) ?? from.at
    holds('I3', at - last < idle, 'authorised after 30 minutes without activity')
    const active = activity ? Math.max(last, at) : last
    lastActivity.set(from.lineage, active)
    if (left !== undefined) {
      // A clock set back shows what is left as of the latest moment known; it never gives more than there is.
      const moment = Math.max(at, from.at)
      const identifiedLeft = (Math.min(from.authTime, from.at) + identified - moment) / 1_000
      holds('I4, I21', Math.abs(left.identified - identifiedLeft) <= 1, `${left.identified} s, not ${identifiedLeft}`)
      const idleLeft = (active + idle - moment) / 1_000
      holds('I5, I21', left.idle - idleLeft <= 1 && idleLeft - left.idle <= 2, `${left.idle} s, not ${idleLeft}`)
    }
  })
}

function holds(invariant: string, condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(`${invariant}: ${otherwise}`)
}
