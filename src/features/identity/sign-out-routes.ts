import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { postedFields } from '../../platform/http/posted-form.ts'
import type { Seal } from '../../platform/seal.ts'
import { forgetIdentifier, presentedIdentifier, requiresSessionStore } from '../session/index.ts'
import { browserName, forgetBrowserName } from './browser-name.ts'
import { fromOwnPage, pageToken } from './page-token.ts'
import type { SignedOut, SignOut } from './sign-out.ts'

interface SignOutPages {
  signOut: SignOut
  seal: Seal
}

/** Signing out, here and at the KAÜ. */
export const signOutPages: FastifyPluginAsync<SignOutPages> = async (app, { signOut, seal }) => {
  requiresSessionStore(app)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  app.get('/kijelentkezes', { config: { noActivity: true } }, async (request, reply) => {
    if (request.presence?.lineage === undefined) return reply.redirect('/kijelentkezve', 303)
    return confirmation(request, reply)
  })

  app.post('/kijelentkezes', { config: { noActivity: true } }, async (request, reply) => {
    const isSignedIn = request.presence?.lineage !== undefined
    if (isSignedIn && !fromOwnPage(seal, request)) return confirmation(request, reply)
    const signedOut = await signOut.signOut(presentedIdentifier(request), browserName(request))
    await forgetIdentifier(request, reply)
    forgetBrowserName(reply)
    reply.header('clear-site-data', '"cache", "storage"')
    return signedOut === undefined ? reply.redirect('/kijelentkezve', 303) : goOn(reply, signedOut)
  })

  // The KAÜ could not be reached: asked again from the page that said so.
  app.post('/kijelentkezes/kau', { config: { noActivity: true } }, async (request, reply) => {
    const signedOut = await signOut.endAtKau(postedFields(request.body)['jel'])
    return signedOut === undefined ? reply.redirect('/kijelentkezve', 303) : goOn(reply, signedOut)
  })

  app.get('/kijelentkezve', { config: { noActivity: true } }, async (request, reply) => {
    const { state } = (request.query ?? {}) as { state?: unknown } // read by signOut, which knows its own marks only
    if (request.presence?.lineage !== undefined) return reply.redirect('/kijelentkezes', 303)
    const kau = (await signOut.endedAtKau(state)) ? 'ended' : 'unknown'
    return reply.view('identity/signed-out.njk', { kau, kauHost: signOut.kauHost, again: '' })
  })

  function confirmation(request: FastifyRequest, reply: FastifyReply) {
    return reply.view('identity/sign-out.njk', { token: pageToken(seal, request) })
  }

  function goOn(reply: FastifyReply, { kau, again }: SignedOut) {
    if (kau !== undefined) return reply.redirect(kau.href, 303)
    // The session is over: nothing of it is shown any more.
    reply.locals = { ...reply.locals, person: null, csrf: '', clocks: null, lineage: '', sessionState: '' }
    return reply.view('identity/signed-out.njk', { kau: 'failed', kauHost: signOut.kauHost, again })
  }
}
