/** The KAÜ by OpenID Connect: authorization code flow with PKCE; everything specific to it stays in this folder. */
import * as oidc from 'openid-client'
import { OutsideSystemDown } from '../../platform/http/errors.ts'
import { type AgentConnection, agentConnection } from './agent-connection.ts'
import { agentKeys, KeysUnreachable } from './agent-keys.ts'
import type { AttemptKind, NationalIdentity, RefusedBecause, ReturnOutcome, RoundTrip } from './contract.ts'
import { judgeIdToken } from './id-token.ts'
import { judgeLogoutToken } from './logout-token.ts'
import { type AgentMetadata, type Assurance, acrValuesFrom, agentMetadata, refusalOf, scope } from './wire.ts'

export interface NationalIdentitySettings {
  issuer: string
  clientId: string
  clientSecret: string
  /** both are constants of the installation, registered at the KAÜ exactly so; never made from a request */
  redirectUri: string
  postLogoutRedirectUri: string
  /** an issuer without TLS: for the simulator alone */
  allowHttp: boolean
  /** substantial (jelentős) unless set */
  minimumAssurance?: Assurance
  /** how old an identification the KAÜ may answer with, in seconds; 240 minutes unless set */
  maxAgeSeconds?: number
  /** tells the log which check an answer failed; a word, never a value */
  onRefusal?: (failed: string) => void
  healthMilliseconds?: number
  requestMilliseconds?: number
}

/** The KAÜ as it described itself: the whole for the library, the part we rely on checked. */
interface Agent {
  server: oidc.ServerMetadata
  metadata: AgentMetadata
}

const systemName = 'national identity'
/** How long one look at the KAÜ's health serves: its being up, and its being down. */
const upMilliseconds = 10_000
const downMilliseconds = 1000

