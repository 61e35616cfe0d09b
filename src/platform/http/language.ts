import type {} from '@fastify/cookie'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { isLanguage, type Translate, translator } from '../i18n/catalogue.ts'
import type { Language } from '../i18n/language.ts'
import { readPosted } from './posted-form.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** the reader's language */
    language: Language
    translate: Translate
  }
}

export const languageCookie = '__Host-nyelv'

/** Chooses the language of each request: the reader's own choice, else Hungarian; and the address that changes it. */
export function choosesLanguage(app: FastifyInstance): void {
  app.decorateRequest('language', 'hu')
  app.decorateRequest('translate', translator('hu'))
  app.addHook('onRequest', async (request) => {
    const chosen = request.cookies[languageCookie]
    request.language = isLanguage(chosen) ? chosen : 'hu'
    request.translate = translator(request.language)
  })
  app.post('/nyelv', async (request, reply) => {
    const read = readPosted(choice, request.body)
    const { nyelv, vissza } = read.ok ? read.value : {}
    if (isLanguage(nyelv)) keepLanguage(reply, nyelv)
    return reply.redirect(ownPath(vissza) ?? '/', 303)
  })
}

const choice = z.object({ nyelv: z.string().optional(), vissza: z.string().optional() })

/** Remembers the reader's choice in the browser for a year. */
export function keepLanguage(reply: FastifyReply, language: Language): void {
  reply.setCookie(languageCookie, language, {
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    maxAge: 31_536_000,
  })
}

const path = z
  .string()
  .max(2_048)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/)

/** A path inside the portal, or undefined: never another host, however it is written. */
export function ownPath(value: unknown): string | undefined {
  const read = path.safeParse(value)
  if (!read.success) return undefined
  const resolved = new URL(read.data, 'https://portal.invalid')
  // Dots may have been resolved into two slashes at the beginning: „/a/..//host”.
  return resolved.host === 'portal.invalid' && !resolved.pathname.startsWith('//')
    ? `${resolved.pathname}${resolved.search}`
    : undefined
}
