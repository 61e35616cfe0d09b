import type { NaturalIdentity } from '../../adapters/national-identity/contract.ts'
import type { Scope } from '../../platform/database.ts'
import type { Settlement } from '../settlements/index.ts'

/** Who fills in and sends: a signed-in person, as the session knows them. */
export interface Author {
  accountId: string
  lineageId: string
  name: string
  identity: NaturalIdentity
  contact: { email?: string | undefined; phone?: string | undefined }
}

/** Whose matter it is, who deals with it, and where: the three facts of every address below `/{settlement}/{party}`. */
export interface Matter {
  author: Author
  partyId: string
  settlement: Settlement
}

export function scopeOf({ author, partyId }: Pick<Matter, 'author' | 'partyId'>): Scope {
  return { role: 'citizen', account: author.accountId, parties: [partyId] }
}
