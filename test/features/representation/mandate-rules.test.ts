import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mandateState } from '../../../src/features/representation/mandate-state.ts'
import {
  type MandateKind,
  mandateFor,
  maySubmit,
  type RepresentedParty,
} from '../../../src/features/representation/party.ts'
import { type BirthData, personMarks } from '../../../src/features/representation/person-mark.ts'
import { bela, people } from '../../cast/people.ts'

const dayAfter = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10)
const days = fc.integer({ min: 0, max: 60 })

describe('whether a mandate holds', () => {
  test('it holds from its first to its last day, both included, unless it was revoked', () => {
    fc.assert(
      fc.property(days, fc.option(days), fc.boolean(), days, (first, last, revoked, today) => {
        const term = {
          validFrom: dayAfter(first),
          validUntil: last === null ? null : dayAfter(last),
          revokedAt: revoked ? new Date(0) : null,
        }
        // counted in numbers of days, not compared as text
        const within = today >= first && (last === null || today <= last)
        expect(mandateState(term, dayAfter(today)) === 'living').toBe(within && !revoked)
      }),
    )
  })

  test('it never lives again: what expired or was revoked stays so', () => {
    fc.assert(
      fc.property(days, fc.option(days), days, days, (first, last, today, later) => {
        const term = {
          validFrom: dayAfter(first),
          validUntil: last === null ? null : dayAfter(last),
          revokedAt: null,
        }
        const before = mandateState(term, dayAfter(today))
        const after = mandateState(term, dayAfter(today + later))
        if (before === 'expired') expect(after).toBe('expired')
        if (before === 'living') expect(['living', 'expired']).toContain(after)
        expect(mandateState({ ...term, revokedAt: new Date(0) }, dayAfter(today + later))).toBe('revoked')
      }),
    )
  })

  test.each([
    ['the day before it begins', '2026-05-31', 'upcoming'],
    ['its first day', '2026-06-01', 'living'],
    ['its last day', '2026-06-30', 'living'],
    ['the day after', '2026-07-01', 'expired'],
  ])('%s', (_when, today, state) => {
    expect(mandateState({ validFrom: '2026-06-01', validUntil: '2026-06-30', revokedAt: null }, today)).toBe(state)
  })
})

describe('what a mandate covers', () => {
  const names = fc.constantFrom('tax', 'general', 'social')
  const codes = fc.constantFrom('a', 'b', 'c')
  const scope = fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom<MandateKind>('statutory', 'permanent', 'employee', 'single'),
    everything: fc.boolean(),
    sectors: fc.uniqueArray(names),
    formCodes: fc.uniqueArray(codes),
    source: fc.constant('office' as const),
    rights: fc.constant(['submit'] as const),
    taxTypes: fc.constant([]),
  })

  test('several mandates cover together what each of them covers, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 3 }), names, codes, (mandates, sector, formCode) => {
        const party: RepresentedParty = { ...company, mandates }
        const one = mandates.map((alone) => maySubmit({ ...company, mandates: [alone] }, { sector, formCode }))
        expect(maySubmit(party, { sector, formCode })).toBe(one.includes(true))
        const named = mandates.some((alone) => alone.sectors.includes(sector) || alone.formCodes.includes(formCode))
        expect(one.includes(true)).toBe(named || mandates.some(({ everything }) => everything))
      }),
    )
  })

  test('an act is recorded under the first mandate that covers it', () => {
    const none = {
      source: 'office' as const,
      rights: ['submit'] as const,
      taxTypes: [],
      everything: false,
      sectors: [],
      formCodes: [],
    }
    const mandates = [
      { ...none, id: 'strong', kind: 'statutory' as const, formCodes: ['a'] },
      { ...none, id: 'weak', kind: 'single' as const, sectors: ['tax'] },
    ]
    const recorded = (sector: string, formCode: string) => mandateFor({ mandates }, { sector, formCode }, 'submit')?.id
    expect([recorded('tax', 'a'), recorded('tax', 'b'), recorded('social', 'b')]).toEqual(['strong', 'weak', undefined])
  })

  test('for oneself everything is covered', () => {
    expect(maySubmit({ kind: 'self', id: 'x', slug: 'sajat', marks: [] }, { sector: 'tax', formCode: 'a' })).toBe(true)
  })

  const company: RepresentedParty = {
    kind: 'company',
    id: 'x',
    slug: 'x',
    settlementId: 1,
    name: 'Kitalált Kenyér Kft.',
    taxNumber: '99999906213',
    seat: null,
    mandates: [],
    marks: [],
  }
})

describe('how a person is recognised', () => {
  const key = randomBytes(32)
  const markOf = (person: BirthData, keys = [key]) => personMarks(keys)(person)

  test('by all data of birth together: each that differs makes another person', () => {
    const changes: Partial<BirthData>[] = [
      { birthFamilyName: 'Péld' },
      { birthGivenName: 'Bálint' },
      { motherFamilyName: 'Hűs' },
      { motherGivenName: 'Éva' },
      { birthPlace: 'Pécs' },
      { birthDate: '1976-09-29' },
      // what moves from one field to the next is not the same either
      { birthFamilyName: 'Példa Béla', birthGivenName: '' },
    ]
    const marks = new Set(
      [bela.identity, ...changes.map((change) => ({ ...bela.identity, ...change }))].flatMap((one) => markOf(one)),
    )
    expect(marks.size).toBe(changes.length + 1)
    expect(new Set(people.flatMap(({ identity }) => markOf(identity))).size).toBe(people.length)
  })

  test('whatever the capitals, the blanks and the way accents are written, and under any present name', () => {
    const written = {
      ...bela.identity,
      familyName: 'Más',
      birthFamilyName: ' PÉLDA ',
      birthGivenName: 'Be\u0301la',
      birthPlace: 'kecskemét',
    }
    expect(markOf(written)).toEqual(markOf(bela.identity))
  })

  test('under every key that is kept, and by nobody without the key', () => {
    const newKey = randomBytes(32)
    expect(markOf(bela.identity, [newKey, key])).toContain(markOf(bela.identity)[0])
    expect(markOf(bela.identity, [newKey])).not.toEqual(markOf(bela.identity))
    expect(markOf(bela.identity)[0]).toMatch(/^[0-9a-f]{64}$/)
  })
})
