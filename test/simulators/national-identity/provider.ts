/** The OpenID Connect provider behind the simulated KAÜ, with our own pages in front of it. */
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { CastPerson } from '../../cast/people.ts'
import { simulatorHeaders, simulatorStyle } from '../page.ts'
import { clock } from './clock.ts'
import { clockPageAt } from './clock-page.ts'
import { confirmForTheBrowser } from './confirmation.ts'
import { html, interaction, personOf } from './interaction.ts'
import { type KeyRing, keyRing } from './key-ring.ts'
import { type ProviderMemory, providerMemory } from './memory.ts'
import { type Gate, gate } from './misbehaviour.ts'
import { otherService, otherServiceRequest } from './other-service.ts'
import { failurePage, frontPage, otherServicePage, signedOutPage, signOutPage } from './pages.ts'
import { type Reports, reportsTo } from './reports.ts'
import { newScript, type Script } from './script.ts'
import { type Registration, scriptedIdToken } from './token-making.ts'

export interface AgentSettings extends Registration {
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  /** where the end of a session is reported to */
  backchannelLogoutUri: string
  /** how long a session lives from signing in on, whatever one does */
  sessionSeconds: number
  /** the same seed, the same signing keys */
  keySeed: string
  /** whether pushed authorization requests are offered */
  pushedRequests: boolean
}

export interface Agent {
  /** the provider as it is now: another one after a rotation of keys, with the same memory */
  readonly provider: Provider
  settings: AgentSettings
  memory: ProviderMemory
  script: Script
  keys: KeyRing
  reports: Reports
  asked: Gate['asked']
  /** @param keepOld whether the former keys stay published */
  rotateKeys(keepOld: boolean): void
  /** ends a session as another service would @param tell whether the portal is told */
  endSession(id: string, tell: boolean): Promise<void>
  handle(request: IncomingMessage, response: ServerResponse): void
}

const identityClaims = [
  'family_name',
  'given_name',
  'birth_family_name',
  'birth_given_name',
  'mother_family_name',
  'mother_given_name',
  'birth_place',
  'birthdate',
]

/** @param port where this process answers, for the requests it sends to itself */
export function nationalIdentityAgent(settings: AgentSettings, port: () => number): Agent {
  const memory = providerMemory(settings.clientId)
  const script = newScript(settings.sessionSeconds)
  const keys = keyRing(settings.keySeed)
  const reports = reportsTo(settings.backchannelLogoutUri, script)
  const parts: Parts = { settings, memory, script, keys, reports, cookieKeys: [randomBytes(32).toString('base64url')] }
  let provider = newProvider(parts, port)
  let answer = provider.callback()
  const { asked, handle } = gate(script, (request, response) => answer(request, response))

  return {
    get provider() {
      return provider
    },
    settings,
    memory,
    script,
    keys,
    reports,
    asked,
    rotateKeys(keepOld) {
      keys.rotate(keepOld)
      provider = newProvider(parts, port)
      answer = provider.callback()
    },
    async endSession(id, tell) {
      const session = await provider.Session.find(id)
      if (session?.accountId === undefined) return
      for (const clientId of Object.keys(session.authorizations ?? {})) {
        const client = await provider.Client.find(clientId)
        const report = client?.backchannelLogout
        const told = client?.backchannelLogoutUri !== undefined
        if (tell && told && typeof report === 'function') {
          await report.call(client, session.accountId, session.sidFor(clientId))
        }
      }
      await session.destroy()
    },
    handle,
  }
}

interface Parts {
  settings: AgentSettings
  memory: ProviderMemory
  script: Script
  keys: KeyRing
  reports: Reports
  cookieKeys: string[]
}

