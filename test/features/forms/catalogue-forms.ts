/** The forms of the catalogue in their newest versions, and what they say of answers. */
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import { type Answers, checkForm, type FormDefinition } from '../../../src/features/forms/index.ts'
import { stranger } from './tiny-forms.ts'

const definitions = readDefinitions()

export function form(code: string): FormDefinition {
  const versions = definitions.filter((definition) => definition.code === code)
  const newest = versions.toSorted((one, other) => one.version - other.version).at(-1)
  if (newest === undefined) throw new Error(`no form ${code}`)
  return newest
}

/** What is said of these answers on 22 November 2026, with nobody signed in; in Hungarian. */
export function said(code: string, answers: Answers): string[] {
  const { pages, warnings } = checkForm(form(code), answers, stranger)
  return [...pages.flatMap(({ errors }) => errors), ...warnings].map(({ message }) =>
    'text' in message ? message.text.hu : message.key,
  )
}
