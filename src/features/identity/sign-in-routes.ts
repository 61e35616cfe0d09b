import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { AttemptKind } from '../../adapters/national-identity/contract.ts'
import { NotAllowed } from '../../platform/http/errors.ts'
import { keepLanguage, ownPath } from '../../platform/http/language.ts'
import { postedFields } from '../../platform/http/posted-form.ts'
import type { Seal } from '../../platform/seal.ts'
import {
  type Endings,
  type EndReason,
  newIdentifier,
  presentedIdentifier,
  requiresSessionStore,
  sendIdentifier,
} from '../session/index.ts'
import { browserName, nameBrowser } from './browser-name.ts'
import { deviceOf } from './device.ts'
import { fromOwnPage, pageToken } from './page-token.ts'
import type { Returned, SignIn } from './sign-in.ts'

/**
 * Where work goes on that was put aside in this session, or filled in before signing in (`kept`); undefined when there is none.
 */
export type ResumeWork = (identifier: string | undefined, kept?: string) => Promise<string | undefined>

interface SignInPages {
  resumeWork: ResumeWork
  signIn: SignIn
  endings: Endings
  seal: Seal
}

/** Signing in, continuing and identifying again: addresses that need nobody signed in. */
export const signInPages: FastifyPluginAsync<SignInPages> = async (app, { signIn, endings, seal, resumeWork }) => {
  requiresSessionStore(app)
  const limit = { name: 'sign-in', max: 10, minutes: 1, by: 'address' } as const

  app.get('/belepes', { config: { limit } }, async (request, reply) => {
    if (request.presence?.state === 'active') return reply.redirect('/sajat', 303)
    const ended = request.presence?.lineage === undefined ? await toldEnd(request) : undefined
    const site = request.headers['sec-fetch-site']
    // An attempt starts from a person's click only; from elsewhere, or where there is something to tell, by the button.
    if (ended === undefined && (site === 'same-origin' || site === 'none')) return depart(request, reply, 'sign-in')
    return reply
      .header('cache-control', 'no-store')
      .view('identity/sign-in.njk', { kauHost: signIn.kauHost, ended: ended ?? '' })
  })
  app.post('/belepes', { config: { limit } }, (request, reply) => depart(request, reply, 'sign-in'))

  app.get('/munkamenet/szunet', { config: { noActivity: true } }, async (request, reply) => {
    const { presence } = request
    if (presence?.state === 'active') {
      const parked = await resumeWork(presentedIdentifier(request))
      return reply.redirect(parked ?? presence.lineage?.target ?? '/sajat', 303)
    }
    if (presence?.state === 'reidentify') return reply.redirect('/munkamenet/azonositas', 303)
    if (presence?.lineage === undefined) return reply.redirect('/belepes', 303)
    return reply.header('cache-control', 'no-store').view('identity/interrupted.njk', interrupted(request, 'paused'))
  })
  app.get('/munkamenet/azonositas', { config: { noActivity: true } }, async (request, reply) => {
    if (request.presence?.lineage === undefined) return reply.redirect('/belepes', 303)
    return reply
      .header('cache-control', 'no-store')
      .view('identity/interrupted.njk', interrupted(request, 'reidentify'))
  })
  app.post('/munkamenet/folytatas', { config: { limit, noActivity: true } }, async (request, reply) => {
    const { presence } = request
    if (presence?.lineage === undefined) return reply.redirect('/belepes', 303)
    const back = pageToReturnTo(request)
    if (presence.state === 'active') {
      const parked = await resumeWork(presentedIdentifier(request))
      return reply.redirect(parked ?? back ?? presence.lineage.target ?? '/sajat', 303)
    }
    if (presence.state === 'reidentify') return reply.redirect('/munkamenet/azonositas', 303)
    if (!fromOwnPage(seal, request)) throw new NotAllowed()
    return depart(request, reply, 'continue', back)
  })
  app.post('/munkamenet/azonositas', { config: { limit, noActivity: true } }, async (request, reply) => {
    if (request.presence?.lineage === undefined) return reply.redirect('/belepes', 303)
    if (!fromOwnPage(seal, request)) throw new NotAllowed()
    return depart(request, reply, 'reidentify', pageToReturnTo(request))
  })

  app.get(
    '/kau/visszateres',
    { config: { limit: { name: 'sign-in-return', max: 30, minutes: 1, by: 'address' }, noActivity: true } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      let identifier: string | undefined
      const returned = await signIn.return(new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? ''), {
        browser: browserName(request),
        identifier: presentedIdentifier(request),
        newIdentifier: async () => {
          identifier = await newIdentifier(request)
          return identifier
        },
        device: deviceOf(request.headers['user-agent']),
      })
      return arrive(request, reply, returned, identifier)
    },
  )

  /** Why the session of this browser ended, where its person did not do it here; whose it was is not said. */
  async function toldEnd(request: FastifyRequest): Promise<EndReason | undefined> {
    const reason = await endings.whyEnded(presentedIdentifier(request))
    return reason === undefined || reason === 'signed-out' || reason === 'other-person' ? undefined : reason
  }

  async function depart(request: FastifyRequest, reply: FastifyReply, kind: AttemptKind, target?: string) {
    const browser = nameBrowser(request, reply)
    const { redirectTo } = await signIn.start(kind, {
      browser,
      identifier: presentedIdentifier(request),
      ...(target === undefined ? {} : { target }),
    })
    return reply.header('cache-control', 'no-store').redirect(redirectTo.href, 303)
  }

  async function arrive(
    request: FastifyRequest,
    reply: FastifyReply,
    returned: Returned,
    identifier: string | undefined,
  ) {
    if (returned.outcome === 'accepted') {
      await sendIdentifier(request)
      keepLanguageOfAccount(request, reply, returned)
      if (returned.otherPersonEnded) return reply.redirect('/sajat?mas-szemely', 303)
      const parked = await resumeWork(identifier, returned.kept)
      return reply.redirect(parked ?? returned.target ?? '/sajat', 303)
    }
    if (returned.outcome === 'ask-again') return reply.redirect(returned.redirectTo.href, 303)
    if (returned.outcome === 'reidentification-needed') return reply.redirect('/munkamenet/azonositas', 303)
    if (returned.outcome === 'turned-back') return reply.redirect(returned.target ?? '/', 303)
    await signIn.recordRefusal(returned.outcome)
    if (returned.outcome === 'agent-failed') reply.header('retry-after', '30')
    return reply.code(statusOf[returned.outcome] ?? 400).view('identity/sign-in-problem.njk', {
      problem: returned.outcome,
      back: ('target' in returned ? returned.target : undefined) ?? '',
      token: pageToken(seal, request),
      reference: request.id,
    })
  }

  function interrupted(request: FastifyRequest, kind: 'paused' | 'reidentify') {
    return {
      kind,
      kauHost: signIn.kauHost,
      notSaved: Object.hasOwn(request.query as object, 'nem-mentve'),
      parked: Object.hasOwn(request.query as object, 'felreteve'),
      token: pageToken(seal, request),
    }
  }
}

