import { and, asc, desc, eq, gt, inArray, isNull, ne, notInArray, type SQL, sql } from 'drizzle-orm'
import type { AttemptKind } from '../../adapters/national-identity/contract.ts'
import { prepared, type Tx } from '../../platform/database.ts'
import type { Language } from '../../platform/i18n/language.ts'
import { accountSettlements, accounts, signInAttempts } from './tables.ts'

export type AccountRow = typeof accounts.$inferSelect
export type AttemptRow = typeof signInAttempts.$inferSelect

/** An attempt is good for 600 s. */
const fresh = gt(signInAttempts.startedAt, sql`app_now() - interval '600 seconds'`)
const attemptsPerBrowser = 5
/** A remembered page has no secrets, and a claimed attempt none any more. */
const nothing = Buffer.alloc(0)

export interface NewAttempt {
  stateHash: Buffer
  browserHash: Buffer
  kind: AttemptKind
  secrets: Buffer
  target: string | null
  lineageId: string | null
  retried: boolean
  keptFields?: Buffer
}

/**
 * Keeps an attempt, or a page to go on with, which has no secrets; of more than five of the same kind of a browser the oldest
 * goes, never the one just begun.
 */
export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<void> {
  await tx.insert(signInAttempts).values(attempt)
  const others = and(
    eq(signInAttempts.browserHash, attempt.browserHash),
    ne(signInAttempts.stateHash, attempt.stateHash),
    attempt.secrets.equals(nothing) ? eq(signInAttempts.secrets, nothing) : ne(signInAttempts.secrets, nothing),
  )
  const newest = tx
    .select({ stateHash: signInAttempts.stateHash })
    .from(signInAttempts)
    .where(others)
    .orderBy(desc(signInAttempts.startedAt))
    .limit(attemptsPerBrowser - 1)
  await tx.delete(signInAttempts).where(and(others, notInArray(signInAttempts.stateHash, newest)))
}

/** Takes an attempt to be tried: whoever names it first has it, once. */
export async function claimAttempt(tx: Tx, stateHash: Buffer, browserHash: Buffer): Promise<AttemptRow | undefined> {
  const named = and(eq(signInAttempts.stateHash, stateHash), eq(signInAttempts.browserHash, browserHash))
  const [attempt] = await tx
    .select()
    .from(signInAttempts)
    .where(and(named, fresh, ne(signInAttempts.secrets, nothing)))
    .for('update')
  if (attempt !== undefined) await tx.update(signInAttempts).set({ secrets: nothing }).where(named)
  return attempt
}

/** Takes a claimed attempt out. False: it ended meanwhile, with the lineage or the browser's other attempts. */
export async function consumeAttempt(tx: Tx, { stateHash }: AttemptRow): Promise<boolean> {
  const { rowCount } = await tx.delete(signInAttempts).where(eq(signInAttempts.stateHash, stateHash))
  return rowCount === 1
}

/** The page this browser wanted last as nobody and has not reached; not one of a session that it had. */
export async function takeRememberedTarget(tx: Tx, browserHash: Buffer): Promise<string | undefined> {
  const [latest] = await tx
    .select({ target: signInAttempts.target })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.browserHash, browserHash), isNull(signInAttempts.lineageId), fresh))
    .orderBy(desc(signInAttempts.startedAt))
    .limit(1)
  return latest?.target ?? undefined
}

export async function deleteAttemptsOf(tx: Tx, browserHash: Buffer): Promise<void> {
  await tx.delete(signInAttempts).where(eq(signInAttempts.browserHash, browserHash))
}

export async function findAccountOf(tx: Tx, issuer: string, subject: string): Promise<AccountRow | undefined> {
  const [account] = await tx
    .select()
    .from(accounts)
    .where(and(eq(accounts.issuer, issuer), eq(accounts.subject, subject)))
  return account
}

