import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Log } from '../log.ts'

const report = z.array(
  z.object({
    type: z.string().max(40),
    body: z
      .object({ effectiveDirective: z.string().max(60) })
      .partial()
      .optional(),
  }),
)

const config = {
  acceptsForeignPosts: true,
  anonymous: true,
  limit: { name: 'reports', max: 10, minutes: 1, by: 'address' },
} as const

/** Where browsers tell that a page broke the content security policy; only the directive is written down. */
export async function policyReports(app: FastifyInstance, log: Log): Promise<void> {
  await app.register(async (reports) => {
    reports.addContentTypeParser(
      'application/reports+json',
      { parseAs: 'string', bodyLimit: 16_384 },
      reports.getDefaultJsonParser('error', 'error'),
    )
    reports.post('/csp-jelentes', { config }, async (request, reply) => {
      const read = report.safeParse(request.body)
      if (read.success) {
        for (const { type, body } of read.data.slice(0, 10)) {
          log.warn({ report: type, directive: body?.effectiveDirective }, 'a page broke the policy')
        }
      }
      return reply.code(204).send()
    })
  })
}
