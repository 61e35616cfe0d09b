/**
 * Requests to the KAÜ: to its own origin only, without following redirects, within a deadline, reading a bounded body.
 */
import type { CustomFetchOptions } from 'openid-client'
import { boundedText } from '../../platform/http/bounded-body.ts'

export interface AgentConnection {
  fetch(url: string, options: Partial<CustomFetchOptions>): Promise<Response>
  /** why no whole answer came, if none came */
  readonly failure: Error | undefined
  /** whether the last answer was something else than the JSON of a protocol that goes its way */
  readonly malformed: boolean
}

/** Twice what the largest answer, an ID token of 16 kB and its surroundings, may measure. */
const largestBody = 65_536

export function agentConnection(origin: string, milliseconds: number): AgentConnection {
  const deadline = AbortSignal.timeout(milliseconds)
  let failure: Error | undefined
  let malformed = false

  return {
    get failure() {
      return failure
    },
    get malformed() {
      return malformed
    },
    async fetch(url, { body = null, method = 'GET', headers = {} }) {
      try {
        if (new URL(url).origin !== origin) throw new Error('an address outside the agent’s origin')
        const response = await fetch(url, { body, method, headers, redirect: 'manual', signal: deadline })
        const text = await boundedText(response, largestBody)
        malformed = ![200, 201, 400, 401].includes(response.status) || !isJsonObject(text)
        return new Response(text, { status: response.status, headers: response.headers })
      } catch (cause) {
        failure = cause instanceof Error ? cause : new Error('no answer', { cause })
        throw failure
      }
    },
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
