import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  daysInMonth,
  isDay,
  later,
  readTypedDay,
  readTypedMonth,
  readTypedParts,
  readTypedTime,
} from '../../../src/features/forms/engine/calendar-day.ts'
import type { FieldDefinition } from '../../../src/features/forms/engine/definition.ts'
import { kindOf } from '../../../src/features/forms/engine/fields/index.ts'
import {
  addQuantities,
  compareQuantities,
  divideQuantities,
  multiplyQuantities,
  readQuantity,
  readTypedDecimal,
  roundQuantity,
  subtractQuantities,
} from '../../../src/features/forms/engine/quantity.ts'
import { messageText } from '../../../src/features/forms/index.ts'
import { stranger, tinyChoices, tinyField, tinyForm, tinyPage } from './tiny-forms.ts'

describe('a day', () => {
  test.each([
    ['2024-02-29', '2024-02-29'],
    ['2024. február 29.', '2024-02-29'],
    ['2024. febr. 29.', '2024-02-29'],
    ['2024. 02. 29.', '2024-02-29'],
    ['2024.2.29', '2024-02-29'],
    ['2024 2 29', '2024-02-29'],
    ['2024. II. 29.', '2024-02-29'],
    ['2026. március 29.', '2026-03-29'],
    ['2026-10-25', '2026-10-25'],
  ])('„%s” is understood', (typed, day) => {
    expect(readTypedDay(typed)).toEqual({ ok: true, value: day })
  })

  test.each([
    ['2023-02-29', 'impossible'],
    ['2024. 13. 1.', 'month'],
    ['2024. 1. 32.', 'day'],
    ['24. 1. 31.', 'ambiguous'],
    ['29.02.2024', 'ambiguous'],
    ['02/03/2024', 'ambiguous'],
    ['2024.112', 'format'],
    ['20240229', 'format'],
    ['2024/02/29', 'format'],
    ['tegnap', 'format'],
    ['1700-01-01', 'year'],
    ['٢٠٢٤-٠٢-٢٩', 'format'],
    ['', 'empty'],
    ['2'.repeat(100_000), 'format'],
  ])('„%s” is asked back: %s', (typed, reason) => {
    expect(readTypedDay(typed)).toMatchObject({ ok: false, reason })
  })

  test.each([
    [{ year: '2026', month: '', day: '3' }, 'missing', 'month'],
    [{ year: '26', month: '1', day: '3' }, 'year', 'year'],
    [{ year: '2026', month: '0', day: '3' }, 'month', 'month'],
    [{ year: '2026', month: '1', day: '0' }, 'day', 'day'],
    [{ year: '2026', month: '4', day: '31' }, 'impossible', 'day'],
    [{ year: '2026', month: 'xx', day: '1' }, 'not-a-number', 'month'],
    [{ year: '2026', month: '1', day: '1e1' }, 'not-a-number', 'day'],
  ] as const)('parts %o: the message is about the part that is wrong', (parts, reason, part) => {
    expect(readTypedParts(parts)).toMatchObject({ ok: false, reason, part })
  })

  test('every day of two centuries is read back as it was written, the Hungarian and the ISO way; no other exists', () => {
    const anyDay = fc.record({ year: fc.integer({ min: 1800, max: 2199 }), month: fc.nat(15), day: fc.nat(35) })
    fc.assert(
      fc.property(anyDay, ({ year, month, day }) => {
        const date = new Date(Date.UTC(year, month - 1, day))
        const exists = month > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
        const typed = `${year}. ${month}. ${day}.`
        expect(readTypedDay(typed).ok).toBe(exists)
        if (!exists) return
        const iso = date.toISOString().slice(0, 10)
        expect(readTypedDay(typed)).toEqual({ ok: true, value: iso })
        expect(readTypedDay(iso)).toEqual({ ok: true, value: iso })
        expect(isDay(iso)).toBe(true)
      }),
    )
    expect(daysInMonth(1900, 2)).toBe(28)
    expect(daysInMonth(2000, 2)).toBe(29)
  })
})

