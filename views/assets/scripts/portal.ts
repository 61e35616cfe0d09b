import { countCharacters, foldMenu, ignoreDoubleClicks, leadToErrors, skipToContent } from './behaviours.ts'
import { suggestSettlements } from './settlement-suggestions.ts'

/** Behaviour on top of pages that work without it. */
for (const navigation of document.querySelectorAll('.govuk-service-navigation')) foldMenu(navigation)
for (const link of document.querySelectorAll<HTMLAnchorElement>('.govuk-skip-link')) skipToContent(link)
for (const input of document.querySelectorAll<HTMLInputElement>('input[data-suggest]')) suggestSettlements(input)
for (const group of document.querySelectorAll<HTMLElement>('.govuk-character-count')) countCharacters(group)
for (const summary of document.querySelectorAll<HTMLElement>('.govuk-error-summary')) leadToErrors(summary)
ignoreDoubleClicks()
