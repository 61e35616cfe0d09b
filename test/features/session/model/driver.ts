/**
 * Plays a history against a portal: tells it each command, compares every answer with the rules, and keeps what happened
 * for the invariants. The KAÜ is scripted here; one driver serves the rules in memory and the application over HTTP.
 */
import { type Command, isActivity, type KauMood, type Look, type Shown } from './commands.ts'
import { assertInvariants, type Happening } from './history.ts'
import {
  type Attempt,
  identified,
  idle,
  type Kind,
  type Person,
  remembered,
  rules,
  type State,
  type Token,
  type Verdict,
} from './rules.ts'

/** What the KAÜ answers an attempt with. */
export type Answer = { token: Token } | { error: 'login_required' | 'down' | 'garbage' }

export interface Looked {
  state: State
  left?: { idle: number; identified: number } | undefined
  person?: Person | undefined
}

type Awaitable<T> = T | Promise<T>

/** What is tried. Times are milliseconds of the store's clock. */
export interface TriedPortal<Handle> {
  setClock(now: number): Awaitable<void>
  look(browser: number, identifier: string | undefined, as: Look, now: number): Awaitable<Looked>
  /** the browser's click; `undefined`: it was sent elsewhere, because of its state */
  start(browser: number, identifier: string | undefined, kind: Kind, now: number): Awaitable<Handle | undefined>
  /** the browser returns from the KAÜ; `identifier` is new, or as it was */
  comeBack(
    browser: number,
    handle: Handle,
    answer: Answer,
    shown: string | undefined,
    now: number,
  ): Awaitable<{
    outcome: string
    identifier?: string
    again?: Handle
    lineage?: number | undefined
    /** whom a page that refuses it shows */
    person?: Person | undefined
  }>
  signOut(browser: number, identifier: string | undefined, now: number): Awaitable<void>
  /** ends the lineage of an identifier otherwise: from the list of sessions, by the operator */
  endElsewhere(identifier: string, lineage: number, now: number): Awaitable<void>
  report(whose: { sid: string } | { person: Person }, now: number): Awaitable<void>
  raiseEpoch(): Awaitable<void>
  /** what this portal lets one see of a verdict */
  shows(verdict: Verdict | 'unknown-attempt' | 'login_required' | 'down' | 'garbage'): string
  /** whether a click of this kind in this state goes to the KAÜ */
  departs(kind: Kind, state: State): boolean
  /** whether a click of this kind in an active session is an activity as well */
  countsClick(kind: Kind): boolean
  /** whether it keeps attempts itself, with the pages strangers wanted; else the driver alone does */
  keepsAttempts: boolean
  /** @throws Error when what was confirmed is not there in the end, or anything else is */
  settle(now: number): Awaitable<void>
}

/** A row of the browser's attempts. */
interface Begun<Handle> extends Attempt {
  browser: number
  /** undefined: only a remembered page */
  handle: Handle | undefined
  there: boolean
  used: boolean
  click: number
}

interface KauSession {
  person: Person
  authTime: number
  sid: string
}

export const start = Date.UTC(2026, 2, 28, 21, 0, 0) // four hours before Budapest's clocks go forward
const attemptMilliseconds = 600_000

/** Counts what a set of histories reached, to show that it was worth running. */
export type Reached = Record<string, number>

