interface Suggestion {
  name: string
  slug: string
  county: string
  type: string
}

const pauseMs = 180

/**
 * Suggests settlements while one types, after the ARIA combobox pattern: the focus stays in the field, arrows walk through the list,
 * Enter opens the chosen settlement's page, Escape closes the list. Enter without a choice posts the form as without scripts.
 */
export function suggestSettlements(input: HTMLInputElement): void {
  const address = input.dataset.suggest
  const holder = input.parentElement
  if (address === undefined || holder === null) return

  const list = document.createElement('ul')
  list.id = `${input.id}-suggestions`
  list.className = 'portal-suggestions'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', input.labels?.[0]?.textContent ?? '')
  list.hidden = true
  const spoken = document.createElement('div')
  spoken.className = 'govuk-visually-hidden'
  spoken.setAttribute('role', 'status')
  holder.append(list, spoken)
  input.setAttribute('role', 'combobox')
  input.setAttribute('aria-autocomplete', 'list')
  input.setAttribute('aria-expanded', 'false')
  input.setAttribute('aria-controls', list.id)

  let suggestions: Suggestion[] = []
  let chosen = -1
  let timer = 0
  let pending: AbortController | undefined

  input.addEventListener('input', () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(ask, pauseMs)
  })
  input.addEventListener('keydown', walk)
  input.addEventListener('blur', close)
  // Before the field loses the focus, which would close the list under the pointer.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('[role="option"]') : null
    if (item !== null) open([...list.children].indexOf(item))
  })

  async function ask(): Promise<void> {
    const typed = input.value.trim()
    pending?.abort()
    if (typed.length < 2) {
      close()
      return
    }
    const asked = new AbortController()
    pending = asked
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`, {
        headers: { accept: 'application/json' },
        credentials: 'same-origin',
        signal: asked.signal,
      })
      if (!answer.ok) throw new Error(String(answer.status))
      const found: Suggestion[] = await answer.json()
      if (!asked.signal.aborted && document.activeElement === input) show(found)
    } catch {
      // Without suggestions the search still works.
      if (!asked.signal.aborted) close()
    }
  }

  function show(found: Suggestion[]): void {
    suggestions = found
    chosen = -1
    input.removeAttribute('aria-activedescendant')
    list.replaceChildren(...found.map(option))
    list.hidden = found.length === 0
    input.setAttribute('aria-expanded', String(found.length > 0))
    const { suggestNone = '', suggestOne = '', suggestMany = '' } = input.dataset
    const many = suggestMany.replace('%', String(found.length))
    spoken.textContent = found.length === 0 ? suggestNone : found.length === 1 ? suggestOne : many
  }

  function option({ name, county, type }: Suggestion, index: number): HTMLLIElement {
    const item = document.createElement('li')
    item.id = `${list.id}-${index}`
    item.className = 'portal-suggestions__item'
    item.setAttribute('role', 'option')
    item.setAttribute('aria-selected', 'false')
    item.append(part('portal-suggestions__name', name), ' ', part('portal-suggestions__place', place(type, county)))
    return item
  }

  function walk(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault()
      close()
    } else if (list.hidden || suggestions.length === 0) {
      return
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const places = suggestions.length + 1
      // One place more than there are suggestions: the field itself.
      choose(((chosen + 1 + step + places) % places) - 1)
    } else if (event.key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      open(chosen)
    }
  }

  function choose(index: number): void {
    chosen = index
    for (const [position, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(position === index))
      if (position === index) item.scrollIntoView({ block: 'nearest' })
    }
    if (index < 0) input.removeAttribute('aria-activedescendant')
    else input.setAttribute('aria-activedescendant', `${list.id}-${index}`)
  }

  function open(index: number): void {
    const settlement = suggestions[index]
    if (settlement === undefined) return
    input.value = settlement.name
    close()
    window.location.assign(`/${encodeURIComponent(settlement.slug)}`)
  }

  function close(): void {
    window.clearTimeout(timer)
    pending?.abort()
    suggestions = []
    list.hidden = true
    list.replaceChildren()
    spoken.textContent = ''
    choose(-1)
    input.setAttribute('aria-expanded', 'false')
  }
}

function part(className: string, text: string): HTMLSpanElement {
  const span = document.createElement('span')
  span.className = className
  span.textContent = text
  return span
}

function place(type: string, county: string): string {
  return [type, county].filter((word) => word !== '').join(', ')
}
