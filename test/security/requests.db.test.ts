/** Requests no browser of an honest person sends; each was once answered wrongly, or is known from elsewhere to be. */
import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownPath } from '../../src/platform/http/language.ts'
import { anna } from '../cast/people.ts'
import { openTestPortal, type TestPortal } from '../support/portal.ts'

let portal: TestPortal
let port: number
let host: string

beforeAll(async () => {
  portal = await openTestPortal()
  host = portal.portal.config.server.publicUrl.host
  await portal.app.listen({ port: 0, host: '127.0.0.1' })
  const address = portal.app.server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => portal.close())

/** Sends bytes as they are, and gives all that came back until the server closed the connection. */
function send(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
}

function statusOf(answer: string): string {
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? answer.slice(0, 40)
}

describe('below the framework', () => {
  const form = 'Content-Type: application/x-www-form-urlencoded'

  test.each<[string, string, (own: string) => string[]]>([
    [
      'a length and chunks',
      '400',
      (own) => ['POST /nyelv HTTP/1.1', own, form, 'Content-Length: 5', 'Transfer-Encoding: chunked', '', '0'],
    ],
    [
      'chunks with a blank in the name',
      '400',
      (own) => ['POST /nyelv HTTP/1.1', own, form, 'Content-Length: 5', 'Transfer-Encoding : chunked'],
    ],
    ['chunks of no known kind', '400', (own) => ['POST /nyelv HTTP/1.1', own, form, 'Transfer-Encoding: xchunked']],
    ['two lengths', '400', (own) => ['POST /nyelv HTTP/1.1', own, form, 'Content-Length: 0', 'Content-Length: 8']],
    ['a negative length', '400', (own) => ['POST /nyelv HTTP/1.1', own, form, 'Content-Length: -1']],
    ['two hosts', '400', (own) => ['GET / HTTP/1.1', own, 'Host: gonosz.example']],
    ['the same host twice', '400', (own) => ['GET / HTTP/1.1', own, own]],
    ['two hosts, ours last', '400', (own) => ['GET / HTTP/1.1', 'Host: gonosz.example', own]],
    ['no host', '400', () => ['GET / HTTP/1.1', 'Connection: close']],
    ['another host', '400', () => ['GET / HTTP/1.1', 'Host: gonosz.example']],
    ['a folded header', '400', (own) => ['GET / HTTP/1.1', own, 'X-A: b', ' c']],
    ['a zero in a header', '400', (own) => ['GET / HTTP/1.1', own, 'X-A: b\0c']],
    ['a blank in a header’s name', '400', (own) => ['GET / HTTP/1.1', own, 'X A: b']],
    ['a header without end', '431', (own) => ['GET / HTTP/1.1', own, `X-A: ${'a'.repeat(17_000)}`]],
    ['an address that is too long', '414', (own) => [`GET /${'a'.repeat(3_000)} HTTP/1.1`, own, 'Connection: close']],
    [
      'an expectation nobody meets',
      '417',
      (own) => ['POST /nyelv HTTP/1.1', own, 'Expect: wonders', 'Content-Length: 0', 'Connection: close'],
    ],
    ['TRACE', '405', (own) => ['TRACE / HTTP/1.1', own, 'Connection: close']],
    ['another protocol', '400', () => ['PRI * HTTP/2.0', '', 'SM']],
    ['no protocol at all', '400', () => ['\u0001\u0002\u0003']],
  ])('%s is answered %s, with every header and in our own words', async (_what, status, lines) => {
    const answer = await send(lines(`Host: ${host}`))
    expect(statusOf(answer)).toBe(status)
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(answer).toMatch(/content-security-policy: default-src 'none'/i)
    expect(answer).toMatch(/x-content-type-options: nosniff/i)
    expect(answer).not.toMatch(/gonosz|FST_ERR/)
    // each with a page, and a number by which the operator finds it
    expect(answer).toMatch(/<h1[^>]*>[^<]{10,}<\/h1>/)
    expect(answer).toMatch(/class="portal-number">[2-9A-HJ-NP-Z]{10}<\/strong>/)
  })

  test('lines that end without a carriage return are refused', async () => {
    const answer = await send([`GET / HTTP/1.1\nHost: ${host}\nConnection: close\n`])
    expect(statusOf(answer)).toBe('400')
  })
})

describe('an address that names another host', () => {
  const addresses = [
    '//gonosz.example/urlapok/uj',
    '//gonosz.example/ugyek/00000000-0000-4000-8000-000000000000',
    '/\\gonosz.example/sajat/urlapok/uj',
    'http://gonosz.example/sajat/urlapok',
    '*',
  ]

  test.each(addresses)('%s is no page, and is not where anybody goes after signing in', async (address) => {
    const answer = await send([`GET ${address} HTTP/1.1`, `Host: ${host}`, 'Connection: close'])
    expect(statusOf(answer)).toBe('404')
    expect(answer).not.toMatch(/^location:/im)
    expect(answer).not.toMatch(/(href|action|src)="[^"]*gonosz/)
    expect(await portal.admin('select 1 from sign_in_attempts')).toEqual([])
  })

  test.each(addresses)('%s is not where a paused session goes on', async (address) => {
    const { cookie, lineageId } = await portal.session(anna)
    await portal.admin("update session_lineages set active_at = now() - interval '31 minutes' where id = $1", [
      lineageId,
    ])
    await send([`GET ${address} HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`, 'Connection: close'])
    expect(await portal.admin('select target from session_lineages where target is not null')).toEqual([])
    await portal.admin('update session_lineages set active_at = now() where id = $1', [lineageId])
  })

  test.each([
    '//gonosz.example',
    '///gonosz.example',
    '/\\gonosz.example',
    '\\\\gonosz.example',
    'https://gonosz.example',
    'https:gonosz.example',
    'javascript:alert(1)',
    '/a/..//gonosz.example',
    '/.//gonosz.example',
    '/a/b/../..//gonosz.example',
    '/%2e%2e//gonosz.example',
    '/a/%2e%2e//gonosz.example',
    '/\tgonosz.example',
    '/\t/gonosz.example',
    '/\n/gonosz.example',
    ' /gonosz',
    '/gonosz\r\nSet-Cookie: a=b',
    '/\u2028/gonosz',
    '/／gonosz.example',
    '',
    'gonosz',
    '@gonosz.example',
    undefined,
    null,
    5,
    ['/sajat'],
    { toString: () => '/sajat' },
    `/${'a'.repeat(3_000)}`,
  ])('%j leads nowhere outside', (written) => {
    const path = ownPath(written)
    if (path !== undefined) {
      expect(path).toMatch(/^\/(?![/\\])/)
      expect(new URL(path, 'https://portal.example').host).toBe('portal.example')
    }
  })

  test('a path of the portal stays as it is', () => {
    for (const path of [
      '/',
      '/sajat',
      '/ujhartyan/sajat/urlapok/uj?urlap=altalanos-kerelem',
      '/onkormanyzatok?q=%C5%B1',
    ]) {
      expect(ownPath(path)).toBe(path)
    }
  })

  test.each(['/a/..//gonosz.example', '/.//gonosz.example', '//gonosz.example'])(
    'changing the language does not lead to %s',
    async (vissza) => {
      expect((await portal.post('/nyelv', { nyelv: 'hu', vissza })).location).toBe('/')
    },
  )
})

