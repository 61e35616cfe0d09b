import { isDeepStrictEqual } from 'node:util'
import { budapestDay, databaseNow } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database.ts'
import { checkTaxId, checkTaxNumber } from '../identifiers/index.ts'
import type { OfficeMandate, OfficeParty } from '../settlements/index.ts'
import { newPartyLabel } from './party-label.ts'
import type { PersonMarks } from './person-mark.ts'
import { insertMandate, lockMandate, revokeMandate, revokeOthers, saveParty, updateMandate } from './queries.ts'

interface MandateImportParts {
  marksOf: PersonMarks
  /** throws for a sector or form that does not exist */
  requireMatters(scope: { sectors: readonly string[]; formCodes: readonly string[] }): void
}

/** Brings in who may act for whom in a settlement: these mandates, and no others from now on. */
export type ImportMandates = (
  tx: Tx,
  settlementId: number,
  register: { parties: readonly OfficeParty[]; mandates: readonly OfficeMandate[] },
) => Promise<void>

/**
 * What an office's file says of represented parties and mandates. The same file again changes nothing. A mandate that is not in it
 * any more is revoked and stays as such; one that names another party or another representative is another mandate.
 */
export function mandateImport({ marksOf, requireMatters }: MandateImportParts): ImportMandates {
  return async (tx, settlementId, { parties, mandates }) => {
    const today = budapestDay(await databaseNow(tx))
    const partyIds = new Map<string, string>()
    for (const { key, kind, name, taxNumber, seat } of parties) {
      const checked = kind === 'person' ? checkTaxId(taxNumber, today) : checkTaxNumber(taxNumber)
      if (!checked.ok) throw new Error(`party ${key}: the tax number is wrong (${checked.reason})`)
      const party = { kind, name, taxNumber: checked.value, seat: seat ?? null }
      partyIds.set(key, await saveParty(tx, { settlementId, personMark: null, label: newPartyLabel(), ...party }))
    }
    const remaining: string[] = []
    for (const {
      key,
      party,
      representative,
      kind,
      scope,
      source,
      rights,
      taxTypes,
      validFrom,
      validUntil,
    } of mandates) {
      const partyId = partyIds.get(party)
      const marks = marksOf(representative)
      const [representativeMark] = marks
      if (partyId === undefined || representativeMark === undefined) throw new Error(`mandate ${key}: no such party`)
      const { everything, sectors, formCodes } =
        scope === 'everything'
          ? { everything: true, sectors: [], formCodes: [] }
          : { everything: false, sectors: scope.sectors, formCodes: scope.forms }
      requireMatters({ sectors, formCodes })
      const terms = {
        kind,
        source,
        rights,
        taxTypes,
        everything,
        sectors,
        formCodes,
        validFrom,
        validUntil: validUntil ?? null,
        representativeMark,
      }
      const present = await lockMandate(tx, settlementId, key)
      if (present?.partyId === partyId && marks.includes(present.representativeMark)) {
        const before = Object.fromEntries(Object.keys(terms).map((name) => [name, present[name as keyof typeof terms]]))
        if (!isDeepStrictEqual(before, terms)) await updateMandate(tx, present.id, terms)
        remaining.push(present.id)
        continue
      }
      if (present !== undefined) await revokeMandate(tx, present.id)
      remaining.push(await insertMandate(tx, { settlementId, partyId, registryKey: key, ...terms }))
    }
    await revokeOthers(tx, settlementId, remaining)
  }
}