export function nationalIdentityClient(settings: NationalIdentitySettings): NationalIdentity {
  const { issuer, clientId, minimumAssurance = 'substantial', onRefusal = () => undefined } = settings
  const { maxAgeSeconds = 14_400, healthMilliseconds = 2000, requestMilliseconds = 10_000 } = settings
  const { host, origin, protocol } = new URL(issuer)
  if (protocol !== 'https:' && !settings.allowHttp) throw new Error('the issuer of the national identity must be https')

  const insecure = settings.allowHttp ? [oidc.allowInsecureRequests] : []
  const ticks = () => performance.now()

  let agent: Agent | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let down: { at: number; cause: unknown } | undefined
  let looking: Promise<Agent> | undefined

  /** The KAÜ as it is now. @throws OutsideSystemDown */
  async function healthyAgent(): Promise<Agent> {
    if (down !== undefined && ticks() - down.at < downMilliseconds) throw new OutsideSystemDown(systemName, down.cause)
    if (agent !== undefined && ticks() - lookedAt < upMilliseconds) return agent
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function look(): Promise<Agent> {
    try {
      agent = await readMetadata()
      lookedAt = ticks()
      down = undefined
      return agent
    } catch (cause) {
      down = { at: ticks(), cause }
      lookedAt = Number.NEGATIVE_INFINITY
      throw new OutsideSystemDown(systemName, cause)
    }
  }

  async function readMetadata(): Promise<Agent> {
    const connection = agentConnection(origin, healthMilliseconds)
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, undefined, {
      [oidc.customFetch]: connection.fetch,
      execute: insecure,
    })
    const server = found.serverMetadata()
    const metadata = agentMetadata.parse(server)
    const { code_challenge_methods_supported: methods = ['S256'] } = metadata
    if (metadata.issuer !== issuer) throw new Error('the agent calls itself otherwise than configured')
    if (!methods.includes('S256')) throw new Error('the agent does not offer PKCE with S256')
    const addresses = [
      metadata.authorization_endpoint,
      metadata.token_endpoint,
      metadata.jwks_uri,
      metadata.end_session_endpoint ?? issuer,
      metadata.pushed_authorization_request_endpoint ?? issuer,
    ]
    if (addresses.some((address) => new URL(address).origin !== origin)) {
      throw new Error('the agent names an address outside its own origin')
    }
    return { server, metadata }
  }

  const keyFor = agentKeys(async () => {
    const { jwks_uri } = (agent ?? (await healthyAgent())).metadata
    const connection = agentConnection(origin, requestMilliseconds / 2)
    const response = await connection.fetch(jwks_uri, { headers: { accept: 'application/json' } })
    if (response.status !== 200) throw new Error(`the agent answered ${response.status} when asked for its keys`)
    return response.json()
  }, ticks)

  function configuration({ server }: Agent, connection: AgentConnection): oidc.Configuration {
    const auth = oidc.ClientSecretBasic(settings.clientSecret)
    // the tolerance only keeps the library from judging times by a clock of its own: id-token.ts does that
    const client = { [oidc.clockTolerance]: 10 * 365 * 86_400 }
    const config = new oidc.Configuration(server, clientId, client, auth)
    config[oidc.customFetch] = connection.fetch
    for (const extend of insecure) extend(config)
    return config
  }

  return {
    host,
    origin,

    newRoundTrip() {
      return {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      }
    },

    async authorizationUrl(kind, trip, idTokenHint) {
      const found = await healthyAgent()
      const parameters = await requestParameters(kind, trip, idTokenHint)
      const connection = agentConnection(origin, requestMilliseconds)
      const config = configuration(found, connection)
      if (found.metadata.pushed_authorization_request_endpoint === undefined) {
        return oidc.buildAuthorizationUrl(config, parameters)
      }
      try {
        return await oidc.buildAuthorizationUrlWithPAR(config, parameters)
      } catch (cause) {
        throw new OutsideSystemDown(systemName, connection.failure ?? cause)
      }
    },

    async redeem(query, trip, now) {
      const found = agent ?? (await healthyAgent())
      const { authorization_response_iss_parameter_supported: answersNamed = false } = found.metadata
      const refuse = (because: RefusedBecause, failed: string): ReturnOutcome => {
        onRefusal(failed)
        return { ok: false, because }
      }
      const answeredBy = query.get('iss')
      if (answeredBy === null ? answersNamed : answeredBy !== issuer) {
        return refuse('invalid-answer', 'iss parameter')
      }

      const connection = agentConnection(origin, requestMilliseconds)
      let idToken: string | undefined
      try {
        idToken = await exchange(configuration(found, connection), query, trip)
      } catch (failure) {
        if (connection.failure !== undefined) throw new OutsideSystemDown(systemName, connection.failure)
        const [because, failed] = refusalBy(failure, connection.malformed)
        return refuse(because, failed)
      }
      if (idToken === undefined) return refuse('invalid-answer', 'no token')

      const expected = { issuer, clientId, nonce: trip.nonce, minimumAssurance, now }
      const judgement = await judgeIdToken(idToken, keyFor, expected).catch(keysAway)
      return judgement.ok ? judgement : refuse('invalid-answer', judgement.failed)
    },

    readLogoutToken: (token, now) => judgeLogoutToken(token, keyFor, { issuer, clientId, now }).catch(keysAway),

    async endSessionUrl(idToken, state) {
      let found: Agent
      try {
        found = await healthyAgent()
      } catch (failure) {
        if (failure instanceof OutsideSystemDown) return undefined
        throw failure
      }
      if (found.metadata.end_session_endpoint === undefined) return undefined
      return oidc.buildEndSessionUrl(configuration(found, agentConnection(origin, requestMilliseconds)), {
        id_token_hint: idToken,
        post_logout_redirect_uri: settings.postLogoutRedirectUri,
        state,
      })
    },
  }

  async function requestParameters(
    kind: AttemptKind,
    { state, nonce, codeVerifier }: RoundTrip,
    idTokenHint: string | undefined,
  ): Promise<Record<string, string>> {
    return {
      redirect_uri: settings.redirectUri,
      response_type: 'code',
      response_mode: 'query',
      scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      max_age: String(maxAgeSeconds),
      acr_values: acrValuesFrom(minimumAssurance),
      ...(kind === 'continue'
        ? { prompt: 'none', ...(idTokenHint === undefined ? {} : { id_token_hint: idTokenHint }) }
        : {}),
      ...(kind === 'reidentify' ? { prompt: 'login' } : {}),
    }
  }

  async function exchange(
    config: oidc.Configuration,
    query: URLSearchParams,
    { state, nonce, codeVerifier }: RoundTrip,
  ): Promise<string | undefined> {
    const cameBackTo = new URL(settings.redirectUri)
    cameBackTo.search = query.toString()
    // no maxAge: the age of the identification is for the session to judge, to the second
    const tokens = await oidc.authorizationCodeGrant(config, cameBackTo, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    })
    return tokens.id_token
  }
}

function keysAway(failure: unknown): never {
  throw failure instanceof KeysUnreachable ? new OutsideSystemDown(systemName, failure) : failure
}

/** @returns why, in the words of the contract, and a word for the log */
function refusalBy(failure: unknown, malformed: boolean): [RefusedBecause, string] {
  if (failure instanceof oidc.AuthorizationResponseError) return [refusalOf(failure.error), 'authorization error']
  if (failure instanceof oidc.ResponseBodyError) {
    // a used or unknown code is the answer's fault; any other error is between the agent and us
    return failure.error === 'invalid_grant' ? ['invalid-answer', 'code'] : ['agent-failed', 'token error']
  }
  if (failure instanceof oidc.WWWAuthenticateChallengeError) return ['agent-failed', 'client authentication']
  if (malformed) return ['agent-failed', 'malformed answer']
  return ['invalid-answer', 'library check']
}
