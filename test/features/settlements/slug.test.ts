import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settlementListOfRelease } from '../../../src/features/settlements/settlement-list.ts'
import { reservedSlugs, slugOf, slugsFor } from '../../../src/features/settlements/slug.ts'

const list = settlementListOfRelease()

test('every settlement has an address of its own, without accents, that is no word of the portal', () => {
  const slugs = slugsFor(list)
  expect(slugs.size).toBe(3178)
  expect(new Set(slugs.values()).size).toBe(3178)
  for (const slug of slugs.values()) {
    expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(reservedSlugs.has(slug)).toBe(false)
  }
})

test.each([
  ['06293', 'ujhartyan'],
  ['26408', 'komlo'],
  ['14535', 'komlo-heves'],
  ['27146', 'komoro'],
  ['23612', 'komoro-fehergyarmati-jaras'],
  ['13578', 'budapest'],
  ['09566', 'budapest-i-kerulet'],
])('the address of %s is %s', (kshCode, slug) => {
  expect(slugsFor(list).get(kshCode)).toBe(slug)
})

test('only the two known pairs need more than their name', () => {
  const slugs = slugsFor(list)
  const longer = list.filter(({ kshCode, name }) => slugs.get(kshCode) !== slugOf(name)).map(({ name }) => name)
  expect(longer.sort()).toEqual(['Kömlő', 'Kömörő'])
})

test('the order of the list does not matter', () => {
  const expected = slugsFor(list)
  const alike = list.filter(({ name }) => /^k[oö]m/i.test(name))
  fc.assert(
    fc.property(fc.shuffledSubarray(alike, { minLength: alike.length }), (shuffled) => {
      for (const [kshCode, slug] of slugsFor(shuffled)) expect(slug).toBe(expected.get(kshCode))
    }),
  )
})

const place = fc.record({
  name: fc.constantFrom('Sajat', 'Saját', 'Hivatal', 'Komló', 'Kömlő', 'Komlo Heves', '—', 'Új'),
  county: fc.constantFrom('Heves', 'Baranya'),
  district: fc.constantFrom('Hevesi járás', 'Komlói járás', ''),
  population: fc.nat(3),
})

test('addresses stay different and free of the portal’s words whatever the names', () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 12 }), (places) => {
      const named = places.map((one, at) => ({ ...one, kshCode: String(10000 + at) }))
      const slugs = [...slugsFor(named).values()]
      expect(slugs).toHaveLength(named.length)
      expect(new Set(slugs).size).toBe(named.length)
      for (const slug of slugs) expect(reservedSlugs.has(slug)).toBe(false)
    }),
  )
})

test('a slug is its own slug', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const slug = slugOf(text)
      expect(slug).toMatch(/^([a-z0-9]+(-[a-z0-9]+)*)?$/)
      expect(slugOf(slug)).toBe(slug)
    }),
  )
})
