/**
 * What govuk-frontend's markup can do beyond plain pages, at a quarter of the weight of the package's own scripts: no settings, no
 * texts of its own, nothing that our policy against markup from text would have to allow.
 */

const pauseMs = 1_000

/** A second click on such a button within a second does nothing: it is a double click, not a second wish. */
export function ignoreDoubleClicks(): void {
  let last: { button: Element; at: number } | undefined
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-prevent-double-click]') : null
    if (button === null) return
    const at = performance.now()
    if (last?.button === button && at - last.at < pauseMs) event.preventDefault()
    else last = { button, at }
  })
}

/** The list of errors is read out at once, and its links lead to the field with its label in view. */
export function leadToErrors(summary: HTMLElement): void {
  focusOnce(summary)
  summary.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const field = link === null ? null : document.getElementById(link.hash.slice(1))
    if (field === null) return
    event.preventDefault()
    const isChoice = field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')
    const legend = field.closest('fieldset')?.querySelector('legend')
    const label = field instanceof HTMLInputElement ? field.labels?.[0] : undefined
    const above = isChoice ? (legend ?? label) : (label ?? legend)
    ;(above ?? field).scrollIntoView()
    field.focus({ preventScroll: true })
  })
}

/** Not every browser moves the focus where the skip link leads. */
export function skipToContent(link: HTMLAnchorElement): void {
  link.addEventListener('click', () => {
    const content = document.getElementById(link.hash.slice(1))
    if (content !== null) focusOnce(content)
  })
}

/** On narrow screens the menu is folded behind its button; without scripts it stands open. */
export function foldMenu(navigation: Element): void {
  const button = navigation.querySelector<HTMLElement>('.govuk-js-service-navigation-toggle')
  const menu = document.getElementById(button?.getAttribute('aria-controls') ?? '')
  if (button === null || menu === null) return
  const wide = window.matchMedia('(min-width: 40.0625em)')
  let open = false
  const show = () => {
    button.hidden = wide.matches
    button.removeAttribute('aria-hidden')
    button.setAttribute('aria-expanded', String(open))
    menu.hidden = !wide.matches && !open
  }
  button.addEventListener('click', () => {
    open = !open
    show()
  })
  wide.addEventListener('change', show)
  show()
}

/** Says how many signs may still be typed: seen at once, read out when one pauses. */
export function countCharacters(group: HTMLElement): void {
  const field = group.querySelector('textarea')
  const stated = group.querySelector<HTMLElement>('.govuk-character-count__message')
  if (field === null || stated === null) return
  const { maxlength, left = '', over = '' } = group.dataset
  const most = Number(maxlength)
  const seen = document.createElement('div')
  seen.className = stated.className
  seen.setAttribute('aria-hidden', 'true')
  const spoken = document.createElement('div')
  spoken.className = 'govuk-visually-hidden'
  spoken.setAttribute('aria-live', 'polite')
  stated.after(seen, spoken)
  // Its text stays the field's description; the count takes its place for the eyes.
  stated.classList.add('govuk-visually-hidden')

  let timer = 0
  const count = () => {
    // Counted as the server counts: by code points, with ends of lines as one sign.
    const room = most - [...field.value].length
    const text = (room < 0 ? over : left).replace('%', String(Math.abs(room)))
    seen.textContent = text
    seen.classList.toggle('govuk-error-message', room < 0)
    seen.classList.toggle('govuk-hint', room >= 0)
    field.classList.toggle('govuk-textarea--error', room < 0 || group.classList.contains('govuk-form-group--error'))
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      spoken.textContent = text
    }, pauseMs)
  }
  field.addEventListener('input', count)
  // A page that comes back from the browser's memory may hold another text by then.
  window.addEventListener('pageshow', count)
  count()
}

/** Gives the focus to something that is no control, for as long as it stays there. */
function focusOnce(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) {
    element.tabIndex = -1
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true })
  }
  element.focus()
}
