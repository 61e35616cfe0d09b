import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mandateState } from '../../../src/features/representation/mandate-state.ts'
import {
  type MandateKind,
  mandateFor,
  mayReadCases,
  mayReadSent,
  maySubmit,
  ownRight,
  type RepresentedParty,
  readableTaxTypes,
} from '../../../src/features/representation/party.ts'
import { type BirthData, personMarks } from '../../../src/features/representation/person-mark.ts'
import { bela, people } from '../../cast/people.ts'

const dayAfter = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10)
const days = fc.integer({ min: 0, max: 60 })

const company: RepresentedParty = {
  kind: 'company',
  id: 'x',
  slug: 'x',
  settlementId: 1,
  name: 'Kitalált Kenyér Kft.',
  taxNumber: '99999906213',
  seat: null,
  own: false,
  mandates: [],
  marks: [],
}

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
})

describe('rights against all there is', () => {
  const rights = ['submit', 'read-cases', 'read-tax'] as const
  const sources = ['office', 'assignment', 'tax-system', 'online', 'paper'] as const
  const taxes = ['plot-tax', 'building-tax', 'business-tax']
  const matters = ['tax', 'social'].flatMap((sector) => ['a', 'b'].map((formCode) => ({ sector, formCode })))
  const written = fc.record({
    id: fc.uuid(),
    source: fc.constantFrom(...sources),
    kind: fc.constantFrom<MandateKind>('statutory', 'permanent', 'employee', 'single'),
    rights: fc.uniqueArray(fc.constantFrom(...rights), { minLength: 1 }),
    scope: fc.oneof(
      fc.constant({ everything: true, sectors: [], formCodes: [] }),
      fc.record({
        everything: fc.constant(false),
        sectors: fc.uniqueArray(fc.constantFrom('tax', 'social')),
        formCodes: fc.uniqueArray(fc.constantFrom('a', 'b')),
      }),
    ),
    taxTypes: fc.uniqueArray(fc.constantFrom(...taxes)),
    first: days,
    last: fc.option(days),
    revokedOn: fc.option(days),
  })
  type Written = typeof written extends fc.Arbitrary<infer One> ? One : never

  /** Day by day and mandate by mandate, as a clerk would go through the papers. */
  function byHand(all: readonly Written[], today: number) {
    const holds = all.filter(({ first, last, revokedOn }) => {
      for (let day = first; last === null || day <= last; day++) {
        if (day > today) return false
        if (revokedOn !== null && revokedOn <= today) return false
        if (day === today) return true
      }
      return false
    })
    const may = (right: string, { sector, formCode }: (typeof matters)[number]) =>
      holds.some((one) => {
        if (!one.rights.some((given) => given === right)) return false
        const { everything, sectors, formCodes } = one.scope
        return everything || sectors.some((each) => each === sector) || formCodes.some((each) => each === formCode)
      })
    const readable = taxes.filter((tax) =>
      holds.some((one) => one.rights.includes('read-tax') && (one.taxTypes.length === 0 || one.taxTypes.includes(tax))),
    )
    return { may, readable }
  }

  test('over histories of mandates from all sources, each day', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), days, (all, today) => {
        const mandates = all
          .filter(({ first, last, revokedOn }) => {
            const revokedAt = revokedOn !== null && revokedOn <= today ? new Date(0) : null
            const term = { validFrom: dayAfter(first), validUntil: last === null ? null : dayAfter(last), revokedAt }
            return mandateState(term, dayAfter(today)) === 'living'
          })
          .map(({ id, source, kind, rights, scope, taxTypes }) => ({ id, source, kind, rights, taxTypes, ...scope }))
        const party = { ...company, mandates }
        const { may, readable } = byHand(all, today)
        for (const matter of matters) {
          expect(maySubmit(party, matter)).toBe(may('submit', matter))
          expect(mayReadCases(party, matter)).toBe(may('read-cases', matter))
          expect(mayReadSent(party, matter, { sentByOneself: true })).toBe(
            may('read-cases', matter) || may('submit', matter),
          )
        }
        const found = readableTaxTypes(party)
        expect(found === 'all' ? taxes : (found ?? [])).toEqual(
          found === 'all' || found === undefined ? readable : readable.toSorted(),
        )
      }),
    )
  })

  test('oneself as a party reads; only a sole trader also sends', () => {
    for (const kind of ['person', 'sole-trader'] as const) {
      const own = { ...company, kind, own: true, mandates: [ownRight(kind)] }
      expect(readableTaxTypes(own)).toBe('all')
      expect(matters.every((matter) => mayReadCases(own, matter))).toBe(true)
      expect(matters.some((matter) => maySubmit(own, matter))).toBe(kind === 'sole-trader')
    }
  })
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
