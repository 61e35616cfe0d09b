/**
 * The address by which tests and the demo steer the simulated KAÜ; it answers on the loopback only and is no part of
 * what it simulates. JSON in, JSON out:
 *
 *   GET  /                     {"offsetSeconds","sessions":[{"subject","since"}]}
 *   POST /clock                {"offsetSeconds"}: moves this process's clock away from the real one
 *   POST /sessions/end         {"subject","report"}: ends a person's sessions as another service would, and tells the
 *                              portal of it when report is true
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Agent } from './provider.ts'

const realNow = Date.now
let offsetSeconds = 0
Date.now = () => realNow() + offsetSeconds * 1000

export function controlServer({ provider, memory }: Agent): Server {
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
    if (request.method === 'GET' && request.url === '/') {
      return { offsetSeconds, sessions: memory.sessions().map(({ subject, since }) => ({ subject, since })) }
    }
    if (request.method !== 'POST') return undefined
    const posted = await json(request)
    if (request.url === '/clock') {
      if (typeof posted.offsetSeconds !== 'number') throw new Error('offsetSeconds is not a number')
      offsetSeconds = posted.offsetSeconds
      return { offsetSeconds }
    }
    if (request.url === '/sessions/end') {
      const ended = memory.sessions().filter(({ subject }) => subject === posted.subject)
      for (const { id } of ended) await endSession(id, posted.report === true)
      return { ended: ended.length }
    }
    return undefined
  }

  async function endSession(id: string, report: boolean): Promise<void> {
    const session = await provider.Session.find(id)
    if (session?.accountId === undefined) return
    for (const clientId of Object.keys(session.authorizations ?? {})) {
      const client = await provider.Client.find(clientId)
      const tell = client?.backchannelLogout
      if (report && typeof tell === 'function') await tell.call(client, session.accountId, session.sidFor(clientId))
    }
    await session.destroy()
  }
}

async function json(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return JSON.parse(text) as Record<string, unknown>
}
