/**
 * Files are sent as soon as they are chosen, one after another, with their progress and a way back. Loaded beside the other scripts, on
 * pages that take files; without it the same form sends the same files when one goes on.
 */
interface Waiting {
  file: File
  input: HTMLInputElement
  row: HTMLElement
  bar: HTMLProgressElement
  state: HTMLElement
}

const form = document.querySelector<HTMLFormElement>('form[data-uploads]')
if (form !== null) sendWhenChosen(form)

function sendWhenChosen(form: HTMLFormElement): void {
  const queue: Waiting[] = []
  let underWay: XMLHttpRequest | undefined
  let refused = false
  /** the button that was pressed meanwhile */
  let pressed: HTMLElement | null | undefined
  const said = form.appendChild(element('p', 'govuk-visually-hidden'))
  said.setAttribute('role', 'status')
  const next = element('p', 'govuk-body-s', text('goesOn'))

  for (const input of form.querySelectorAll<HTMLInputElement>('input[type="file"]')) {
    // What its button would do is done without it.
    input.parentElement?.querySelector('button')?.remove()
    input.addEventListener('change', () => take(input))
  }
  // Before anybody else hears of it: to post the form would end the upload.
  form.addEventListener('submit', (event) => {
    if (queue.length === 0) return
    event.preventDefault()
    event.stopImmediatePropagation()
    pressed = event.submitter
    pressed?.parentElement?.after(next)
    say(text('goesOn'))
  })
  window.addEventListener('beforeunload', (event) => {
    if (queue.length > 0) event.preventDefault()
  })

  function take(input: HTMLInputElement): void {
    forgive(input)
    const most = Number(form.dataset.fileBytes)
    for (const file of input.files ?? []) {
      if (file.size > most) refuse(input, text('tooLarge', file.name))
      else queue.push(shown(file, input))
    }
    input.value = ''
    if (underWay === undefined) sendNext()
  }

  function shown(file: File, input: HTMLInputElement): Waiting {
    const row = element('li', 'portal-files__item')
    const name = element('span', 'portal-files__name', file.name)
    const bar = element('progress', 'portal-upload')
    bar.max = 100
    bar.value = 0
    bar.setAttribute('aria-label', text('sending', file.name))
    const state = element('span', 'portal-upload__state', text('waits'))
    const button = element('button', 'portal-link-button portal-files__remove', text('cancel'))
    button.type = 'button'
    button.append(element('span', 'govuk-visually-hidden', `: ${file.name}`))
    row.append(name, bar, state, button)
    const waiting = { file, input, row, bar, state }
    button.addEventListener('click', () => {
      say(text('cancelled', file.name))
      input.focus()
      if (queue[0] === waiting) underWay?.abort()
      else done(waiting)
    })
    rowsOf(input).append(row)
    return waiting
  }

  function sendNext(): void {
    const waiting = queue[0]
    if (waiting === undefined) {
      underWay = undefined
      next.remove()
      if (pressed !== undefined && !refused) form.requestSubmit(pressed)
      pressed = undefined
      return
    }
    const { file, input, bar, state } = waiting
    const data = new FormData(form)
    for (const { name } of form.querySelectorAll<HTMLInputElement>('input[type="file"]')) data.delete(name)
    data.set('_gomb', 'fajl')
    data.append(input.name, file)
    const request = new XMLHttpRequest()
    underWay = request
    request.responseType = 'document'
    // Not form.action: a button may be called so.
    request.open('POST', form.getAttribute('action') ?? '')
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.value = total > 0 ? (100 * loaded) / total : 0
      state.textContent = loaded < total ? `${String(Math.floor(bar.value))}\u00A0%` : text('checking')
    })
    request.addEventListener('load', () => answered(waiting, request))
    request.addEventListener('error', () => refuse(input, text('failed', file.name)))
    request.addEventListener('loadend', () => {
      done(waiting)
      sendNext()
    })
    state.textContent = '0\u00A0%'
    say(text('sending', file.name))
    request.send(data)
  }

  function answered({ file, input }: Waiting, request: XMLHttpRequest): void {
    const page: Document | null = request.response
    const field = page?.getElementById(input.id)
    if (field) {
      const list = listOf(field)
      const before = listOf(input)
      if (list) {
        const kept = document.importNode(list, true)
        if (before) before.replaceWith(kept)
        else addOf(input)?.before(kept)
      } else before?.remove()
      const error = page?.getElementById(`${input.id}-error`)
      if (error) refuse(input, error.lastChild?.textContent ?? '')
      else if (request.status === 200) say(text('taken', file.name))
      else refuse(input, text('failed', file.name))
      return
    }
    const main = page?.querySelector('main')
    if (request.status === 200) leaveFor(() => window.location.assign(request.responseURL))
    else if (main && request.status >= 400 && request.status < 412) {
      // The session has paused, or the form is gone: the page that says so, and what became of what was sent.
      leaveFor(() => {
        const shown = document.importNode(main, true)
        document.querySelector('main')?.replaceWith(shown)
        document.title = page?.title ?? ''
        shown.tabIndex = -1
        shown.focus()
      })
    } else refuse(input, text('failed', file.name))
  }

  function leaveFor(show: () => void): void {
    queue.length = 0
    pressed = undefined
    show()
  }

  function done(waiting: Waiting): void {
    const { row } = waiting
    const rows = row.parentElement
    row.remove()
    if (rows?.childElementCount === 0) rows.remove()
    const at = queue.indexOf(waiting)
    if (at >= 0) queue.splice(at, 1)
  }

  function refuse(input: HTMLInputElement, why: string): void {
    refused = true
    const error = element('p', 'govuk-error-message')
    error.id = `${input.id}-refused-${String(document.querySelectorAll('.portal-refused').length)}`
    error.classList.add('portal-refused')
    error.setAttribute('role', 'alert')
    error.append(element('span', 'govuk-visually-hidden', `${text('error')}:`), ` ${why.trim()}`)
    groupOf(input)?.classList.add('govuk-form-group--error')
    input.setAttribute('aria-describedby', `${input.getAttribute('aria-describedby') ?? ''} ${error.id}`.trim())
    addOf(input)?.before(error)
  }

  /** Errors of earlier files say nothing of the next. */
  function forgive(input: HTMLInputElement): void {
    refused = false
    const group = groupOf(input)
    for (const error of group?.querySelectorAll('.govuk-error-message') ?? []) error.remove()
    group?.classList.remove('govuk-form-group--error')
    input.classList.remove('govuk-file-upload--error')
    const described = (input.getAttribute('aria-describedby') ?? '').split(' ')
    input.setAttribute('aria-describedby', described.filter((id) => document.getElementById(id)).join(' '))
  }

  function rowsOf(input: HTMLInputElement): Element {
    const rows = groupOf(input)?.querySelector('.portal-uploads')
    if (rows) return rows
    const made = element('ul', 'portal-files portal-uploads')
    addOf(input)?.before(made)
    return made
  }

  function text(key: string, name = ''): string {
    return (form.dataset[key] ?? '').replace('%', () => name)
  }

  function say(what: string): void {
    said.textContent = what
  }
}

function groupOf(input: Element): Element | null {
  return input.closest('.govuk-form-group')
}

function addOf(input: Element): Element | null {
  return input.closest('.portal-files__add')
}

function listOf(input: Element): Element | null {
  return groupOf(input)?.querySelector('.portal-files:not(.portal-uploads)') ?? null
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  content = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.className = className
  made.textContent = content
  return made
}

export {}