/** With what a round trip is answered that opened nothing; the rest is a bad request. */
const statusOf: Partial<Record<Returned['outcome'], number>> = {
  'agent-failed': 503,
  'no-valid-identification': 200,
  'account-closed': 403,
}

/** The page whose own button was pressed, to be seen again afterwards: one of ours that can be opened, or none. */
function pageToReturnTo({ body, server }: FastifyRequest): string | undefined {
  const page = ownPath(postedFields(body)['vissza'])
  const path = page?.split('?', 1)[0] ?? ''
  return server.knownRoutes.some(({ method, pattern }) => method === 'GET' && pattern.test(path)) ? page : undefined
}

/** Signs somebody in who has filled something in before, and takes it along; who is signed in already only takes it along. */
export function signInWith(signIn: SignIn, resumeWork: ResumeWork) {
  return async (request: FastifyRequest, reply: FastifyReply, kept: string): Promise<FastifyReply> => {
    if (request.sessionsDown !== undefined) throw request.sessionsDown
    if (request.presence?.state === 'active') {
      return reply.redirect((await resumeWork(presentedIdentifier(request), kept)) ?? '/sajat', 303)
    }
    const browser = nameBrowser(request, reply)
    const identifier = presentedIdentifier(request)
    const { redirectTo } = await signIn.start('sign-in', { browser, identifier, target: '/sajat/felretett', kept })
    return reply.header('cache-control', 'no-store').redirect(redirectTo.href, 303)
  }
}

/** A stranger's page is remembered with the browser until signing in; not with the address, which could be anybody's. */
export function rememberForSignIn(signIn: SignIn) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const browser = nameBrowser(request, reply)
    const target = ownPath(request.raw.url)
    if (target !== undefined) await signIn.rememberTarget(browser, target)
  }
}

function keepLanguageOfAccount(
  request: FastifyRequest,
  reply: FastifyReply,
  returned: { language: 'hu' | 'en' },
): void {
  // What the reader chose in this browser wins over what the account remembers.
  if (request.cookies['__Host-nyelv'] === undefined && returned.language !== 'hu')
    keepLanguage(reply, returned.language)
}
