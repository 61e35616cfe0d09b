/** ClamAV over TCP: the file goes over in pieces while it is read, never as a whole. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import type { VirusScanner } from './contract.ts'
import { command, endOfStream, lengthOf, verdictOf } from './wire.ts'

export interface VirusScannerSettings {
  host: string
  port: number
  /** how long a scan may take from connecting to the answer */
  milliseconds?: number
}

const longestReply = 4096

export function virusScannerClient({ host, port, milliseconds = 30_000 }: VirusScannerSettings): VirusScanner {
  return {
    async scan(bytes) {
      const socket = connect({ host, port })
      const reply = replyOf(socket, milliseconds)
      const sending = send(bytes, socket)
      try {
        // the scanner may answer before everything was sent: a file beyond its limit, for example
        return verdictOf(await Promise.race([reply, sending.then(() => reply)]))
      } finally {
        socket.destroy()
        bytes.destroy()
        reply.catch(() => undefined)
        sending.catch(() => undefined)
      }
    },
  }
}

/** @throws OutsideSystemDown when the connection ends, or the time passes, before a whole answer */
function replyOf(socket: Socket, milliseconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const down = (cause: unknown): void => reject(new OutsideSystemDown('virus scanner', cause))
    const timer = setTimeout(() => down(new Error('no answer in time')), milliseconds)
    let received = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      received = Buffer.concat([received, piece])
      const end = received.indexOf(0)
      if (end >= 0) resolve(received.subarray(0, end).toString('utf8'))
      else if (received.length > longestReply) down(new Error('an answer without end'))
    })
    socket.once('error', down)
    socket.once('close', () => {
      clearTimeout(timer)
      down(new Error('the connection ended before the answer'))
    })
  })
}

/** @throws what the file's own stream throws; failures of the connection are told by the reply */
async function send(bytes: Readable, socket: Socket): Promise<void> {
  const gone = new AbortController()
  socket.once('close', () => gone.abort())
  await write(socket, command, gone.signal)
  for await (const piece of bytes as AsyncIterable<Buffer | string>) {
    const content = typeof piece === 'string' ? Buffer.from(piece) : piece
    if (content.length === 0) continue
    socket.write(lengthOf(content))
    await write(socket, content, gone.signal)
    if (gone.signal.aborted) return
  }
  await write(socket, endOfStream, gone.signal)
}

async function write(socket: Socket, content: Buffer, gone: AbortSignal): Promise<void> {
  if (gone.aborted || socket.write(content)) return
  try {
    await once(socket, 'drain', { signal: gone })
  } catch {
    // the connection ended: the reply says how
  }
}
