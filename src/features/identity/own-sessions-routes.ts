import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { BadRequest } from '../../platform/http/errors.ts'
import { readPosted } from '../../platform/http/posted-form.ts'
import type { Endings } from '../session/index.ts'
import { deviceWords } from './device.ts'

/** The public label of the session to end; without one, all but this browser's. */
const endingForm = z.object({ munkamenet: z.string().max(64).optional() })

/** The person's own sessions (Munkameneteim), below /sajat: in which browsers one is signed in, and ending them. */
export const ownSessionsPages: FastifyPluginAsync<{ endings: Endings }> = async (app, { endings }) => {
  app.get('/munkamenetek', async (request, reply) => {
    const { accountId, lineageId } = request.person
    const sessions = await endings.ownSessions(accountId)
    return reply.view('identity/own-sessions.njk', {
      ended: Object.hasOwn(request.query as object, 'lezarva'),
      sessions: sessions
        .map(({ id, label, device, startedAt, activeAt }) => ({
          label,
          device: deviceWords(device, request.translate),
          startedAt,
          activeAt,
          isThis: id === lineageId,
        }))
        .sort((one, other) => Number(other.isThis) - Number(one.isThis)),
    })
  })

  app.post('/munkamenetek', async (request, reply) => {
    const read = readPosted(endingForm, request.body)
    if (!read.ok) throw new BadRequest()
    const { munkamenet } = read.value
    // This browser's own session ends by signing out, which ends the KAÜ's as well.
    if (munkamenet === request.presence?.lineage?.label) return reply.redirect('/kijelentkezes', 303)
    const { accountId, lineageId } = request.person
    await endings.endElsewhere(accountId, munkamenet === undefined ? { except: lineageId } : { label: munkamenet })
    return reply.redirect('/sajat/munkamenetek?lezarva', 303)
  })
}