describe('a number', () => {
  test.each([
    ['1 234,50', 2, '1234.5'],
    ['1\u00a0234,5', 2, '1234.5'],
    ['1\u202f234\u202f567', 0, '1234567'],
    ['1234.5', 1, '1234.5'],
    ['007', 0, '7'],
    ['-5', 0, '-5'],
    ['\u22125', 0, '-5'],
    ['-0', 0, '0'],
    ['5,00', 0, '5'],
    ['9 999 999 999 999', 0, '9999999999999'],
  ])('„%s” with %i decimals is %s', (typed, decimals, value) => {
    expect(readTypedDecimal(typed, decimals)).toEqual({ ok: true, value })
  })

  test.each([
    ['1.234', 2, 'ambiguous-separator'],
    ['1,234', 0, 'ambiguous-separator'],
    ['1.234,5', 2, 'ambiguous-separator'],
    ['1 23', 0, 'ambiguous-separator'],
    ['12,345', 2, 'ambiguous-separator'],
    ['1,25', 1, 'too-many-decimals'],
    ['1,5', 0, 'too-many-decimals'],
    ['1e9', 0, 'not-a-number'],
    ['٣', 0, 'not-a-number'],
    ['sok', 0, 'not-a-number'],
    ['0x10', 0, 'not-a-number'],
    ['Infinity', 0, 'not-a-number'],
    ['1'.repeat(100_000), 0, 'too-long'],
  ])('„%s” with %i decimals is asked back: %s', (typed, decimals, reason) => {
    expect(readTypedDecimal(typed, decimals)).toEqual({ ok: false, reason })
  })

  test('shares are added and compared exactly, as whole numbers over a common denominator say', () => {
    const share = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }))
    fc.assert(
      fc.property(fc.array(share, { maxLength: 6 }), (shares) => {
        const quantities = shares.map(([a, b]) => readQuantity(`${a}/${b}`)).filter((one) => one !== undefined)
        const common = shares.reduce((product, [, b]) => product * BigInt(b), 1n)
        const expected = shares.reduce((sum, [a, b]) => sum + (BigInt(a) * common) / BigInt(b), 0n)
        const order = compareQuantities(addQuantities(quantities), { numerator: 1n, denominator: 1n })
        expect(Math.sign(order)).toBe(expected < common ? -1 : expected > common ? 1 : 0)
      }),
    )
    const thirds = ['1/3', '1/3', '1/3'].map((third) => readQuantity(third)).filter((one) => one !== undefined)
    expect(compareQuantities(addQuantities(thirds), { numerator: 1n, denominator: 1n })).toBe(0)
    expect(readQuantity('1/0')).toBeUndefined()
  })
})

test.each([
  ['1/2', '1/2'],
  [' 01 / 02 ', '1/2'],
  ['2/4', '2/4'],
  ['1/1', '1/1'],
  ['4/3', 'forms.errors.share.over-one'],
  ['0/3', 'forms.errors.share.zero'],
  ['1/0', 'forms.errors.share.zero'],
  ['50%', 'forms.errors.share.format'],
  ['1', 'forms.errors.share.format'],
  ['1/2/3', 'forms.errors.share.format'],
  ['fele', 'forms.errors.share.format'],
])('the share „%s”: %s', (typed, expected) => {
  const [field] = tinyForm([tinyPage('egy', [tinyField('share', 'hanyad')])]).pages[0]?.items ?? []
  if (field?.type !== 'share') throw new Error('no share')
  const parsed = kindOf(field).parse(field, typed, stranger)
  if (parsed.state === 'wrong') expect(parsed.faults[0]?.message).toEqual({ key: expected })
  else expect(parsed).toEqual({ state: 'right', value: expected })
})

