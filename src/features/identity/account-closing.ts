import { and, eq, type SQL } from 'drizzle-orm'
import { recordAudit } from '../../platform/audit/index.ts'
import type { Tx } from '../../platform/database.ts'
import { askForIdentification, endSessions } from '../session/index.ts'
import { closeAccountRow, findAccountBy } from './queries.ts'
import { accounts } from './tables.ts'

/** An account as the operator names it: by its own identifier, or as the KAÜ names its person. */
export type NamedAccount = { id: string } | { issuer: string; subject: string }

/** What another room keeps for an account, and ends or forgets with it. */
export type EndsWithAccount = (tx: Tx, accountId: string) => Promise<void>

/**
 * Closes an account for good: its person was erased, or has died. Its sessions end with it, and nobody signs in to it again;
 * what was sent in stays with the offices. An act under way is committed before, or fails.
 *
 * @param tx a transaction of the role that owns the tables
 * @param alsoEnds what other rooms keep for the account
 * @returns how many sessions ended; undefined when there is no such account, or it was closed before
 */
export async function closeAccount(
  tx: Tx,
  named: NamedAccount,
  alsoEnds: readonly EndsWithAccount[] = [],
): Promise<number | undefined> {
  const closed = await closeAccountRow(tx, whichAccount(named))
  if (closed === undefined) return undefined
  await recordAudit(tx, {
    action: 'account.closed',
    actor: { kind: 'system' },
    object: { kind: 'account', id: closed.id },
  })
  for (const end of alsoEnds) await end(tx, closed.id)
  return (await endSessions(tx, { accountId: closed.id }, 'account-closed', 'system')).length
}

/**
 * Ends all sessions of an account; its person can sign in again.
 * @returns how many ended; undefined when there is no such account
 */
export async function signOutAccount(tx: Tx, named: NamedAccount): Promise<number | undefined> {
  const account = await findAccountBy(tx, whichAccount(named))
  if (account === undefined) return undefined
  return (await endSessions(tx, { accountId: account.id }, 'closed-by-operator', 'system')).length
}

/**
 * Asks the person of an account to identify again, in every session; work under way is kept for them.
 * @returns how many sessions wait for it; undefined when there is no such account
 */
export async function identifyAccountAgain(tx: Tx, named: NamedAccount): Promise<number | undefined> {
  const account = await findAccountBy(tx, whichAccount(named))
  return account === undefined ? undefined : askForIdentification(tx, account.id)
}

function whichAccount(named: NamedAccount): SQL | undefined {
  return 'id' in named
    ? eq(accounts.id, named.id)
    : and(eq(accounts.issuer, named.issuer), eq(accounts.subject, named.subject))
}
