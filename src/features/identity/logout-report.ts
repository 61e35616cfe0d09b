import type { NationalIdentity } from '../../adapters/national-identity/contract.ts'
import { databaseNow } from '../../platform/clock.ts'
import { type Db, inScope } from '../../platform/database.ts'
import { ownersOfKauSession, type Sessions, useLogoutToken } from '../session/index.ts'
import { findAccountOf } from './queries.ts'

export type LogoutReports = ReturnType<typeof logoutReportService>

/** What the KAÜ reports of sessions of its own that ended elsewhere (back-channel logout). */
export function logoutReportService({ db, kau, sessions }: { db: Db; kau: NationalIdentity; sessions: Sessions }) {
  return {
    /**
     * Takes a report: whom it names must identify again before going on, and the KAÜ's session it names opens nothing any
     * more. The same report may come twice and counts once.
     *
     * @returns false when it proves nothing: forged, stale, another one under a used name, or about somebody else's session
     * @throws OutsideSystemDown when the KAÜ's keys or the database are away, so that nobody can say
     */
    async take(token: string): Promise<boolean> {
      const now = await inScope(db, { role: 'door' }, databaseNow)
      const report = await kau.readLogoutToken(token, now)
      if (!report.ok) return false
      const { issuer, subject, kauSession, jti } = report
      return inScope(db, { role: 'door' }, async (tx) => {
        const account = subject === undefined ? undefined : await findAccountOf(tx, issuer, subject)
        if (kauSession !== undefined && subject !== undefined) {
          const owners = await ownersOfKauSession(tx, kauSession)
          if (owners.some((owner) => owner !== account?.id)) return false
        }
        const use = await useLogoutToken(tx, jti, token)
        if (use !== 'first') return use === 'same'
        if (kauSession !== undefined) await sessions.endAtKau(tx, { kauSession })
        else if (subject !== undefined) await sessions.endAtKau(tx, { issuer, subject, accountId: account?.id })
        return true
      })
    },
  }
}
