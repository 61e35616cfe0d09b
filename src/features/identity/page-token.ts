import type { FastifyRequest } from 'fastify'
import { postedFields } from '../../platform/http/posted-form.ts'
import type { Seal } from '../../platform/seal.ts'
import { csrfField } from '../session/index.ts'

const purpose = 'sign-out'

/**
 * A form token for pages that stand outside the active scope: continuing, identifying again, signing out. It belongs to
 * the session of the browser that the page was made for; empty when there is none.
 */
export function pageToken(seal: Seal, { presence }: FastifyRequest): string {
  const lineage = presence?.lineage
  return lineage === undefined ? '' : seal.close(lineage.id, purpose).toString('base64url')
}

/** Whether a posted form carries this token, or the one of the pages of an active session. */
export function fromOwnPage(seal: Seal, request: FastifyRequest): boolean {
  const posted = postedFields(request.body)
  try {
    if (typeof posted['token'] === 'string') {
      return seal.open(Buffer.from(posted['token'], 'base64url'), purpose) === request.presence?.lineage?.id
    }
    request.checkCsrf(posted[csrfField])
    return true
  } catch {
    return false
  }
}
