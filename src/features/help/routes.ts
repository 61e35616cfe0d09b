import type { FastifyPluginAsync } from 'fastify'

/** Who runs the portal and answers for it, named in the notices. */
export interface Operator {
  name: string
  email: string
}

/** Addresses of the notices and their templates in views/help, one per language. */
const notices = {
  tajekoztato: 'about',
  munkamenetrol: 'session',
  gyik: 'questions',
  aszf: 'terms',
  adatvedelem: 'privacy',
  akadalymentesites: 'accessibility',
  adatok: 'data',
}

/** A reader of security.txt must not trust it longer than this without looking again. */
const securityContactDays = 180

/** Texts only: no person, no settlement, no database. */
export const helpPages: FastifyPluginAsync<{ operator: Operator; publicUrl: URL }> = async (
  app,
  { operator, publicUrl },
) => {
  for (const [address, notice] of Object.entries(notices)) {
    app.get(`/${address}`, async (request, reply) => {
      return reply.view(`help/${notice}.${request.language}.njk`, { operator })
    })
  }

  app.get('/.well-known/security.txt', async (_request, reply) => {
    const expires = new Date(Date.now() + securityContactDays * 86_400_000)
    expires.setUTCHours(0, 0, 0, 0)
    return reply
      .type('text/plain; charset=utf-8')
      .send(
        [
          `Contact: mailto:${operator.email}`,
          `Expires: ${expires.toISOString()}`,
          'Preferred-Languages: hu, en',
          `Canonical: ${new URL('/.well-known/security.txt', publicUrl).href}`,
          '',
        ].join('\n'),
      )
  })
}
