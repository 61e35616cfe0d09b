import type { CastPerson } from '../cast/people.ts'
import type { TestPortal } from './portal.ts'

interface Page {
  draft: string
  step: string
  settlement?: string
  party?: string
  revision?: number
  form?: { code: string; version: number }
  issuedAt?: Date
}

/** The ticket this portal would have written on a page for this person, had it been shown: a sound one for an unsound post. */
export async function ticketFor(
  { portal, session, admin }: TestPortal,
  person: CastPerson,
  {
    draft,
    step,
    settlement = 'ujhartyan',
    party = 'sajat',
    revision = 1,
    form = newest(portal, 'altalanos-kerelem'),
    issuedAt = new Date(),
  }: Page,
): Promise<string> {
  const { accountId, lineageId } = await session(person)
  const [lineage] = await admin<{ label: string }>('select label from session_lineages where id = $1', [lineageId])
  return portal.tickets.write({
    accountId,
    lineage: lineage?.label ?? '',
    settlement,
    party,
    draftId: draft,
    step,
    form,
    revision,
    issuedAt,
  })
}

function newest({ forms }: TestPortal['portal'], code: string): { code: string; version: number } {
  return { code, version: forms.latest(code)?.version ?? 1 }
}
