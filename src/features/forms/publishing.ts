import { and, eq, isNull, notInArray, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { readDefinitions } from './definition-files.ts'
import { sectors } from './engine/definition.ts'
import { settlementForms } from './tables.ts'

/**
 * From now on the settlement accepts these forms and no others; saying the same again changes nothing.
 *
 * @param codes codes of forms
 * @throws Error for a code no form has
 */
export async function publishForms(tx: Tx, settlementId: number, codes: readonly string[]): Promise<void> {
  const known = new Set(readDefinitions().map(({ code }) => code))
  const unknown = codes.filter((code) => !known.has(code))
  if (unknown.length > 0) throw new Error(`there is no form ${unknown.join(', ')}; there are ${[...known].join(', ')}`)
  const ofSettlement = eq(settlementForms.settlementId, settlementId)
  await tx
    .update(settlementForms)
    .set({ closedAt: sql`app_now()` })
    .where(and(ofSettlement, isNull(settlementForms.closedAt), notInArray(settlementForms.formCode, [...codes, ''])))
  if (codes.length === 0) return
  await tx
    .insert(settlementForms)
    .values(codes.map((formCode) => ({ settlementId, formCode })))
    .onConflictDoUpdate({
      target: [settlementForms.settlementId, settlementForms.formCode],
      set: { closedAt: null, publishedAt: sql`app_now()` },
      setWhere: sql`${settlementForms.closedAt} is not null`,
    })
}

/** @throws Error for a sector or form that does not exist */
export function requireKnownMatters(matters: { sectors: readonly string[]; formCodes: readonly string[] }): void {
  const forms = new Set(readDefinitions().map(({ code }) => code))
  const unknown = [
    ...matters.sectors.filter((sector) => !sectors.some((known) => known === sector)),
    ...matters.formCodes.filter((code) => !forms.has(code)),
  ]
  if (unknown.length > 0) throw new Error(`there is no sector or form ${unknown.join(', ')}`)
}
