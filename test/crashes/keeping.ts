/**
 * People fill in forms, are interrupted by the limits of their sessions and go on, while processes are killed; afterwards what
 * they were told is compared with what is there.
 */
import { randomInt } from 'node:crypto'
import { parse } from 'node-html-parser'
import type { PersonId } from '../cast/people.ts'
import { type Answer, type Citizen, citizenAt, valueOf } from '../demo/citizen.ts'
import type { RunningPortal } from '../demo/portal.ts'
import { pages } from '../features/submissions/general-request.ts'
import { nationalIdentityControl } from '../simulators/national-identity/control-client.ts'
import { running } from '../support/processes.ts'
import { asAdministrator } from './books.ts'
import { type Journal, journalOf } from './journal.ts'
import { type Accidents, killsIn, patience, type Victim } from './kills.ts'
import { countPresses, type Presses } from './presses.ts'
import { until } from './until.ts'

export interface KeepingPlan {
  people: readonly PersonId[]
  /** one interruption of everybody's work for each */
  kills: readonly Victim[]
  tell?: (line: string) => void
}

export interface KeepingFigures extends Presses, Accidents {
  /** saves that were confirmed */
  saved: number
  /** posts that were told to be put aside */
  parked: number
  /** told that there is no room to put it aside */
  refused: number
  /** things put aside that their owner went on with, and threw away after having seen them */
  applied: number
  thrownAway: number
  /** sessions that went on by a round trip to the KAÜ, and that were ended by their person */
  continued: number
  signedOut: number
  /** confirmed or put aside, and not there */
  lost: string[]
  /** put aside or gone on with more than once */
  doubled: string[]
  /** shown to somebody else */
  astray: string[]
  /** sent in, though it was only put aside */
  acted: string[]
  /** sessions that were there after their person had been told of their end */
  revived: string[]
}

interface Draft {
  id: string
  journal: Journal
  /** the page as it is open before its writer */
  open: Showing
}

interface Showing {
  csrf: string
  ticket: string
  showing: number
  changes: number
}

interface Writer {
  person: PersonId
  citizen: Citizen
  drafts: Draft[]
  /** a draft that is complete: it is sent when the session cannot act, and at no other time */
  complete: string
  marks: number
  isSignedIn: boolean
  /** items that are gone, as far as their owner was told */
  gone: Set<string>
  /** how often a sending was put aside, and the items in which it was found again */
  sendings: { parked: number; found: Set<string> }
}

interface Item {
  id: string
  address: string
  csrf: string
  marks: string[]
}

type Heard = 'saved' | 'parked' | 'refused' | 'stale'

/** Idle for longer than 30 minutes; every third time identified for longer than 240. */
const interruptions = [31, 31, 241]
const forms = '/ujhartyan/sajat/urlapok'
const parkedList = '/sajat/felretett'

