import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueList, dueOrders, isFound, type NamedDue, pageOf } from '../../../src/features/tax-balance/client-list.ts'

const today = '2026-11-23'
const day = fc.integer({ min: 0, max: 60 }).map((n) => new Date(Date.UTC(2026, 9, 25 + n)).toISOString().slice(0, 10))
const due = fc.record({
  client: fc.constantFrom('Ábel Kft.', 'Zsák Zrt.', 'Őri Bt.').map((name) => client(name)),
  taxpayerId: fc.constant('x'),
  settlementId: fc.constant(1),
  taxType: fc.constant('plot-tax'),
  dueOn: day,
  amountHuf: fc.integer({ min: 1, max: 5_000 }),
  taxYear: fc.constantFrom(2025, 2026),
  asOf: fc.constant(new Date(0)),
  settlementName: fc.constantFrom('Komló', 'Újhartyán'),
  taxName: fc.constantFrom('Telekadó', 'Építményadó'),
})

function client(name: string): NamedDue['client'] {
  return {
    kind: 'company',
    id: name,
    slug: name,
    settlementId: 1,
    name,
    taxNumber: '99999906213',
    seat: null,
    own: false,
    mandates: [],
    marks: [],
  }
}

const wish = { search: '', order: 'hatarido', when: 'mind' } as const

test('every item is in one of the two sums, in each order, and in one half of the list', () => {
  fc.assert(
    fc.property(fc.array(due, { maxLength: 30 }), fc.constantFrom(...dueOrders), (all, order) => {
      const list = dueList(all, { ...wish, order }, today)
      expect(list.rows).toHaveLength(all.length)
      expect(list.dueNowHuf + list.laterHuf).toBe(all.reduce((sum, { amountHuf }) => sum + amountHuf, 0))
      const halves = (['esedekes', 'kesobb'] as const).map((when) => dueList(all, { ...wish, order, when }, today))
      expect(halves.flatMap(({ rows }) => rows)).toHaveLength(all.length)
      for (const { dueOn } of halves[0]?.rows ?? []) expect(dueOn <= today).toBe(true)
      for (const { dueOn } of halves[1]?.rows ?? []) expect(dueOn > today).toBe(true)
      // however the items came, the order is the same
      expect(dueList([...all].reverse(), { ...wish, order }, today)).toEqual(list)
    }),
  )
})

test('the order asked for: days rise, amounts fall, names are in the order of the Hungarian alphabet', () => {
  fc.assert(
    fc.property(fc.array(due, { minLength: 2, maxLength: 20 }), (all) => {
      const days = dueList(all, wish, today).rows.map(({ dueOn }) => dueOn)
      expect(days).toEqual([...days].sort())
      const amounts = dueList(all, { ...wish, order: 'osszeg' }, today).rows.map(({ amountHuf }) => amountHuf)
      expect(amounts).toEqual([...amounts].sort((a, b) => b - a))
      const names = dueList(all, { ...wish, order: 'ugyfel' }, today).rows.map(({ client }) => client.name[0] ?? '')
      expect(names.join('')).toMatch(/^Á*Ő*Z*$/)
    }),
  )
})

describe('finding a client by typing', () => {
  test.each([
    ['', true],
    ['kitalalt', true],
    ['KENYÉR kitalált', true],
    ['99999906', true],
    ['99999906-2-13', true],
    ['kenyer zrt', false],
    ['12345678', false],
  ])('%j: %s', (search, found) => {
    expect(isFound({ name: 'Kitalált Kenyér Kft.', taxNumber: '99999906213' }, search)).toBe(found)
  })
})

test('leafing on shows every row once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 60 }), (count, size) => {
      const rows = Array.from({ length: count }, (_, n) => n)
      const seen: number[] = []
      let from: number | undefined = 0
      while (from !== undefined) {
        const page: ReturnType<typeof pageOf<number>> = pageOf(rows, from, size)
        seen.push(...page.rows)
        from = page.next
      }
      expect(seen).toEqual(rows)
    }),
  )
})
