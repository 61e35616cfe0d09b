import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FieldDefinition, FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import { kindOf } from '../../../src/features/forms/engine/fields/index.ts'
import {
  type Answers,
  checkForm,
  cleanAnswers,
  type PageView,
  pageView,
  readPage,
  storedAnswers,
  summarise,
  typedText,
  visiblePages,
} from '../../../src/features/forms/index.ts'
import { NotFound } from '../../../src/platform/http/errors.ts'
import { anyAnswersTo, anyForm, anyTyped } from './any-form.ts'
import { oracleFor } from './oracle.ts'
import { stranger } from './tiny-forms.ts'

test('whatever the form and the answers: path, visible values and totals are those of the oracle', () => {
  const formAndAnswers = anyForm.chain((form) => fc.tuple(fc.constant(form), anyAnswersTo(form)))
  fc.assert(
    fc.property(formAndAnswers, ([form, answers]) => {
      const oracle = oracleFor(form, answers, stranger)
      const clean = cleanAnswers(form, answers, stranger)
      expect(clean).toEqual(oracle.clean())
      expect(visiblePages(form, answers, stranger).map(({ id }) => id)).toEqual(
        form.pages.map(({ id }) => id).filter((id) => oracle.isPageShown(id)),
      )
      expect(checkForm(form, answers, stranger).complete).toBe(oracle.isComplete())
      // What is sent is read as it was sent, for ever.
      expect(cleanAnswers(form, clean, { ...stranger, asSubmitted: true })).toEqual(clean)
      expect(storedAnswers(form, JSON.parse(JSON.stringify(clean)))).toEqual(clean)
    }),
    { numRuns: 1000 },
  )
})

/** One press of a button: where, what stands in the fields, which button. */
interface Press {
  path: string
  posted: Record<string, string>
}

function pathsOf({ pages }: FormDefinition): string[] {
  return pages.flatMap(({ id }) => [id, `${id}/sor/1`, `${id}/sor/3`, `${id}/sor/4`])
}

function namesOf({ pages }: FormDefinition): string[] {
  return pages.flatMap(({ items }) =>
    items.flatMap((item) =>
      item.type === 'group'
        ? [0, 1, 2, 3].flatMap((row) => item.fields.map(({ id }) => `${item.id}.${String(row)}.${id}`))
        : [item.id],
    ),
  )
}

function anyPress(form: FormDefinition): fc.Arbitrary<Press> {
  const groups = form.pages.flatMap(({ items }) => items.filter(({ type }) => type === 'group').map(({ id }) => id))
  const actions = groups.flatMap((id) => [`add:${id}`, `remove:${id}:0`, `open:${id}:1`, `ask-remove:${id}:0`])
  const typed = fc.record(Object.fromEntries(namesOf(form).map((name) => [name, anyTyped])))
  const counts = fc.record(
    Object.fromEntries(groups.map((id) => [`${id}.rows`, fc.constantFrom('0', '1', '3', '99', 'x')])),
  )
  const button = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom('calculate', 'remove', 'remove:nincs:0', ...actions) },
  )
  return fc.record({ path: fc.constantFrom(...pathsOf(form)), typed, counts, button }).map((press) => ({
    path: press.path,
    posted: { ...press.typed, ...press.counts, ...(press.button === '' ? {} : { action: press.button }) },
  }))
}

/** What stands in the inputs of a page, by their names. */
function inputsOf(view: PageView): Map<string, unknown> {
  const fields = view.items.flatMap((item) => {
    if (item.kind === 'field') return [item]
    if (item.kind === 'reveal') return [item.field, ...item.revealed.flatMap(({ items }) => items)]
    if (item.kind !== 'group') return []
    return item.rows.flatMap(({ items }) =>
      items.flatMap((one) =>
        one.kind === 'field' ? [one] : [one.field, ...one.revealed.flatMap(({ items: hanging }) => hanging)],
      ),
    )
  })
  return new Map(fields.map(({ name, control }) => [name, 'value' in control ? control.value : undefined]))
}

function fieldNamed({ pages }: FormDefinition, name: string): FieldDefinition | undefined {
  const [first, , column] = name.split('.')
  for (const item of pages.flatMap(({ items }) => items)) {
    if (item.id !== first) continue
    return item.type === 'group' ? item.fields.find(({ id }) => id === column) : item
  }
  return undefined
}

/** A page sends how many rows it showed; a made-up number may leave some out. */
function isSent(name: string, path: string, posted: Press['posted']): boolean {
  const [group = '', row] = name.split('.')
  if (row === undefined || path.includes('/sor/')) return true
  return Number(row) < Number(/^[0-9]+$/.exec(posted[`${group}.rows`] ?? '')?.[0] ?? '0')
}

test('no way through a form, back and forth and with made-up posts, sends what is hidden or wrong, and what is refused stays in its field', () => {
  const formAndPresses = anyForm.chain((form) =>
    fc.tuple(fc.constant(form), fc.array(anyPress(form), { maxLength: 8 })),
  )
  let refused = 0
  let complete = 0
  fc.assert(
    fc.property(formAndPresses, ([form, presses]) => {
      let answers: Answers = {}
      for (const { path, posted } of presses) {
        let reading: ReturnType<typeof readPage>
        let before: PageView
        try {
          before = pageView(form, path, answers, [], stranger, 'hu')
          reading = readPage(form, path, answers, posted, stranger)
        } catch (failure) {
          if (failure instanceof NotFound) continue
          throw failure
        }
        answers = reading.answers
        typedText(form, path, posted, { today: stranger.today, language: 'hu' })
        if (reading.errors.length === 0) continue
        const view = pageView(form, path, answers, reading.errors, stranger, 'hu')
        for (const error of reading.errors.filter(({ pageId }) => pageId === path)) {
          expect(view.errors.some(({ href }) => href === `#${error.field}`)).toBe(true)
        }
        const offered = inputsOf(before)
        for (const [name, shown] of inputsOf(view)) {
          if (!offered.has(name) || !isSent(name, path, posted)) continue
          const field = fieldNamed(form, name)
          const typed = posted[name]
          if (field === undefined || typed === undefined || field.type === 'calculated' || field.type === 'date')
            continue
          if (kindOf(field).parse(field, typed, stranger).state !== 'wrong') continue
          expect(shown).toBe(typed)
          refused++
        }
      }
      const oracle = oracleFor(form, answers, stranger)
      const check = checkForm(form, answers, stranger)
      expect(check.complete).toBe(oracle.isComplete())
      if (check.complete) complete++
      expect(cleanAnswers(form, answers, stranger)).toEqual(oracle.clean())
      expect(storedAnswers(form, JSON.parse(JSON.stringify(answers)))).toEqual(answers)
      for (const language of ['hu', 'en'] as const) summarise(form, answers, stranger, language)
      for (const { id } of visiblePages(form, answers, stranger)) {
        pageView(
          form,
          id,
          answers,
          check.pages.flatMap(({ errors }) => errors),
          stranger,
          'en',
        )
      }
    }),
    { numRuns: 500 },
  )
  // the test would prove nothing if it never came so far
  expect(refused).toBeGreaterThan(100)
  expect(complete).toBeGreaterThan(20)
})