const everyKind: unknown[] = [
  tinyField('text', 'szoveg', { maxLength: 20 }),
  tinyField('long-text', 'hosszu', { maxLength: 50, rows: 3 }),
  tinyField('number', 'szam', { decimals: 2, min: '-5', max: '5000' }),
  tinyField('date', 'nap'),
  tinyField('date', 'nap-szoveggel', { input: 'text' }),
  tinyField('yes-no', 'igen-nem'),
  tinyField('choice', 'egy', { choices: tinyChoices('alma', 'barack') }),
  tinyField('choices', 'tobb', { choices: tinyChoices('alma', 'barack', 'cseresznye') }),
  tinyField('name', 'nev'),
  tinyField('address', 'cim'),
  tinyField('address', 'helyi-cim', { within: 'settlement', parcelBeside: true }),
  tinyField('foreign-address', 'kulfoldi-cim'),
  tinyField('email', 'email'),
  tinyField('phone', 'telefon'),
  tinyField('tax-id', 'adoazonosito'),
  tinyField('tax-number', 'adoszam'),
  tinyField('company-register-number', 'cegjegyzekszam'),
  tinyField('statistical-number', 'szamjel'),
  tinyField('parcel-number', 'hrsz'),
  tinyField('share', 'hanyad'),
  tinyField('declaration', 'nyilatkozat'),
]
const kinds = tinyForm([tinyPage('minden', everyKind)]).pages.flatMap(({ items }) =>
  items.filter((item): item is FieldDefinition => item.type !== 'group').map((field) => [field.id, field] as const),
)

/** Likely and unlikely things typed into one line. */
export const typedText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '2367',
    'Fő',
    'utca',
    '12',
    '123/4',
    '045/12',
    '1/2',
    '2/1',
    '0/1',
    'yes',
    'no',
    'alma',
    'x',
  ),
  fc.constantFrom('2024-02-29', '2026. 1. 1.', '1 234,5', '+36 30 123 4567', 'a@b.hu', '8446619903', '99746746-2-42'),
  fc.constantFrom(
    '01-10-041585',
    '99746746-4711-113-01',
    'Minta',
    '__proto__',
    'constructor',
    '<b>"\'&',
    '9'.repeat(60),
  ),
  fc.string({ maxLength: 30 }),
)
const typedAnswer = fc.oneof(
  typedText,
  fc.array(typedText, { maxLength: 4 }),
  fc.subarray(['alma', 'barack', 'cseresznye', 'dió']),
  fc.dictionary(
    fc.constantFrom(
      'year',
      'month',
      'day',
      'family',
      'given',
      'postalCode',
      'settlement',
      'street',
      'streetType',
      'country',
    ),
    typedText,
  ),
  fc.record({
    year: fc.constantFrom('2024', '24'),
    month: fc.constantFrom('2', 'május'),
    day: fc.constantFrom('1', '30'),
  }),
  fc.record({ family: fc.constantFrom('Minta', 'Ő', '1'), given: fc.constantFrom('Anna', '', 'Á.') }),
  fc.record({ country: fc.constant('Ausztria'), lines: fc.constant('1010 Wien, Ring 1') }),
  fc.record(
    {
      postalCode: fc.constantFrom('2367', '0123', '1007'),
      settlement: fc.constant('Érd'),
      street: fc.constant('Fő'),
      streetType: fc.constant('utca'),
      houseNumber: fc.constant('1/a'),
      parcelNumber: fc.constantFrom('12/3', 'x'),
    },
    { requiredKeys: ['postalCode'] },
  ),
)

