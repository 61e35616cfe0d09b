import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { virusScannerClient } from '../../../src/adapters/virus-scanner/client.ts'
import { probedScanner } from '../../../src/adapters/virus-scanner/probe.ts'
import { OutsideSystemDown } from '../../../src/platform/http/errors.ts'
import { listen } from '../../simulators/listen.ts'
import { eicar } from '../../simulators/virus-scanner/eicar.ts'
import { startVirusScannerSimulator } from '../../simulators/virus-scanner/simulator.ts'

/** Where a real clamd answers, host:port; the same cases then run against it as well. */
const realScanner = process.env.PORTAL_TEST_CLAMD

const ends: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe.each(realScanner === undefined ? ['the stand-in'] : ['the stand-in', realScanner])(
  'scanning with %s',
  (which) => {
    let address: { host: string; port: number }
    let stop: (() => Promise<void>) | undefined

    beforeAll(async () => {
      if (which !== 'the stand-in') {
        const [host = '127.0.0.1', port = '3310'] = which.split(':')
        address = { host, port: Number(port) }
        return
      }
      const simulator = await startVirusScannerSimulator()
      address = { host: '127.0.0.1', port: simulator.port }
      stop = simulator.stop
    })
    afterAll(() => stop?.())

    test.each([
      ['a clean file', [Buffer.from('Ez egy ártalmatlan fájl.')]],
      ['an empty file', []],
      ['a large clean file in many pieces', Array.from({ length: 160 }, () => randomBytes(65_536))],
      ['a file that comes byte by byte', [...'ártalmatlan'].map((letter) => Buffer.from(letter))],
    ])('%s is clean', async (_what, pieces) => {
      expect(await virusScannerClient(address).scan(Readable.from(pieces))).toBe('clean')
    })

    test.each([
      ['in one piece', [Buffer.from(eicar)]],
      ['byte by byte', [...eicar].map((letter) => Buffer.from(letter))],
      ['with an empty piece before it, which must not end the stream', [Buffer.alloc(0), Buffer.from(eicar)]],
      ['as text', [eicar]],
    ])('the EICAR test file %s is infected', async (_what, pieces) => {
      expect(await virusScannerClient(address).scan(Readable.from(pieces))).toBe('infected')
    })

    test('twenty files at once get their own answers', async () => {
      const scanner = virusScannerClient(address)
      const files = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'tiszta' : eicar))
      const verdicts = await Promise.all(files.map((file) => scanner.scan(Readable.from([Buffer.from(file)]))))
      expect(verdicts).toEqual(files.map((file) => (file === eicar ? 'infected' : 'clean')))
    })

    test('it proves to be one that can be relied on', async () => {
      const scanner = probedScanner(virusScannerClient(address), { largestBytes: 10_485_760, onUnfit: unexpected })
      await scanner.prove()
      expect(await scanner.scan(Readable.from([Buffer.from(eicar)]))).toBe('infected')
    })
  },
)

function unexpected(probe: string): never {
  throw new Error(probe)
}

describe('a scanner that is not to be relied on scans nothing', () => {
  const faults: [string, Parameters<typeof startVirusScannerSimulator>[0], string][] = [
    ['calls clean what exceeds its limits', { alertExceedsMax: false }, 'calls clean what it does not look at in full'],
    ['takes less than our largest file', { maxFileSize: 10_485_759 }, 'does not look at the largest files in full'],
    [
      'takes a shorter stream than our largest file',
      { streamMaxLength: 10_485_759 },
      'does not look at the largest files in full',
    ],
  ]
  test.each(faults)('because it %s', async (_what, options, fault) => {
    const simulator = await startVirusScannerSimulator(options)
    ends.push(simulator.stop)
    const told: string[] = []
    const client = virusScannerClient({ host: '127.0.0.1', port: simulator.port })
    const scanner = probedScanner(client, { largestBytes: 10_485_760, onUnfit: (probe) => void told.push(probe) })
    const bytes = Readable.from([Buffer.from('x')])
    await expect(scanner.scan(bytes)).rejects.toBeInstanceOf(OutsideSystemDown)
    expect(bytes.destroyed).toBe(true)
    expect(told).toEqual([fault])
  })

  test('because it reports nothing', async () => {
    const blind = probedScanner({ scan: async () => 'clean' }, { largestBytes: 1, onUnfit: () => undefined })
    await expect(blind.prove()).rejects.toBeInstanceOf(OutsideSystemDown)
  })
})

test('a scanner proves itself before its first file, once for many at a time, and again every hour', async () => {
  let time = 0
  let probes = 0
  let away = false
  const verdicts = ['infected', 'not-scanned', 'clean'] as const
  const scanner = probedScanner(
    {
      async scan(bytes) {
        if (away) throw new OutsideSystemDown('virus scanner')
        const pieces = await bytes.toArray()
        if (Buffer.concat(pieces).toString() === 'x') return 'clean'
        return verdicts[probes++ % 3] ?? 'not-scanned'
      },
    },
    { largestBytes: 2, onUnfit: unexpected, now: () => time },
  )
  const scan = () => scanner.scan(Readable.from([Buffer.from('x')]))
  expect(await Promise.all([scan(), scan(), scan()])).toEqual(['clean', 'clean', 'clean'])
  expect(probes).toBe(3)
  time = 3_599_999
  await scan()
  expect(probes).toBe(3)
  time = 3_600_000
  away = true
  await expect(scan()).rejects.toBeInstanceOf(OutsideSystemDown)
  away = false
  await scan()
  expect(probes).toBe(6)
})

