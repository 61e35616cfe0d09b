/** What every answer of the portal has in common, whatever it is about (security requirements 3–6, 16–18, 71). */
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { securityHeaders } from '../../src/platform/http/headers.ts'
import { anna } from '../cast/people.ts'
import { openTestPortal, type TestPortal } from '../support/portal.ts'

let portal: TestPortal
let host: string
const connections = new Set<Socket>()
beforeAll(async () => {
  portal = await openTestPortal({ CONNECTIONS_PER_ADDRESS: '1' })
  host = portal.portal.config.server.publicUrl.host
  portal.app.server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
})
afterAll(() => portal.close())

type Headers = Record<string, string | string[] | number | undefined>
interface Answer {
  status: number
  headers: Headers
  body: string
}

async function ask(method: 'GET' | 'HEAD' | 'POST' | 'PUT', url: string, more: Record<string, string> = {}, body = '') {
  const answer = await portal.app.inject({
    method,
    url,
    headers: { host, ...more },
    ...(method === 'POST' && { payload: body }),
  })
  return { status: answer.statusCode, headers: answer.headers as Headers, body: answer.body }
}

/** What the server writes by itself on a connection. */
function onConnection(port: number, text: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (more: string) => {
      said += more
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = said.split('\r\n\r\n', 2)
      const [first = '', ...lines] = head.split('\r\n')
      const headers: Headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      )
      resolve({ status: Number(first.split(' ')[1]), headers, body })
    })
  })
}