describe.each(kinds)('any answer to „%s”', (_id, field) => {
  const wording = { language: 'hu', say: (key: string) => key } as const

  test('that is right is right again, and the same, when it is read back', () => {
    fc.assert(
      fc.property(typedAnswer, (typed) => {
        const parsed = kindOf(field).parse(field, typed, stranger)
        if (parsed.state === 'wrong') {
          for (const { message } of parsed.faults) {
            const said = 'key' in message ? { ...message, values: { label: field.label, ...message.values } } : message
            expect(messageText(said, 'hu')).not.toBe(messageText(said, 'en'))
          }
        }
        if (parsed.state !== 'right') return
        expect(kindOf(field).parse(field, parsed.value, stranger)).toEqual(parsed)
        expect(JSON.parse(JSON.stringify(parsed.value))).toEqual(parsed.value)
        const shown = kindOf(field).show(field, parsed.value, wording)
        expect(shown.length).toBeGreaterThan(0)
        expect(shown.join('')).not.toBe('')
      }),
      { numRuns: 1500 },
    )
  })

  test('is right now and then among what the tests think of', () => {
    // A fixed seed: whether a rare right answer comes up must not be left to chance.
    const thoughtOf = fc.sample(typedAnswer, { seed: 20261122, numRuns: 6000 })
    expect(thoughtOf.some((typed) => kindOf(field).parse(field, typed, stranger).state === 'right')).toBe(true)
  })

  test('left empty is neither right nor wrong', () => {
    expect(kindOf(field).parse(field, undefined, stranger).state).toBe('empty')
    expect(kindOf(field).parse(field, '', stranger).state).toBe('empty')
  })
})

describe('a month', () => {
  test.each(['2026-11', '2026. 11.', '2026.11', '2026. november', '2026 nov.', '2026. XI.', ' 2026-11 '])(
    '„%s” is understood',
    (typed) => {
      expect(readTypedMonth(typed)).toEqual({ ok: true, value: '2026-11' })
    },
  )

  test.each([
    ['26. 11.', 'ambiguous'],
    ['11/26', 'ambiguous'],
    ['11/2026', 'format'],
    ['2026-13', 'month'],
    ['2026. tavasz', 'format'],
    ['1700-01', 'year'],
    ['november', 'format'],
    ['', 'empty'],
    ['2'.repeat(200), 'format'],
  ])('„%s” is asked back: %s', (typed, reason) => {
    expect(readTypedMonth(typed)).toMatchObject({ ok: false, reason })
  })
})

describe('a time of day', () => {
  test.each([
    ['8:30', '08:30'],
    ['08.30', '08:30'],
    ['8 óra 30 perc', '08:30'],
    ['8 óra', '08:00'],
    ['17h', '17:00'],
    ['8:30 pm', '20:30'],
    ['12:05 a.m.', '00:05'],
    ['0:00', '00:00'],
    ['23:59', '23:59'],
  ])('„%s” is understood', (typed, value) => {
    expect(readTypedTime(typed)).toEqual({ ok: true, value })
  })

  test.each([
    ['8', 'ambiguous'],
    ['0830', 'ambiguous'],
    ['24:00', 'impossible'],
    ['8:60', 'impossible'],
    ['13:00 pm', 'impossible'],
    ['8:3', 'format'],
    ['délben', 'format'],
    ['', 'empty'],
    ['1'.repeat(200), 'format'],
  ])('„%s” is asked back: %s', (typed, reason) => {
    expect(readTypedTime(typed)).toMatchObject({ ok: false, reason })
  })
})

describe('a day so much later', () => {
  test.each([
    ['2026-01-31', { months: 1 }, '2026-02-28'],
    ['2024-02-29', { years: 1 }, '2025-02-28'],
    ['2024-02-29', { years: -4 }, '2020-02-29'],
    ['2026-11-22', { days: 15 }, '2026-12-07'],
    ['2026-01-05', { days: -10 }, '2025-12-26'],
    ['2026-03-31', { months: -13 }, '2025-02-28'],
    ['2026-11-22', {}, '2026-11-22'],
    ['2026-01-31', { months: 1, days: 1 }, '2026-03-01'],
  ])('%s and %o is %s', (day, step, found) => {
    expect(later(day, step)).toBe(found)
  })

  test('outside our calendar is none', () => {
    expect(later('2026-11-22', { years: 1000 })).toBeUndefined()
    expect(later('2026-11-22', { years: -1000 })).toBeUndefined()
    expect(later('2026-11-22', { days: Number.MAX_SAFE_INTEGER })).toBeUndefined()
  })
})

