import { expect, test } from 'vitest'
import { specialistSystems } from '../../../src/adapters/specialist-systems/contract.ts'
import { caseEventKinds } from '../../../src/features/cases/case-history.ts'
import { caseStates, isFinal } from '../../../src/features/cases/case-state.ts'
import { inboxViews } from '../../../src/features/clerk-office/lists.ts'
import { translator } from '../../../src/platform/i18n/catalogue.ts'
import { languages } from '../../../src/platform/i18n/language.ts'

const beforeTheCase = ['draft', 'sending', 'failed']
const values = {
  answerBy: 'D',
  target: 'T',
  arrivalNumber: '1',
  fileNumber: '2',
  name: 'N',
  system: 'S',
  reference: 'R',
  days: 2,
  number: '3',
}

test.each(languages)('everything a case can be or go through has its words (%s)', (language) => {
  const say = translator(language)
  for (const state of caseStates) {
    expect(say(`cases.state.${state}`)).not.toBe('')
    if (isFinal(state)) expect(say(`cases.over.${state}`)).not.toBe('')
    else if (!beforeTheCase.includes(state)) {
      expect(say(`cases.next.${state}.title`)).not.toBe('')
      expect(say(`cases.next.${state}.text`)).not.toBe('')
    }
  }
  for (const kind of caseEventKinds) {
    expect(say(`cases.event.${kind}.title`)).not.toBe('')
    // an instruction speaks for itself
    if (kind !== 'instruction') expect(say(`cases.event.${kind}.text`, values)).not.toMatch(/[{}]/)
  }
  for (const system of specialistSystems) expect(say(`cases.system.${system}`)).not.toBe('')
  for (const { name } of inboxViews) expect(say(`clerk-office.inbox.views.${name}`)).not.toBe('')
  for (const name of ['sajat', 'folyamatban', 'lezart']) expect(say(`clerk-office.cases.views.${name}`)).not.toBe('')
  for (const scan of ['clean', 'pending', 'infected', 'not-scanned']) {
    expect(say(`clerk-office.case.scan.${scan}`)).not.toBe('')
  }
  for (const word of ['erkeztetve', 'iktatva', 'szignalva', 'atadva', 'megkezdve', 'lezarva']) {
    expect(say(`clerk-office.done.${word}`, values)).toContain('3')
    expect(say(`clerk-office.done-before.${word}`, values)).toContain('3')
  }
})

test('days are told as people say them', () => {
  expect(translator('hu')('cases.deadline.left', { days: 0 })).toBe('Ma jár le.')
  expect(translator('hu')('cases.deadline.left', { days: 1 })).toBe('Még 1 nap.')
  expect(translator('en')('cases.deadline.left', { days: 1 })).toBe('1 day left.')
  expect(translator('en')('cases.deadline.overdue', { days: 2 })).toBe('2 days overdue.')
})
