import type { Tx } from '../../platform/database.ts'
import type { OfficeClerk } from '../settlements/index.ts'
import { endServiceOfOthers, saveClerk, saveRoles } from './queries.ts'

/** Brings in who works at an office, as its owner: these people with these roles, and nobody else from now on. */
export async function importClerks(tx: Tx, officeId: string, officeClerks: readonly OfficeClerk[]): Promise<void> {
  const ids: string[] = []
  for (const { roles, ...clerk } of officeClerks) {
    const id = await saveClerk(tx, { officeId, ...clerk })
    await saveRoles(tx, id, roles)
    ids.push(id)
  }
  await endServiceOfOthers(tx, officeId, ids)
}