describe('exact numbers', () => {
  const quantity = (text: string) => {
    const read = readQuantity(text)
    if (read === undefined) throw new Error(`${text} is no number`)
    return read
  }

  test.each([
    ['2.5', 0, 'half-up', '3'],
    ['-2.5', 0, 'half-up', '-3'],
    ['2.4', 0, 'half-up', '2'],
    ['-0.4', 0, 'half-up', '0'],
    ['2.9', 0, 'down', '2'],
    ['-2.9', 0, 'down', '-2'],
    ['2.1', 0, 'up', '3'],
    ['-2.1', 0, 'up', '-3'],
    ['2', 0, 'up', '2'],
    ['1/3', 2, 'half-up', '0.33'],
    ['2/3', 2, 'half-up', '0.67'],
    ['1.50', 2, 'half-up', '1.5'],
    ['1.05', 1, 'half-up', '1.1'],
    ['100', 2, 'half-up', '100'],
  ] as const)('%s to %i decimals, %s, is %s', (exact, decimals, rounding, rounded) => {
    expect(roundQuantity(quantity(exact), decimals, rounding)).toBe(rounded)
  })

  test('longer than any number are none', () => {
    const long = quantity('9'.repeat(40))
    expect(roundQuantity(long, 0, 'down')).toBe('9'.repeat(40))
    expect(roundQuantity(multiplyQuantities([long, long]), 0, 'down')).toBeUndefined()
  })

  test('are subtracted, multiplied and divided without loss; by zero they are not divided', () => {
    const anyNumber = fc.tuple(fc.bigInt({ min: -10_000n, max: 10_000n }), fc.bigInt({ min: 1n, max: 999n }))
    fc.assert(
      fc.property(anyNumber, anyNumber, ([a, b], [c, d]) => {
        const left = { numerator: a, denominator: b }
        const right = { numerator: c, denominator: d }
        expect(compareQuantities(addQuantities([subtractQuantities(left, right), right]), left)).toBe(0)
        const quotient = divideQuantities(left, right)
        if (c === 0n) expect(quotient).toBeUndefined()
        else if (quotient !== undefined) {
          expect(quotient.denominator).toBeGreaterThan(0n)
          expect(compareQuantities(multiplyQuantities([quotient, right]), left)).toBe(0)
        } else throw new Error('not divided')
      }),
    )
  })
})

