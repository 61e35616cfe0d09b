import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { caseEventKinds } from '../../../src/features/cases/case-history.ts'
import { toldActions, untoldActions } from '../../../src/features/data-trail/trail-actions.ts'
import { auditPurposes } from '../../../src/platform/audit/index.ts'
import { catalogueKeys, translator } from '../../../src/platform/i18n/catalogue.ts'
import { projectRoot } from '../../../src/platform/project-root.ts'

const sentences = new Set(catalogueKeys('hu'))
const known: ReadonlySet<string> = new Set([...toldActions, ...untoldActions])
const folder = fileURLToPath(new URL('src/features/', projectRoot))
const recording = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(`${folder}${path}`, 'utf8') }))
  .filter(({ text }) => /recordAudit\(|recordAct\(|recordLook\(|recordTransition\(/.test(text))

/** They have a page of their own. */
const ofSessions = /^(?:session|work|sign-in)\./

/** Words with a dot that stand where an action is named. */
function actionsIn(text: string): string[] {
  return [
    ...text.matchAll(/(?:action: |, )'([a-z][a-z-]*\.[a-z][a-z.-]*)'/g),
    ...text.matchAll(/(?:\? |: )'((?:attachment|mandate|form|case|tax-balance)\.[a-z-]+)'/g),
  ].map(([, action = '']) => action)
}

describe('every action that is recorded', () => {
  test('is told to the person or known not to be', () => {
    expect(recording.length).toBeGreaterThan(8)
    const found = recording.flatMap(({ path, text }) =>
      actionsIn(text)
        .filter((action) => !sentences.has(action) && !ofSessions.test(action))
        .map((action) => ({ path, action })),
    )
    expect(found.length).toBeGreaterThan(10)
    expect(found.filter(({ action }) => !known.has(action))).toEqual([])
  })

  test('is no event of a case that nobody thought of', () => {
    const elsewhere = ['submitted', 'arrived-on-paper', 'instruction']
    expect(caseEventKinds.filter((kind) => !elsewhere.includes(kind) && !known.has(`case.${kind}`))).toEqual([])
  })
})

describe.each(['hu', 'en'] as const)('in %s', (language) => {
  const translate = translator(language)
  test.each([
    ...toldActions.map((action) => `actions.${action}`),
    ...auditPurposes.map((purpose) => `purposes.${purpose}`),
    ...['records_clerk', 'case_worker', 'head', 'administrator', 'auditor'].map((role) => `roles.${role}`),
  ])('there are words for %s', (key) => {
    expect(translate(`data-trail.${key}`)).not.toBe('')
  })
})
