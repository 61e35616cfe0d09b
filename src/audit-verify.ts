import { Client } from 'pg'
import { readAuditConfig } from './config.ts'
import { readHeads } from './platform/audit/heads.ts'
import { verifyAuditTrail } from './platform/audit/verifying.ts'

/** The operator's command: recomputes the chains of the audit trail, and names the first row that is not as it was sealed. */
try {
  const { ownerUrl, heads } = readAuditConfig(process.env)
  const signed = heads === undefined ? [] : await readHeads(heads.file, heads.publicKey)
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const verdict = await verifyAuditTrail(client, signed)
    if (!verdict.sound) {
      const { fault, settlementId, position, rowId } = verdict
      throw new Error(
        `the audit trail is not as it was sealed: ${fault}; settlement ${String(settlementId ?? 'unknown')}, position ${String(
          position ?? 'unknown',
        )}, row ${rowId ?? 'unknown'}`,
      )
    }
    const { rows, chains, notSealedYet } = verdict
    process.stdout.write(
      `sound; rows: ${String(rows)}, chains: ${String(chains)}, not sealed yet: ${String(notSealedYet)}, ` +
        `${heads === undefined ? 'without signed heads' : `signed heads: ${String(signed.length)}`}\n`,
    )
  } finally {
    await client.end()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`)
  process.exitCode = 1
}
