import { checkForm, type FormCheck } from '../forms/index.ts'
import type { OpenDraft } from './draft.ts'

type Checked = Pick<OpenDraft, 'definition' | 'answers' | 'context'>

const checks = new WeakMap<Checked, FormCheck>()

/** What is missing and wrong in a draft as it was opened; worked out once, however many parts of a page ask. */
export function checkOf(draft: Checked): FormCheck {
  let check = checks.get(draft)
  if (check === undefined) {
    check = checkForm(draft.definition, draft.answers, draft.context)
    checks.set(draft, check)
  }
  return check
}
