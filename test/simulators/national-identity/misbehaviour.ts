/** What happens to a request before the provider sees it: outages, garbage, and wishes of the portal that are not heard. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type Behaviour, type Endpoint, endpointNames, endpoints, type Script } from './script.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface Gate {
  handle: Handler
  /** how often each endpoint was asked since the last look at it was reset */
  asked: Partial<Record<Endpoint, number>>
}

/** @param next the provider itself */
export function gate(script: Script, next: Handler): Gate {
  const asked: Partial<Record<Endpoint, number>> = {}

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { down, ignores } = script.told
    if (down === 'silent') return
    if (down === 'refuses') {
      request.socket.resetAndDestroy()
      return
    }
    const path = (request.url ?? '/').split('?')[0]
    const endpoint = endpointNames.find((name) => endpoints[name] === path)
    if (endpoint !== undefined) {
      asked[endpoint] = (asked[endpoint] ?? 0) + 1
      const how = script.takeBehaviour(endpoint)
      if (how?.how === 'slow') await wait(how.milliseconds)
      else if (how !== undefined) return misbehave(how, request, response)
    }
    if (endpoint === 'authorization' && request.method === 'GET') {
      const [, query = ''] = (request.url ?? '').split('?')
      request.url = `${path}?${unheard(new URLSearchParams(query), ignores).toString()}`
    }
    if (endpoint === 'pushed-request' && Object.keys(ignores).length > 0) {
      const posted = new URLSearchParams(await textOf(request))
      Object.assign(request, { body: Object.fromEntries(unheard(posted, ignores)) })
    }
    next(request, response)
  }

  return {
    asked,
    handle(request, response) {
      pass(request, response).catch(() => response.destroy())
    },
  }
}

function unheard(wishes: URLSearchParams, ignores: Script['told']['ignores']): URLSearchParams {
  const prompt = wishes.get('prompt')
  if (ignores.maxAge === true) wishes.delete('max_age')
  if (ignores.hint === true) wishes.delete('id_token_hint')
  if (ignores.promptLogin === true && prompt === 'login') wishes.delete('prompt')
  if (ignores.promptNone === 'asks' && prompt === 'none') wishes.delete('prompt')
  if (ignores.promptNone === 'always-asks' && prompt === 'none') wishes.set('prompt', 'login')
  return wishes
}

function misbehave(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
  switch (behaviour.how) {
    case 'hangs-up':
      request.socket.destroy()
      return
    case 'error':
      response
        .writeHead(behaviour.status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: behaviour.error }))
      return
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Karbantartás</h1>')
      return
    case 'half':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"issuer":')
      return
    case 'list':
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]')
      return
    case 'elsewhere':
      response.writeHead(302, { location: 'https://kau.example.hu/' }).end()
      return
    case 'endless':
      pourOut(response)
      return
    case 'slow':
    case 'silent':
  }
}

function pourOut(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = () => {
    while (!response.destroyed && response.write(randomBytes(16_384).toString('base64')));
  }
  response.on('drain', more)
  more()
}

/** The body of a form; it is never long. */
export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > 65_536) throw new Error('too much was sent')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
