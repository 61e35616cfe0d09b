import { expect, test } from 'vitest'
import { people } from './people.ts'

/** Days from 1867-01-01, which the second to sixth digit of a tax identifier tell. */
function daysSince1867(day: string): number {
  return (Date.parse(day) - Date.parse('1867-01-01')) / 86_400_000
}

test.each(people.map((person) => [person.name, person] as const))(
  'the tax identifier of %s is valid, tells the birth date and belongs to nobody',
  (_name, { taxId, identity }) => {
    const digits = [...taxId].map(Number)
    const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (index + 1), 0)
    expect(taxId).toMatch(/^8\d{5}99\d{2}$/)
    expect(Number(taxId.slice(1, 6))).toBe(daysSince1867(identity.birthDate))
    expect(sum % 11).toBe(digits[9])
  },
)

test('nobody shares an identifier with somebody else', () => {
  for (const key of ['id', 'subject', 'taxId', 'email', 'name'] as const) {
    expect(new Set(people.map((person) => person[key])).size).toBe(people.length)
  }
})
