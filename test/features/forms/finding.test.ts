import { expect, test } from 'vitest'
import { readDefinitions } from '../../../src/features/forms/definition-files.ts'
import { type LifeEvent, lifeEvents, sectors } from '../../../src/features/forms/engine/definition.ts'
import { formList } from '../../../src/features/forms/form-list.ts'
import { matches } from '../../../src/features/forms/form-search.ts'
import { noLocalTerms, type SectorForms } from '../../../src/features/forms/index.ts'
import { translator } from '../../../src/platform/i18n/catalogue.ts'
import { type Language, languages } from '../../../src/platform/i18n/language.ts'
import { tinyField, tinyForm, tinyPage } from './tiny-forms.ts'

const all = readDefinitions()
const newest = all.filter(({ code, version }) => !all.some((other) => other.code === code && other.version > version))
const everything: SectorForms[] = sectors.map((sector) => ({
  sector,
  forms: newest
    .filter((definition) => definition.sector === sector)
    .map((definition) => ({ definition, local: noLocalTerms, publishedAt: new Date(0) })),
}))

function listed({ query = '', lifeEvent = '' }, from = everything, language: Language = 'hu') {
  const titleOf = (event: LifeEvent) => translator(language)(`forms.life-events.${event}.title`)
  return formList(from, { query, lifeEvent }, { language, titleOf })
}
const codesOf = ({ sectors: found }: ReturnType<typeof listed>) =>
  found.flatMap(({ forms }) => forms.map(({ definition }) => definition.code))

test.each([
  ['iparűzési', 'bejelentkezes-valtozas-bejelentes'],
  ['IPARUZESI ado', 'bejelentkezes-valtozas-bejelentes'],
  ['kutya', 'ebosszeiras'],
  ['kutyát', 'ebosszeiras'],
  ['hagyaték', 'hagyateki-leltar-adatszolgaltatas'],
  ['hagyatékhoz', 'hagyateki-leltar-adatszolgaltatas'],
  ['adó', 'telekado-adatbejelentes'],
  ['szálláshely', 'szallashely-bejelentes'],
  ['költözés', 'ebosszeiras'],
  ['e-papír', 'altalanos-kerelem'],
])('who looks for „%s” finds %s', (query, code) => {
  expect(codesOf(listed({ query }))).toContain(code)
})

test('a word is found by its beginning, inside a compound, and grown by an ending; not by a chance letter or two', () => {
  const form = tinyForm([tinyPage('egy', [tinyField('text', 'x', { maxLength: 9 })])])
  const called = { ...form, searchWords: { hu: ['magánszállásadó', 'kutya', 'fa'], en: ['dog'] } }
  for (const query of ['magán', 'szállás', 'adó', 'kutyákról', 'KUTYÁT', 'fa', 'apró kutya']) {
    expect(matches(called, query, 'hu'), query).toBe(true)
  }
  for (const query of ['ás', 'száj', 'kutyafuttatóhely', 'fák', 'ló', 'apró ló']) {
    expect(matches(called, query, 'hu'), query).toBe(false)
  }
})

test('nothing asked for is everything, by sector; what is nowhere is nothing, and leads to the general request', () => {
  expect(codesOf(listed({})).length).toBe(newest.length)
  const nothing = listed({ query: 'űrhajó' })
  expect([nothing.sectors, nothing.count, nothing.general]).toEqual([[], 0, 'altalanos-kerelem'])
  const withoutGeneral = everything.filter(({ sector }) => sector !== 'general')
  expect(listed({ query: 'űrhajó' }, withoutGeneral).general).toBe('')
})

test('a life event lists its forms; each that has any is offered once, under an address of its own', () => {
  const { lifeEvents: offered } = listed({})
  expect(offered.map(({ event }) => event)).toEqual(lifeEvents)
  expect(new Set(offered.map(({ address }) => address)).size).toBe(lifeEvents.length)
  for (const { event, address } of offered) {
    expect(address).toMatch(/^[a-z]+(-[a-z]+)*$/)
    const codes = newest.filter((definition) => definition.lifeEvents.includes(event)).map(({ code }) => code)
    expect(codesOf(listed({ lifeEvent: address })).sort()).toEqual(codes.sort())
  }
  expect(codesOf(listed({ lifeEvent: 'halaleset', query: 'hagyaték' }))).not.toContain('ebosszeiras')
  const general = everything.filter(({ sector }) => sector === 'probate')
  expect(listed({}, general).lifeEvents.map(({ event }) => event)).toEqual(['death-in-family'])
  expect(listed({ lifeEvent: 'koltozes' }, general).lifeEvent).toBeUndefined()
})

test('each life event is told in both languages, and found by its own words', () => {
  for (const language of languages) {
    for (const event of lifeEvents) {
      const query = translator(language)(`forms.life-events.${event}.title`)
      const codes = newest.filter((definition) => definition.lifeEvents.includes(event)).map(({ code }) => code)
      expect(codesOf(listed({ query }, everything, language))).toEqual(expect.arrayContaining(codes))
    }
  }
})