/** The same, held: sign-ins of one person come one after the other, and the account is not closed meanwhile. */
export async function holdAccountOf(tx: Tx, issuer: string, subject: string): Promise<AccountRow | undefined> {
  const [account] = await tx
    .select()
    .from(accounts)
    .where(and(eq(accounts.issuer, issuer), eq(accounts.subject, subject)))
    .for('no key update')
  return account
}

/** Nothing is done for a closed account any more. @returns the account; undefined when there is none, or it was closed before */
export async function closeAccountRow(tx: Tx, which: SQL | undefined): Promise<{ id: string } | undefined> {
  const [account] = await tx
    .update(accounts)
    .set({ closedAt: sql`app_now()`, contactEmail: null, contactPhone: null })
    .where(and(which, isNull(accounts.closedAt)))
    .returning({ id: accounts.id })
  return account
}

/** The account of a person, made at the first sign-in; two first sign-ins at once make one. */
export async function accountOf(tx: Tx, issuer: string, subject: string): Promise<AccountRow> {
  await tx.insert(accounts).values({ issuer, subject }).onConflictDoNothing()
  const account = await findAccountOf(tx, issuer, subject)
  if (account === undefined) throw new Error('an account vanished while signing in')
  return account
}

export async function findAccountBy(tx: Tx, which: SQL | undefined): Promise<AccountRow | undefined> {
  const [account] = await tx.select().from(accounts).where(which)
  return account
}

export async function findAccount(tx: Tx, id: string): Promise<AccountRow | undefined> {
  const [account] = await tx.select().from(accounts).where(eq(accounts.id, id))
  return account
}

/** Where to write to a person, if anywhere: undefined without a contact e-mail or when notices are off. */
export async function noticeAddress(tx: Tx, id: string): Promise<{ email: string; language: Language } | undefined> {
  const account = await findAccount(tx, id)
  if (!account?.noticesByEmail || account.contactEmail === null) return undefined
  return { email: account.contactEmail, language: account.language }
}

export type SettingsRow = Pick<
  AccountRow,
  'defaultSettlementId' | 'language' | 'contactEmail' | 'contactPhone' | 'noticesByEmail'
>

export async function updateSettings(tx: Tx, id: string, settings: SettingsRow): Promise<void> {
  await tx.update(accounts).set(settings).where(eq(accounts.id, id))
}

export async function updateDefaultSettlement(tx: Tx, id: string, settlementId: number): Promise<void> {
  await tx.update(accounts).set({ defaultSettlementId: settlementId }).where(eq(accounts.id, id))
}

export async function acceptTerms(tx: Tx, id: string, version: string): Promise<void> {
  await tx.update(accounts).set({ termsAcceptedAt: sql`app_now()`, termsVersion: version }).where(eq(accounts.id, id))
}

const ownAccount = prepared((tx) =>
  tx.select().from(accounts).where(eq(accounts.id, sql`app_account()`)).prepare('own-account'),
)
const ownSettlements = prepared((tx) =>
  tx
    .select({ id: accountSettlements.settlementId })
    .from(accountSettlements)
    .where(eq(accountSettlements.accountId, sql`app_account()`))
    .orderBy(asc(accountSettlements.addedAt))
    .prepare('own-settlements'),
)

/** The account of the scope with its own settlements, in the order they were added; all is sent before it returns. */
export async function readOwnAccount(tx: Tx): Promise<{ account: AccountRow | undefined; settlementIds: number[] }> {
  const [[account], rows] = await Promise.all([ownAccount(tx).execute(), ownSettlements(tx).execute()])
  return { account, settlementIds: rows.map(({ id }) => id) }
}

export async function addOwnSettlement(tx: Tx, accountId: string, settlementId: number): Promise<void> {
  await tx.insert(accountSettlements).values({ accountId, settlementId }).onConflictDoNothing()
}

export async function removeOwnSettlements(tx: Tx, accountId: string, settlementIds: number[]): Promise<void> {
  await tx
    .delete(accountSettlements)
    .where(and(eq(accountSettlements.accountId, accountId), inArray(accountSettlements.settlementId, settlementIds)))
}
