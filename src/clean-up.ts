import { type Db, inScope } from './platform/database.ts'

/**
 * Deletes what is over: sign-in attempts after an hour, sessions 24 hours after identification, drafts past their day,
 * counted requests. The policies of the worker's role let it see nothing else, and a missed run changes no verdict.
 */
export async function cleanUp(db: Db): Promise<void> {
  for (const table of ['sign_in_attempts', 'session_lineages', 'drafts', 'request_counts']) {
    await inScope(db, { role: 'worker' }, (tx) => tx.execute(`delete from ${table}`))
  }
}
