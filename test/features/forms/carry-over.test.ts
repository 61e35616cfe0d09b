import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FieldDefinition, FormDefinition } from '../../../src/features/forms/engine/definition.ts'
import {
  type Answer,
  type Answers,
  carryAnswers,
  checkForm,
  compareVersions,
  leftInWords,
  storedAnswers,
} from '../../../src/features/forms/index.ts'
import { signedIn, stranger, tinyChoices, tinyField, tinyForm, tinyGroup, tinyPage, tinyRule } from './tiny-forms.ts'

const text = (id: string, more: object = {}) => tinyField('text', id, { maxLength: 20, ...more })
const choice = (id: string, ...values: string[]) => tinyField('choice', id, { choices: tinyChoices(...values) })
const onePage = (...items: unknown[]) => tinyForm([tinyPage('egy', items)])

/** The label of an answer left out, and what it was. */
function lost(from: FormDefinition, to: FormDefinition, answers: Answers) {
  const carrying = carryAnswers(from, to, answers, stranger)
  return leftInWords(from, answers, carrying, stranger, 'hu').map(
    ({ label, values }) => `${label}: ${values.join(' / ')}`,
  )
}
const carried = (from: FormDefinition, to: FormDefinition, answers: Answers) =>
  carryAnswers(from, to, answers, stranger).answers

describe('answers carried to another version', () => {
  test('stay as they are where the question did, wherever it stands now, wrong ones too', () => {
    const from = tinyForm([tinyPage('egy', [text('nev'), tinyField('date', 'nap')])])
    const to = tinyForm([tinyPage('uj', [text('elobb')]), tinyPage('ketto', [tinyField('date', 'nap'), text('nev')])])
    const answers = { nev: 'x'.repeat(30), nap: { year: '2026', month: '', day: '31' } }
    expect(carried(from, to, answers)).toEqual(answers)
    expect(lost(from, to, answers)).toEqual([])
  })

  test('of questions that are gone are named', () => {
    const answers = { nev: 'Kátyú', ures: '', nap: '2026-11-22' }
    const from = onePage(text('nev'), text('ures', { required: false }), tinyField('date', 'nap'))
    expect(carried(from, onePage(text('mas')), answers)).toEqual({})
    expect(lost(from, onePage(text('mas')), answers)).toEqual(['nev: Kátyú', 'nap: 2026.\u00a011.\u00a022.'])
  })

  test('are kept to be corrected where only the limits changed', () => {
    const [from, to] = [onePage(text('nev')), onePage(text('nev', { maxLength: 3 }))]
    expect(carried(from, to, { nev: 'Kátyú' })).toEqual({ nev: 'Kátyú' })
    expect(checkForm(to, carried(from, to, { nev: 'Kátyú' }), stranger).pages[0]?.errors).toHaveLength(1)
  })

  test('leave a choice that is offered no more; of several choices the others stay', () => {
    const [from, to] = [onePage(choice('szin', 'kek', 'zold')), onePage(choice('szin', 'kek', 'lila'))]
    expect([carried(from, to, { szin: 'kek' }), lost(from, to, { szin: 'kek' })]).toEqual([{ szin: 'kek' }, []])
    expect([carried(from, to, { szin: 'zold' }), lost(from, to, { szin: 'zold' })]).toEqual([{}, ['szin: zold']])
    const several = (...values: string[]) =>
      onePage(tinyField('choices', 'szinek', { choices: tinyChoices(...values) }))
    const [before, after] = [several('kek', 'zold', 'piros'), several('kek', 'lila')]
    const answers = { szinek: ['kek', 'zold', 'piros'] }
    expect(carried(before, after, answers)).toEqual({ szinek: ['kek'] })
    expect(lost(before, after, answers)).toEqual(['szinek: zold / piros'])
  })

  test('go over to another kind of question only where they are right there', () => {
    const to = onePage(tinyField('amount', 'osszeg'))
    expect(carried(onePage(text('osszeg')), to, { osszeg: '1500' })).toEqual({ osszeg: '1500' })
    expect(carried(onePage(text('osszeg')), to, { osszeg: 'sok' })).toEqual({})
    expect(lost(onePage(text('osszeg')), to, { osszeg: 'sok' })).toEqual(['osszeg: sok'])
    const name = onePage(tinyField('name', 'osszeg'))
    expect(carried(name, to, { osszeg: { family: '15', given: '00' } })).toEqual({})
  })

  test('declare nothing whose words changed', () => {
    const declared = (label: string, more: object = {}) =>
      onePage({ ...tinyField('declaration', 'igaz', more), label: { hu: label, en: label } })
    const same = declared('Igaz.', { requiredMessage: { hu: 'Jelölje be.', en: 'Tick it.' } })
    expect(carried(declared('Igaz.'), same, { igaz: 'yes' })).toEqual({ igaz: 'yes' })
    expect(carried(declared('Igaz.'), declared('Igaz és teljes.'), { igaz: 'yes' })).toEqual({})
    expect(lost(declared('Igaz.'), declared('Igaz és teljes.'), { igaz: 'yes' })).toHaveLength(1)
    expect(carried(onePage(tinyField('yes-no', 'igaz')), declared('Igaz.'), { igaz: 'yes' })).toEqual({})
  })

  test('keep the rows there is room for, each with what fits', () => {
    const from = onePage(tinyGroup('tars', [text('neve'), text('kora')], { max: 3 }))
    const to = onePage(tinyGroup('tars', [text('neve')], { max: 2 }))
    const rows = ['A', 'B', 'C'].map((neve) => ({ neve, kora: neve === 'B' ? '9' : '' }))
    expect(carried(from, to, { tars: rows })).toEqual({ tars: [{ neve: 'A' }, { neve: 'B' }] })
    expect(lost(from, to, { tars: rows })).toEqual(['2. sor: kora: 9', '3. sor: neve: C'])
  })

  test('name nothing that the person did not see', () => {
    const from = onePage(choice('szin', 'kek', 'zold'), text('miert', { when: { field: 'szin', is: 'zold' } }))
    const to = onePage(choice('szin', 'kek', 'zold'))
    expect(lost(from, to, { szin: 'kek', miert: 'csak' })).toEqual([])
    expect(lost(from, to, { szin: 'zold', miert: 'csak' })).toEqual(['miert: csak'])
  })

  test('can leave questions out on purpose, without a word', () => {
    const form = onePage(text('nev'), tinyField('declaration', 'igaz'), tinyGroup('tars', [text('neve')]))
    const isDeclared = ({ type, id }: FieldDefinition) => type === 'declaration' || id === 'neve'
    const answers = { nev: 'A', igaz: 'yes', tars: [{ neve: 'B' }] }
    const carrying = carryAnswers(form, form, answers, stranger, isDeclared)
    expect(carrying.answers).toEqual({ nev: 'A', tars: [{}] })
    expect(carrying.left.size).toBe(0)
  })
})

