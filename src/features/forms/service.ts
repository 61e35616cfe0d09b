import { budapestDay, databaseNow } from '../../platform/clock.ts'
import { type Db, inOneFlush, inScope, type Tx } from '../../platform/database.ts'
import { readDefinitions } from './definition-files.ts'
import { type FormDefinition, type Sector, sectors } from './engine/definition.ts'
import { openingOn } from './engine/validity.ts'
import type { LocalTerms } from './local-terms.ts'
import { findPublished, findPublishedForm, type SettlementForm } from './queries.ts'

export interface PublishedForm {
  definition: FormDefinition
  /** what differs in this settlement */
  local: LocalTerms
  publishedAt: Date
}

export interface SectorForms {
  sector: Sector
  forms: PublishedForm[]
}

/**
 * How a version of a form stands: `older` may still be sent in as it was begun, `replaced` may not, since a newer one says that it
 * replaces the older ones at once.
 */
export type Currency = 'newest' | 'older' | 'replaced'

export type FormCatalogue = ReturnType<typeof formCatalogue>

/** The catalogue of forms (űrlapkatalógus): definitions are read once, what a settlement accepts is asked each time. */
export function formCatalogue({ db, definitions = readDefinitions() }: { db: Db; definitions?: FormDefinition[] }) {
  const byKey = new Map(definitions.map((definition) => [key(definition.code, definition.version), definition]))
  const newest = new Map<string, FormDefinition>()
  for (const definition of definitions.toSorted((a, b) => a.version - b.version))
    newest.set(definition.code, definition)

  const latest = (code: string): FormDefinition | undefined => newest.get(code)
  const withDefinition = ({ code, local, publishedAt }: SettlementForm): PublishedForm[] => {
    const definition = latest(code)
    return definition ? [{ definition, local, publishedAt }] : []
  }

  const localOn = (row: SettlementForm | undefined, day: string): LocalTerms | undefined => {
    const definition = row && latest(row.code)
    return definition !== undefined && openingOn(definition, day).state === 'open' ? row?.local : undefined
  }

  return {
    /** A given version, for ever; undefined when there has never been such. */
    definition: (code: string, version: number): FormDefinition | undefined => byKey.get(key(code, version)),

    /** The newest version. */
    latest,

    currency({ code, version }: Pick<FormDefinition, 'code' | 'version'>): Currency {
      const newer = definitions.filter((one) => one.code === code && one.version > version)
      if (newer.length === 0) return 'newest'
      return newer.some(({ replaces }) => replaces === 'at-once') ? 'replaced' : 'older'
    },

    /** The newest version of every form there is (központi űrlapkészlet), in the order of sectors. */
    all: (): FormDefinition[] =>
      sectors.flatMap((sector) => [...newest.values()].filter((definition) => definition.sector === sector)),

    /** What a settlement accepts now, in the order of sectors; sectors without forms are left out. */
    async publishedBySector(settlementId: number): Promise<SectorForms[]> {
      const rows = await inOneFlush(db, { role: 'citizen' }, (tx) => findPublished(tx, settlementId))
      const published = rows.flatMap(withDefinition)
      return sectors
        .map((sector) => ({ sector, forms: published.filter(({ definition }) => definition.sector === sector) }))
        .filter(({ forms }) => forms.length > 0)
    },

    /** The form with today's date, which its rules ask for; undefined as below. */
    async forFillingIn(
      settlementId: number,
      code: string,
    ): Promise<{ form: PublishedForm; today: string } | undefined> {
      return inScope(db, { role: 'citizen' }, async (tx) => {
        const row = await findPublishedForm(tx, settlementId, code)
        const form = row && withDefinition(row)[0]
        return form && { form, today: budapestDay(await databaseNow(tx)) }
      })
    },

    /** undefined: the settlement does not accept this form, or not any more */
    async published(settlementId: number, code: string): Promise<PublishedForm | undefined> {
      const row = await inOneFlush(db, { role: 'citizen' }, (tx) => findPublishedForm(tx, settlementId, code))
      return row && withDefinition(row)[0]
    },

    /**
     * On which terms the settlement accepts the form, asked in the transaction that depends on it; undefined when it does not
     * accept it, or nobody does on the day of that moment.
     */
    async accepted(tx: Tx, settlementId: number, code: string, at: Date): Promise<LocalTerms | undefined> {
      return localOn(await findPublishedForm(tx, settlementId, code), budapestDay(at))
    },

    /** The same for this very moment. */
    async acceptedNow(tx: Tx, settlementId: number, code: string): Promise<LocalTerms | undefined> {
      const [row, now] = await Promise.all([findPublishedForm(tx, settlementId, code), databaseNow(tx)])
      return localOn(row, budapestDay(now))
    },
  }
}

function key(code: string, version: number): string {
  return `${code}/${String(version)}`
}
