import type { FastifyPluginAsync } from 'fastify'
import { NotAllowed } from '../../platform/http/errors.ts'
import { postedFields } from '../../platform/http/posted-form.ts'
import { csrfField, refuseScript } from './admission.ts'
import { requiresSessionStore } from './guard.ts'

/** What the scripts of a page ask about its session; for everybody, also for whom there is none. */
export const sessionPages: FastifyPluginAsync = async (app) => {
  requiresSessionStore(app)

  app.get('/munkamenet/allapot', { config: { noActivity: true } }, async ({ presence }, reply) =>
    reply.header('cache-control', 'no-store').send({
      state: presence?.state ?? 'anonymous',
      idleSeconds: presence?.secondsLeft.idle ?? 0,
      identifiedSeconds: presence?.secondsLeft.identified ?? 0,
      lineage: presence?.lineage?.label ?? null,
    }),
  )

  // Presence (jelenlét): somebody typed or moved on the page. It keeps an active session awake and revives none.
  app.post('/munkamenet/jelenlet', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    if (request.presence?.state !== 'active') return refuseScript(reply, request.presence)
    if (request.headers['x-portal'] !== '1') throw new NotAllowed()
    request.checkCsrf(request.headers['x-csrf'] ?? postedFields(request.body)[csrfField])
    return reply.code(204).send()
  })
}