describe('what changed', () => {
  const changes = (from: FormDefinition, to: FormDefinition) =>
    compareVersions(from, to).map(({ kind, label, row, traits }) =>
      [kind, row?.hu, label.hu, ...traits].filter((word) => word !== undefined).join(' '),
    )

  test('is said question by question: the new and the changed in their order, then those that are gone', () => {
    const from = tinyForm([
      tinyPage('egy', [text('a'), text('b'), text('c'), choice('d', 'x', 'y'), text('e'), text('g')]),
      tinyPage('ketto', [text('f')]),
    ])
    const to = tinyForm([
      tinyPage('egy', [
        text('uj'),
        text('a', { label: { hu: 'A-betű', en: 'A' }, hint: { hu: 'így', en: 'so' } }),
        tinyField('long-text', 'b', { maxLength: 20, rows: 3 }),
        text('c', { required: false, maxLength: 9 }),
        choice('d', 'x', 'z'),
        text('e', { rules: [tinyRule({ field: 'a', filled: true })] }),
      ]),
      tinyPage('ketto', [text('f')], { when: { field: 'd', is: 'x' } }),
    ])
    expect(changes(from, to)).toEqual([
      'added uj',
      'changed A-betű wording explanation',
      'changed b kind',
      'changed c now-optional rules',
      'changed d choices',
      'changed e rules',
      'changed f condition',
      'removed g',
    ])
  })

  test('reaches into rows, and leaves out what nobody notices', () => {
    const from = onePage(tinyGroup('tars', [text('neve'), text('kora')]), text('x'))
    const to = onePage(
      text('x', { width: 'w-5', requiredMessage: { hu: 'Kell.', en: 'Needed.' } }),
      tinyGroup('tars', [text('neve', { required: false })], { max: 9 }),
    )
    expect(changes(from, to)).toEqual(['changed tars rules', 'changed sor neve now-optional', 'removed sor kora'])
    expect(changes(from, from)).toEqual([])
  })
})

