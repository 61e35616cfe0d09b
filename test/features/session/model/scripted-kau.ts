/**
 * A KAÜ for histories: it speaks the protocol to the portal's own client over a socket of its own, and says of each code what the
 * history has decided. Who is signed in at the KAÜ, and since when, is the history's business.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CastPerson } from '../../../cast/people.ts'

export type CodeMeans =
  | { person: CastPerson; authTime: number; sid: string; nonce: string; now: number }
  | { error: 'down' | 'garbage' }

export type ScriptedKau = Awaited<ReturnType<typeof scriptedKau>>

export async function scriptedKau() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }
  const codes = new Map<string, CodeMeans>()
  let issuer = ''
  let count = 0

  const server = createServer((request, response) => {
    const answer = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/.well-known/openid-configuration') return void answer(metadata())
    if (request.url === '/keys') return void answer({ keys: [key] })
    let posted = ''
    request.on('data', (chunk: Buffer) => {
      posted += chunk.toString()
    })
    request.on('end', () => {
      const means = codes.get(new URLSearchParams(posted).get('code') ?? '')
      if (means === undefined) return void response.writeHead(400).end()
      if ('error' in means && means.error === 'down') return void request.socket.destroy()
      if ('error' in means) return void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>')
      void idToken(means).then((id_token) =>
        answer({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function metadata() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      end_session_endpoint: `${issuer}/end`,
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    }
  }

  function idToken({ person, authTime, sid, nonce, now }: Exclude<CodeMeans, { error: string }>): Promise<string> {
    const { identity } = person
    const at = Math.floor(now / 1_000)
    return new SignJWT({
      nonce,
      sid,
      acr: 'jelentos',
      auth_time: authTime / 1_000,
      family_name: identity.familyName,
      given_name: identity.givenName,
      birth_family_name: identity.birthFamilyName,
      birth_given_name: identity.birthGivenName,
      mother_family_name: identity.motherFamilyName,
      mother_given_name: identity.motherGivenName,
      birth_place: identity.birthPlace,
      birthdate: identity.birthDate,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer(issuer)
      .setAudience('portal')
      .setSubject(person.subject)
      .setIssuedAt(at)
      .setExpirationTime(at + 300)
      .sign(privateKey)
  }

  return {
    issuer,
    /** a code that means this, once or as often as it is shown */
    code(means: CodeMeans): string {
      count += 1
      const code = `code-${count}`
      codes.set(code, means)
      return code
    },
    logoutToken(whose: { sid: string } | { sub: string }, now: number): Promise<string> {
      count += 1
      const at = Math.floor(now / 1_000)
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
      return new SignJWT({ ...whose, events, jti: `jti-${count}` })
        .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'logout+jwt' })
        .setIssuer(issuer)
        .setAudience('portal')
        .setIssuedAt(at)
        .setExpirationTime(at + 120)
        .sign(privateKey)
    },
    forget: () => codes.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
