import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'

/**
 * The environment as the processes understand it; read once, by web, worker and migrate. Secrets have no default, and
 * production refuses what only a demonstration may do (security requirement 82): the message names the variable, never its value.
 */

const mode = z.enum(['production', 'demo', 'test']).default('production')
const port = z.coerce.number().int().min(0).max(65_535)
const secret = z.string().refine((value) => Buffer.from(value, 'base64').length >= 32, {
  message: 'must be at least 32 random bytes in base64',
})

const addresses = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== ''),
  )
  .refine((list) => list.every(isAddress), { message: 'must be addresses or networks, separated by commas' })

/** An Ed25519 key in DER, written in base64. */
function ed25519Key(read: (der: Buffer) => KeyObject) {
  return z.string().transform((written, context) => {
    try {
      const key = read(Buffer.from(written, 'base64'))
      if (key.asymmetricKeyType === 'ed25519') return key
    } catch {
      // said below, without a word of what was written
    }
    context.addIssue('must be an Ed25519 key (DER in base64)')
    return z.NEVER
  })
}

/** Where attachments lie when not in the database: all of it, or nothing. */
const objectStoreVariables = {
  /** address of an S3-compatible store, without the bucket */
  OBJECT_STORE_URL: z.url({ protocol: /^https?$/ }).optional(),
  OBJECT_STORE_REGION: z.string().min(1).default('us-east-1'),
  OBJECT_STORE_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .optional(),
  OBJECT_STORE_ACCESS_KEY: z.string().min(1).optional(),
  OBJECT_STORE_SECRET_KEY: z.string().min(1).optional(),
  /** an address without TLS, inside a network that nobody else is in */
  OBJECT_STORE_PLAIN_HTTP: z.enum(['no', 'yes']).default('no'),
}

