/** Another service that uses the KAÜ, as far as the portal can notice it: somebody signs in there, in the same browser. */
import { createHash } from 'node:crypto'

export const otherService = {
  clientId: 'masik-szolgaltatas',
  start: '/masik-szolgaltatas',
  back: '/masik-szolgaltatas/visszateres',
} as const

/** It always asks who comes, and does nothing with the answer. */
export function otherServiceRequest(issuer: string): string {
  const challenge = createHash('sha256').update('never redeemed').digest('base64url')
  const parameters = new URLSearchParams({
    client_id: otherService.clientId,
    redirect_uri: `${issuer}${otherService.back}`,
    response_type: 'code',
    scope: 'openid',
    prompt: 'login',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  return `/auth?${parameters.toString()}`
}
