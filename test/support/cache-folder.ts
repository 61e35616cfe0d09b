/** A folder of our own that outlives the clone: programs unpacked once for each version. */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const ourName = 'onkormanyzati-portal'

/**
 * The folder of a name, made by `make` when it does not exist; a half-made one is never seen.
 *
 * @param make fills the first folder, which becomes the second
 */
export async function cached(
  name: string,
  make: (folder: string, later: string) => void | Promise<void>,
): Promise<string> {
  const wanted = join(cacheFolder(), name)
  if (existsSync(wanted)) return wanted
  const unfinished = `${wanted}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  try {
    await make(unfinished, wanted)
    renameSync(unfinished, wanted)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // another process of ours may have been quicker
    if (!existsSync(wanted)) throw error
  }
  return wanted
}

/** Root's is readable for everybody: the database server does not run as root. */
function cacheFolder(): string {
  const isRoot = process.getuid?.() === 0
  const wanted = isRoot
    ? join(existsSync('/var/cache') ? '/var/cache' : '/var/db', ourName)
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), ourName)
  try {
    mkdirSync(wanted, { recursive: true })
    if (isRoot) chmodSync(wanted, 0o755)
    accessSync(wanted, constants.W_OK)
    return wanted
  } catch {
    const own = join(tmpdir(), `${ourName}-${process.getuid?.() ?? 'user'}`)
    mkdirSync(own, { recursive: true, mode: 0o755 })
    if (process.getuid !== undefined && statSync(own).uid !== process.getuid()) {
      throw new Error(`${own} belongs to somebody else`)
    }
    return own
  }
}