describe('for any two versions', () => {
  const ids = ['a', 'b', 'c', 'd']
  const values = ['', 'x', 'y', '12', '2026-11-22', '1/2', 'yes', 'nem az']
  const oneField = (id: string) =>
    fc.oneof(
      fc.constantFrom(
        text(id),
        text(id, { maxLength: 2, required: false }),
        ...['date', 'share', 'yes-no', 'name', 'address', 'declaration', 'email', 'amount', 'attachment', 'month'].map(
          (type) => tinyField(type, id),
        ),
        tinyField('date', id, { input: 'text' }),
        tinyField('number', id, { decimals: 0, required: false }),
        tinyField('long-text', id, { maxLength: 5, rows: 2 }),
        tinyField('calculated', id, { value: { value: '3' } }),
      ),
      fc
        .tuple(fc.constantFrom('choice', 'choices'), fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 2 }))
        .map(([type, offered]) => tinyField(type, id, { choices: tinyChoices(...offered) })),
    )
  const oneItem = (id: string) =>
    fc.oneof(
      { weight: 4, arbitrary: oneField(id) },
      fc
        .tuple(oneField(`${id}-egy`), oneField(`${id}-ketto`), fc.integer({ min: 1, max: 3 }))
        .map(([one, two, max]) => tinyGroup(id, [one, two], { max })),
    )
  const oneForm = fc
    .tuple(...ids.map((id) => fc.option(oneItem(id), { nil: undefined })))
    .filter((items) => items.some((item) => item !== undefined))
    .map((items) => onePage(...items.filter((item) => item !== undefined)))
  const someText = fc.constantFrom(...values)
  const someAnswer = fc.oneof(
    someText,
    fc.array(someText, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('family', 'given', 'year', 'month', 'day', 'street'), someText),
  )
  const someAnswers = fc.dictionary(
    fc.constantFrom(...ids),
    fc.oneof(
      someAnswer,
      fc.array(fc.dictionary(fc.constantFrom(...ids.flatMap((id) => [`${id}-egy`, `${id}-ketto`])), someAnswer), {
        maxLength: 4,
      }),
    ),
  )

  test('the same version keeps every answer, right or wrong', () => {
    fc.assert(
      fc.property(oneForm, someAnswers, (form, given) => {
        const answers = storedAnswers(form, given)
        expect(carryAnswers(form, form, answers, signedIn)).toEqual({ answers, left: new Map() })
      }),
    )
  })

  test('only answers in shapes the new version can show are carried, and carrying them again changes nothing', () => {
    fc.assert(
      fc.property(oneForm, oneForm, someAnswers, (from, to, given) => {
        const { answers } = carryAnswers(from, to, storedAnswers(from, given), signedIn)
        expect(storedAnswers(to, answers)).toEqual(answers)
        const asked = new Map(itemsOf(from))
        for (const [id, field] of itemsOf(to)) {
          for (const answer of answersTo(id, answers)) {
            if (JSON.stringify(asked.get(id)) !== JSON.stringify(field))
              expect([field.type, answer, fits(field, answer)]).toEqual([field.type, answer, true])
          }
        }
        expect(carryAnswers(to, to, answers, signedIn).answers).toEqual(answers)
      }),
    )
  })

  test('no answer disappears without a word: it is carried or left out', () => {
    fc.assert(
      fc.property(oneForm, oneForm, someAnswers, (from, to, given) => {
        const stored = storedAnswers(from, given)
        const { answers, left } = carryAnswers(from, to, stored, signedIn)
        const there = new Map(itemsOf(to))
        const named = [...left.keys()].map((name) => name.split('.').at(-1))
        for (const [id, field] of itemsOf(from)) {
          if (['attachment', 'calculated'].includes(field.type) || there.get(id)?.type === 'calculated') continue
          const before = answersTo(id, stored).length
          if (before > 0) expect(named.includes(id) || answersTo(id, answers).length === before).toBe(true)
        }
      }),
    )
  })

  function itemsOf({ pages }: FormDefinition): [string, FieldDefinition][] {
    return pages
      .flatMap(({ items }) => items)
      .flatMap((item) => (item.type === 'group' ? item.fields : [item]))
      .map((field) => [field.id, field])
  }

  /** All answers given to a question, in rows or not. */
  function answersTo(id: string, answers: Answers): Answer[] {
    const rows = Object.values(answers).flatMap((answer) =>
      Array.isArray(answer) ? answer.filter((row) => typeof row === 'object') : [],
    )
    return [answers, ...rows].flatMap((one) => (Object.hasOwn(one, id) ? [one[id] ?? ''] : []))
  }

  function fits(field: FieldDefinition, answer: Answer): boolean {
    const isText = typeof answer === 'string'
    const isList = Array.isArray(answer)
    switch (field.type) {
      case 'choices':
        return isList && answer.every((value) => field.choices.some((offered) => offered.value === value))
      case 'choice':
        return answer === '' || field.choices.some((offered) => offered.value === answer)
      case 'name':
      case 'address':
        return !isText && !isList
      case 'date':
        return field.input === 'text' ? isText : isText ? /^\d{4}-\d\d-\d\d$/.test(answer) : !isList
      default:
        return isText
    }
  }
})
