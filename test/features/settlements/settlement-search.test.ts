import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settlementDirectory } from '../../../src/features/settlements/settlement-directory.ts'
import { lettersApart } from '../../../src/features/settlements/settlement-search.ts'
import { fold } from '../../../src/features/settlements/slug.ts'

const directory = settlementDirectory()
const names = (query: string, limit = 100) =>
  directory
    .search(query)
    .slice(0, limit)
    .map(({ name }) => name)
const anySettlement = fc.constantFrom(...directory.all)

describe('what people type', () => {
  test.each([
    'ujhartyan',
    'Újhartyán',
    'UJHARTYAN',
    'újhart',
    'ujh',
    '2367',
    '236',
    '2367 Újhartyán',
    ' újhartyán ',
    'u\u0301jhartya\u0301n',
  ])('„%s” finds Újhartyán among the first', (query) => {
    expect(names(query, 8)).toContain('Újhartyán')
  })

  test('„Új” finds Újhartyán among the suggestions', () => {
    expect(names('Új', 8)).toContain('Újhartyán')
  })

  test.each([
    ['Komló', 'Komló'],
    ['Kömlő', 'Kömlő'],
    ['komlo', 'Komló'],
    ['Kő', 'Budapest X. kerület'],
    ['kőszeg', 'Kőszeg'],
    ['budapest', 'Budapest'],
    ['Bp', 'Budapest'],
    ['budapest v', 'Budapest V. kerület'],
    ['Budapest V.', 'Budapest V. kerület'],
    ['Bp. XI. ker.', 'Budapest XI. kerület'],
    ['11. kerület', 'Budapest XI. kerület'],
    ['budapest 1', 'Budapest I. kerület'],
    ['zugló', 'Budapest XIV. kerület'],
    ['csepel', 'Budapest XXI. kerület'],
    ['1011', 'Budapest I. kerület'],
  ])('„%s” puts %s first', (query, name) => {
    expect(names(query)[0]).toBe(name)
  })

  test('districts are found by every number, roman and arabic', () => {
    const roman = 'I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII'.split(' ')
    for (const [at, numeral] of roman.entries()) {
      const district = `Budapest ${numeral}. kerület`
      expect(names(`budapest ${numeral.toLowerCase()}`)[0]).toBe(district)
      expect(names(`${at + 1}. kerület`)[0]).toBe(district)
    }
  })

  test.each(['', '   ', '---', '<script>', '%', '💡', 'x'.repeat(101), '0000', 'újhartyán komló'])(
    '„%s” finds nothing and does no harm',
    (query) => {
      expect(names(query)).toEqual([])
    },
  )
})

describe('for every settlement', () => {
  test('its name, in any spelling, puts it first among those of the same name without accents', () => {
    for (const { name, id } of directory.all) {
      expect(directory.search(name)[0]?.id, name).toBe(id)
      const alike = directory.search(fold(name)).filter((found) => fold(found.name) === fold(name))
      expect(alike.map((found) => found.id)).toContain(id)
    }
  })

  test('any beginning of its name finds it, whatever the accents and capitals', () => {
    fc.assert(
      fc.property(anySettlement, fc.nat(), fc.boolean(), fc.boolean(), (settlement, cut, plain, capitals) => {
        const begun = settlement.name.slice(0, 1 + (cut % settlement.name.length))
        const spelled = plain ? fold(begun) : begun
        const query = capitals ? spelled.toUpperCase() : spelled
        expect(directory.search(query)).toContainEqual(settlement)
      }),
    )
  })

  test('its postal codes, whole or begun, find it', () => {
    fc.assert(
      fc.property(anySettlement, fc.integer({ min: 1, max: 4 }), (settlement, length) => {
        for (const code of settlement.postalCodes)
          expect(directory.search(code.slice(0, length))).toContainEqual(settlement)
      }),
    )
  })

  test('its address leads to it, and so does its name in an address', () => {
    for (const settlement of directory.all) {
      expect(directory.findBySlug(settlement.slug)).toBe(settlement)
      expect(directory.byId(settlement.id)).toBe(settlement)
      expect(directory.slugMeant(settlement.slug)).toBe(settlement.slug)
    }
    expect(directory.slugMeant('Újhartyán')).toBe('ujhartyan')
  })
})

