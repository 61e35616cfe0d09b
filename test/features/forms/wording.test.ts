import { expect, test } from 'vitest'
import { messageText } from '../../../src/features/forms/engine/wording.ts'

const question = { hu: 'Melyik hónapra?', en: 'For which month?' }
const name = { hu: 'Hónap', en: 'Month' }

test.each([
  [
    'forms.errors.month.format',
    question,
    'Melyik hónapra: az évet és a hónapot 2026. november vagy 2026-11 formában írja.',
  ],
  ['forms.errors.required.text', question, 'Töltse ki ezt a mezőt: Melyik hónapra?'],
  ['forms.errors.required.yes-no', question, 'Válasszon igent vagy nemet: Melyik hónapra?'],
  ['forms.errors.required.text', name, 'Töltse ki ezt a mezőt: Hónap.'],
])('a question named in a sentence has one mark after it: %s', (key, label, sentence) => {
  expect(messageText({ key, values: { label } }, 'hu')).toBe(sentence)
})
