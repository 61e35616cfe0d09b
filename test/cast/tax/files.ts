/** Registers as municipalities deliver them, in both formats. */
import type { TaxBirthData } from '../../../src/adapters/tax-system/contract.ts'
import type { CastRegister } from './books.ts'

export function jsonlOf({ settlementCode, asOf, taxpayers, mandates }: CastRegister): string {
  const lines = [
    { format: 'tax-books/1', settlement: settlementCode, asOf },
    ...taxpayers.map((taxpayer) => ({ taxpayer })),
    ...mandates.map((mandate) => ({ mandate })),
    { end: { taxpayers: taxpayers.length, mandates: mandates.length } },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

export function csvOf({ settlementCode, asOf, taxpayers, mandates }: CastRegister): string {
  const lines: (string | number | null)[][] = [['books', 1, settlementCode, asOf]]
  for (const { registerKey, kind, name, address, taxNumber, birthData, accounts } of taxpayers) {
    lines.push(['taxpayer', registerKey, kind, name, address, taxNumber, ...born(birthData)])
    for (const { taxType, bankAccount, payee, bic, interestBookedUntil, bookings } of accounts) {
      lines.push(['account', taxType, bankAccount, payee, bic, interestBookedUntil])
      for (const { bookedOn, dueOn, valueOn, title, document, taxYear, amountHuf } of bookings) {
        lines.push(['booking', bookedOn, dueOn, valueOn, title, document, taxYear, amountHuf])
      }
    }
  }
  for (const { key, party, representative, kind, rights, taxTypes, validFrom, validUntil } of mandates) {
    const whose = [party.kind, party.name, party.taxNumber, representative.name, ...born(representative)]
    lines.push(['mandate', key, ...whose, kind, rights.join(' '), taxTypes.join(' '), validFrom, validUntil])
  }
  lines.push(['end', taxpayers.length, mandates.length])
  return lines.map((line) => `${line.map((value) => quoted(String(value ?? ''))).join(';')}\n`).join('')
}

function born(person: TaxBirthData | null): (string | null)[] {
  if (person === null) return [null, null, null, null, null, null]
  const { birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate } = person
  return [birthFamilyName, birthGivenName, motherFamilyName, motherGivenName, birthPlace, birthDate]
}

function quoted(value: string): string {
  return /[";\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
