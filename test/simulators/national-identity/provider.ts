/** The OpenID Connect provider behind the simulated KAÜ, with our own pages in front of it. */
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { type CastPerson, people } from '../../cast/people.ts'
import { simulatorHeaders, simulatorStyle } from '../page.ts'
import { type ProviderMemory, providerMemory } from './memory.ts'
import { failurePage, frontPage, methods, signedOutPage, signInPage, signOutPage } from './pages.ts'
import { signingKey } from './signing-key.ts'

export interface AgentSettings {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  /** where the end of a session is reported to */
  backchannelLogoutUri: string
  /** how long a session lives from signing in on, whatever one does */
  sessionSeconds: number
  /** the same seed, the same signing key */
  keySeed: string
  /** whether pushed authorization requests are offered */
  pushedRequests: boolean
}

export interface Agent {
  provider: Provider
  memory: ProviderMemory
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
  const memory = providerMemory()
  const provider = new Provider(settings.issuer, configuration(settings, memory))
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
      html(ctx, frontPage(personOf(session.accountId), settings.issuer))
    } else if (ctx.path.startsWith('/belepes/')) {
      await interaction(ctx as unknown as KoaContextWithOIDC, provider)
    } else {
      await next()
    }
  })
  provider.use(async (ctx, next) => {
    await next()
    await confirmForTheBrowser(ctx as unknown as KoaContextWithOIDC, port())
  })
  return { provider, memory }
}

function configuration(settings: AgentSettings, memory: ProviderMemory): Configuration {
  return {
    adapter: (model: string) => memory.adapter(model),
    jwks: { keys: [signingKey(settings.keySeed)] },
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
    ],
    scopes: ['openid', 'natural_identity'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], natural_identity: identityClaims },
    conformIdTokenClaims: false,
    acrValues: ['alacsony', 'jelentos', 'magas'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
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
    // the library refuses loopback addresses, and that is where the portal of a demo answers
    fetch: (url: string | URL | Request, options?: RequestInit & { dispatcher?: unknown }) => {
      const { dispatcher: _dispatcher, ...rest } = options ?? {}
      return fetch(url, rest)
    },
    interactions: { url: (_ctx, { uid }) => `/belepes/${uid}`, policy: signInPolicy(settings.sessionSeconds) },
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
      Grant: settings.sessionSeconds,
      IdToken: 600,
      Interaction: 3600,
      // counted from signing in, so that no visit makes it longer
      Session: (_ctx, session) =>
        session.loginTs === undefined ? 3600 : Math.max(1, session.loginTs + settings.sessionSeconds - now()),
    },
  }
}

/** Signing in is asked for as the library's own policy has it, and when the session's whole time has passed. */
function signInPolicy(sessionSeconds: number): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('session_over', 'the session has reached its end', 'login_required', ({ oidc }) => {
      const since = oidc.session?.loginTs
      return since !== undefined && oidc.result?.login === undefined && now() - since >= sessionSeconds
    }),
  )
  return policy
}

async function interaction(ctx: KoaContextWithOIDC, provider: Provider): Promise<void> {
  let details: Awaited<ReturnType<Provider['interactionDetails']>>
  try {
    details = await provider.interactionDetails(ctx.req, ctx.res)
  } catch (failure) {
    if (!(failure instanceof errors.OIDCProviderError)) throw failure
    ctx.status = 400
    return html(ctx, failurePage(failure.error, failure.error_description))
  }

  if (ctx.method === 'POST') {
    const posted = new URLSearchParams(await body(ctx.req))
    const person = people.find(({ id }) => id === posted.get('person'))
    const method = methods.find(({ id }) => id === posted.get('method')) ?? methods[0]
    if (posted.has('cancel')) {
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { error: 'access_denied' }))
      ctx.status = 303
      return
    }
    if (person !== undefined) {
      const login = { accountId: person.subject, acr: method.level, amr: [method.id], remember: false, ts: now() }
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }))
      ctx.status = 303
      return
    }
  }

  const client = await provider.Client.find(String(details.params.client_id))
  html(
    ctx,
    signInPage({
      people,
      action: ctx.path,
      portal: client?.clientName ?? '',
      present: personOf(details.session?.accountId),
      again: details.session?.accountId !== undefined,
    }),
  )
}

/**
 * The provider asks the browser to confirm the end of a session by a form; a script posts it, where scripts run. We
 * have none, so we post it ourselves on the browser's behalf, with its cookies, and hand the answer on: when the portal
 * signs out the person it was given, and when another person signs in.
 */
async function confirmForTheBrowser(ctx: KoaContextWithOIDC, port: number): Promise<void> {
  const { route, session, entities } = ctx.oidc ?? {}
  if (ctx.status !== 200 || (route !== 'end_session' && route !== 'resume')) return
  const secret = session?.state?.secret
  if (typeof secret !== 'string') return
  const hinted = entities?.IdTokenHint?.payload.sub
  const signedIn = session?.accountId
  if (route === 'end_session' && signedIn !== undefined && signedIn !== hinted) return

  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const form = new URLSearchParams({ xsrf: secret, logout: 'yes' }).toString()
    const headers = {
      host: ctx.host,
      cookie: cookiesAfter(ctx),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    }
    const options = { host: '127.0.0.1', port, path: '/session/end/confirm', method: 'POST', headers }
    httpRequest(options, resolve).on('error', reject).end(form)
  })
  answer.resume()
  ctx.body = null
  ctx.status = answer.statusCode ?? 502
  ctx.set('location', answer.headers.location ?? '/')
  const cookies = [ctx.response.get('set-cookie'), answer.headers['set-cookie'] ?? []]
    .flat()
    .filter((line) => line !== '')
  if (cookies.length > 0) ctx.set('set-cookie', cookies)
}

/** The cookies the browser will have once it has read the answer that is being made. */
function cookiesAfter(ctx: KoaContextWithOIDC): string {
  const jar = new Map<string, string>()
  const set = [ctx.response.get('set-cookie')].flat().map((line) => line.split(';')[0] ?? '')
  for (const pair of [...(ctx.get('cookie') || '').split('; '), ...set]) {
    const [name, ...value] = pair.split('=')
    if (name !== undefined && name !== '') jar.set(name, value.join('='))
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

function html(ctx: { type: string; body: unknown }, page: string): void {
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = page
}

function personOf(subject: string | undefined): CastPerson | undefined {
  return people.find((person) => person.subject === subject)
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

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > 16_384) throw new errors.InvalidRequest('too much was sent')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** An address of the portal that nobody but the portal knows by heart: where the KAÜ reports the end of a session. */
export function reportAddress(redirectUri: string): string {
  return new URL('/kau/kijelentkeztetes', redirectUri).href
}

/** A seed for a simulator that need not recognise its tokens after a restart. */
export function randomSeed(): string {
  return createHash('sha256').update(randomBytes(32)).digest('hex')
}