describe('a field that is typed', () => {
  const wording = { language: 'hu' as const, say: (key: string) => key }
  const fieldOf = (type: string, more: object = {}): FieldDefinition => {
    const item = tinyForm([tinyPage('egy', [tinyField(type, 'mezo', more)])]).pages[0]?.items[0]
    if (item === undefined || item.type === 'group') throw new Error('no field')
    return item
  }
  const parse = (field: FieldDefinition, typed: string) => kindOf(field).parse(field, typed, stranger)
  const right = (value: string) => ({ state: 'right', value })
  const saying = (key: string) => ({ state: 'wrong', faults: [{ message: { key } }] })

  test.each([
    ['12 500', right('12500')],
    ['12500', right('12500')],
    ['12\u00a0500 Ft', right('12500')],
    ['12500,-', right('12500')],
    ['12 500 HUF', right('12500')],
    ['12500,00', right('12500')],
    ['0', right('0')],
    ['12.500 Ft', saying('forms.errors.amount.ambiguous-separator')],
    ['12,500', saying('forms.errors.amount.ambiguous-separator')],
    ['12,5', saying('forms.errors.amount.too-many-decimals')],
    ['sok', saying('forms.errors.amount.not-a-number')],
    ['1'.repeat(50), saying('forms.errors.amount.too-long')],
    ['-1', saying('forms.errors.number.min')],
    ['2 000 001', saying('forms.errors.number.max')],
    ['', { state: 'empty' }],
  ])('amount „%s”', (typed, parsed) => {
    expect(parse(fieldOf('amount', { max: '2000000' }), typed)).toMatchObject(parsed)
  })

  test('an amount is shown with grouped digits and its currency, in its field too, and is read again from there', () => {
    const field = fieldOf('amount')
    expect(kindOf(field).show(field, '1234567', wording)).toEqual(['1\u00a0234\u00a0567\u00a0Ft'])
    expect(kindOf(field).show(field, '1234567', { ...wording, language: 'en' })).toEqual(['1,234,567\u00a0HUF'])
    const control = kindOf(field).control(field, '1234567', wording, stranger)
    expect(control).toMatchObject({ value: '1\u00a0234\u00a0567', suffix: 'Ft' })
    if (control.macro !== 'text') throw new Error('no input')
    expect(parse(field, control.value)).toEqual(right('1234567'))
    expect(kindOf(field).control(field, '12.500', wording, stranger)).toMatchObject({ value: '12.500' })
  })

  test.each([
    ['1234-5678', right('12345678')],
    ['12 34 56 78', right('12345678')],
    ['1234567', saying('forms.errors.digits.exactly')],
    ['1234567a', saying('forms.errors.digits.not-digits')],
  ])('digits „%s”', (typed, parsed) => {
    expect(parse(fieldOf('text', { maxLength: 20, digits: [8, 8] }), typed)).toMatchObject(parsed)
  })

  test('digits within limits say both limits', () => {
    expect(parse(fieldOf('text', { maxLength: 20, digits: [2, 4] }), '12345')).toMatchObject({
      faults: [{ message: { key: 'forms.errors.digits.between', values: { digits: 5, least: 2, most: 4 } } }],
    })
  })

  describe('from a long list', () => {
    const names = [
      ['epitmenyado', 'Építményadó', 'Building tax'],
      ['telekado', 'Telekadó', 'Plot tax'],
      ['iparuzesi', 'Helyi iparűzési adó', 'Local business tax'],
      ['talaj', 'Talajterhelési díj', 'Soil load charge'],
    ] as const
    const choices = names.map(([value, hu, en]) => ({ value, label: { hu, en } }))
    const field = fieldOf('choice', { choices, control: 'search' })

    test.each([
      ['epitmenyado', 'epitmenyado'],
      ['Építményadó', 'epitmenyado'],
      ['ÉPÍTMÉNYADÓ', 'epitmenyado'],
      ['epitm', 'epitmenyado'],
      ['Building tax', 'epitmenyado'],
      ['tel', 'telekado'],
      ['iparűzési', 'iparuzesi'],
      ['business', 'iparuzesi'],
    ])('„%s” is understood', (typed, value) => {
      expect(parse(field, typed)).toEqual(right(value))
    })

    test('what fits several is asked back with their names, what fits none with what to do', () => {
      const several = parse(field, 't')
      expect(several).toMatchObject(saying('forms.errors.search.several'))
      if (several.state !== 'wrong') throw new Error('taken')
      const said = several.faults.map(({ message }) =>
        'key' in message ? { ...message, values: { label: 'Adónem', ...message.values } } : message,
      )
      expect(said.map((message) => messageText(message, 'hu')).join()).toContain('„Telekadó”, „Talajterhelési díj”')
      expect(said.map((message) => messageText(message, 'en')).join()).toContain('“Plot tax”, “Soil load charge”')
      expect(parse(field, 'gépjárműadó')).toMatchObject(saying('forms.errors.search.none'))
      expect(parse(field, '?!')).toMatchObject(saying('forms.errors.search.none'))
    })

    test('the name stands in the field, in the reader’s language, and so does what was not understood', () => {
      const shown = (typed: string, language: 'hu' | 'en') =>
        kindOf(field).control(field, typed, { ...wording, language }, stranger)
      expect(shown('telekado', 'hu')).toMatchObject({ macro: 'search', value: 'Telekadó' })
      expect(shown('telekado', 'en')).toMatchObject({ value: 'Plot tax' })
      expect(shown('gépjárműadó', 'hu')).toMatchObject({ value: 'gépjárműadó' })
    })
  })
})
