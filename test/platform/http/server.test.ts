import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { limitsRequestsAtATime } from '../../../src/platform/http/connections.ts'
import { networkOf } from '../../../src/platform/http/network.ts'
import { createServer, type ServerOptions } from '../../../src/platform/http/server.ts'

let app: FastifyInstance | undefined
const open: Socket[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await app?.close()
  app = undefined
})

async function server(options: Partial<ServerOptions> = {}): Promise<FastifyInstance> {
  app = await createServer({
    log: pino({ level: 'silent' }),
    headers: { 'x-frame-options': 'DENY' },
    trustedProxies: [],
    connectionsPerAddress: 64,
    refusalPage: (status, reference) => `<p>${status} ${reference}</p>`,
    ...options,
  })
  return app
}

/** Where it answers. */
async function listening(app: FastifyInstance): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** A connection that says this and gives what comes back until it is closed. */
function say(address: string, text: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  open.push(socket)
  socket.on('error', () => {})
  socket.write(text)
  let said = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    said += more
  })
  return { socket, answer: once(socket, 'close').then(() => said) }
}

const get = (connection: 'keep-alive' | 'close', more = '') =>
  `GET / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n${more}\r\n`

/** The ends of all connections to come, as the server sees them. */
function goneFrom(app: FastifyInstance): Promise<unknown>[] {
  const gone: Promise<unknown>[] = []
  app.server.on('connection', (socket: Socket) => gone.push(once(socket, 'close')))
  return gone
}

/** A route whose answers wait until they are let go. */
function waitingRoute(app: FastifyInstance) {
  const waiting: (() => void)[] = []
  let asked = 0
  let arrived = (): void => {}
  app.get('/', async () => {
    asked += 1
    const answered = new Promise<void>((go) => waiting.push(go))
    arrived()
    await answered
    return 'here'
  })
  return {
    asked: () => asked,
    async until(count: number): Promise<void> {
      while (asked < count) {
        await new Promise<void>((more) => {
          arrived = more
        })
      }
    },
    letGo: () => {
      for (const go of waiting.splice(0)) go()
    },
  }
}

test('a connection opened in advance does not hold up the stopping; a request that is being answered is waited for', async () => {
  const app = await server()
  const route = waitingRoute(app)
  const address = await listening(app)
  const silent = say(address, '')
  await once(silent.socket, 'connect')
  const reading = fetch(address)
  await route.until(1)

  const closing = app.close()
  await silent.answer
  route.letGo()
  expect(await (await reading).text()).toBe('here')
  await closing
})

describe('connections of one address', () => {
  test('one too many is told so in words and never becomes a request; when one is gone there is room again', async () => {
    const app = await server({ connectionsPerAddress: 2 })
    const gone = goneFrom(app)
    const route = waitingRoute(app)
    const address = await listening(app)
    const [first, second] = [say(address, get('close')), say(address, get('close'))]
    await route.until(2)

    const third = await say(address, get('close')).answer
    expect(third).toMatch(/^HTTP\/1\.1 429 /)
    expect(third).toMatch(/^retry-after: \d+\r$/m)
    expect(third).toMatch(/^x-frame-options: DENY\r$/m)
    expect(third).toMatch(/<p>429 [2-9A-Z]{10}<\/p>$/)
    expect(route.asked()).toBe(2)

    route.letGo()
    expect(await first.answer).toContain('here')
    expect(await second.answer).toContain('here')
    await Promise.all(gone)
    const fourth = say(address, get('close'))
    await route.until(3)
    route.letGo()
    expect(await fourth.answer).toContain('here')
  })

  test('a trusted proxy may have any number; of one client behind it so many requests are answered at a time', async () => {
    const app = await server({ connectionsPerAddress: 2, trustedProxies: ['127.0.0.0/8'] })
    limitsRequestsAtATime(app, { perAddress: 2, trustedProxies: ['127.0.0.0/8'] })
    const gone = goneFrom(app)
    const route = waitingRoute(app)
    const address = await listening(app)
    const behind = (client: string) => say(address, get('close', `X-Forwarded-For: ${client}\r\n`)).answer
    const allowed = [behind('192.0.2.1'), behind('192.0.2.1'), behind('192.0.2.2'), behind('192.0.2.2')]
    await route.until(4)

    expect(await behind('192.0.2.1')).toMatch(/^HTTP\/1\.1 429 /)
    // What a client writes itself in front of the proxy's word changes nothing.
    expect(await behind('203.0.113.9, 192.0.2.1')).toMatch(/^HTTP\/1\.1 429 /)
    expect(route.asked()).toBe(4)

    route.letGo()
    for (const answer of allowed) expect(await answer).toContain('here')
    await Promise.all(gone)
    const again = behind('192.0.2.1')
    await route.until(5)
    route.letGo()
    expect(await again).toContain('here')
  })

  test('nobody else is believed about who asks', async () => {
    const app = await server({ connectionsPerAddress: 2, trustedProxies: ['192.0.2.200'] })
    const route = waitingRoute(app)
    const address = await listening(app)
    for (const client of ['192.0.2.1', '192.0.2.2']) {
      say(address, get('close', `X-Forwarded-For: ${client}\r\n`))
    }
    await route.until(2)
    expect(await say(address, get('close', 'X-Forwarded-For: 192.0.2.3\r\n')).answer).toMatch(/^HTTP\/1\.1 429 /)
    route.letGo()
  })

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('uploads', () => {
  const upload = (length: number) =>
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n`

  test('who sends next to nothing after the first moments is told so, and the connection is closed', async () => {
    const app = await server({
      leastSpeed: { graceMilliseconds: 40, bytesPerSecond: 1_000_000_000, everyMilliseconds: 10 },
    })
    app.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload))
    let tell = (_what: string): void => {}
    const read = new Promise<string>((done) => {
      tell = done
    })
    app.post('/', async ({ raw }) => {
      await buffer(raw).then(
        () => tell('all of it'),
        () => tell('broken off'),
      )
      return 'taken'
    })
    const slow = say(await listening(app), `${upload(100_000)}a few bytes`)
    const answer = await slow.answer
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toMatch(/^x-frame-options: DENY\r$/m)
    expect(answer).toMatch(/<p>408 [2-9A-Z]{10}<\/p>$/)
    expect(await read).toBe('broken off')
  })
})
