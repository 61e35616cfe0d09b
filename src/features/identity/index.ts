/**
 * Identity (azonosítás, személyes fiók): signing in through the KAÜ, signing out, and the account with its settings.
 *
 * The KAÜ (Központi Azonosítási Ügynök) is the only way in, for citizens and clerks alike; the account keeps the KAÜ's name
 * of the person and the person's own settings, no identity data.
 */

export { type Account, type Accounts, accountService } from './account.ts'
export { closeAccount, identifyAccountAgain, type NamedAccount, signOutAccount } from './account-closing.ts'
export { accountAlongside, accountPages, openAccountOnly } from './account-routes.ts'
export { logoutReportService } from './logout-report.ts'
export { logoutReportPages } from './logout-report-routes.ts'
export { ownSessionsPages } from './own-sessions-routes.ts'
export { findAccount, noticeAddress } from './queries.ts'
export { type SignIn, signInService } from './sign-in.ts'
export { type ResumeWork, rememberForSignIn, signInPages, signInWith } from './sign-in-routes.ts'
export { type SignOut, signOutService } from './sign-out.ts'
export { signOutPages } from './sign-out-routes.ts'
