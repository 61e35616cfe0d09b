/**
 * What the KAÜ sends, in its spelling. Its real interface description names the attributes of the natural identity
 * data otherwise, perhaps: `claimOf` and `assuranceOf` are then the two places to change.
 */
import { z } from 'zod'
import type { Identification, NaturalIdentity, RefusedBecause } from './contract.ts'

/** `openid` for who, `natural_identity` for the natural identity data; nothing more is asked for. */
export const scope = 'openid natural_identity'

/** Where each of the natural identity data stands in the ID token. */
const claimOf = {
  familyName: 'family_name',
  givenName: 'given_name',
  birthFamilyName: 'birth_family_name',
  birthGivenName: 'birth_given_name',
  motherFamilyName: 'mother_family_name',
  motherGivenName: 'mother_given_name',
  birthPlace: 'birth_place',
  birthDate: 'birthdate',
} as const satisfies Record<keyof NaturalIdentity, string>

/** The levels of assurance as `acr` spells them, the lowest first. */
const assuranceOf = { alacsony: 'low', jelentos: 'substantial', magas: 'high' } as const
export type Assurance = Identification['assurance']

/** What the portal accepts, as `acr_values`. */
export function acrValuesFrom(minimum: Assurance): string {
  const levels = Object.entries(assuranceOf)
  const first = levels.findIndex(([, assurance]) => assurance === minimum)
  return levels
    .map(([acr]) => acr)
    .slice(first)
    .join(' ')
}

export function atLeast(minimum: Assurance, assurance: Assurance): boolean {
  const order = Object.values(assuranceOf)
  return order.indexOf(assurance) >= order.indexOf(minimum)
}

const name = z
  .string()
  .max(200)
  .transform((text) => text.normalize('NFC').trim())
  .pipe(z.string().min(1))

/** The natural identity data. The check of the names is that they are there and of human length. */
export const naturalIdentity = z
  .object({
    [claimOf.familyName]: name,
    [claimOf.givenName]: name,
    [claimOf.birthFamilyName]: name,
    [claimOf.birthGivenName]: name,
    [claimOf.motherFamilyName]: name,
    [claimOf.motherGivenName]: name,
    [claimOf.birthPlace]: name,
    [claimOf.birthDate]: z.iso.date(),
  })
  .transform(
    (claims): NaturalIdentity => ({
      familyName: claims[claimOf.familyName],
      givenName: claims[claimOf.givenName],
      birthFamilyName: claims[claimOf.birthFamilyName],
      birthGivenName: claims[claimOf.birthGivenName],
      motherFamilyName: claims[claimOf.motherFamilyName],
      motherGivenName: claims[claimOf.motherGivenName],
      birthPlace: claims[claimOf.birthPlace],
      birthDate: claims[claimOf.birthDate],
    }),
  )

/** Seconds since 1970 that a date can hold. */
const seconds = z.number().int().positive().max(8_640_000_000_000)

/** The claims that tell who came back and since when; the library has looked at those about the token itself. */
export const idTokenClaims = z.object({
  sub: z.string().min(1).max(255),
  nonce: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  iat: seconds,
  exp: seconds,
  auth_time: seconds,
  acr: z.enum(['alacsony', 'jelentos', 'magas']).transform((acr) => assuranceOf[acr]),
  sid: z.string().min(1).max(255).optional(),
})

/**
 * The claims that tell which session ended (OpenID Connect Back-Channel Logout 1.0, 2.4). The event's own value says
 * nothing more, but it must be an object.
 */
export const logoutTokenClaims = z.object({
  events: z.looseObject({ 'http://schemas.openid.net/event/backchannel-logout': z.looseObject({}) }),
  jti: z.string().min(1).max(255),
  exp: seconds,
  sid: z.string().min(1).max(255).optional(),
  sub: z.string().min(1).max(255).optional(),
})

const address = z.url({ protocol: /^https?$/ })

/** The agent's metadata (OpenID Connect Discovery 1.0), as far as we use it. */
export const agentMetadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  end_session_endpoint: address.optional(),
  pushed_authorization_request_endpoint: address.optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})
export type AgentMetadata = z.infer<typeof agentMetadata>

/** The error of an authorization response (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6) in our words. */
export function refusalOf(error: string): RefusedBecause {
  switch (error) {
    case 'login_required':
    case 'interaction_required':
    case 'account_selection_required':
    case 'consent_required':
      return 'no-valid-identification'
    case 'access_denied':
      return 'turned-back'
    case 'server_error':
    case 'temporarily_unavailable':
      return 'agent-failed'
    default:
      return 'invalid-answer'
  }
}
