import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { isRoot, reachableByAll } from './postgres-binaries.ts'
import { processAlive, thisProcess } from './processes.ts'

const folderPrefix = 'portal-test-'
const mark = z.object({ pid: z.number(), since: z.string() })

/** A new folder for one run, where a database server can keep its data; those of runs that were killed are removed. */
export function temporaryFolder(): string {
  const base = !isRoot || reachableByAll(tmpdir()) ? tmpdir() : '/var/tmp'
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(folderPrefix))) {
    try {
      const owner = mark.parse(JSON.parse(readFileSync(join(base, name, 'owner.json'), 'utf8')))
      if (!processAlive(owner)) rmSync(join(base, name), { recursive: true, force: true })
    } catch {
      // being made at this moment, or not ours
    }
  }
  const folder = mkdtempSync(join(base, folderPrefix))
  // the database server may run as somebody else
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(thisProcess()))
  return folder
}
