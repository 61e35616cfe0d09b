import { randomInt } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '../log.ts'

/** Signs that are not taken for one another when a reference number is read out. */
const readable = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

export function newReference(): string {
  return Array.from({ length: 10 }, () => readable[randomInt(readable.length)]).join('')
}

const lingerMilliseconds = 2_000

/** The page for a status, with its reference number; already complete HTML. */
export type RefusalPage = (status: number, reference: string) => string

/**
 * Answers what never becomes a request, since it cannot be understood or comes too slowly or too often, and closes the
 * connection: with the same headers as everything else, a page, and a line in the log under the same reference.
 */
export function refuser(log: Log, headers: Record<string, string>, page: RefusalPage = () => '') {
  return function refuse(socket: Duplex, status: number, more: Record<string, string> = {}): void {
    if (!socket.writable || socket.destroyed) return
    const reference = newReference()
    log.info({ request: reference, status }, 'refused before it was a request')
    const content = page(status, reference)
    const lines = Object.entries({
      ...headers,
      'cache-control': 'no-store',
      ...(content !== '' && { 'content-type': 'text/html; charset=utf-8' }),
      ...more,
      connection: 'close',
      'content-length': String(Buffer.byteLength(content)),
    }).map(([name, value]) => `${name}: ${value}`)
    const head = [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n')
    // What is still coming in is thrown away for a moment: closed at once, the answer would be lost on the way.
    socket.on('error', () => {})
    socket.end(head + content)
    socket.resume()
    const close = setTimeout(() => socket.destroy(), lingerMilliseconds)
    close.unref()
    socket.once('close', () => clearTimeout(close))
  }
}
