import { createHash } from 'node:crypto'
import fastifyView from '@fastify/view'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Assets } from '../assets/manifest.ts'
import type { Language } from '../i18n/language.ts'
import { templateEnvironment } from './environment.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** what every page of this answer can show */
    locals: Record<string, unknown>
    /** `view` for pages that show the same to every stranger: made once for the same data */
    viewForAll: (page: string, data: object) => FastifyReply
    viewInHungarian: FastifyReply['view']
    viewInEnglish: FastifyReply['view']
  }
}

const inLanguage = { hu: 'viewInHungarian', en: 'viewInEnglish' } as const satisfies Record<Language, string>

/**
 * Lets replies show templates in the reader's language, with what every page has: nobody signed in, no settlement, no
 * errors, until somebody says otherwise.
 */
export async function showsPages(
  app: FastifyInstance,
  { assets, demo }: { assets: Assets; demo: boolean },
): Promise<void> {
  const environments = {
    hu: templateEnvironment('hu', { assets, cache: true }),
    en: templateEnvironment('en', { assets, cache: true }),
  }
  for (const language of ['hu', 'en'] as const) {
    const environment = environments[language]
    await app.register(fastifyView, {
      engine: { nunjucks: { configure: () => environment } },
      propertyName: inLanguage[language],
      asyncPropertyName: `${inLanguage[language]}Async`,
    })
  }
  app.decorateReply('view', function (this: FastifyReply, page: string, data?: object) {
    return this[inLanguage[this.request.language]](page, data ?? {})
  } as FastifyReply['view'])
  const pages = keptPages()
  app.decorateReply('viewForAll', function (this: FastifyReply, page: string, data: object) {
    const { locals } = this
    if (locals['person'] !== null) return this.view(page, data)
    const { language } = this.request
    const { html, packings } = pages([language, page, locals, data], () =>
      environments[language].render(page, { ...locals, ...data }),
    )
    this.packings = packings
    return this.type('text/html; charset=utf-8').send(html)
  })
  app.addHook('onRequest', async (request, reply) => {
    const address = request.raw.url ?? '/'
    reply.locals = { ...nobody, demo, address, path: address.split('?', 1)[0] }
  })
}

interface KeptPage {
  html: string
  /** it as it is sent, by how it is compressed */
  packings: Map<string, Buffer>
}

const mostPages = 200

/**
 * Pages by all they were made of, so that none is ever shown that would not be made again just so; the latest, as many as are
 * worth their room.
 */
function keptPages(): (madeOf: unknown, make: () => string) => KeptPage {
  const kept = new Map<string, KeptPage>()
  return (madeOf, make) => {
    const key = createHash('sha256').update(JSON.stringify(madeOf)).digest('base64')
    let page = kept.get(key)
    if (page === undefined) {
      page = { html: make(), packings: new Map() }
      kept.set(key, page)
      const [oldest] = kept.keys()
      if (kept.size > mostPages && oldest !== undefined) kept.delete(oldest)
    }
    return page
  }
}

/**
 * Pages for what never becomes a request: nobody knows whose it is or in which language, so they are Hungarian. They are made
 * at the start, since those who send such things may send many.
 */
export function refusalPages(shown: { assets: Assets; demo: boolean }): (status: number, reference: string) => string {
  const environment = templateEnvironment('hu', { assets: shown.assets, cache: true })
  const place = '0'.repeat(10) // no reference has a zero
  const made = (page: string) =>
    environment.render(page, {
      ...nobody,
      demo: shown.demo,
      address: '/',
      path: '/',
      reference: place,
      reasonText: '',
    })
  const [tooMany, badRequest] = [made('errors/too-many.njk'), made('errors/bad-request.njk')]
  return (status, reference) => (status === 429 ? tooMany : badRequest).replaceAll(place, reference)
}

/** What a page can rely on before anybody looked who is there. */
const nobody = {
  person: null,
  csrf: '',
  clocks: null,
  lineage: '',
  settlement: null,
  clerk: null,
  errors: [],
  languageForm: '',
  sessionState: '',
  notice: '',
}
