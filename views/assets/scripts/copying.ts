/** Buttons that copy what stands beside them; they are shown only where the browser lets a page do so. */
export function offerCopying(page: Document): void {
  const { clipboard } = navigator as { clipboard?: Clipboard }
  if (clipboard === undefined) return
  const told = page.querySelector<HTMLElement>('[data-copied]')
  for (const button of page.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      clipboard.writeText(button.dataset['copy'] ?? '').then(() => tell(told), ignoreRefusal)
    })
  }
}

/** Said anew each time: a text that does not change is not read out again. */
function tell(place: HTMLElement | null): void {
  if (place === null) return
  place.textContent = ''
  requestAnimationFrame(() => {
    place.textContent = place.dataset['copied'] ?? ''
  })
}

/** The value stands there to be marked and copied by hand. */
function ignoreRefusal(): void {}