test('the stand-in answers PING, with both ways to end a command', async () => {
  const simulator = await startVirusScannerSimulator()
  ends.push(simulator.stop)
  expect(await say(simulator.port, 'zPING\0')).toBe('PONG\0')
  expect(await say(simulator.port, 'nPING\n')).toBe('PONG\n')
  expect(await say(simulator.port, 'zRELOAD\0')).toBe('UNKNOWN COMMAND\0')
})

test('a stream beyond the scanner’s limit was not scanned', async () => {
  const simulator = await startVirusScannerSimulator({ streamMaxLength: 1000 })
  ends.push(simulator.stop)
  const scanner = virusScannerClient({ host: '127.0.0.1', port: simulator.port })
  expect(await scanner.scan(Readable.from([Buffer.alloc(1001)]))).toBe('not-scanned')
  expect(await scanner.scan(Readable.from([Buffer.alloc(1000)]))).toBe('clean')
})

test('a file the scanner did not look at to the end was not scanned', async () => {
  const simulator = await startVirusScannerSimulator({ maxFileSize: 1000 })
  ends.push(simulator.stop)
  const scanner = virusScannerClient({ host: '127.0.0.1', port: simulator.port })
  expect(await scanner.scan(Readable.from([Buffer.alloc(1001)]))).toBe('not-scanned')
})

test.each([
  ['stream: OK\0', 'clean'],
  ['stream: Win.Test.EICAR_HDB-1 FOUND\0', 'infected'],
  ['stream: Név szóközzel.UNOFFICIAL FOUND\0', 'infected'],
  ['stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0', 'not-scanned'],
  ['stream: Heuristics.Limits.Exceeded FOUND\0', 'not-scanned'],
  ['stream: OK \0', 'not-scanned'],
  ['stream: OK\n\0', 'not-scanned'],
  [' stream: OK\0', 'not-scanned'],
  ['STREAM: OK\0', 'not-scanned'],
  ['stream: ok\0', 'not-scanned'],
  ['1: stream: OK\0', 'not-scanned'],
  ['OK\0', 'not-scanned'],
  ['\0', 'not-scanned'],
  ['stream: FOUND\0', 'not-scanned'],
  ['stream: X FOUND OK\0', 'not-scanned'],
  ['INSTREAM size limit exceeded. ERROR\0', 'not-scanned'],
  ['stream: Can’t allocate memory ERROR\0', 'not-scanned'],
  ['UNKNOWN COMMAND\0', 'not-scanned'],
])('the answer %j means %s', async (answer, verdict) => {
  const port = await odd((socket) => socket.once('data', () => socket.end(answer)))
  expect(await scanAt(port)).toBe(verdict)
})

test('an answer in pieces is read to its end', async () => {
  const port = await odd((socket) =>
    socket.once('data', () => {
      socket.write('stream: ')
      setTimeout(() => socket.write('OK'), 30)
      setTimeout(() => socket.write('\0stream: X FOUND\0'), 60)
    }),
  )
  expect(await scanAt(port)).toBe('clean')
})

test.each([
  ['hangs up', (socket: Socket) => socket.destroy()],
  ['hangs up in the middle of an answer', (socket: Socket) => socket.once('data', () => socket.end('stream: OK'))],
  ['takes everything and says nothing', (socket: Socket) => socket.resume()],
  ['takes nothing and says nothing', () => undefined],
  ['answers without end', (socket: Socket) => void setInterval(() => socket.write('x'.repeat(1000)), 1).unref()],
])('a scanner that %s is down', async (_what, behave) => {
  const bytes = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536)))
  await expect(scanAt(await odd(behave), bytes, 500)).rejects.toBeInstanceOf(OutsideSystemDown)
  expect(bytes.destroyed).toBe(true)
})

test('a scanner that is not there is down', async () => {
  await expect(scanAt(1)).rejects.toBeInstanceOf(OutsideSystemDown)
})

test('a file that cannot be read is no failure of the scanner, and never clean', async () => {
  const simulator = await startVirusScannerSimulator()
  ends.push(simulator.stop)
  const broken = new Readable({
    read() {
      this.push('begin')
      this.destroy(new Error('the disk is gone'))
    },
  })
  await expect(scanAt(simulator.port, broken)).rejects.toThrow('the disk is gone')
})

async function scanAt(port: number, bytes: Readable = Readable.from([Buffer.from('x')]), milliseconds = 15_000) {
  return virusScannerClient({ host: '127.0.0.1', port, milliseconds }).scan(bytes)
}

async function odd(behave: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    behave(socket)
  })
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listen(server, 0)
}

async function say(port: number, command: string): Promise<string> {
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  socket.write(command)
  let answer = ''
  for await (const piece of socket.setEncoding('latin1')) answer += piece
  return answer
}