describe('every answer', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const answers: [string, number, () => Promise<Answer>][] = [
    ['a page', 200, () => ask('GET', '/')],
    ['the head of a page', 200, () => ask('HEAD', '/')],
    ['a page of one’s own', 200, async () => ask('GET', '/sajat', { cookie: (await portal.session(anna)).cookie })],
    ['a way to another page', 303, () => ask('GET', '/sajat')],
    ['a file', 200, async () => ask('GET', await style())],
    ['a file that is there already', 304, async () => unchanged(await style())],
    ['a file that is not there', 404, () => ask('GET', '/assets/nincs.css')],
    ['a folder', 404, () => ask('GET', '/assets/')],
    ['a page that is not there', 404, () => ask('GET', '/nincs/ilyen/oldal')],
    ['an address nobody can read', 400, () => ask('GET', '/%zz')],
    ['another host’s page', 400, () => ask('GET', '/', { host: 'gonosz.example' })],
    ['a form of a stranger', 401, () => ask('POST', '/sajat/beallitasok', form, 'x=1')],
    ['a form from elsewhere', 403, () => ask('POST', '/nyelv', { ...form, origin: 'https://gonosz.example' })],
    ['a method nobody uses', 405, () => ask('PUT', '/')],
    ['too large a form', 413, () => ask('POST', '/nyelv', form, 'x'.repeat(300_000))],
    ['too long an address', 414, () => ask('GET', `/${'a'.repeat(3_000)}`)],
    ['something packed', 415, () => ask('POST', '/nyelv', { ...form, 'content-encoding': 'gzip' })],
    ['too many searches', 429, () => searched()],
    ['a way to the KAÜ when it is down', 503, () => ask('POST', '/belepes', form, '')],
    ['data for a script', 200, () => ask('GET', '/onkormanyzatok/javaslatok?q=uj')],
    ['a failure told to a script', 404, () => ask('GET', '/nincs/ilyen', { 'x-portal': '1' })],
    ['what is no request', 400, () => below('\u0001\r\n\r\n')],
    ['headers without end', 431, () => below(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`)],
    [
      'an expectation nobody meets',
      417,
      () => below('POST / HTTP/1.1\r\nHost: x\r\nExpect: y\r\nContent-Length: 0\r\n\r\n'),
    ],
    ['one connection too many', 429, () => oneTooMany()],
  ]

  test.each(answers)(
    '%s (%i) has each of the headers, once, and nothing that tells too much',
    async (_what, status, get) => {
      const { kau, config } = portal.portal
      const answer = await get()
      expect(answer.status).toBe(status)
      const expected = securityHeaders({ kauOrigin: kau.origin, https: config.server.publicUrl.protocol === 'https:' })
      expect(Object.keys(expected)).toHaveLength(11)
      expect(answer.headers).toMatchObject(expected)
      for (const name of Object.keys(answer.headers)) {
        expect(name).not.toMatch(/^(server|x-powered-by|via|access-control-.*)$/)
      }
      if (answer.body !== '') expect(answer.headers['content-type']).toMatch(/^[a-z]+\/[a-z+]+; charset=utf-8$/i)
      const isForAll = /public|max-age/.test(String(answer.headers['cache-control']))
      if (answer.headers['set-cookie'] !== undefined || status >= 400) expect(isForAll).toBe(false)
      if (status >= 400 && answer.body !== '') {
        expect(answer.body).toMatch(/[2-9A-HJ-NP-Z]{10}/)
        expect(answer.body).not.toMatch(/FST_|ERR_|gonosz|node_modules|\bat .+:\d+:\d+|fastify/i)
      }
    },
  )

  async function style(): Promise<string> {
    return /href="(\/assets\/[^"]+\.css)"/.exec((await ask('GET', '/')).body)?.[1] ?? ''
  }

  async function unchanged(address: string): Promise<Answer> {
    const { headers } = await ask('GET', address)
    return ask('GET', address, { 'if-none-match': String(headers['etag']) })
  }

  async function searched(): Promise<Answer> {
    await portal.admin(
      "insert into request_counts (key, count, window_ends_at) select key, 1000000000, now() + interval '1 hour' from request_counts on conflict (key) do update set count = excluded.count, window_ends_at = excluded.window_ends_at",
    )
    await ask('GET', '/onkormanyzatok?q=uj')
    await portal.admin("update request_counts set count = 1000000000, window_ends_at = now() + interval '1 hour'")
    const refused = await ask('GET', '/onkormanyzatok?q=uj')
    await portal.admin('delete from request_counts')
    return refused
  }

  /** Where it answers, once nobody is connected any more. */
  async function port(): Promise<number> {
    await vi.waitFor(() => expect(connections.size).toBe(0), { timeout: 10_000, interval: 5 })
    if (!portal.app.server.listening) await portal.app.listen({ port: 0, host: '127.0.0.1' })
    const address = portal.app.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async function below(text: string): Promise<Answer> {
    return onConnection(await port(), text)
  }

  async function oneTooMany(): Promise<Answer> {
    const at = await port()
    const taken = new Promise((done) => portal.app.server.once('connection', done))
    const first = connect(at, '127.0.0.1')
    await taken
    try {
      return await onConnection(at, '')
    } finally {
      first.destroy()
    }
  }
})

test('posts are taken from elsewhere at two addresses only', async () => {
  const { cookie } = await portal.session(anna)
  const known = portal.app.knownRoutes.filter(({ method }) => method === 'POST').map(({ url }) => url)
  const posts = [...new Set(['/csp-jelentes', ...known])]
  expect(posts.length).toBeGreaterThan(20)
  const taken: string[] = []
  for (const url of posts) {
    const address = url.replaceAll(/:[A-Za-z]+/g, 'x')
    for (const from of [{ origin: 'https://gonosz.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]) {
      const type = url === '/csp-jelentes' ? 'application/reports+json' : 'application/x-www-form-urlencoded'
      const { status } = await ask('POST', address, { cookie, 'content-type': type, ...from }, '[]')
      if (status !== 403) taken.push(url)
    }
  }
  expect([...new Set(taken)].sort()).toEqual(['/csp-jelentes', '/kau/kijelentkeztetes'])
})

test.each(['iframe', 'frame', 'embed', 'object', 'script', 'image', 'style', 'audio', 'video'])(
  'nobody else’s page gets a page of ours as its %s',
  async (use) => {
    const { cookie } = await portal.session(anna)
    for (const site of ['cross-site', 'same-site']) {
      const { status, body } = await ask('GET', '/sajat', { cookie, 'sec-fetch-site': site, 'sec-fetch-dest': use })
      expect([site, status]).toEqual([site, 403])
      expect(body).not.toContain(anna.name)
    }
  },
)

test('an address below a page is never that page', async () => {
  const { cookie } = await portal.session(anna)
  for (const address of ['/sajat/x.css', '/sajat/ugyek/x.css', '/sajat/beallitasok/x.js', '/sajat;x.css']) {
    const { status, body } = await ask('GET', address, { cookie })
    expect([address, status]).toEqual([address, 404])
    expect(body).not.toContain(anna.email)
  }
})