export function* play<Handle>(
  portal: TriedPortal<Handle>,
  commands: readonly Command[],
  reached: Reached,
): Generator<unknown, Happening[], never> {
  const model = rules()
  const history: Happening[] = []
  const cookies: (string | undefined)[] = [undefined, undefined]
  const former: string[] = []
  const kau: (KauSession | undefined)[] = [undefined, undefined]
  const reports: string[] = []
  let attempts: Begun<Handle>[] = []
  const answers: { begun: Begun<Handle>; answer: Answer }[] = []
  let mood: KauMood = 'plain'
  let time = start
  let off = 0
  let sids = 0

  const now = () => time + off
  /** the KAÜ's own clock, in whole seconds */
  const kauNow = () => {
    const skew = mood === 'ahead' ? 45_000 : mood === 'far-ahead' ? 90_000 : mood === 'behind' ? -45_000 : 0
    return Math.floor((time + skew) / 1_000) * 1_000
  }

  yield* wait(portal.setClock(now()))
  for (const command of commands) yield* step(command)
  yield* wait(portal.settle(now()))
  assertInvariants(history)
  return history

  function* step(command: Command): Generator<unknown, void, never> {
    count(command.do)
    switch (command.do) {
      case 'tick':
        return yield* pass(command.milliseconds)
      case 'tick-to': {
        const lineage = model.known(cookies[command.browser])
        if (lineage === undefined) return yield* pass(60_000)
        const limit = { idle, identified, remembered }[command.limit]
        const since = command.limit === 'idle' ? lineage.activeAt : lineage.identifiedAt
        yield* pass(Math.max(0, since + limit + command.off - now()))
        yield* look(command.browser, { identifier: 'current' }, command.as)
        return yield* look(command.browser, { identifier: 'current' }, 'status')
      }
      case 'work-until-240': {
        const lineage = model.known(cookies[command.browser])
        if (lineage === undefined) return
        const until = lineage.identifiedAt + identified + command.off
        while (model.stateOf(cookies[command.browser], now()) === 'active' && until - now() > 1_500_000) {
          yield* pass(1_500_000)
          yield* look(command.browser, { identifier: 'current' }, 'page')
        }
        if (until > now() && until - now() <= 1_500_000) {
          count('worked until 240')
          yield* pass(until - now())
        }
        return yield* look(command.browser, { identifier: 'current' }, 'page')
      }
      case 'look':
        return yield* look(command.browser, command.shows, command.as)
      case 'start':
        yield* begin(command.browser, command.kind)
        return
      case 'identify': {
        const open = attempts.filter(({ handle }) => handle !== undefined)
        const begun = open[open.length - 1 - (command.attempt % Math.max(1, open.length))]
        if (begun !== undefined) answers.push({ begun, answer: identify(begun, command.person) })
        return
      }
      case 'come-back': {
        const recent = answers.slice(-6)
        const found = recent[recent.length - 1 - (command.answer % Math.max(1, recent.length))]
        if (found !== undefined) yield* comeBack(found.begun, found.answer, command.browser, command.shows)
        return
      }
      case 'trip': {
        const nobody = model.stateOf(cookies[command.browser], now()) === 'anonymous'
        const begun = yield* begin(command.browser, nobody && !command.insists ? 'sign-in' : command.kind)
        if (begun === undefined) return
        const answer = identify(begun, command.person)
        answers.push({ begun, answer })
        const again = yield* comeBack(begun, answer, command.browser, { identifier: 'current' })
        if (again === undefined) return
        const second = identify(again, command.person)
        answers.push({ begun: again, answer: second })
        yield* comeBack(again, second, command.browser, { identifier: 'current' })
        return
      }
      case 'kau-login':
        kau[command.browser] = { person: command.person, authTime: kauNow(), sid: newSid() }
        return
      case 'kau-logout': {
        const session = kau[command.browser]
        kau[command.browser] = undefined
        if (session === undefined || command.report === 'none') return
        if (command.report === 'later') return void reports.push(session.sid)
        return yield* report(command.report === 'now' ? { sid: session.sid } : { person: session.person })
      }
      case 'late-report': {
        const sid = reports.shift()
        if (sid !== undefined) yield* report({ sid })
        return
      }
      case 'sign-out': {
        const identifier = shown(command.browser, command.shows)
        const lineage = present(identifier)
        model.look(identifier, now())
        yield* wait(portal.signOut(command.browser, identifier, now()))
        for (const begun of attempts) if (begun.browser === command.browser) begun.there = false
        if (lineage === undefined) return
        model.end(lineage.name)
        history.push({ what: 'ended', at: now(), lineage: lineage.name })
        if (command.shows.identifier === 'current') cookies[command.browser] = undefined
        return
      }
      case 'end-elsewhere': {
        const identifier = cookies[command.browser]
        const lineage = present(identifier)
        if (lineage === undefined || identifier === undefined) return
        yield* wait(portal.endElsewhere(identifier, lineage.name, now()))
        model.end(lineage.name)
        history.push({ what: 'ended', at: now(), lineage: lineage.name })
        return
      }
      case 'epoch':
        yield* wait(portal.raiseEpoch())
        model.raiseEpoch()
        history.push({ what: 'epoch', at: now() })
        return
      case 'clock':
        off = command.off
        return yield* wait(portal.setClock(now()))
      case 'kau':
        mood = command.mood
    }
  }

  function* pass(milliseconds: number): Generator<unknown, void, never> {
    time += milliseconds
    yield* wait(portal.setClock(now()))
  }

  function* look(browser: number, shows: Shown, as: Look): Generator<unknown, void, never> {
    const identifier = shown(browser, shows)
    const expected = model.stateOf(identifier, now())
    const looked = yield* wait(portal.look(browser, identifier, as, now()))
    count(`${as} while ${looked.state}`)
    if (looked.state !== expected) throw new Error(`${as}: the portal says ${looked.state}, the rules ${expected}`)
    model.look(identifier, now())
    const activity = isActivity(as)
    if (looked.state === 'active' && activity && identifier !== undefined) model.act(identifier, now())
    if (looked.state === 'anonymous' && as === 'page' && portal.keepsAttempts) keep(browser, undefined)
    if (identifier === undefined) return
    history.push({
      what: 'looked',
      at: now(),
      browser: shows.identifier === 'current' ? browser : undefined,
      identifier,
      state: looked.state,
      activity,
      left: looked.left,
      person: looked.state === 'active' ? looked.person : undefined,
    })
  }

  function* begin(browser: number, kind: Kind): Generator<unknown, Begun<Handle> | undefined, never> {
    const identifier = cookies[browser]
    // Two clicks are never at the very same moment.
    yield* pass(1)
    const lineage = present(identifier)
    const after = model.stateOf(identifier, now())
    const handle = yield* wait(portal.start(browser, identifier, kind, now()))
    model.look(identifier, now())
    if (after === 'active' && identifier !== undefined && portal.countsClick(kind)) {
      model.act(identifier, now())
      history.push({
        what: 'looked',
        at: now(),
        browser,
        identifier,
        state: after,
        activity: true,
        left: undefined,
        person: undefined,
      })
    }
    if ((handle !== undefined) !== portal.departs(kind, after)) {
      throw new Error(`a ${kind} click while ${after} ${handle === undefined ? 'did not go' : 'went'} to the KAÜ`)
    }
    if (handle === undefined) return undefined
    return keep(browser, { kind, lineage: lineage?.name, retried: false, handle, click: now() })
  }

  /** Of a browser's attempts the five newest stay. */
  function keep(
    browser: number,
    begun: (Pick<Begun<Handle>, 'kind' | 'lineage' | 'retried' | 'click'> & { handle: Handle }) | undefined,
  ): Begun<Handle> {
    const row: Begun<Handle> = {
      kind: 'sign-in',
      lineage: undefined,
      retried: false,
      handle: undefined,
      click: now(),
      ...begun,
      browser,
      startedAt: now(),
      there: true,
      used: false,
    }
    const others = attempts.filter((other) => other.browser === browser && other.there)
    others.sort((a, b) => b.startedAt - a.startedAt)
    for (const other of others.slice(4)) other.there = false
    attempts = [...attempts, row]
    return row
  }

  /** What the KAÜ does when the browser arrives there. */
  function identify(begun: Begun<Handle>, person: Person): Answer {
    if (mood === 'down' || mood === 'garbage') return { error: mood }
    const session = kau[begun.browser]
    const patient = mood === 'lives-long' || mood === 'both'
    const alive = session !== undefined && (patient || kauNow() - session.authTime < identified)
    const asks = begun.kind === 'reidentify' || begun.retried
    const deaf = mood === 'ignores-prompt' || mood === 'both'
    if (alive && (!asks || deaf)) return { token: { ...session } }
    if (begun.kind === 'continue' && !begun.retried) return { error: 'login_required' }
    const sid = alive && session.person === person ? session.sid : newSid()
    kau[begun.browser] = { person, authTime: kauNow(), sid }
    return { token: { person, authTime: kauNow(), sid } }
  }

  /** @returns the second try, where the portal asks for one */
  function* comeBack(
    begun: Begun<Handle>,
    answer: Answer,
    browser: number,
    shows: Shown,
  ): Generator<unknown, Begun<Handle> | undefined, never> {
    if (begun.handle === undefined) return undefined
    const identifier = shown(browser, shows)
    const usable =
      begun.there && !begun.used && begun.browser === browser && now() - begun.startedAt < attemptMilliseconds
    if (!usable && !portal.keepsAttempts) return undefined
    const lineage = present(identifier)
    model.look(identifier, now())
    const verdict = !usable
      ? 'unknown-attempt'
      : 'error' in answer
        ? answer.error
        : model.judge(begun, answer.token, identifier, now())
    if (usable) {
      begun.used = true
      // An answer that the KAÜ's being down kept from being read is used up, but stays among the browser's attempts.
      begun.there = verdict === 'down'
    }
    const {
      outcome,
      identifier: given,
      again,
      lineage: name,
      person,
    } = yield* wait(portal.comeBack(browser, begun.handle, answer, identifier, now()))
    count(`came back: ${verdict}`)
    const active = model.stateOf(identifier, now()) === 'active'
    if (person !== undefined && (!active || lineage?.person !== person)) throw new Error(`I1, I12: ${person} was shown`)
    const expected = portal.shows(verdict)
    if (outcome !== expected) throw new Error(`came back: the portal says ${outcome}, the rules ${expected}`)
    if (verdict === 'try-again' && again !== undefined) {
      const { kind } = begun
      return keep(browser, {
        kind,
        lineage: present(identifier)?.name,
        retried: true,
        handle: again,
        click: begun.click,
      })
    }
    if (given === undefined || !('token' in answer)) return undefined
    const { token } = answer
    if (verdict === 'other-person' && lineage !== undefined) {
      history.push({ what: 'ended', at: now(), lineage: lineage.name })
    }
    const accepted = model.accept(verdict as Verdict, token, identifier, given, now())
    if (name !== undefined && name !== accepted.name) throw new Error('the portal renewed another lineage')
    if (identifier !== undefined) former.push(identifier)
    cookies[browser] = given
    history.push({
      what: 'accepted',
      at: now(),
      browser,
      lineage: accepted.name,
      person: token.person,
      authTime: token.authTime,
      sid: token.sid,
      click: begun.click,
      clickedIn: begun.browser,
      identifier: given,
    })
    return undefined
  }

  function* report(whose: { sid: string } | { person: Person }): Generator<unknown, void, never> {
    yield* wait(portal.report(whose, now()))
    model.report(whose, now())
    history.push({
      what: 'reported',
      at: now(),
      sid: 'sid' in whose ? whose.sid : undefined,
      person: 'person' in whose ? whose.person : undefined,
    })
  }

  function shown(browser: number, shows: Shown): string | undefined {
    if (shows.identifier === 'none') return undefined
    if (shows.identifier === 'current') return cookies[browser]
    return former[former.length - 1 - (shows.which % Math.max(1, former.length))] ?? cookies[browser]
  }

  function present(identifier: string | undefined) {
    return model.stateOf(identifier, now()) === 'anonymous' ? undefined : model.known(identifier)
  }

  function newSid(): string {
    sids += 1
    return `kau-${sids}`
  }

  function count(what: string): void {
    reached[what] = (reached[what] ?? 0) + 1
  }
}

/** Waits where there is something to wait for; in memory there is not. */
function* wait<T>(value: Awaitable<T>): Generator<unknown, T, never> {
  return yield value
}

export function playAtOnce(run: Generator<unknown, Happening[], never>): Happening[] {
  let next = run.next()
  while (!next.done) next = run.next(next.value as never)
  return next.value
}

export async function playOverTime(run: Generator<unknown, Happening[], never>): Promise<Happening[]> {
  let next = run.next()
  while (!next.done) next = run.next((await next.value) as never)
  return next.value
}
