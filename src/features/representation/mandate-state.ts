/** What of a mandate decides whether it holds. Days are calendar days in Budapest, YYYY-MM-DD. */
export interface MandateTerm {
  validFrom: string
  /** the last day on which it holds; null: until it is revoked */
  validUntil: string | null
  revokedAt: Date | null
}

export type MandateState = 'upcoming' | 'living' | 'expired' | 'revoked'

/**
 * Whether a mandate holds on a day. A revocation is final, and stronger than any term: what was revoked is not upcoming and did not
 * expire.
 *
 * @param today calendar day in Budapest by the database's clock
 * Source: Ptk. (2013. évi V. törvény) 6:15–6:16. §
 */
export function mandateState({ validFrom, validUntil, revokedAt }: MandateTerm, today: string): MandateState {
  if (revokedAt !== null) return 'revoked'
  if (validUntil !== null && validUntil < today) return 'expired'
  return validFrom <= today ? 'living' : 'upcoming'
}
