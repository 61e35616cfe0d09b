import { ask } from './ask.ts'
import { type SessionStatus, sessionDisplay } from './session-display.ts'

const presenceEverySeconds = 60
const askAgainMs = 20_000
const signOutMs = 2_000
const lastSaveMs = 3_000

/** What tabs tell each other: the lineage their page was made for, and whether it is being signed out. */
interface Told {
  lineage: string | null
  leaving?: boolean
}

interface Work {
  /** saves what is left to save; undefined when nothing is */
  save: () => Promise<void> | undefined
  /** how many fields hold what the server has not */
  unsaved: () => number
}

export interface WatchedSession {
  /** what the answer to a saved form tells of the session */
  told: (state: 'active' | 'over') => void
}

/**
 * Watches the session of a page made for somebody signed in: warns, hides the page when the session is over, and shows it
 * again when the very same session goes on. The server decides; time that passes here only says when to ask it.
 */
export function watchSession(facts: HTMLElement, work: Work): WatchedSession {
  const ownLineage = facts.dataset.lineage ?? ''
  const idleLimitSeconds = Number(facts.dataset.idleLimit)
  const warning = dialogOf('munkamenet-figyelmeztetes')
  const curtains = { paused: dialogOf('munkamenet-szunet'), reidentify: dialogOf('munkamenet-azonositas') }
  const notice = document.getElementById('azonositas-ideje')
  const channel = openChannel()
  const { title } = document

  let status: SessionStatus = {
    state: 'active',
    idleSeconds: Number(facts.dataset.idle),
    identifiedSeconds: Number(facts.dataset.identified),
    lineage: ownLineage,
  }
  let statusAt = seconds()
  let presentAt = statusAt
  let unanswered = false
  /** the page has been left; it may come back from the browser's memory */
  let away = false
  /** it has, and is not shown again yet; and: the server has said nothing since */
  let back = false
  let returned = false
  let covered = false
  let warned = false
  let focused: Element | null = null
  let asking: Promise<void> | undefined
  let question = 0
  let timer = 0
  let turn = 0

  channel?.postMessage({ lineage: ownLineage } satisfies Told)
  if (channel !== undefined) channel.onmessage = ({ data }: MessageEvent<Told>) => hear(data)
  for (const kind of ['keydown', 'pointerdown', 'touchstart', 'wheel']) {
    document.addEventListener(kind, ({ isTrusted }) => notePresence(isTrusted), { capture: true, passive: true })
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void check()
  })
  window.addEventListener('focus', () => void check())
  window.addEventListener('pagehide', () => {
    away = true
    cover()
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    away = false
    if (!persisted) return
    back = true
    returned = true
    // What was asked before the page was put away may never be answered.
    asking = undefined
    void check()
  })
  document.addEventListener('submit', ({ target, defaultPrevented }) => {
    const signsOut = target instanceof HTMLFormElement && target.getAttribute('action') === '/kijelentkezes'
    if (signsOut && !defaultPrevented) channel?.postMessage({ lineage: ownLineage, leaving: true } satisfies Told)
  })
  warning.querySelector('[data-stay]')?.addEventListener('click', () => void stay())
  // By Escape: whoever presses it is there.
  warning.addEventListener('close', () => {
    if (warned) void stay()
  })
  for (const curtain of Object.values(curtains)) {
    curtain.addEventListener('cancel', (event) => event.preventDefault())
    curtain.addEventListener('close', () => void update())
  }
  void update()

  return {
    told(state) {
      if (state === 'active' && !covered) noteActivity()
      else if (state === 'active' || !covered) void check()
      // put aside behind the curtain: it counts again what is not saved
      else if (work.unsaved() === 0) void update()
    },
  }

  async function update(): Promise<void> {
    if (away) return
    turn += 1
    window.clearTimeout(timer)
    const display = sessionDisplay({
      ownLineage,
      status,
      age: seconds() - statusAt,
      idleLimitSeconds,
      unanswered,
      returned,
    })
    switch (display.show) {
      case 'question':
        return check()
      case 'other-page':
        cover()
        window.location.replace(display.because === 'ended' ? '/kijelentkezve' : '/sajat')
        return
      case 'curtain':
        if (unanswered) timer = window.setTimeout(() => void check(), askAgainMs)
        return draw(display.because)
      case 'page':
        uncover()
        warn(display.idleMinutes)
        showNotice(display.identifiedMinutes)
        timer = window.setTimeout(() => void update(), display.nextInSeconds * 1_000)
    }
  }

  async function check(): Promise<void> {
    asking ??= askStatus().finally(() => {
      asking = undefined
    })
    await asking
    return update()
  }

  async function askStatus(): Promise<void> {
    question += 1
    const mine = question
    try {
      const answer = await ask('/munkamenet/allapot')
      if (!answer.ok) throw new Error(String(answer.status))
      const told: SessionStatus = await answer.json()
      if (mine !== question) return
      status = told
      statusAt = seconds()
      unanswered = false
      returned = false
    } catch {
      if (mine === question) unanswered = true
    }
  }

  /** What could be saved is saved; then the dialog says what could not. */
  async function draw(because: 'paused' | 'reidentify'): Promise<void> {
    const mine = turn
    cover()
    await Promise.race([work.save(), new Promise((resolve) => window.setTimeout(resolve, lastSaveMs))])
    if (mine !== turn) return
    const unsaved = work.unsaved()
    if (back && unsaved === 0) {
      // The server leads on from there, and back to it afterwards.
      window.location.replace(`${window.location.pathname}${window.location.search}`)
      return
    }
    const curtain = curtains[because]
    const line = curtain.querySelector<HTMLElement>('[data-unsaved]')
    if (line !== null) {
      line.hidden = unsaved === 0
      count(line, unsaved)
    }
    for (const other of Object.values(curtains)) if (other !== curtain) other.close()
    if (!curtain.open) curtain.showModal()
    document.title = curtain.querySelector('h2')?.textContent ?? ''
  }

  function cover(): void {
    if (covered) return
    covered = true
    warn(undefined)
    focused = document.activeElement
    document.documentElement.classList.add('portal-covered')
    for (const element of pageParts()) element.inert = true
  }

  function uncover(): void {
    back = false
    if (!covered) return
    covered = false
    document.documentElement.classList.remove('portal-covered')
    for (const element of pageParts()) element.inert = false
    for (const curtain of Object.values(curtains)) curtain.close()
    document.title = title
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
    void work.save()
  }

  function warn(minutes: number | undefined): void {
    warned = minutes !== undefined
    if (minutes === undefined) warning.close()
    else {
      count(warning.querySelector<HTMLElement>('[role="status"]'), minutes)
      if (!warning.open) warning.showModal()
    }
  }

  function showNotice(minutes: number | undefined): void {
    if (notice === null) return
    notice.hidden = minutes === undefined
    if (minutes !== undefined) count(notice.querySelector<HTMLElement>('[role="status"]'), minutes)
  }

  async function stay(): Promise<void> {
    const failed = warning.querySelector<HTMLElement>('[data-failed]')
    const answered = await sendPresence()
    if (failed !== null) failed.textContent = answered ? '' : (failed.dataset.failed ?? '')
    if (answered) channel?.postMessage({ lineage: ownLineage } satisfies Told)
    return update()
  }

  /** Somebody is there; while a question stands, only its answer counts. */
  function notePresence(isTrusted: boolean): void {
    if (!isTrusted || covered || warned || seconds() - presentAt < presenceEverySeconds) return
    void sendPresence()
  }

  /** @returns whether the server answered */
  async function sendPresence(): Promise<boolean> {
    presentAt = seconds()
    try {
      const answer = await ask('/munkamenet/jelenlet', {
        method: 'POST',
        headers: { 'x-csrf': facts.dataset.csrf ?? '' },
      })
      if (answer.ok) noteActivity()
      else await check()
      return answer.ok || answer.status === 401
    } catch {
      return false
    }
  }

  function noteActivity(): void {
    if (status.state !== 'active') return
    const now = seconds()
    const identifiedSeconds = status.identifiedSeconds - (now - statusAt)
    status = { ...status, idleSeconds: idleLimitSeconds, identifiedSeconds }
    statusAt = now
    presentAt = now
    void update()
  }

  function hear({ lineage, leaving }: Told): void {
    if (leaving === true && lineage === ownLineage) {
      cover()
      window.clearTimeout(timer)
      timer = window.setTimeout(() => void check(), signOutMs)
    } else if (lineage !== ownLineage || covered || warned) void check()
  }
}

/** Tells the pages of other tabs that this one was made for nobody. */
export function tellNobodyIsHere(): void {
  const channel = openChannel()
  channel?.postMessage({ lineage: null } satisfies Told)
  channel?.close()
}

function openChannel(): BroadcastChannel | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('munkamenet')
}

function pageParts(): HTMLElement[] {
  return [...document.body.children].filter(
    (element): element is HTMLElement => element instanceof HTMLElement && !(element instanceof HTMLDialogElement),
  )
}

function dialogOf(id: string): HTMLDialogElement {
  const dialog = document.getElementById(id)
  if (dialog instanceof HTMLDialogElement) return dialog
  throw new Error(`the page has no dialog ${id}`)
}

/** The sentence for one or for several, written only when it changes, so that it is read out once. */
function count(line: HTMLElement | null, number: number): void {
  if (line === null) return
  const text = ((number === 1 ? line.dataset.one : line.dataset.many) ?? '').replace('%', String(number))
  if (line.textContent !== text) line.textContent = text
}

/** Seconds that passed for this page; never the time of day, which the reader's clock may have wrong. */
function seconds(): number {
  return performance.now() / 1_000
}
