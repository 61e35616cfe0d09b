import { countCharacters, foldMenu, ignoreDoubleClicks, leadToErrors, skipToContent } from './behaviours.ts'
import { offerCopying } from './copying.ts'
import { saveWhileFillingIn } from './form-saving.ts'
import { leaveSafely } from './leaving.ts'
import { tellNobodyIsHere, type WatchedSession, watchSession } from './session.ts'
import { suggestSettlements } from './settlement-suggestions.ts'
import { unsavedFields } from './typed-work.ts'

/** Behaviour on top of pages that work without it. */
for (const navigation of document.querySelectorAll('.govuk-service-navigation')) foldMenu(navigation)
for (const link of document.querySelectorAll<HTMLAnchorElement>('.govuk-skip-link')) skipToContent(link)
for (const input of document.querySelectorAll<HTMLInputElement>('input[data-suggest]')) suggestSettlements(input)
for (const group of document.querySelectorAll<HTMLElement>('.govuk-character-count')) countCharacters(group)
for (const summary of document.querySelectorAll<HTMLElement>('.govuk-error-summary')) leadToErrors(summary)
ignoreDoubleClicks()
offerCopying(document)

let session: WatchedSession | undefined
const draft = document.querySelector<HTMLFormElement>('form[data-save-at]')
const saving = draft === null ? undefined : saveWhileFillingIn(draft, (state) => session?.told(state))
const unsaved = () => unsavedFields((form) => (form === saving?.form ? saving.kept() : undefined))
leaveSafely(saving, unsaved)

const facts = document.getElementById('munkamenet')
if (facts === null) tellNobodyIsHere()
else session = watchSession(facts, { save: () => saving?.save(), unsaved })
