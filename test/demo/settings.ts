import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const settingsFile = z.object({
  /** the KAÜ's address is half of each person's identity: with another port everybody would be a stranger */
  kauPort: z.number().optional(),
  secrets: z.object({
    appPassword: z.string(),
    session: z.string(),
    dataKey: z.string(),
    /** absent in what older demos kept */
    personKey: z.string().optional(),
    kauClient: z.string(),
    kauKeySeed: z.string(),
    specialistToken: z.string(),
    /** absent in what older demos kept */
    taxToken: z.string().optional(),
  }),
})

type Kept = z.infer<typeof settingsFile>
export type DemoSettings = Omit<Kept, 'secrets'> & {
  secrets: Kept['secrets'] & { personKey: string; taxToken: string }
  keepKauPort(port: number): void
}

/** What a demo keeps besides the database, so that sessions and people survive a restart; made at the first start. */
export function demoSettings(dataDir: string): DemoSettings {
  const file = join(dataDir, 'settings.json')
  const keep = (settings: Kept): void => writeFileSync(file, JSON.stringify(settings, undefined, 2), { mode: 0o600 })
  const secret = () => randomBytes(32).toString('base64')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true })
    const secrets = {
      appPassword: randomBytes(24).toString('base64url'),
      session: secret(),
      dataKey: secret(),
      personKey: secret(),
      kauClient: secret(),
      kauKeySeed: secret(),
      specialistToken: secret(),
      taxToken: secret(),
    }
    keep({ secrets })
  }
  const before = settingsFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  const { personKey = secret(), taxToken = secret() } = before.secrets
  const settings = { ...before, secrets: { ...before.secrets, personKey, taxToken } }
  if (before.secrets.personKey === undefined || before.secrets.taxToken === undefined) keep(settings)
  return { ...settings, keepKauPort: (kauPort) => keep({ ...settings, kauPort }) }
}
