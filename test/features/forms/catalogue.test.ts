import { describe, expect, test } from 'vitest'
import type { Answers, FormContext } from '../../../src/features/forms/engine/answers.ts'
import { elementId } from '../../../src/features/forms/engine/visibility.ts'
import { checkForm, readDefinitions, readPage } from '../../../src/features/forms/index.ts'
import {
  answersBreaking,
  asPosted,
  isOf,
  type PlacedRule,
  postsOf,
  rulesOf,
  validAnswers,
  withFiles,
} from './generated-answers.ts'
import { stranger } from './tiny-forms.ts'

const all = readDefinitions()
const newest = all.filter(({ code, version }) => !all.some((one) => one.code === code && one.version > version))

/**
 * Rules nobody can break without breaking another one too: who was born tomorrow has not died before today. With how many others
 * speak then.
 */
const notAlone = new Map([
  ['fellebbezes decision-day/not-in-future', 1],
  ['hagyateki-leltar-adatszolgaltatas deceased-birth-date/not-in-future', 1],
  ['hagyateki-leltar-adatszolgaltatas testament-date/not-in-future', 1],
  ['hazassagkotesi-szandek-bejelentese sender-birth-date/not-in-future', 3],
  ['hazassagkotesi-szandek-bejelentese first-birth-date/not-in-future', 2],
  ['hazassagkotesi-szandek-bejelentese second-birth-date/not-in-future', 1],
  ['hazassagkotesi-szandek-bejelentese witness-birth-date/not-in-future', 1],
  ['meghatalmazas-onkormanyzati-adougyekben mandatee-birth-date/not-in-future', 1],
  ['mukodesi-engedely-kerelem activity-nature/catering-place', 1],
  ['nyilatkozat-oroklesre-jogosultakrol deceased-birth-date/not-in-future', 1],
  ['nyilatkozat-oroklesre-jogosultakrol testament-date/not-in-future', 1],
  ['szallashely-adatszolgaltatas period-from/not-in-future', 3],
  ['talajterhelesi-dij-bevallas period-from/not-in-future', 1],
])
const nameOf = (code: string, { item, rule }: PlacedRule) => `${code} ${item.id}/${rule.id}`

test('the catalogue has its forms, in every sector', () => {
  expect(newest.length).toBeGreaterThanOrEqual(25)
  expect(new Set(newest.map(({ sector }) => sector)).size).toBe(7)
  const names = newest.flatMap((form) => rulesOf(form).map((placed) => nameOf(form.code, placed)))
  expect([...notAlone.keys()].filter((name) => !names.includes(name))).toEqual([])
})

describe.each(newest.map((definition) => [definition.code, definition] as const))('%s', (code, definition) => {
  // Nobody is signed in, so nothing is locked: every question can be answered wrongly.
  const context: FormContext = withFiles(definition, stranger)
  const valid = validAnswers(definition, context)
  const rules = rulesOf(definition).filter(({ rule }) => rule.level === 'error')

  test('can be filled in, page by page', () => {
    let answers: Answers = {}
    for (const { path, fields } of postsOf(definition, valid ?? {}, context)) {
      const reading = readPage(definition, path, answers, asPosted(fields), context)
      expect([path, reading.errors]).toEqual([path, []])
      answers = reading.answers
    }
    expect(checkForm(definition, answers, context)).toMatchObject({ complete: true })
  })

  // One test for all of a form: a test each would be seven hundred.
  test(`holds whoever fills it in to each of its ${String(rules.length)} rules, with its own message`, () => {
    const silent: string[] = []
    for (const placed of rules) {
      const name = nameOf(code, placed)
      const besides = notAlone.get(name) ?? 0
      const answers = valid && answersBreaking(definition, context, valid, placed, besides)
      if (answers === undefined) {
        silent.push(name)
        continue
      }
      const post = postsOf(definition, answers, context).findLast(({ path }) => path === placed.page.id)
      const { errors } = readPage(definition, placed.page.id, answers, asPosted(post?.fields ?? {}), context)
      const own = errors.filter((error) => isOf(placed, error))
      expect([name, own.map(({ message }) => message)]).toEqual([name, own.map(() => ({ text: placed.rule.message }))])
      expect([name, own.length > 0, errors.length - own.length <= besides]).toEqual([name, true, true])
      for (const { field } of own) expect(field).toContain(elementId(placed.item.id))
    }
    expect(silent).toEqual([])
  }, 120_000)
})
