import { ask } from './ask.ts'
import { differences, valuesOf } from './typed-work.ts'

const everyMs = 20_000
/** A field is often left by pressing the button that posts the form: then nothing needs to be saved besides. */
const restMs = 400
/** The browser lets a page that is being left send this much. */
const keepaliveLength = 60_000

export interface FormSaving {
  form: HTMLFormElement
  /** what the server has */
  kept: () => ReadonlyMap<string, string>
  /** saves what it has not; undefined when there is nothing to wait for */
  save: () => Promise<void> | undefined
  /** the form is being posted itself: no save of its own any more, only the one under way to wait for */
  handOver: () => Promise<void> | undefined
}

/**
 * Saves a form while one fills it in: on leaving a changed field, every 20 seconds while it changes, and on leaving the page.
 * Files are not saved so.
 *
 * @param told called with the state of the session an answer speaks of
 */
export function saveWhileFillingIn(form: HTMLFormElement, told: (state: 'active' | 'over') => void): FormSaving {
  const line = form.querySelector<HTMLElement>('.portal-saving')
  let kept = withoutFiles(valuesOf(form, 'served'))
  let timer = 0
  let underWay: Promise<void> | undefined
  let handedOver = false
  let outdated = false

  form.addEventListener('input', () => {
    handedOver = false
    if (timer === 0) saveIn(everyMs)
  })
  form.addEventListener('change', () => saveIn(restMs))
  window.addEventListener('online', () => void save())
  window.addEventListener('pagehide', () => void save())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void save()
  })
  window.addEventListener('pageshow', () => {
    handedOver = false
  })

  return { form, kept: () => kept, save, handOver }

  function handOver(): Promise<void> | undefined {
    handedOver = true
    window.clearTimeout(timer)
    timer = 0
    return underWay
  }

  function save(): Promise<void> | undefined {
    if (handedOver || outdated) return underWay
    if (underWay !== undefined) return underWay.then(() => save())
    window.clearTimeout(timer)
    timer = 0
    const typed = withoutFiles(valuesOf(form, 'now'))
    if (differences(typed, kept) === 0) return undefined
    underWay = send(typed).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  async function send(typed: ReadonlyMap<string, string>): Promise<void> {
    const fields = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value)
    fields.set('_gomb', 'mentes')
    const body = fields.toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    try {
      const answer = await ask(form.dataset.saveAt ?? '', {
        method: 'POST',
        body,
        headers,
        keepalive: body.length < keepaliveLength,
      })
      const { saved, at, ticket, parked, because, calculated }: Answer = await answer.json()
      if (answer.ok && saved === true) {
        kept = typed
        const field = form.elements.namedItem('_jegy')
        if (field instanceof HTMLInputElement && ticket !== undefined) field.value = ticket
        showCalculated(calculated ?? {})
        say('saved', at)
        told('active')
      } else if (because !== undefined) {
        outdated = true
        say(because === 'sent' ? 'sent' : 'stale')
      } else if (answer.status === 401) {
        if (parked === true) kept = typed
        say(parked === true ? 'parked' : 'failed')
        told('over')
        // No further try of its own: it is saved when the session goes on.
        return
      } else if (answer.status === 403 || answer.status === 409) {
        // of another sign-in, perhaps
        say('failed')
        told('over')
        return
      } else throw new Error(String(answer.status))
    } catch {
      say('failed')
    }
    if (!outdated && timer === 0 && differences(withoutFiles(valuesOf(form, 'now')), kept) > 0) saveIn(everyMs)
  }

  function saveIn(ms: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void save(), ms)
  }

  function say(what: string, at = ''): void {
    if (line === null) return
    line.dataset.state = what
    line.textContent = (line.dataset[what] ?? '').replace('%', at)
  }

  /** Told to screen readers by the element itself, so it is changed only when the value is another. */
  function showCalculated(values: Record<string, string>): void {
    for (const [id, value] of Object.entries(values)) {
      const output = document.getElementById(id)
      const shown = value === '' ? (output?.dataset.empty ?? '') : value
      if (output instanceof HTMLOutputElement && output.textContent !== shown) output.textContent = shown
    }
  }

  function withoutFiles(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const files = new Set([...form.querySelectorAll<HTMLInputElement>('input[type="file"]')].map(({ name }) => name))
    return new Map([...values].map(([name, value]) => [name, files.has(name) ? '\n' : value]))
  }
}

interface Answer {
  saved?: boolean
  at?: string
  ticket?: string
  parked?: boolean
  because?: string
  /** shown values by the id of their element */
  calculated?: Record<string, string>
}