function newProvider(parts: Parts, port: () => number): Provider {
  const { settings, script, keys } = parts
  const provider = new Provider(settings.issuer, configuration(parts))
  const formTargets = [...settings.redirectUris, ...settings.postLogoutRedirectUris].map((uri) => new URL(uri).origin)
  const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${[...new Set(formTargets)].join(' ')}; frame-ancestors 'none'; base-uri 'none'`

  provider.use(async (ctx, next) => {
    ctx.set({ ...simulatorHeaders, 'content-security-policy': policy })
    await next()
  })
  provider.use(async (ctx, next) => {
    if (ctx.path === '/szimulator.css') {
      ctx.type = 'text/css'
      ctx.body = simulatorStyle
    } else if (ctx.path === '/') {
      const session = await provider.Session.get(ctx)
      html(ctx, frontPage(personOf(session.accountId), settings.issuer, clock.shared()))
    } else if (ctx.path === '/ora' && clock.shared()) {
      await clockPageAt(ctx, settings.issuer)
    } else if (ctx.path === otherService.start) {
      ctx.redirect(otherServiceRequest(settings.issuer))
    } else if (ctx.path === otherService.back) {
      const session = await provider.Session.get(ctx)
      html(ctx, otherServicePage(personOf(session.accountId)))
    } else if (ctx.path === '/jwks') {
      ctx.type = 'application/jwk-set+json'
      ctx.body = JSON.stringify({ keys: keys.published() })
    } else if (ctx.path.startsWith('/belepes/')) {
      await interaction(ctx as unknown as KoaContextWithOIDC, provider, script)
    } else {
      await next()
    }
  })
  provider.use(async (ctx, next) => {
    await next()
    await confirmForTheBrowser(ctx as unknown as KoaContextWithOIDC, port())
    const { body } = ctx as unknown as { body: { id_token?: unknown } | undefined }
    if (ctx.path === '/token' && typeof body?.id_token === 'string') {
      ctx.body = { ...body, id_token: scriptedIdToken(body.id_token, script, keys, settings) }
    }
  })
  return provider
}

function configuration({ settings, memory, script, keys, reports, cookieKeys }: Parts): Configuration {
  return {
    adapter: (model: string) => memory.adapter(model),
    jwks: { keys: keys.all() },
    clients: [
      {
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        client_name: 'Az Önkormányzati Hivatali Portál',
        redirect_uris: settings.redirectUris,
        post_logout_redirect_uris: settings.postLogoutRedirectUris,
        backchannel_logout_uri: settings.backchannelLogoutUri,
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: 'ES256',
        token_endpoint_auth_method: 'client_secret_basic',
        response_types: ['code'],
        grant_types: ['authorization_code'],
        require_auth_time: true,
      },
      {
        client_id: otherService.clientId,
        client_name: 'Egy másik szolgáltatás',
        redirect_uris: [`${settings.issuer}${otherService.back}`],
        id_token_signed_response_alg: 'ES256',
        token_endpoint_auth_method: 'none',
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    scopes: ['openid', 'natural_identity'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], natural_identity: identityClaims },
    conformIdTokenClaims: false,
    acrValues: ['alacsony', 'jelentos', 'magas'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: {
      keys: cookieKeys,
      names: { session: 'kau_munkamenet', interaction: 'kau_belepes', resume: 'kau_folytatas' },
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: settings.pushedRequests },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => html(ctx, signOutPage(form)),
        postLogoutSuccessSource: (ctx) => html(ctx, signedOutPage()),
      },
    },
    // its only requests are the reports; the library refuses loopback addresses, where the portal of a demo answers
    fetch: async (_url: string | URL | Request, options?: RequestInit) => {
      const told = options?.body instanceof URLSearchParams ? options.body.get('logout_token') : null
      const status = await reports.take(told ?? '')
      if (status === 0) throw new TypeError('fetch failed')
      return new Response(null, { status })
    },
    interactions: { url: (_ctx, { uid }) => `/belepes/${uid}`, policy: signInPolicy(script) },
    renderError: (ctx, out) => html(ctx, failurePage(out.error, out.error_description)),
    findAccount: (_ctx, subject) => {
      const person = personOf(subject)
      return person === undefined ? undefined : { accountId: subject, claims: () => claims(person) }
    },
    loadExistingGrant: async (ctx) => {
      const { client, session, result } = ctx.oidc
      if (client === undefined || session?.accountId === undefined) return undefined
      const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
      const grant = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known)
      if (grant !== undefined && grant.accountId === session.accountId) return grant
      const fresh = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      fresh.addOIDCScope('openid natural_identity')
      await fresh.save()
      return fresh
    },
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      Grant: () => script.sessionSeconds,
      IdToken: 600,
      Interaction: 3600,
      // counted from signing in, so that no visit makes it longer
      Session: (_ctx, session) =>
        session.loginTs === undefined ? 3600 : Math.max(1, session.loginTs + script.sessionSeconds - now()),
    },
  }
}

/** Signing in is asked for as the library's own policy has it, and when the session's whole time has passed. */
function signInPolicy(script: Script): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  const { checks } = policy.get('login') ?? {}
  checks?.add(
    new interactionPolicy.Check('session_over', 'the session has reached its end', 'login_required', ({ oidc }) => {
      const since = oidc.session?.loginTs
      return since !== undefined && oidc.result?.login === undefined && now() - since >= script.sessionSeconds
    }),
  )
  checks?.add(
    new interactionPolicy.Check('scripted_error', 'as the script says', 'server_error', () => {
      const told = script.takeAuthorizationError()
      if (told === null) return false
      throw new errors.CustomOIDCProviderError(told.error, told.description)
    }),
  )
  return policy
}

function claims({ subject, identity }: CastPerson) {
  return {
    sub: subject,
    family_name: identity.familyName,
    given_name: identity.givenName,
    birth_family_name: identity.birthFamilyName,
    birth_given_name: identity.birthGivenName,
    mother_family_name: identity.motherFamilyName,
    mother_given_name: identity.motherGivenName,
    birth_place: identity.birthPlace,
    birthdate: identity.birthDate,
  }
}

/** Whole seconds, as the protocol counts. */
function now(): number {
  return Math.floor(Date.now() / 1000)
}

/** An address of the portal that nobody but the portal knows by heart: where the KAÜ reports the end of a session. */
export function reportAddress(redirectUri: string): string {
  return new URL('/kau/kijelentkeztetes', redirectUri).href
}

/** A seed for a simulator that need not recognise its tokens after a restart. */
export function randomSeed(): string {
  return createHash('sha256').update(randomBytes(32)).digest('hex')
}