describe('queries', () => {
  test('more names than any page has are refused', async () => {
    const query = (count: number) => Array.from({ length: count }, (_, at) => `a${String(at)}=1`).join('&')
    expect((await portal.visit(`/onkormanyzatok?${query(100)}`)).status).toBe(200)
    expect((await portal.visit(`/onkormanyzatok?${query(101)}`)).status).toBe(400)
  })

  test.each(['/sajat/urlapok?torolve=a&torolve=b', '/sajat/ugyek?szuro=a&szuro=b', '/sajat/ugyek?utan=1&utan=2'])(
    '%s names one thing twice and is refused',
    async (address) => {
      const { status } = await portal.visit(address, { as: anna })
      expect([400, 404]).toContain(status)
    },
  )

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'a filter called %s is none',
    async (name) => {
      for (const address of [
        `/sajat/ugyek?szuro=${name}`,
        `/onkormanyzatok?megye=${name}`,
        `/onkormanyzatok?q=${name}`,
        `/ujhartyan/ugyek?q=${name}`,
        `/ujhartyan/sajat/urlapok/uj?agazat=${name}`,
        `/ujhartyan/sajat/urlapok/uj?urlap=${name}`,
        `/ujhartyan/ugyek/${name}`,
        `/ujhartyan/ugyek/${name}/kitoltes`,
        `/${name}`,
        `/${name}/ugyek`,
      ]) {
        const { status } = await portal.visit(address, { as: anna })
        expect([address, status < 500]).toEqual([address, true])
      }
    },
  )

  test('every value of every query may come several times without a failure of ours', async () => {
    const names = [
      'torolve',
      'mentve',
      'szuro',
      'utan',
      'elott',
      'q',
      'megye',
      'oldal',
      'agazat',
      'urlap',
      'vissza',
      'hibak',
      'mas-szemely',
      'cel',
      'nem-mentve',
      'state',
      'code',
      'iss',
      'error',
      'nezet',
      'telepules',
      'kesz',
      'ugy',
      'szam',
    ]
    const query = names.map((name) => `${name}=a&${name}=b`).join('&')
    for (const { method, url } of portal.app.knownRoutes) {
      if (method !== 'GET') continue
      const address = url
        .replace(':settlement', 'ujhartyan')
        .replace(':party', 'sajat')
        .replace('*', 'x')
        .replace(':form', 'altalanos-kerelem')
        .replaceAll(/:[A-Za-z]+/g, '00000000-0000-4000-8000-000000000000')
      for (const as of [anna, undefined]) {
        const { status } = await portal.visit(`${address}?${query}`, as === undefined ? {} : { as })
        if (status !== 503) expect([url, status, status < 500]).toEqual([url, status, true])
      }
    }
  })
})

