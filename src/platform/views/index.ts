import fastifyView from '@fastify/view'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Assets } from '../assets/manifest.ts'
import type { Language } from '../i18n/language.ts'
import { templateEnvironment } from './environment.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** what every page of this answer can show */
    locals: Record<string, unknown>
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
  for (const language of ['hu', 'en'] as const) {
    const environment = templateEnvironment(language, { assets, cache: true })
    await app.register(fastifyView, {
      engine: { nunjucks: { configure: () => environment } },
      propertyName: inLanguage[language],
      asyncPropertyName: `${inLanguage[language]}Async`,
    })
  }
  app.decorateReply('view', function (this: FastifyReply, page: string, data?: object) {
    return this[inLanguage[this.request.language]](page, data ?? {})
  } as FastifyReply['view'])
  app.addHook('onRequest', async (request, reply) => {
    const address = request.raw.url ?? '/'
    reply.locals = { ...nobody, demo, address, path: address.split('?', 1)[0] }
  })
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
