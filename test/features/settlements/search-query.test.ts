import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageOf, pageSize, pagesToOffer, readSearchQuery } from '../../../src/features/settlements/search-query.ts'
import { settlementDirectory } from '../../../src/features/settlements/settlement-directory.ts'
import { BadRequest } from '../../../src/platform/http/errors.ts'

const { all } = settlementDirectory()

test('a search without anything is one for nothing, on the first page', () => {
  expect(readSearchQuery({})).toEqual({ q: '', megye: '', oldal: 1, wrong: undefined })
})

test.each([
  [{ q: 'x'.repeat(101) }, 'settlements.search.too-long'],
  [{ q: 'Új\u0000' }, 'settlements.search.not-text'],
  [{ q: 'Új\u001b[31m' }, 'settlements.search.not-text'],
])('a word that cannot be looked for is told beside the field and not repeated', (query, wrong) => {
  expect(readSearchQuery(query)).toMatchObject({ q: '', wrong })
})

test.each([
  [{ q: ['Új', 'Ó'] }],
  [{ megye: ['pest', 'zala'] }],
  [{ megye: 'x'.repeat(61) }],
  [{ oldal: '0' }],
  [{ oldal: '-1' }],
  [{ oldal: '1e3' }],
  [{ oldal: ['1', '2'] }],
])('%j comes from no form of ours', (query) => {
  expect(() => readSearchQuery(query)).toThrow(BadRequest)
})

test('pages together are the whole list, and one behind the last is the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), (length) => {
      const list = all.slice(0, length)
      const { pages } = pageOf(list, 1)
      const together = Array.from({ length: pages }, (_, at) => pageOf(list, at + 1).settlements).flat()
      expect(together).toEqual(list)
      expect(pageOf(list, 9999)).toEqual(pageOf(list, pages))
      expect(pageOf(list, 1).settlements.length).toBeLessThanOrEqual(pageSize)
    }),
  )
})

test('the pages offered have the first, the last and the present one, in order, and no gap of one', () => {
  expect(pagesToOffer(1, 1)).toEqual([1])
  expect(pagesToOffer(1, 3)).toEqual([1, 2, 3])
  expect(pagesToOffer(4, 9)).toEqual([1, 2, 3, 4, 5, 0, 9])
  expect(pagesToOffer(9, 9)).toEqual([1, 0, 8, 9])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (pages, where) => {
      const page = 1 + (where % pages)
      const offered = pagesToOffer(page, pages)
      const numbers = offered.filter((number) => number > 0)
      expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
      expect(numbers).toContain(page)
      expect(numbers[0]).toBe(1)
      expect(numbers.at(-1)).toBe(pages)
    }),
  )
})
