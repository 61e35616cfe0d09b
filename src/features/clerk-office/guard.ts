import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../../platform/database.ts'
import { officeHome } from './clerk-request.ts'
import { type Clerk, findClerk, requireCaseWork, requireFormAdministrator, requireRecordsClerk } from './rights.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** set behind clerksOnly; elsewhere asking for it is a mistake of ours */
    clerk: Clerk
  }
}

/**
 * Guard of everything below `/hivatal/:office`: only for those who have a role in that office, read from the database at each
 * request. To everybody else there is no such page.
 */
export function clerksOnly(app: FastifyInstance, { db }: { db: Db }): void {
  if (!app.hasRequestDecorator('clerk')) app.decorateRequest('clerk')
  app.addHook('preHandler', async (request, reply) => {
    const { accountId, identity } = request.person
    const address = { accountId, identity, officeSlug: officeSlug(request), requestId: request.id }
    const clerk = await findClerk(db, address)
    request.clerk = clerk
    reply.locals = {
      ...reply.locals,
      clerk: { name: clerk.name, officeName: clerk.office.name, pages: pagesOf(clerk, request) },
    }
  })
}

/** Guard of the office's cases, behind `clerksOnly`: not for somebody who only administers forms. */
export function caseClerksOnly(app: FastifyInstance): void {
  app.addHook('preHandler', async ({ clerk }) => requireCaseWork(clerk))
}

/** Guard of what arrives, behind `clerksOnly`: only for records clerks (iktatók). */
export function recordsClerksOnly(app: FastifyInstance): void {
  app.addHook('preHandler', async ({ clerk }) => requireRecordsClerk(clerk))
}

/** Guard of what the office decides about its forms, behind `clerksOnly`: only for its administrator of forms (űrlapgazda). */
export function formAdministratorsOnly(app: FastifyInstance): void {
  app.addHook('preHandler', async ({ clerk }) => requireFormAdministrator(clerk))
}

/** What stands in the row of links below the header. */
function pagesOf(clerk: Clerk, { translate }: FastifyRequest): { href: string; text: string }[] {
  const home = officeHome(clerk)
  return [
    ...(clerk.roles.length > 0 ? ['beerkezett', 'ugyek', 'meghatalmazasok'] : []),
    ...(clerk.roles.includes('records_clerk') ? ['papir'] : []),
    ...(clerk.administersForms ? ['urlapok'] : []),
  ].map((page) => ({ href: `${home}/${page}`, text: translate(`common.clerk.${page}`) }))
}

function officeSlug({ params }: FastifyRequest): string {
  const written = typeof params === 'object' && params !== null && 'office' in params ? params.office : undefined
  return typeof written === 'string' ? written : ''
}