describe('bodies', () => {
  test.each(['gzip', 'GZIP', 'x-gzip', 'br', 'zstd', 'deflate', 'identity, gzip', 'unknown'])(
    'what comes as %s is refused before any of it is here',
    async (encoding) => {
      const head = [
        'POST /nyelv HTTP/1.1',
        `Host: ${host}`,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Encoding: ${encoding}`,
        'Content-Length: 50000',
        'Connection: close',
      ]
      expect(statusOf(await send(head))).toBe('415')
    },
  )

  test.each([
    ['gzip', gzipSync('nyelv=en')],
    ['br', brotliCompressSync('nyelv=en')],
    ['zstd', Buffer.from('nyelv=en')],
    ['identity', gzipSync('nyelv=en')],
  ])('a form packed and called %s changes nothing', async (encoding, payload) => {
    const post = (headers: Record<string, string>, body: Buffer) =>
      portal.app.inject({
        method: 'POST',
        url: '/nyelv',
        headers: { host, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: body,
      })
    const answer = await post({ 'content-encoding': encoding }, payload)
    expect([400, 415]).toContain(answer.statusCode)
    expect(String(answer.headers['set-cookie'] ?? '')).not.toContain('__Host-nyelv=en')
    // The same form as it is does what it says.
    expect(String((await post({}, Buffer.from('nyelv=en'))).headers['set-cookie'])).toContain('__Host-nyelv=en')
  })

  test.each(['application/json', 'text/plain', 'application/xml', 'application/x-www-form-urlencoded; charset=utf-16'])(
    '%s is not read as a form',
    async (type) => {
      const { cookie, token } = await portal.session(anna)
      const answer = await portal.app.inject({
        method: 'POST',
        url: '/sajat/onkormanyzatok',
        headers: { host, cookie, 'content-type': type },
        payload: type.includes('json') ? JSON.stringify({ _csrf: token, telepules: '14535' }) : '\ufeff_\u0000c',
      })
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode).toBeLessThan(500)
      expect(await portal.admin('select 1 from account_settlements where settlement_id = 14535')).toEqual([])
    },
  )
})
