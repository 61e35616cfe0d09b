import type { Tx } from '../../platform/database.ts'
import { type OfficeClerk, type OfficeFile, type OfficeMandate, type OfficeParty, officeFile } from './office-file.ts'
import { saveOffice, saveOfficeSettlements, saveProfile, saveSettlements, saveSystems } from './queries.ts'
import { type SettlementDirectory, settlementDirectory } from './settlement-directory.ts'

/** What other rooms keep of an office file; each writes its own tables in the same transaction. */
export interface OfficeImportParts {
  /** the office's clerks are these and no others */
  importClerks(tx: Tx, officeId: string, clerks: readonly OfficeClerk[]): Promise<void>
  /** the settlement accepts these forms and no others, as far as its office has not decided itself; throws for a code that does not exist */
  publishForms(tx: Tx, settlementId: number, codes: readonly string[] | 'all'): Promise<void>
  /** the settlement's tax data come from there; undefined: it offers no tax balance */
  saveTaxSource(tx: Tx, settlementId: number, source: 'files' | 'system' | undefined): Promise<void>
  /** in the settlement these mandates hold and no others */
  importMandates(
    tx: Tx,
    settlementId: number,
    register: { parties: readonly OfficeParty[]; mandates: readonly OfficeMandate[] },
  ): Promise<void>
}

/** Puts the list of settlements into the database, so that other tables can refer to them; repeating it changes nothing. */
export async function importSettlements(tx: Tx, directory: SettlementDirectory = settlementDirectory()): Promise<void> {
  await saveSettlements(tx, directory.all)
}

/**
 * Brings an office file into the database. The same file again changes nothing; a changed one changes what it says.
 *
 * @param written the parsed JSON of the file
 * @param kauIssuer who identifies the clerks where the file names nobody else
 * @throws Error naming what is wrong in the file; nothing is changed then
 */
export async function importOffice(
  tx: Tx,
  written: unknown,
  { importClerks, publishForms, saveTaxSource, importMandates }: OfficeImportParts,
  kauIssuer: string,
): Promise<{ officeId: string; office: OfficeFile }> {
  const read = officeFile.safeParse(written)
  if (!read.success) {
    const wrong = read.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`)
    throw new Error(`The office file is wrong:\n  ${wrong.join('\n  ')}`)
  }
  const office = read.data

  const officeId = await saveOffice(tx, {
    slug: office.slug,
    name: office.name,
    postalCode: office.postalCode,
    city: office.city,
    streetAddress: office.streetAddress,
    phone: office.phone ?? null,
    email: office.email ?? null,
    openingHours: office.openingHours,
    note: office.note ?? null,
  })
  await saveOfficeSettlements(
    tx,
    officeId,
    office.settlements.map(({ kshCode, servedFrom }) => ({ settlementId: Number(kshCode), validFrom: servedFrom })),
  )
  for (const { kshCode, joinedOn, registerPrefix, systems, forms, tax, parties, mandates } of office.settlements) {
    const settlementId = Number(kshCode)
    await saveProfile(tx, { settlementId, joinedOn, registerPrefix })
    await saveSystems(tx, settlementId, systems)
    await publishForms(tx, settlementId, forms)
    await saveTaxSource(tx, settlementId, tax?.source)
    await importMandates(tx, settlementId, { parties, mandates })
  }
  await importClerks(
    tx,
    officeId,
    office.clerks.map(({ issuer, subject, name, roles, validFrom }) => ({
      issuer: issuer ?? kauIssuer,
      subject,
      name,
      roles,
      validFrom,
    })),
  )
  return { officeId, office }
}
