/**
 * A stand-in for clamd: PING, VERSION and INSTREAM, each with the z and n prefixes, over TCP. It recognises the EICAR
 * test file and nothing else, and does not unpack deeper than clamd does.
 */
import { createServer, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { listen } from '../listen.ts'
import { eicar } from './eicar.ts'

export interface VirusScannerSimulatorOptions {
  port?: number
  host?: string | undefined
  /** clamd's StreamMaxLength: a longer stream is refused while it is sent */
  streamMaxLength?: number
  /** clamd's MaxFileSize with AlertExceedsMax: a longer file is reported as not looked at to the end */
  maxFileSize?: number
  /** clamd's own default is to call clean what exceeds its limits */
  alertExceedsMax?: boolean
}

/** clamd's MaxRecursion */
const deepest = 17
/** what is larger is not unpacked here */
const mostUnpacked = 65_536

interface Reading {
  /** what has arrived and is not understood yet */
  rest: Buffer
  /** how the answer ends: with a zero byte or a new line */
  terminator: string | undefined
  streamed: number
  /** all of it, as long as it is little */
  whole: Buffer
  /** the end of what was streamed, for what lies over the edge of two pieces */
  tail: string
  found: boolean
}

export async function startVirusScannerSimulator(options: VirusScannerSimulatorOptions = {}) {
  const { streamMaxLength = 26_214_400, maxFileSize = 26_214_400, alertExceedsMax = true } = options
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const reading: Reading = {
      rest: Buffer.alloc(0),
      terminator: undefined,
      streamed: 0,
      whole: Buffer.alloc(0),
      tail: '',
      found: false,
    }
    socket.on('data', (arrived: Buffer) => {
      reading.rest = Buffer.concat([reading.rest, arrived])
      const reply = reading.terminator === undefined ? begin(reading) : stream(reading)
      if (reply !== undefined) socket.end(reply + (reading.terminator ?? '\0'))
    })
  })

  /** Reads the command. @returns the whole answer, or undefined while there is more to come */
  function begin(reading: Reading): string | undefined {
    const prefix = String.fromCharCode(reading.rest[0] ?? 0)
    const terminator = prefix === 'z' ? '\0' : '\n'
    const end = reading.rest.indexOf(terminator)
    if (end < 0) return reading.rest.length > 100 ? 'UNKNOWN COMMAND' : undefined
    const command = reading.rest.subarray(prefix === 'z' || prefix === 'n' ? 1 : 0, end).toString('latin1')
    reading.rest = reading.rest.subarray(end + 1)
    reading.terminator = terminator
    if (command === 'PING') return 'PONG'
    if (command === 'VERSION') return 'ClamAV 1.4.0 (simulated)'
    return command === 'INSTREAM' ? stream(reading) : 'UNKNOWN COMMAND'
  }

  function stream(reading: Reading): string | undefined {
    while (reading.rest.length >= 4) {
      const length = reading.rest.readUInt32BE()
      if (length === 0) return verdict(reading)
      if (reading.streamed + length > streamMaxLength) return 'INSTREAM size limit exceeded. ERROR'
      if (reading.rest.length < 4 + length) return undefined
      const text = reading.tail + reading.rest.subarray(4, 4 + length).toString('latin1')
      reading.found ||= text.includes(eicar)
      reading.tail = text.slice(-eicar.length)
      reading.streamed += length
      if (reading.streamed <= mostUnpacked)
        reading.whole = Buffer.concat([reading.whole, reading.rest.subarray(4, 4 + length)])
      reading.rest = reading.rest.subarray(4 + length)
    }
    return undefined
  }

  function verdict({ found, streamed, whole }: Reading): string {
    const exceeded = streamed > maxFileSize ? 'MaxFileSize' : isTooDeep(whole) ? 'MaxRecursion' : undefined
    if (exceeded !== undefined)
      return alertExceedsMax ? `stream: Heuristics.Limits.Exceeded.${exceeded} FOUND` : 'stream: OK'
    return found ? 'stream: Win.Test.EICAR_HDB-1 FOUND' : 'stream: OK'
  }

  const port = await listen(server, options.port ?? 0, options.host)
  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function isTooDeep(bytes: Buffer): boolean {
  let inner = bytes
  for (let depth = 0; inner.subarray(0, 2).toString('hex') === '1f8b'; depth += 1) {
    if (depth >= deepest) return true
    inner = gunzipSync(inner, { maxOutputLength: mostUnpacked })
  }
  return false
}
