/** The simulated KAÜ, a process of its own, reports to the portal's address what ended elsewhere. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anna } from '../../cast/people.ts'
import {
  type NationalIdentitySimulator,
  startNationalIdentitySimulator,
} from '../../simulators/national-identity/start.ts'
import { agentVisitor } from '../../simulators/national-identity/visitor.ts'
import { openTestPortal, type TestPortal } from '../../support/portal.ts'
import { freePort } from '../../support/postgres.ts'

let kau: NationalIdentitySimulator
let portal: TestPortal
let origin: string

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  kau = await startNationalIdentitySimulator({
    redirectUris: [`${origin}/kau/visszateres`],
    postLogoutRedirectUris: [`${origin}/kijelentkezve`],
  })
  portal = await openTestPortal({
    PUBLIC_URL: origin,
    KAU_ISSUER: kau.issuer,
    KAU_CLIENT_ID: kau.clientId,
    KAU_CLIENT_SECRET: kau.clientSecret,
  })
  await portal.app.listen({ host: '127.0.0.1', port })
}, 60_000)

afterAll(async () => {
  await portal?.close()
  await kau?.stop()
})

/** A browser in which Anna signs in at the KAÜ and comes back. */
function browser() {
  const cookies = new Map<string, string>()
  const agent = agentVisitor(kau.issuer)
  async function ask(method: 'GET' | 'POST', path: string) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(`${origin}${path}`, { method, headers: { cookie, origin }, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    return answer
  }
  return {
    async depart() {
      const { pathname, search } = await agent.signIn(
        (await ask('POST', '/belepes')).headers.get('location') ?? '',
        'anna',
      )
      return `${pathname}${search}`
    },
    ask,
    state: async () => ((await (await ask('GET', '/munkamenet/allapot')).json()) as { state: string }).state,
  }
}

test('signed out of the KAÜ by another service: identification is needed here as well', async () => {
  const annas = browser()
  expect((await annas.ask('GET', await annas.depart())).status).toBe(303)
  expect(await annas.state()).toBe('active')
  expect(await kau.endSessions(anna.subject, { report: true })).toBe(1)
  expect(await annas.state()).toBe('reidentify')
})

test('reported before the browser came back: the answer of the KAÜ opens nothing', async () => {
  const annas = browser()
  const answer = await annas.depart()
  expect(await kau.endSessions(anna.subject, { report: true })).toBe(1)
  expect((await annas.ask('GET', answer)).status).toBe(400)
  expect(await annas.state()).toBe('anonymous')
  expect((await annas.ask('GET', await annas.depart())).status).toBe(303)
  expect(await annas.state()).toBe('active')
})
