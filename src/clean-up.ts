import { type Db, inScope } from './platform/database.ts'

const tables = [
  'sign_in_attempts',
  'session_lineages',
  'ended_kau_sessions',
  'used_logout_tokens',
  'parked_work',
  'drafts',
  'request_counts',
]

/**
 * Deletes what is over: sign-in attempts after an hour, sessions 24 hours after identification, drafts past their day,
 * parked work and what the KAÜ reported after 24 hours, counted requests. The policies of the worker's role let it see nothing else, and a missed run changes no verdict.
 */
export async function cleanUp(db: Db): Promise<void> {
  for (const table of tables) {
    await inScope(db, { role: 'worker' }, (tx) => tx.execute(`delete from ${table}`))
  }
}