describe('the order of results', () => {
  test('a whole name comes before beginnings, a name before postal codes, the populous before the small', () => {
    expect(names('Vác', 2)).toEqual(['Vác', 'Vácrátót'])
    expect(names('5. ker')[0]).toBe('Budapest V. kerület')
    expect(names('52')[0]).toBe('Törökszentmiklós')
  })

  test('accents that were typed count, accents left out do not', () => {
    expect(names('Kömlő', 2)).toEqual(['Kömlő', 'Komló'])
    expect(names('komlo', 2)).toEqual(['Komló', 'Kömlő'])
  })

  test('the same query gives the same order and nothing twice, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (query) => {
        const found = directory.search(query)
        expect(new Set(found).size).toBe(found.length)
        expect(directory.search(query)).toEqual(found)
      }),
    )
  })
})

describe('when nothing is found', () => {
  test.each([
    ['ujhartyn', 'Újhartyán'],
    ['Újhrtyán', 'Újhartyán'],
    ['jujhartyan', 'Újhartyán'],
    ['komllo', 'Komló'],
    ['szekesfehrevar', 'Székesfehérvár'],
    ['2369', 'Újhartyán'],
  ])('„%s” suggests %s', (query, name) => {
    expect(directory.search(query)).toEqual([])
    expect(directory.similar(query).map((settlement) => settlement.name)).toContain(name)
  })

  test('suggestions are few, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (query) => {
        expect(directory.similar(query).length).toBeLessThanOrEqual(6)
      }),
      { numRuns: 30 },
    )
  })

  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })

  test('the distance of two words is symmetric, nothing for the same, one for one slip', () => {
    fc.assert(
      fc.property(word, word, fc.nat(), (one, other, where) => {
        expect(lettersApart(one, other, 9)).toBe(lettersApart(other, one, 9))
        expect(lettersApart(one, one, 2)).toBe(0)
        const at = where % (one.length + 1)
        expect(lettersApart(one, `${one.slice(0, at)}x${one.slice(at)}`, 2)).toBe(1)
      }),
    )
  })

  test('giving up early changes nothing within what is tolerated', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (one, other, tolerated) => {
        const whole = lettersApart(one, other, 99)
        const early = lettersApart(one, other, tolerated)
        expect(early <= tolerated ? early : 'more').toBe(whole <= tolerated ? whole : 'more')
      }),
    )
  })
})

describe('counties', () => {
  test('there are nineteen and Budapest, in Hungarian order, with all settlements in theirs', () => {
    expect(directory.counties.map(({ name }) => name).join(' ')).toBe(
      'Bács-Kiskun Baranya Békés Borsod-Abaúj-Zemplén Budapest Csongrád-Csanád Fejér Győr-Moson-Sopron Hajdú-Bihar Heves ' +
        'Jász-Nagykun-Szolnok Komárom-Esztergom Nógrád Pest Somogy Szabolcs-Szatmár-Bereg Tolna Vas Veszprém Zala',
    )
    expect(directory.counties.flatMap(({ settlements }) => settlements)).toHaveLength(3178)
    expect(directory.byCounty('pest')?.settlements).toHaveLength(187)
    expect(directory.byCounty('Pest')).toBeUndefined()
  })

  test('settlements stand in Hungarian alphabetical order', () => {
    const pest = directory.byCounty('pest')?.settlements.map(({ name }) => name) ?? []
    expect(pest.slice(0, 4)).toEqual(['Abony', 'Acsa', 'Albertirsa', 'Alsónémedi'])
    expect(pest.indexOf('Cegléd')).toBeLessThan(pest.indexOf('Csemő'))
    expect(pest.indexOf('Gödöllő')).toBeLessThan(pest.indexOf('Gyál'))
    expect(pest.indexOf('Szada')).toBeGreaterThan(pest.indexOf('Solymár'))
  })

  test('Komló and Kömlő know of each other', () => {
    const komlo = directory.findBySlug('komlo')
    expect(komlo && directory.namesakes(komlo).map(({ name }) => name)).toEqual(['Kömlő'])
  })
})
