import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotFound } from '../../platform/http/errors.ts'
import { readWith } from '../../platform/http/posted-form.ts'
import type {} from '../identity/index.ts'
import type {} from '../representation/index.ts'
import type { Author, Matter } from './matter.ts'

/** The signed-in person as author; behind `openAccountOnly`. */
export function authorOf({ person, account }: FastifyRequest): Author {
  return {
    accountId: person.accountId,
    lineageId: person.lineageId,
    name: person.name,
    identity: person.identity,
    contact: { email: account.contactEmail ?? undefined, phone: account.contactPhone ?? undefined },
  }
}

/** Who, for whom, where: as the address and the session say; behind `settlementScope` and `partyScope`. */
export function matterOf(request: FastifyRequest): Matter {
  const { party, settlement } = request
  return { author: authorOf(request), party, partyId: party.id, settlement }
}

/** Where a matter's pages are: „/ujhartyan/sajat”. */
export function basePath({ settlement, party }: FastifyRequest): string {
  return `/${settlement.slug}/${party.slug}`
}

const draftParams = z.object({ draft: z.uuid() })

/** @throws NotFound when the address names no possible draft */
export function draftIdOf(request: FastifyRequest): string {
  return readWith(draftParams, request.params, new NotFound('draft')).draft
}
