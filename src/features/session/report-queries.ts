import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/database.ts'
import { fingerprint } from '../../platform/seal.ts'
import { holdKauSessions } from './queries.ts'
import { sessionLineages, usedLogoutTokens } from './tables.ts'

/** Notes that a logout token came. `same`: it came before; `other`: another one came under its name. */
export async function useLogoutToken(tx: Tx, jti: string, token: string): Promise<'first' | 'same' | 'other'> {
  const jtiHash = fingerprint(jti)
  const tokenHash = fingerprint(token)
  const { rowCount } = await tx.insert(usedLogoutTokens).values({ jtiHash, tokenHash }).onConflictDoNothing()
  if (rowCount === 1) return 'first'
  const [before] = await tx
    .select({ tokenHash: usedLogoutTokens.tokenHash })
    .from(usedLogoutTokens)
    .where(eq(usedLogoutTokens.jtiHash, jtiHash))
  return before?.tokenHash.equals(tokenHash) === true ? 'same' : 'other'
}

/** The accounts whose lineages came of this session of the KAÜ; until the transaction is over no other comes of it. */
export async function ownersOfKauSession(tx: Tx, kauSession: string): Promise<string[]> {
  await holdKauSessions(tx, [kauSession])
  const rows = await tx
    .selectDistinct({ accountId: sessionLineages.accountId })
    .from(sessionLineages)
    .where(eq(sessionLineages.kauSession, kauSession))
  return rows.map(({ accountId }) => accountId)
}
