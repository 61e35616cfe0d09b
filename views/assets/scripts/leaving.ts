import type { FormSaving } from './form-saving.ts'

const patienceMs = 4_000
const pressedMs = 5_000

/**
 * Forms are posted after what is being saved has been saved; those that lead away from the page for a while (`data-keeps-page`)
 * open in a new tab when it holds what could not be saved. A pressed button stays pressed until the answer comes.
 */
export function leaveSafely(saving: FormSaving | undefined, unsaved: () => number): void {
  const waiting = new Set<HTMLFormElement>()
  let passing: HTMLFormElement | undefined

  document.addEventListener('submit', (event) => {
    const form = event.target
    // Browsers that cannot post a form by its button later on post it at once.
    if (!(form instanceof HTMLFormElement) || !('requestSubmit' in form)) return
    if (waiting.has(form)) {
      event.preventDefault()
      return
    }
    const { submitter } = event
    const underWay = passing === form ? undefined : form === saving?.form ? saving.handOver() : saving?.save()
    passing = undefined
    if (underWay === undefined) {
      if (form.hasAttribute('data-keeps-page')) chooseTab(form, unsaved() > 0)
      if (form.target === '' && submitter instanceof HTMLButtonElement) keepPressed(submitter)
      return
    }
    event.preventDefault()
    event.stopImmediatePropagation()
    waiting.add(form)
    const late = new Promise<void>((resolve) => window.setTimeout(resolve, patienceMs))
    void Promise.race([underWay, late]).then(() => {
      waiting.delete(form)
      passing = form
      form.requestSubmit(submitter)
      passing = undefined
    })
  })
}

function chooseTab(form: HTMLFormElement, isNew: boolean): void {
  form.target = isNew ? '_blank' : ''
  const back = form.elements.namedItem('vissza')
  // The same page twice would be two versions of the same work.
  if (back instanceof HTMLInputElement) back.value = isNew ? '/sajat' : back.defaultValue
}

/** Only after the form has been read: a disabled button would not be in it. */
function keepPressed(button: HTMLButtonElement): void {
  const release = () => {
    button.disabled = false
  }
  window.setTimeout(() => {
    button.disabled = true
  })
  window.setTimeout(release, pressedMs)
  window.addEventListener('pageshow', release, { once: true })
}
