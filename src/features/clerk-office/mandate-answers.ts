import type { Posted } from '../../platform/http/posted-form.ts'
import type { Answers } from '../forms/index.ts'
import type { PartyKind } from '../representation/index.ts'

/** Form „Meghatalmazás önkormányzati adóügyekben”: what it says is what the clerk records. */
export const mandateFormCode = 'meghatalmazas-onkormanyzati-adougyekben'

interface ActedFor {
  kind: PartyKind
  name: string
  taxNumber: string | null
}

/**
 * What the form's answers say, as the clerk's page of a mandate is filled in: the clerk checks it against the signed paper. The form
 * asks for the agent's present name; the name at birth begins with it.
 *
 * @param actedFor for whom a representative sent the form in
 */
export function mandateFromAnswers(answers: Answers, actedFor: ActedFor | undefined): Posted {
  const agent = name('mandatee-name')
  const mother = name('mandatee-mother-name')
  const rights = list('rights')
  const organisation = text('client-kind') === 'organisation'
  const party = actedFor ?? {
    kind: organisation ? 'company' : 'person',
    name: organisation
      ? text('organisation-name')
      : [name('principal-name').family, name('principal-name').given].join(' '),
    taxNumber: organisation ? text('organisation-tax-number') : text('principal-tax-id'),
  }
  return {
    'kepviselt-fajta': party.kind,
    'kepviselt-nev': party.name.trim(),
    'kepviselt-szam': party.taxNumber ?? '',
    minoseg: text('mandate-kind') === 'single' ? 'single' : 'permanent',
    nev: [agent.family, agent.given].join(' ').trim(),
    'szuletesi-csaladi-nev': agent.family,
    'szuletesi-utonev': agent.given,
    'anyja-csaladi-neve': mother.family,
    'anyja-utoneve': mother.given,
    'szuletesi-hely': text('mandatee-birth-place'),
    ...day('szuletesi-datum', text('mandatee-birth-date')),
    jogok: [
      ...(rights.includes('submit') ? ['bekuldes'] : []),
      ...(rights.includes('files') ? ['ugyek'] : []),
      ...(rights.includes('balance') ? ['egyenleg'] : []),
    ],
    'ugyek-kore': 'egyes',
    agazatok: ['tax'],
    adok: text('tax-scope') === 'some' ? 'egyes' : 'minden',
    adonemek: list('taxes'),
    ...day('kezdete', text('valid-from')),
    ...day('vege', text('valid-to')),
  }

  function text(id: string): string {
    const answer = answers[id]
    return typeof answer === 'string' ? answer : ''
  }

  function list(id: string): string[] {
    const answer = answers[id]
    return Array.isArray(answer) ? answer.filter((one) => typeof one === 'string') : []
  }

  function name(id: string): { family: string; given: string } {
    const answer = answers[id]
    if (typeof answer !== 'object' || Array.isArray(answer)) return { family: '', given: '' }
    return { family: answer['family'] ?? '', given: answer['given'] ?? '' }
  }
}

function day(field: string, written: string): Posted {
  const [year = '', month = '', of = ''] = written.split('-')
  return { [`${field}.year`]: year, [`${field}.month`]: month, [`${field}.day`]: of }
}
