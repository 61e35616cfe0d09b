/**
 * A national identification agent that misbehaves on request: it answers what a test puts into it. Written from the
 * protocol, sharing nothing with the client.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { anna } from '../../cast/people.ts'
import { close, listen } from '../../simulators/listen.ts'
import { signingPair } from '../../simulators/national-identity/signed-tokens.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>

/** What a faithful agent would say of Anna. */
export function faithfulClaims(issuer: string, clientId: string, nonce: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    aud: clientId,
    sub: anna.subject,
    nonce,
    iat: now,
    exp: now + 300,
    auth_time: now - 5,
    acr: 'jelentos',
    sid: 'session-1',
    family_name: anna.identity.familyName,
    given_name: anna.identity.givenName,
    birth_family_name: anna.identity.birthFamilyName,
    birth_given_name: anna.identity.birthGivenName,
    mother_family_name: anna.identity.motherFamilyName,
    mother_given_name: anna.identity.motherGivenName,
    birth_place: anna.identity.birthPlace,
    birthdate: anna.identity.birthDate,
  }
}

/** What a faithful agent would say when a session of Anna's ends. */
export function faithfulReport(issuer: string, clientId: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    aud: clientId,
    iat: now,
    exp: now + 120,
    jti: randomBytes(16).toString('hex'),
    sub: anna.subject,
    sid: 'session-1',
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  }
}

export async function startHostileAgent() {
  const pair = signingPair('key-1')
  const asked: Record<string, number> = {}
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    asked[path] = (asked[path] ?? 0) + 1
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const answer = agent.answers[path]
    if (answer === undefined) response.writeHead(404).end()
    else await answer(request, response, body)
  })
  const port = await listen(server, 0)
  const issuer = `http://localhost:${port}`

  const agent = {
    issuer,
    port,
    pair,
    asked,
    answers: {} as Record<string, Answer>,
    /** back to good behaviour */
    behave(): void {
      for (const path of Object.keys(asked)) delete asked[path]
      agent.answers = {
        '/.well-known/openid-configuration': json(agent.metadata()),
        '/jwks': json({ keys: [pair.jwk] }),
      }
    },
    metadata(): Record<string, unknown> {
      return {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        end_session_endpoint: `${issuer}/end`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        code_challenge_methods_supported: ['S256'],
        id_token_signing_alg_values_supported: ['ES256'],
        authorization_response_iss_parameter_supported: true,
      }
    },
    giveToken(idToken: unknown): void {
      agent.answers['/token'] = json({ access_token: 'opaque', token_type: 'Bearer', id_token: idToken })
    },
    stop: () => close(server),
  }
  agent.behave()
  return agent
}

export type HostileAgent = Awaited<ReturnType<typeof startHostileAgent>>

export function json(body: unknown, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

export function text(body: string, status = 200, type = 'text/html'): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  }
}

export function redirect(location: string): Answer {
  return (_request, response) => {
    response.writeHead(302, { location }).end()
  }
}

export function slow(milliseconds: number, then: Answer): Answer {
  return async (request, response, body) => {
    await wait(milliseconds)
    await then(request, response, body)
  }
}

export const hangUp: Answer = (request) => {
  request.socket.destroy()
}

/** An answer without end. */
export const flood: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = () => {
    while (response.write(randomBytes(16_384).toString('base64')));
  }
  response.on('drain', more)
  more()
}
