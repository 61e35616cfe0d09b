import { BadRequest } from '../../platform/http/errors.ts'
import type { Answers } from './engine/answers.ts'
import type { FormDefinition } from './engine/definition.ts'
import { storedAnswers } from './engine/stored-answers.ts'

/** The hidden field in which filled-in pages travel from page to page; nothing is kept on the server. */
export const carriedName = '_valaszok'

export function carry(answers: Answers): string {
  return JSON.stringify(answers)
}

/**
 * What was carried along, in the shape answers have; whether it is right is judged where it is read.
 *
 * @throws BadRequest when it is not what a page of ours sent
 */
export function readCarried(definition: FormDefinition, value: string | readonly string[] | undefined): Answers {
  if (value === undefined) return {}
  if (typeof value !== 'string') throw new BadRequest('errors.bad-request.doubled-field')
  try {
    return storedAnswers(definition, JSON.parse(value))
  } catch {
    throw new BadRequest('forms.fill.broken')
  }
}
