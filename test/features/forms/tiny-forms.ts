/** Forms of a page or two, each showing one behaviour of the engine, and what a form may know of who fills it in. */
import { type FormDefinition, formDefinition } from '../../../src/features/forms/engine/definition.ts'
import type { FormContext } from '../../../src/features/forms/index.ts'
import { anna } from '../../cast/people.ts'

const say = (hu: string) => ({ hu, en: `${hu} (en)` })

export function tinyForm(pages: unknown[]): FormDefinition {
  const source = { text: say('forrás'), verified: true, validFrom: '2020-01-01' }
  return formDefinition.parse({
    code: 'apro',
    version: 1,
    sector: 'general',
    system: null,
    title: say('Apró űrlap'),
    summary: say('Egy dolgot mutat.'),
    searchWords: { hu: [], en: [] },
    purpose: [say('Próba.')],
    audience: [say('Bárki.')],
    needs: [say('Semmi.')],
    deadlineDays: 8,
    deadlineSource: source,
    fees: [{ amountHuf: 0, note: say('Nincs.'), source }],
    retention: { class: 'próba', years: 1, source },
    manners: ['self'],
    pages,
  })
}

export const tinyPage = (id: string, items: unknown[], more: object = {}) => ({ id, title: say(id), items, ...more })
export const tinyField = (type: string, id: string, more: object = {}) => ({ type, id, label: say(id), ...more })
export const tinyChoices = (...values: string[]) => values.map((value) => ({ value, label: say(value) }))
export const tinyGroup = (id: string, fields: unknown[], more: object = {}) => ({
  type: 'group',
  id,
  label: say(id),
  rowLabel: say('sor'),
  addLabel: say('Új sor'),
  min: 0,
  max: 5,
  fields,
  ...more,
})
export const tinyRule = (must: object, level: 'error' | 'warning' = 'error') => ({
  id: 'szabaly',
  level,
  must,
  message: say('nem jó'),
})

/** Without signing in: nothing is known, nothing is kept. */
export const stranger: FormContext = {
  today: '2026-11-22',
  settlement: { id: 1, name: 'Újhartyán', postalCodes: ['2367'] },
  identity: null,
  contact: {},
  actingAs: 'self',
}

export const signedIn: FormContext = {
  ...stranger,
  identity: anna.identity,
  contact: { email: anna.email, phone: '+36301234567' },
  attachments: {},
}