export async function keepThroughKills(portal: RunningPortal, plan: KeepingPlan): Promise<KeepingFigures> {
  const clock = nationalIdentityControl(portal.kauControlUrl)
  const onlooker = await citizenAt(portal.url, portal.kauUrl, 'ferenc')
  const writers = await Promise.all(plan.people.map(beginWriting))
  const { count, press, after, moment, wrong, note } = countPresses()
  // whatever the onlooker's session has become by then: it is looked up
  const { accidents, kill } = killsIn(portal, async () => {
    const answer = await onlooker.ask('/munkamenet/allapot').catch(() => undefined)
    return answer?.status === 200
  })
  const told = { saved: 0, parked: 0, refused: 0, applied: 0, thrownAway: 0, continued: 0, signedOut: 0 }
  const faults = { lost: [] as string[], doubled: [] as string[], astray: [] as string[], acted: [] as string[] }
  const endedSessions: string[] = []
  const revived = new Set<string>()

  let aheadSeconds = (await clock.state()).offsetSeconds
  for (const [index, victim] of plan.kills.entries()) {
    const interruptAfter = randomInt(writers.length, 5 * writers.length)
    const work = writers.map(workThroughInterruption)
    const working = Promise.all(work.map(({ ended }) => ended))
    const minutes = interruptions[index % interruptions.length] ?? 31
    const interrupting = Promise.race([after(interruptAfter), working])
      .then(() => Promise.all(work.map(({ begun }) => begun)))
      .then(() => interrupt(minutes))
    // while all goes on, around the interruption, or while people come back from it
    await moment(randomInt(interruptAfter + 10 * writers.length), working)
    await kill(victim)
    await Promise.all([working, interrupting])
    await lookForActs()
    await lookForRevived(endedSessions.slice(-writers.length))
    plan.tell?.(`kill ${index + 1} of ${plan.kills.length} (${victim}): ${told.saved} saved, ${told.parked} put aside`)
  }
  // all is calm: whatever was still under way has arrived
  for (const writer of writers) await noted(writer, comeBackAndSettle(writer))
  await lookForRevived(endedSessions)
  for (const writer of writers) await compareWithDatabase(writer)
  if (!running(portal.processes.get('web')?.pid ?? 0)) wrong('the process web ended by itself')
  for (const { person, drafts, sendings } of writers) {
    for (const { journal } of drafts) {
      faults.lost.push(...journal.lost, ...journal.missing().map((mark) => `${mark} was put aside`))
    }
    if (sendings.found.size < sendings.parked) {
      faults.lost.push(`${person}: ${sendings.parked} sendings put aside, ${sendings.found.size} found`)
    }
  }
  return { ...told, ...faults, revived: [...revived], ...count, ...accidents }

  async function beginWriting(person: PersonId): Promise<Writer> {
    const citizen = await citizenAt(portal.url, portal.kauUrl, person)
    const drafts: Draft[] = []
    for (let number = 0; number < 2; number += 1) {
      const { draft } = await citizen.writesLetter()
      const page = await citizen.ask(`${forms}/${draft}/kerelem`)
      const journal = journalOf(heldBy(page))
      drafts.push({ id: draft, journal, open: { ...carriedBy(page), ...journal.shown(heldBy(page)) } })
    }
    const { draft: complete } = await citizen.writesLetter()
    return {
      person,
      citizen,
      drafts,
      complete,
      marks: 0,
      isSignedIn: true,
      gone: new Set(),
      sendings: { parked: 0, found: new Set() },
    }
  }

  /** Everybody's at once; while the database is away nothing moves. */
  async function interrupt(minutes: number): Promise<void> {
    aheadSeconds += minutes * 60
    await until('the clock moves', patience, () =>
      clock.moveClock(aheadSeconds).then(
        () => true,
        () => undefined,
      ),
    )
  }

  /** @returns when the writer has saved something, or cannot; and when all is over, whatever came of it */
  function workThroughInterruption(writer: Writer): { begun: Promise<void>; ended: Promise<void> } {
    let begins = () => {}
    const begun = new Promise<void>((done) => {
      begins = done
    })
    const work = async () => {
      await workUntilInterrupted(writer, begins)
      if (Math.random() < 0.25) await signOut(writer)
      await comeBackAndSettle(writer)
    }
    return { begun, ended: noted(writer, work()).finally(begins) }
  }

  /** What somebody cannot go on after is an answer nobody should get; the others go on. */
  async function noted({ person }: Writer, work: Promise<void>): Promise<void> {
    await work.catch((error: Error) => wrong(`${person}: ${error.message}`))
  }

  async function workUntilInterrupted(writer: Writer, begins: () => void): Promise<void> {
    const overview = await look(writer, `${forms}/${writer.complete}/attekintes`)
    if (overview === undefined) throw new Error('interrupted before anything was saved')
    let hasSaved = false
    for (let step = 0; ; step += 1) {
      const draft = writer.drafts[step % writer.drafts.length]
      if (draft === undefined || !(await openPage(writer, draft))) break
      const heard = await type(writer, draft, hasSaved && Math.random() < 0.15)
      if (heard === 'parked') break
      if (heard !== 'saved') continue
      hasSaved = true
      begins()
    }
    // what is open in other tabs is posted too; with what there is by now, these are five things at the most
    const [first, second] = writer.drafts
    if (first !== undefined) await typeInterrupted(writer, first)
    if (second !== undefined && Math.random() < 0.6) await typeInterrupted(writer, second)
    await sendInterrupted(writer, overview)
  }

  /** False: the session is interrupted. */
  async function openPage(writer: Writer, draft: Draft): Promise<boolean> {
    const page = await look(writer, `${forms}/${draft.id}/kerelem`)
    if (page === undefined) return false
    draft.open = { ...carriedBy(page), ...draft.journal.shown(heldBy(page)) }
    return true
  }

  /** A page, once it is there; undefined when the session is interrupted. */
  function look({ person, citizen }: Writer, path: string): Promise<Answer | undefined> {
    return until(path, patience, async () => {
      const answer = await citizen.ask(path).catch(() => undefined)
      if (answer === undefined) return undefined
      note('looking', answer)
      if (answer.status === 503) return undefined
      if (answer.status === 200) return { page: ownOf(person, answer) }
      if (isInterruption(answer)) return { page: undefined }
      throw new Error(`${path}: ${answer.status} ${answer.location}`)
    }).then(({ page }) => page)
  }

  async function typeInterrupted(writer: Writer, draft: Draft): Promise<void> {
    const heard = await type(writer, draft, false)
    if (heard === 'saved' || heard === 'stale') throw new Error(`${heard}, though the session was interrupted`)
  }

  /** Posts something new until there is an answer, by the button or as the page itself does; undefined: gave up before. */
  async function type(writer: Writer, draft: Draft, givesUp: boolean): Promise<Heard | undefined> {
    writer.marks += 1
    const { citizen, person } = writer
    const { csrf, ticket, showing, changes } = draft.open
    const mark = `${markOf(person)}${writer.marks}`
    const byItself = Math.random() < 0.4
    const typing = draft.journal.typed({ mark, showing, changes, byItself })
    const fields = { ...pages['kerelem'], _csrf: csrf, _jegy: ticket, subject: mark, body: mark }
    const post = byItself ? { ...fields, _gomb: 'mentes' } : fields
    const said = new Set<Heard>()
    const pressOnce = () => {
      const leave = givesUp || Math.random() < 0.2 ? AbortSignal.timeout(randomInt(1, 300)) : undefined
      const headers = byItself ? { 'x-portal': '1' } : {}
      return press(
        byItself ? 'saving by itself' : 'saving',
        () => citizen.ask(`${forms}/${draft.id}/kerelem`, post, leave, headers),
        (answer) => {
          const heard = byItself ? heardByPage(answer) : heardFrom(answer)
          if (heard === undefined) return false
          said.add(heard)
          if (heard === 'saved') {
            told.saved += 1
            draft.journal.saved(typing)
            if (byItself) draft.open = { csrf, ticket: nextTicket(answer), ...draft.journal.shown(mark) }
          }
          if (heard === 'parked') {
            told.parked += 1
            draft.journal.parked(typing)
          }
          if (heard === 'refused') told.refused += 1
          return true
        },
        leave,
      )
    }
    return until(
      `an answer to ${mark}`,
      patience,
      async () => {
        await Promise.all(Math.random() < 0.2 ? [pressOnce(), pressOnce()] : [pressOnce()])
        const heard = (['parked', 'refused', 'stale', 'saved'] as const).find((one) => said.has(one))
        if (heard !== undefined) return { heard }
        return givesUp ? { heard: undefined } : undefined
      },
      200,
    ).then(({ heard }) => heard)
  }

  /** Presses the button that sends a form in, from a page that was shown before the interruption. */
  async function sendInterrupted({ citizen, complete, sendings }: Writer, overview: Answer): Promise<void> {
    const names = ['_csrf', '_jegy', '_azonosito', '_tartalom']
    const fields = Object.fromEntries(names.map((name) => [name, valueOf(overview, name)]))
    let answered = false
    let isParked = false
    await until(`an answer to sending ${complete}`, patience, async () => {
      await press(
        'sending',
        () => citizen.ask(`${forms}/${complete}/bekuldes`, fields),
        (answer) => {
          const heard = heardFrom(answer)
          if (heard === 'refused') told.refused += 1
          isParked = heard === 'parked'
          answered = isParked || heard === 'refused'
          return answered
        },
      )
      return answered || undefined
    })
    if (!isParked) return
    told.parked += 1
    sendings.parked += 1
  }

  async function signOut(writer: Writer): Promise<void> {
    const { citizen } = writer
    const cookie = cookiesOf(citizen)
    const hear = ({ status, location }: Answer) =>
      status === 303 && (location.startsWith('http') || location.startsWith('/kijelentkezve'))
    let leftFor = ''
    await until('signing out', patience, async () => {
      let isOut = false
      const page = await citizen.ask('/kijelentkezes').catch(() => undefined)
      if (page === undefined || page.status === 503) return undefined
      // an earlier press that was not heard of has done it
      if (hear(page)) return true
      const token = valueOf(page, 'token')
      writer.isSignedIn = false
      await press(
        'signing out',
        () => citizen.ask('/kijelentkezes', { token }),
        (answer) => {
          isOut = hear(answer)
          leftFor = answer.location
          return isOut
        },
      )
      return isOut || undefined
    })
    told.signedOut += 1
    endedSessions.push(cookie)
    if (leftFor.startsWith('http')) await citizen.kau.visit(leftFor)
  }

  async function comeBackAndSettle(writer: Writer): Promise<void> {
    await comeBack(writer)
    await until(`${writer.person} has gone on with everything`, patience, () => settle(writer))
  }

  /** Signs in, goes on or identifies again, whichever it takes. */
  async function comeBack(writer: Writer): Promise<void> {
    const { citizen, person } = writer
    let insists = false
    await until(`${person} is back`, patience, async () => {
      const answer = await citizen.ask('/munkamenet/allapot').catch(() => undefined)
      const state = answer?.status === 200 ? stateIn(answer) : undefined
      if (state === undefined) return undefined
      if (state === 'active') {
        writer.isSignedIn = true
        return true
      }
      if (state === 'anonymous' && writer.isSignedIn) throw new Error('the session is gone')
      const way = state === 'paused' && !insists ? 'folytatas' : 'azonositas'
      const departure =
        state === 'anonymous' ? await departFrom(citizen, '/belepes', {}) : await departBy(citizen, state, way)
      if (departure === undefined) return undefined
      const silently = state === 'paused' && way === 'folytatas'
      const back = await (silently ? citizen.kau.pass(departure) : citizen.kau.signIn(departure, person)).catch(
        () => undefined,
      )
      // the KAÜ has something to ask
      insists = back === undefined
      if (back === undefined) return undefined
      await press(
        'coming back',
        () => citizen.ask(back.pathname + back.search),
        (returned) => {
          if (returned.status === 303) {
            told.continued += 1
            writer.isSignedIn = true
            return true
          }
          insists = true
          // used up by a process that died, or too old because the time moved: the person begins again
          return returned.status === 400 || returned.status === 200
        },
      )
      return undefined
    })
  }

  async function departBy(citizen: Citizen, state: string, way: string): Promise<string | undefined> {
    const page = await citizen.ask(`/munkamenet/${state === 'paused' ? 'szunet' : 'azonositas'}`).catch(() => undefined)
    // meanwhile the database went, or the session is no more what it was
    if (page?.status !== 200) return undefined
    return departFrom(citizen, `/munkamenet/${way}`, { token: valueOf(page, 'token') })
  }

  /** The address at the KAÜ that one is sent to. */
  async function departFrom(
    citizen: Citizen,
    path: string,
    fields: Record<string, string>,
  ): Promise<string | undefined> {
    let departure: string | undefined
    await press(
      'departing',
      () => citizen.ask(path, fields),
      ({ status, location }) => {
        if (location.startsWith('http')) departure = location
        return status === 303
      },
    )
    return departure
  }

  /** Looks at what is put aside, and deals with it; true when there is nothing any more. */
  async function settle(writer: Writer): Promise<true | undefined> {
    const list = await look(writer, parkedList)
    if (list === undefined) throw new Error('interrupted again')
    const items = itemsOn(list)
    const marks = items.flatMap((item) => item.marks)
    if (new Set(marks).size < marks.length) faults.doubled.push(`listed twice: ${marks.join(' ')}`)
    for (const { id } of items) if (writer.gone.has(id)) faults.doubled.push(`back again: ${id}`)
    for (const mark of marks) for (const { journal } of writer.drafts) journal.listed(mark)
    for (const item of items) if (item.marks.length === 0) writer.sendings.found.add(item.id)
    for (const item of items) await goOnWith(writer, item)
    for (const draft of writer.drafts) await openPage(writer, draft)
    return items.length === 0 || undefined
  }

  async function goOnWith(writer: Writer, item: Item): Promise<void> {
    const { citizen } = writer
    let isStale = false
    let isShown = false
    const take = (fields?: Record<string, string>) =>
      press(
        'going on',
        () => citizen.ask(item.address, fields),
        (answer) => {
          ownOf(writer.person, answer)
          isStale = answer.status === 409
          if (answer.status === 303 && answer.location.startsWith(`${forms}/`)) {
            told.applied += 1
            writer.gone.add(item.id)
          }
          isShown = answer.status === 200
          // an earlier press that was not heard of has done it
          return answer.status === 303 || answer.status === 200 || answer.status === 409 || answer.status === 404
        },
      )
    await take()
    // of an earlier session: it is shown first
    if (isShown) await take({ _csrf: item.csrf })
    if (!isStale) return
    for (const mark of item.marks) for (const { journal } of writer.drafts) journal.thrownAway(mark)
    await press(
      'throwing away',
      () => citizen.ask(`${parkedList}/${item.id}/elvetes`, { _csrf: item.csrf }),
      ({ status, location }) => {
        const isGone = status === 303 && location === `${parkedList}?elvetve`
        if (isGone) {
          told.thrownAway += 1
          writer.gone.add(item.id)
        }
        return isGone || status === 404
      },
    )
  }

  /** Everything on a page is its reader's. */
  function ownOf(person: PersonId, answer: Answer): Answer {
    const others = marksIn(answer.text).filter((mark) => !mark.startsWith(markOf(person)))
    if (others.length > 0) faults.astray.push(`${person} was shown ${others.join(' ')}`)
    return answer
  }

  async function lookForActs(): Promise<void> {
    const drafts = writers.flatMap((writer) => [writer.complete, ...writer.drafts.map(({ id }) => id)])
    const sent = await asAdministrator<{ id: string }>(
      portal,
      'select draft_id as id from submissions where draft_id = any ($1::uuid[])',
      [drafts],
    )
    for (const { id } of sent) if (!faults.acted.includes(id)) faults.acted.push(id)
  }

  async function lookForRevived(cookies: readonly string[]): Promise<void> {
    for (const cookie of cookies) {
      const state = await until('the state of a session', patience, async () => {
        const answer = await fetch(new URL('/munkamenet/allapot', portal.url), { headers: { cookie } }).catch(
          () => undefined,
        )
        return answer?.status === 200 ? stateIn({ text: await answer.text() }) : undefined
      })
      if (state !== 'anonymous') revived.add(`session ${endedSessions.indexOf(cookie) + 1} is ${state}`)
    }
  }

  async function compareWithDatabase({ drafts, person }: Writer): Promise<void> {
    for (const { id, journal } of drafts) {
      const [row] = await asAdministrator<{ subject: string; body: string }>(
        portal,
        `select answers->>'subject' as subject, answers->>'body' as body from drafts where id = $1`,
        [id],
      )
      if (row === undefined) faults.lost.push(`${person}: the draft ${id}`)
      else journal.shown(held(row.subject, row.body))
    }
  }
}

