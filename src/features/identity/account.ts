import { type Db, inScope, type Tx } from '../../platform/database.ts'
import {
  acceptTerms,
  addOwnSettlement,
  findAccount,
  readOwnAccount,
  removeOwnSettlements,
  type SettingsRow,
  updateDefaultSettlement,
  updateSettings,
} from './queries.ts'

/** The version of the terms a person accepts; raised when they change. */
export const termsVersion = '2026-11'

export type Settings = SettingsRow

export interface Account extends Settings {
  termsAccepted: boolean
  ownSettlementIds: number[]
}

export type Accounts = ReturnType<typeof accountService>

/** The account whose scope a transaction is in; all is asked for before it waits. */
export async function readAccount(tx: Tx): Promise<Account | undefined> {
  const { account, settlementIds } = await readOwnAccount(tx)
  return (
    account && {
      termsAccepted: account.termsAcceptedAt !== null && account.termsVersion === termsVersion,
      defaultSettlementId: account.defaultSettlementId,
      language: account.language,
      contactEmail: account.contactEmail,
      contactPhone: account.contactPhone,
      noticesByEmail: account.noticesByEmail,
      ownSettlementIds: settlementIds,
    }
  )
}

/** The personal account (személyes fiók): accepting the terms, and the settings of the person. */
export function accountService({ db }: { db: Db }) {
  const own = (accountId: string) => ({ role: 'citizen' as const, account: accountId })
  return {
    async find(accountId: string): Promise<Account> {
      const account = await inScope(db, own(accountId), readAccount)
      if (account === undefined) throw new Error('a session without an account')
      return account
    },

    /** First sign-in: the terms are accepted and the default settlement joins the person's own ones. */
    async open(accountId: string, defaultSettlementId: number): Promise<void> {
      await inScope(db, own(accountId), async (tx) => {
        await acceptTerms(tx, accountId, termsVersion)
        await updateDefaultSettlement(tx, accountId, defaultSettlementId)
        await addOwnSettlement(tx, accountId, defaultSettlementId)
      })
    },

    async change(accountId: string, settings: Settings): Promise<void> {
      await inScope(db, own(accountId), async (tx) => {
        await updateSettings(tx, accountId, settings)
        if (settings.defaultSettlementId !== null) await addOwnSettlement(tx, accountId, settings.defaultSettlementId)
      })
    },

    async addSettlement(accountId: string, settlementId: number): Promise<void> {
      await inScope(db, own(accountId), (tx) => addOwnSettlement(tx, accountId, settlementId))
    },

    /** The default settlement stays among the own ones. */
    async removeSettlement(accountId: string, settlementId: number): Promise<'removed' | 'is-default'> {
      return inScope(db, own(accountId), async (tx) => {
        const account = await findAccount(tx, accountId)
        if (account?.defaultSettlementId === settlementId) return 'is-default'
        await removeOwnSettlements(tx, accountId, [settlementId])
        return 'removed'
      })
    },
  }
}
