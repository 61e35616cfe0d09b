import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

/** One request of the table, and how its answer is known to be the right one. */
export interface Shot {
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  status: number
  /** stands in the page, compressed or not */
  text?: string
}

export interface Answer {
  status: number
  bytes: number
  encoding: string
  body: Buffer
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

export function shoot({ url, method = 'GET', headers = {}, body }: Shot): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const asked = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const whole = Buffer.concat(chunks)
        const encoding = response.headers['content-encoding'] ?? ''
        resolve({ status: response.statusCode ?? 0, bytes: whole.length, encoding, body: whole })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Processor time a process has used so far, all its threads together, in nanoseconds, as the kernel counts it. */
export function cpuOf(pid: number): bigint {
  let sum = 0n
  for (const task of readdirSync(`/proc/${String(pid)}/task`)) {
    sum += BigInt(readFileSync(`/proc/${String(pid)}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0] ?? '0')
  }
  return sum
}

/**
 * Asks again and again, eight at a time, until the process has used so much processor time: by the clock on the wall, a busy
 * machine would leave it cold.
 * @returns nanoseconds of processor time of the process for one request
 * @throws Error when an answer has another status: a figure of it would be worth nothing
 */
export async function costOf(shot: Shot, pid: number, milliseconds: number): Promise<number> {
  const before = cpuOf(pid)
  const enough = before + BigInt(milliseconds) * 1_000_000n
  let used = before
  let count = 0
  const hand = async () => {
    while (used < enough) {
      const { status } = await shoot(shot)
      if (status !== shot.status) throw new Error(`${shot.url} answered ${String(status)}`)
      count += 1
      if (count % 20 === 0) used = cpuOf(pid)
    }
  }
  await Promise.all(Array.from({ length: 8 }, hand))
  return Number(cpuOf(pid) - before) / count
}
