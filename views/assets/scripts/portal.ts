import { Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink } from 'govuk-frontend'
import { suggestSettlements } from './settlement-suggestions.ts'

/**
 * Behaviour on top of pages that work without it. govuk-frontend's behaviours ask for this class, which its own layout sets by an
 * inline script; our pages have no inline scripts.
 */
document.body.classList.add('govuk-frontend-supported')

for (const Behaviour of [Button, CharacterCount, ErrorSummary, ServiceNavigation, SkipLink]) {
  for (const root of document.querySelectorAll(`[data-module="${Behaviour.moduleName}"]`)) {
    try {
      new Behaviour(root)
    } catch {
      // One part that cannot start must not keep the others from starting; the page works without it.
    }
  }
}

for (const input of document.querySelectorAll<HTMLInputElement>('input[data-suggest]')) suggestSettlements(input)
