import type { Tx } from '../../platform/database.ts'
import { formCodes } from './definition-files.ts'
import { sectors } from './engine/definition.ts'
import { openAsInOfficeFile } from './queries.ts'

/**
 * Lets the settlement accept these forms and no others; saying the same again changes nothing. What the office's administrator
 * has switched on or off stays so.
 *
 * @param codes codes of forms; `all`: every form there is (központi űrlapkészlet), with which a new settlement begins
 * @throws Error for a code no form has
 */
export async function publishForms(tx: Tx, settlementId: number, codes: readonly string[] | 'all'): Promise<void> {
  const known = formCodes()
  if (codes === 'all') return openAsInOfficeFile(tx, settlementId, known)
  const unknown = codes.filter((code) => !known.includes(code))
  if (unknown.length > 0) throw new Error(`there is no form ${unknown.join(', ')}; there are ${known.join(', ')}`)
  await openAsInOfficeFile(tx, settlementId, codes)
}

/** @throws Error for a sector or form that does not exist */
export function requireKnownMatters(matters: { sectors: readonly string[]; formCodes: readonly string[] }): void {
  const forms = formCodes()
  const unknown = [
    ...matters.sectors.filter((sector) => !sectors.some((known) => known === sector)),
    ...matters.formCodes.filter((code) => !forms.includes(code)),
  ]
  if (unknown.length > 0) throw new Error(`there is no sector or form ${unknown.join(', ')}`)
}
