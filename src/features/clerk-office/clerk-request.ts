import type { FastifyRequest } from 'fastify'
import type { ClerkActing } from './case-acts.ts'
import type { Clerk } from './rights.ts'

/** Who acts, and at which office; behind `clerksOnly`. */
export function actingClerk({ person, clerk, id }: FastifyRequest): ClerkActing {
  const { accountId, identity, lineageId } = person
  return { accountId, identity, lineageId, officeSlug: clerk.office.slug, requestId: id }
}

/** Where the pages of the clerk's office are. */
export function officeHome({ office }: Pick<Clerk, 'office'>): string {
  return `/hivatal/${office.slug}`
}