function cookiesOf({ cookies }: Citizen): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

function isInterruption({ status, location }: Pick<Answer, 'status' | 'location'>): boolean {
  return status === 303 && /^\/munkamenet\/(szunet|azonositas)$/.test(location)
}

/** What a person reads in the answer to a button; undefined: nothing of that kind. */
function heardFrom({ status, location, text }: Answer): Heard | undefined {
  if (status === 303 && location.startsWith(`${forms}/`)) return 'saved'
  if (status === 303 && /^\/munkamenet\/(szunet|azonositas)\?felreteve$/.test(location)) return 'parked'
  if (status === 409) return parse(text).querySelector('.portal-versions') === null ? 'refused' : 'stale'
  return undefined
}

/** What a page reads in the answer to what it sent by itself. */
function heardByPage({ status, text }: Answer): Heard | undefined {
  if (status !== 200 && status !== 401 && status !== 409) return undefined
  const { saved, because, parked, state } = JSON.parse(text) as Record<string, unknown>
  if (status === 200 && saved === true) return 'saved'
  if (status === 409 && because === 'stale') return 'stale'
  if (status !== 401 || (state !== 'paused' && state !== 'reidentify')) return undefined
  return parked === true ? 'parked' : 'refused'
}

/** With it the page goes on that saved itself. */
function nextTicket({ text }: Answer): string {
  return String((JSON.parse(text) as { ticket?: unknown }).ticket)
}

