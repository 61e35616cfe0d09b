/**
 * The address by which tests and the demo steer the simulated KAÜ; it answers on the loopback only and is no part of
 * what it simulates. JSON in, JSON out; 400 with {"error"} when something is not understood. control-client.ts has a typed
 * method for each.
 *
 *   GET  /                      what it is now: {"offsetSeconds","clockShared","sessionSeconds","sessions","told",
 *                               "behaviours","answers","keys","reports","asked"}
 *   POST /clock                 {"offsetSeconds"}: how far its time is ahead of the real one; where the clock is shared the
 *                               portal's time moves along
 *   POST /clock/share           {"ownerUrl"}: from now on moves the clock of this database too, beginning with what it shows
 *   POST /session-seconds       {"seconds"}: how long sessions live from signing in on; holds for what they are used for next
 *   POST /answer                {"person","method","browser","times"}: who signs in by itself where a page would ask; null
 *                               asks again. `browser` is a part of a User-Agent
 *   POST /script                any of script.ts's instructions: outage, error at authorization, wishes that are ignored,
 *                               claims told otherwise, a forged token, the way of reports
 *   POST /endpoints             {"endpoint","behaviour"}: slow, silent, garbage … of one endpoint; null for well again
 *   POST /behave                all of that as at the start; the clock, keys and sessions stay as they are
 *   POST /keys/rotate           {"keepOld"}: signs with a new key, and publishes the former ones on or not
 *   POST /sessions/end          {"subject"} or {"kauSession"}, {"report"}: ends sessions as another service would, and
 *                               reports it to the portal if so told, on the way the script says; {"ended"}
 *   POST /reports/deliver       sends the reports that were kept; {"answers"}: the portal's
 *   POST /logout-token          {"subject","kauSession","claims","forgery","send"}: makes a logout token and sends it if so
 *                               told; {"token","answer"}
 *   POST /asked/forget          begins to count anew how often each endpoint was asked
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import { clock } from './clock.ts'
import { textOf } from './misbehaviour.ts'
import type { Agent } from './provider.ts'
import { behaviour, endpointNames, instructions, standingAnswer } from './script.ts'
import { logoutToken } from './token-making.ts'

export function controlServer(agent: Agent): Server {
  const acts: Record<string, (posted: unknown) => unknown> = {
    '/clock': async (posted) => {
      await clock.moveTo(z.strictObject({ offsetSeconds: z.number() }).parse(posted).offsetSeconds)
      return { offsetSeconds: clock.offset() }
    },
    '/clock/share': async (posted) => {
      await clock.shareWith(z.strictObject({ ownerUrl: z.url() }).parse(posted).ownerUrl)
      return { offsetSeconds: clock.offset() }
    },
    '/session-seconds': (posted) => {
      agent.script.liveFor(z.strictObject({ seconds: z.number().int().positive() }).parse(posted).seconds)
    },
    '/answer': (posted) => agent.script.answerAs(standingAnswer.nullable().parse(posted)),
    '/script': (posted) => agent.script.follow(instructions.parse(posted)),
    '/endpoints': (posted) => {
      const shape = z.strictObject({ endpoint: z.enum(endpointNames), behaviour: behaviour.nullable() })
      const told = shape.parse(posted)
      agent.script.misbehave(told.endpoint, told.behaviour)
    },
    '/behave': () => agent.script.behave(),
    '/keys/rotate': (posted) => agent.rotateKeys(z.strictObject({ keepOld: z.boolean() }).parse(posted).keepOld),
    '/sessions/end': async (posted) => {
      const who = { subject: z.string().optional(), kauSession: z.string().optional() }
      const { subject, kauSession, report } = z.strictObject({ ...who, report: z.boolean() }).parse(posted)
      if ((subject === undefined) === (kauSession === undefined)) throw new Error('name either a person or a session')
      const ended = agent.memory
        .sessions()
        .filter((one) => (subject === undefined ? one.kauSession === kauSession : one.subject === subject))
      for (const { id } of ended) await agent.endSession(id, report)
      return { ended: ended.length }
    },
    '/reports/deliver': async () => ({ answers: await agent.reports.deliverKept() }),
    '/logout-token': async (posted) => {
      const { send, ...report } = z
        .strictObject({
          subject: z.string().optional(),
          kauSession: z.string().optional(),
          claims: z.record(z.string(), z.unknown()).optional(),
          forgery: z.string().optional(),
          send: z.boolean().default(false),
        })
        .parse(posted)
      const token = logoutToken(report, agent.keys, agent.settings)
      return { token, answer: send ? await agent.reports.send(token) : null }
    },
    '/asked/forget': () => {
      for (const endpoint of endpointNames) delete agent.asked[endpoint]
    },
  }

  return createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    steer(request).then(
      (body) => (body === undefined ? answer(404, { error: 'no such address' }) : answer(200, body)),
      (failure: unknown) => answer(400, { error: failure instanceof Error ? failure.message : String(failure) }),
    )
  })

  async function steer(request: IncomingMessage): Promise<unknown> {
    const { method, url = '' } = request
    if (method === 'GET' && url === '/') return present()
    const act = method === 'POST' ? acts[url] : undefined
    if (act === undefined) return undefined
    const text = await textOf(request)
    return (await act(text === '' ? {} : JSON.parse(text))) ?? {}
  }

  function present() {
    const { memory, script, keys, reports, asked } = agent
    return {
      offsetSeconds: clock.offset(),
      clockShared: clock.shared(),
      sessionSeconds: script.sessionSeconds,
      sessions: memory.sessions().map(({ id: _secret, ...session }) => session),
      told: script.told,
      behaviours: script.behaviours,
      answers: script.answers,
      keys: keys.published().map(({ kid }) => kid),
      reports: reports.all(),
      asked,
    }
  }
}
