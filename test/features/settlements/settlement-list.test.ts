import { expect, test } from 'vitest'
import { readSettlementList, settlementListOfRelease } from '../../../src/features/settlements/settlement-list.ts'

const header =
  'ksh_code,name,type,county,district,postal_codes,lat,lon,population,population_date,county_code,area_ha,dwellings,office_code,office_seat_ksh'
const row = '06293,Újhartyán,város,Pest,Dabasi járás,2367,47.2,19.3,3017,2026-01-01,13,2243,1095,1,'

test('the list of the release has every settlement, district and the capital', () => {
  const list = settlementListOfRelease()
  const count = (kind: string) => list.filter((settlement) => settlement.kind === kind).length
  expect(list).toHaveLength(3178)
  expect(new Set(list.map(({ id }) => id)).size).toBe(3178)
  expect(new Set(list.map(({ county }) => county)).size).toBe(20)
  expect([count('capital'), count('capital-district'), count('county-town'), count('town')]).toEqual([1, 23, 25, 322])
})

test('the last digit of every KSH code checks the other four', () => {
  for (const { kshCode } of settlementListOfRelease()) {
    const [a = 0, b = 0, c = 0, d = 0, check] = [...kshCode].map(Number)
    expect((a + 3 * b + 7 * c + 9 * d) % 10, kshCode).toBe(check)
  }
})

test('a row becomes a settlement; its key is the code without leading zeros', () => {
  expect(readSettlementList(`${header}\n${row}\n`)).toEqual([
    {
      id: 6293,
      kshCode: '06293',
      name: 'Újhartyán',
      kind: 'town',
      county: 'Pest',
      district: 'Dabasi járás',
      postalCodes: ['2367'],
      population: 3017,
    },
  ])
})

test.each([
  ['a code of four digits', row.replace('06293', '6293')],
  ['an unknown type', row.replace('város', 'falu')],
  ['a broken postal code', row.replace('2367', '236')],
  ['a population that is no number', row.replace('3017', 'sok')],
  ['a value too many', `${row},x`],
  ['a value too few', row.slice(0, -1)],
])('%s is refused with the number of the line', (_, broken) => {
  expect(() => readSettlementList(`${header}\n${row}\n${broken}\n`)).toThrow(/^Line 3 /)
})