function stateIn({ text }: { text: string }): string {
  return String((JSON.parse(text) as { state?: unknown }).state)
}

function carriedBy(page: Answer): Pick<Showing, 'csrf' | 'ticket'> {
  return { csrf: valueOf(page, '_csrf'), ticket: valueOf(page, '_jegy') }
}

function heldBy(page: Answer): string {
  const html = parse(page.text)
  const subject = html.querySelector('input[name="subject"]')?.getAttribute('value') ?? ''
  return held(subject, html.querySelector('textarea[name="body"]')?.textContent.trim() ?? '')
}

/** Both fields are always typed alike; where they differ, half of something was saved. */
function held(subject: string, body: string): string {
  const isFirst = subject === pages['kerelem']?.['subject'] && body === pages['kerelem']?.['body']
  return isFirst || subject === body ? subject : `half of ${subject} and ${body}`
}

function itemsOn(list: Answer): Item[] {
  return parse(list.text)
    .querySelectorAll('.portal-parked')
    .map((section) => {
      const address = section.querySelector('form')?.getAttribute('action') ?? ''
      return {
        id: address.split('/').at(-1) ?? '',
        address,
        csrf: section.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? '',
        marks: [...new Set(marksIn(section.textContent))],
      }
    })
}

function markOf(person: PersonId): string {
  return `jel-${person}-`
}

function marksIn(text: string): string[] {
  return text.match(/\bjel-[a-z]+-\d+\b/g) ?? []
}
