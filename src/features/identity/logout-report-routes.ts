import type { FastifyPluginAsync } from 'fastify'
import { postedFields } from '../../platform/http/posted-form.ts'
import type { LogoutReports } from './logout-report.ts'

/** Room for a logout token, and nothing else. */
const bodyBytes = 16_384

/**
 * Where the KAÜ reports sessions of its own that ended: the one post that comes from elsewhere. What the token proves is all
 * that counts; cookies are not looked at.
 */
export const logoutReportPages: FastifyPluginAsync<{ logoutReports: LogoutReports }> = async (
  app,
  { logoutReports },
) => {
  app.post(
    '/kau/kijelentkeztetes',
    {
      bodyLimit: bodyBytes,
      config: {
        anonymous: true,
        acceptsForeignPosts: true,
        // One address reports for the whole country: a thousand a second.
        limit: { name: 'logout-report', max: 60_000, minutes: 1, by: 'address' },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const token = postedFields(request.body)['logout_token']
      const isTaken = typeof token === 'string' && (await logoutReports.take(token))
      return isTaken ? reply.code(200).send() : reply.code(400).send({ error: 'invalid_request' })
    },
  )
}