const webSchema = z.object({
  PORTAL_MODE: mode,
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  /** liveness and readiness for whoever watches the process; none unless set */
  HEALTH_PORT: port.optional(),
  /** the address people see, without a path */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  /** addresses of proxies whose X-Forwarded-* lines are believed, comma-separated */
  TRUSTED_PROXIES: addresses.default([]),
  /** connections of one client at a time */
  CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(10_000).default(64),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  DATABASE_URL: z.url(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(1).max(200).default(10),
  /** how long a request waits for a free connection before it is told to come again */
  DATABASE_WAIT_MILLISECONDS: z.coerce.number().int().min(100).max(60_000).default(2_000),
  /** who runs the portal and answers for it, named in the notices */
  OPERATOR_NAME: z.string().min(1),
  OPERATOR_EMAIL: z.email(),
  KAU_ISSUER: z.url({ protocol: /^https?$/ }),
  KAU_CLIENT_ID: z.string().min(1),
  KAU_CLIENT_SECRET: z.string().min(1),
  /** signs the session cookie */
  SESSION_SECRET: secret,
  /** encrypts what a session keeps; the first key encrypts, the others still decrypt */
  DATA_KEYS: z.string().min(1),
  /** mark the people of mandates; the first marks, every one recognises */
  PERSON_KEYS: z.string().min(1),
  /** the municipalities' tax specialist system, for settlements that deliver no files; both or none */
  TAX_SYSTEM_URL: z.url({ protocol: /^https?$/ }).optional(),
  TAX_SYSTEM_TOKEN: z.string().min(1).optional(),
  SESSION_IDLE_MINUTES: z.coerce.number().int().min(1).max(30).default(30),
  /** multiplies the limits on requests; tests raise it */
  REQUEST_LIMIT_FACTOR: z.coerce.number().min(0.1).max(100_000).default(1),
  ...objectStoreVariables,
})

const workerSchema = z.object({
  PORTAL_MODE: mode,
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  DATABASE_URL: z.url(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(1).max(200).default(6),
  /** connection of portal_jobs, which owns the job queue and nothing else */
  JOBS_DATABASE_URL: z.url(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3),
  VIRUS_SCANNER_HOST: z.string().min(1),
  VIRUS_SCANNER_PORT: port.default(3310),
  SPECIALIST_SYSTEM_URL: z.url({ protocol: /^https?$/ }),
  SPECIALIST_SYSTEM_TOKEN: z.string().min(1),
  /** where the signed heads of the audit trail's chains are written down, outside the database; a file of this process alone */
  AUDIT_HEADS_FILE: z.string().min(1).optional(),
  /** signs them */
  AUDIT_KEY: ed25519Key((der) => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).optional(),
  ...objectStoreVariables,
})

const migrationSchema = z.object({
  PORTAL_MODE: mode,
  DATABASE_OWNER_URL: z.url(),
  DATABASE_APP_PASSWORD: z.string().min(1),
})

const officeImportSchema = migrationSchema.pick({ DATABASE_OWNER_URL: true }).extend({
  KAU_ISSUER: webSchema.shape.KAU_ISSUER,
  PERSON_KEYS: webSchema.shape.PERSON_KEYS,
})

const taxImportSchema = officeImportSchema.pick({ DATABASE_OWNER_URL: true, PERSON_KEYS: true })

const auditSchema = migrationSchema.pick({ DATABASE_OWNER_URL: true }).extend({
  AUDIT_HEADS_FILE: workerSchema.shape.AUDIT_HEADS_FILE,
  /** proves the signatures of the file */
  AUDIT_PUBLIC_KEY: ed25519Key((der) => createPublicKey({ key: der, format: 'der', type: 'spki' })).optional(),
})

const accountSchema = officeImportSchema.pick({ DATABASE_OWNER_URL: true, KAU_ISSUER: true })

export type Environment = Record<string, string | undefined>
export type WebConfig = ReturnType<typeof readWebConfig>
export type WorkerConfig = ReturnType<typeof readWorkerConfig>

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readWebConfig(environment: Environment) {
  const read = parse(webSchema, environment)
  const wrong = notForAnObjectStore(read)
  const dataKeys = keysOf(read.DATA_KEYS)
  const personKeys = keysOf(read.PERSON_KEYS)
  if (dataKeys.some((key) => key.length !== 32)) wrong.push('DATA_KEYS: each key must be 32 random bytes in base64')
  if (personKeys.some((key) => key.length !== 32)) wrong.push('PERSON_KEYS: each key must be 32 random bytes in base64')
  if ((read.TAX_SYSTEM_URL === undefined) !== (read.TAX_SYSTEM_TOKEN === undefined)) {
    wrong.push('TAX_SYSTEM_URL, TAX_SYSTEM_TOKEN: both or none')
  }
  const { pathname, search, hash } = new URL(read.PUBLIC_URL)
  if (`${pathname}${search}${hash}` !== '/') wrong.push('PUBLIC_URL: must be an address without a path')
  if (read.PORTAL_MODE === 'production') {
    wrong.push(...notForProduction(read))
    if (!read.KAU_ISSUER.startsWith('https://')) wrong.push('KAU_ISSUER: must be https in production')
    if (isTestAddress(read.KAU_ISSUER)) wrong.push('KAU_ISSUER: must not be a test issuer in production')
    if (read.KAU_CLIENT_SECRET.length < leastSecret) wrong.push(`KAU_CLIENT_SECRET: at least ${leastSecret} signs`)
    if (dataKeys.some((key) => key.equals(Buffer.from(read.SESSION_SECRET, 'base64')))) {
      wrong.push('DATA_KEYS: must be other keys than SESSION_SECRET')
    }
    if (read.TAX_SYSTEM_URL?.startsWith('http:')) wrong.push('TAX_SYSTEM_URL: must be https in production')
    if ((read.TAX_SYSTEM_TOKEN?.length ?? leastSecret) < leastSecret) {
      wrong.push(`TAX_SYSTEM_TOKEN: at least ${leastSecret} signs`)
    }
    if (read.REQUEST_LIMIT_FACTOR > 10) wrong.push('REQUEST_LIMIT_FACTOR: at most 10 in production')
    if (fewDifferentBytes(Buffer.from(read.SESSION_SECRET, 'base64'))) wrong.push('SESSION_SECRET: is not random')
    if (dataKeys.some(fewDifferentBytes)) wrong.push('DATA_KEYS: is not random')
    if (personKeys.some(fewDifferentBytes)) wrong.push('PERSON_KEYS: is not random')
  }
  if (wrong.length > 0) throw new ConfigurationError(wrong)
  return {
    mode: read.PORTAL_MODE,
    server: {
      host: read.HOST,
      port: read.PORT,
      publicUrl: new URL(read.PUBLIC_URL),
      healthPort: read.HEALTH_PORT,
      trustedProxies: read.TRUSTED_PROXIES,
      connectionsPerAddress: read.CONNECTIONS_PER_ADDRESS,
    },
    logLevel: read.LOG_LEVEL,
    database: {
      url: read.DATABASE_URL,
      connections: read.DATABASE_CONNECTIONS,
      waitMilliseconds: read.DATABASE_WAIT_MILLISECONDS,
    },
    operator: { name: read.OPERATOR_NAME, email: read.OPERATOR_EMAIL },
    kau: { issuer: read.KAU_ISSUER, clientId: read.KAU_CLIENT_ID, clientSecret: read.KAU_CLIENT_SECRET },
    personKeys,
    taxSystem: taxSystemOf(read),
    session: { secret: read.SESSION_SECRET, dataKeys, idleMinutes: read.SESSION_IDLE_MINUTES },
    requestLimitFactor: read.REQUEST_LIMIT_FACTOR,
    objectStore: objectStoreOf(read),
  }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readWorkerConfig(environment: Environment) {
  const read = parse(workerSchema, environment)
  const wrong = notForAnObjectStore(read)
  if (read.PORTAL_MODE === 'production') {
    wrong.push(...notForProduction(read))
    if (!read.SPECIALIST_SYSTEM_URL.startsWith('https://')) {
      wrong.push('SPECIALIST_SYSTEM_URL: must be https in production')
    }
    if (read.SPECIALIST_SYSTEM_TOKEN.length < leastSecret) {
      wrong.push(`SPECIALIST_SYSTEM_TOKEN: at least ${leastSecret} signs`)
    }
    if (read.AUDIT_HEADS_FILE === undefined) wrong.push('AUDIT_HEADS_FILE: must be set in production')
    if (read.AUDIT_KEY === undefined) wrong.push('AUDIT_KEY: must be set in production')
  }
  const { AUDIT_HEADS_FILE: headsFile, AUDIT_KEY: auditKey } = read
  if ((headsFile === undefined) !== (auditKey === undefined)) {
    wrong.push('AUDIT_HEADS_FILE, AUDIT_KEY: both or none')
  }
  if (wrong.length > 0) throw new ConfigurationError(wrong)
  return {
    mode: read.PORTAL_MODE,
    logLevel: read.LOG_LEVEL,
    publicUrl: new URL(read.PUBLIC_URL),
    database: { url: read.DATABASE_URL, connections: read.DATABASE_CONNECTIONS },
    jobsUrl: read.JOBS_DATABASE_URL,
    mail: { smtpUrl: read.SMTP_URL, from: read.MAIL_FROM },
    virusScanner: { host: read.VIRUS_SCANNER_HOST, port: read.VIRUS_SCANNER_PORT },
    specialistSystems: { url: read.SPECIALIST_SYSTEM_URL, token: read.SPECIALIST_SYSTEM_TOKEN },
    auditHeads:
      headsFile === undefined || auditKey === undefined ? undefined : { file: headsFile, privateKey: auditKey },
    objectStore: objectStoreOf(read),
  }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readMigrationConfig(environment: Environment) {
  const read = parse(migrationSchema, environment)
  return { mode: read.PORTAL_MODE, ownerUrl: read.DATABASE_OWNER_URL, appPassword: read.DATABASE_APP_PASSWORD }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readOfficeImportConfig(environment: Environment) {
  const read = parse(officeImportSchema, environment)
  return { ownerUrl: read.DATABASE_OWNER_URL, kauIssuer: read.KAU_ISSUER, personKeys: personKeysOf(read) }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readTaxImportConfig(environment: Environment) {
  const read = parse(taxImportSchema, environment)
  return { ownerUrl: read.DATABASE_OWNER_URL, personKeys: personKeysOf(read) }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readAccountConfig(environment: Environment) {
  const read = parse(accountSchema, environment)
  return { ownerUrl: read.DATABASE_OWNER_URL, kauIssuer: read.KAU_ISSUER }
}

/** @throws ConfigurationError naming every variable that is missing or wrong */
export function readAuditConfig(environment: Environment) {
  const read = parse(auditSchema, environment)
  const { DATABASE_OWNER_URL: ownerUrl, AUDIT_HEADS_FILE: file, AUDIT_PUBLIC_KEY: publicKey } = read
  if ((file === undefined) !== (publicKey === undefined)) {
    throw new ConfigurationError(['AUDIT_HEADS_FILE, AUDIT_PUBLIC_KEY: both or none'])
  }
  return { ownerUrl, heads: file === undefined || publicKey === undefined ? undefined : { file, publicKey } }
}

export class ConfigurationError extends Error {
  constructor(wrong: readonly string[]) {
    super(`cannot start; please mend the environment:\n  ${wrong.join('\n  ')}`)
    this.name = 'ConfigurationError'
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.infer<Schema> {
  const read = schema.safeParse(environment)
  if (read.success) return read.data
  throw new ConfigurationError(read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
}

function personKeysOf({ PERSON_KEYS }: { PERSON_KEYS: string }): Buffer[] {
  const keys = keysOf(PERSON_KEYS)
  if (keys.every((key) => key.length === 32)) return keys
  throw new ConfigurationError(['PERSON_KEYS: each key must be 32 random bytes in base64'])
}

function keysOf(list: string): Buffer[] {
  return list.split(',').map((key) => Buffer.from(key, 'base64'))
}

/** One address, or a network as `10.0.0.0/8`; whoever writes `0.0.0.0/0` believes everybody. */
function isAddress(written: string): boolean {
  const [address = '', bits, ...more] = written.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 8 && Number(bits) <= (version === 4 ? 32 : 128))
  )
}

/** A secret somebody else gives us: as long as 32 random bytes are at least, however they are written. */
const leastSecret = 32

type ObjectStoreVariables = z.infer<z.ZodObject<typeof objectStoreVariables>>

/** Said once for web and worker, which must mean the same store. */
function notForAnObjectStore(read: ObjectStoreVariables & { PORTAL_MODE: z.infer<typeof mode> }): string[] {
  const names = [
    'OBJECT_STORE_URL',
    'OBJECT_STORE_BUCKET',
    'OBJECT_STORE_ACCESS_KEY',
    'OBJECT_STORE_SECRET_KEY',
  ] as const
  const missing = names.filter((name) => read[name] === undefined)
  if (missing.length === names.length) return []
  const wrong = missing.map((name) => `${name}: is missing, while other OBJECT_STORE variables are set`)
  if (read.PORTAL_MODE !== 'production') return wrong
  if (read.OBJECT_STORE_URL?.startsWith('http:') && read.OBJECT_STORE_PLAIN_HTTP !== 'yes') {
    wrong.push('OBJECT_STORE_URL: must be https in production, unless OBJECT_STORE_PLAIN_HTTP is yes')
  }
  if ((read.OBJECT_STORE_SECRET_KEY?.length ?? leastSecret) < leastSecret) {
    wrong.push(`OBJECT_STORE_SECRET_KEY: at least ${leastSecret} signs`)
  }
  return wrong
}

/** Undefined: attachments lie in the database. */
function objectStoreOf(read: ObjectStoreVariables) {
  const { OBJECT_STORE_URL: url, OBJECT_STORE_BUCKET: bucket, OBJECT_STORE_REGION: region } = read
  const { OBJECT_STORE_ACCESS_KEY: accessKey, OBJECT_STORE_SECRET_KEY: secretKey } = read
  if (url === undefined || bucket === undefined || accessKey === undefined || secretKey === undefined) return undefined
  return { url, region, bucket, accessKey, secretKey, allowHttp: url.startsWith('http:') }
}

/** Undefined: no settlement is asked. */
function taxSystemOf({ TAX_SYSTEM_URL: url, TAX_SYSTEM_TOKEN: token }: z.infer<typeof webSchema>) {
  return url === undefined || token === undefined ? undefined : { url, token }
}

function notForProduction(read: { NODE_ENV?: string | undefined; PUBLIC_URL: string }): string[] {
  const wrong: string[] = []
  if (read.NODE_ENV !== 'production') wrong.push('NODE_ENV: must be production')
  if (!read.PUBLIC_URL.startsWith('https://')) wrong.push('PUBLIC_URL: must be https in production')
  return wrong
}

/** This machine, and names that exist for trying things out only (RFC 6761). */
function isTestAddress(url: string): boolean {
  const { hostname } = new URL(url)
  return /^(?:127\.|0\.0\.0\.0$|\[::1\]$)|(?:^|\.)(?:localhost|test|example|invalid)$/.test(hostname)
}

/** Catches keys like „AAAA…” or a repeated word; 32 random bytes have about 30 different values. */
function fewDifferentBytes(key: Buffer): boolean {
  return new Set(key).size < 20
}
