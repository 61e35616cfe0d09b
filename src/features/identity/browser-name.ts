import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

const browserCookie = '__Host-belepes'
const cookieOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** The browser's name, if it is like one of ours: an empty or planted one would be shared by everybody who has it. */
export function browserName(request: FastifyRequest): string | undefined {
  const shown = request.cookies[browserCookie]
  return shown !== undefined && /^[\w-]{32}$/.test(shown) ? shown : undefined
}

/** The browser's name, kept for ten more minutes; a new random one when it has none. It binds attempts to the browser. */
export function nameBrowser(request: FastifyRequest, reply: FastifyReply): string {
  const name = browserName(request) ?? randomBytes(24).toString('base64url')
  reply.setCookie(browserCookie, name, { ...cookieOptions, maxAge: 600 })
  return name
}

export function forgetBrowserName(reply: FastifyReply): void {
  reply.clearCookie(browserCookie, cookieOptions)
}
