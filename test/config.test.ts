import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  ConfigurationError,
  type Environment,
  readAuditConfig,
  readMigrationConfig,
  readOfficeImportConfig,
  readWebConfig,
  readWorkerConfig,
} from '../src/config.ts'
import { projectRoot } from '../src/platform/project-root.ts'

const key = () => randomBytes(32).toString('base64')

const auditKeys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  publicKeyEncoding: { format: 'der', type: 'spki' },
})

const web: Environment = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://portal.hu',
  DATABASE_URL: 'postgres://portal_app:titok-jelszo@db.portal.hu/portal',
  OPERATOR_NAME: 'Üzemeltető',
  OPERATOR_EMAIL: 'uzemelteto@portal.hu',
  KAU_ISSUER: 'https://kau.portal.hu',
  KAU_CLIENT_ID: 'portal',
  KAU_CLIENT_SECRET: key(),
  SESSION_SECRET: key(),
  DATA_KEYS: `${key()},${key()}`,
  PERSON_KEYS: `${key()},${key()}`,
}
const worker: Environment = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://portal.hu',
  DATABASE_URL: web['DATABASE_URL'],
  JOBS_DATABASE_URL: 'postgres://portal_jobs:titok-jelszo@db.portal.hu/portal',
  SMTP_URL: 'smtps://level:titok-jelszo@level.portal.hu',
  MAIL_FROM: 'Portál <portal@portal.hu>',
  VIRUS_SCANNER_HOST: 'clamd.portal.hu',
  SPECIALIST_SYSTEM_URL: 'https://szak.portal.hu',
  SPECIALIST_SYSTEM_TOKEN: key(),
  AUDIT_HEADS_FILE: '/var/lib/portal/audit-heads.jsonl',
  AUDIT_KEY: auditKeys.privateKey.toString('base64'),
}

/** What is said when the environment is refused; nothing when it is taken. */
function refusal(read: (environment: Environment) => unknown, environment: Environment): string {
  try {
    read(environment)
    return ''
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
}

test('production starts with what it needs and nothing else', () => {
  expect(readWebConfig(web)).toMatchObject({ mode: 'production', requestLimitFactor: 1 })
  expect(readWebConfig(web).session.dataKeys).toHaveLength(2)
  expect(readWorkerConfig(worker)).toMatchObject({ mode: 'production' })
})

test('proxies are addresses and networks, with or without blanks between', () => {
  const { server } = readWebConfig({ ...web, TRUSTED_PROXIES: '10.0.0.1, 2001:db8::/32,172.30.77.0/24 ,' })
  expect(server.trustedProxies).toEqual(['10.0.0.1', '2001:db8::/32', '172.30.77.0/24'])
  expect(readWebConfig(web).server).toMatchObject({ trustedProxies: [], connectionsPerAddress: 64 })
})

const objectStore: Environment = {
  OBJECT_STORE_URL: 'https://tar.portal.hu',
  OBJECT_STORE_BUCKET: 'csatolmanyok',
  OBJECT_STORE_ACCESS_KEY: 'portal',
  OBJECT_STORE_SECRET_KEY: key(),
}

test('attachments lie in the database unless an object store is configured, and web and worker mean the same', () => {
  expect(readWebConfig(web).objectStore).toBeUndefined()
  const { objectStore: store } = readWebConfig({ ...web, ...objectStore })
  expect(store).toMatchObject({
    url: 'https://tar.portal.hu',
    bucket: 'csatolmanyok',
    region: 'us-east-1',
    allowHttp: false,
  })
  expect(readWorkerConfig({ ...worker, ...objectStore }).objectStore).toEqual(store)
  const plain = { ...objectStore, OBJECT_STORE_URL: 'http://tar.belso', OBJECT_STORE_PLAIN_HTTP: 'yes' }
  expect(readWebConfig({ ...web, ...plain }).objectStore).toMatchObject({ allowHttp: true })
})

test.each<[string, string, Environment]>([
  ['half of an object store', 'OBJECT_STORE_SECRET_KEY', { OBJECT_STORE_SECRET_KEY: undefined }],
  ['an object store without TLS', 'OBJECT_STORE_URL', { OBJECT_STORE_URL: 'http://tar.portal.hu' }],
  ['an object store that is none', 'OBJECT_STORE_URL', { OBJECT_STORE_URL: 'tar' }],
  ['a bucket that is none', 'OBJECT_STORE_BUCKET', { OBJECT_STORE_BUCKET: '../mas' }],
  ['a short secret of the object store', 'OBJECT_STORE_SECRET_KEY', { OBJECT_STORE_SECRET_KEY: 'rovid-titok' }],
])('production refuses %s, in web and worker alike', (_what, named, wrong) => {
  for (const said of [
    refusal(readWebConfig, { ...web, ...objectStore, ...wrong }),
    refusal(readWorkerConfig, { ...worker, ...objectStore, ...wrong }),
  ]) {
    expect(said).toContain(named)
    expect(said).not.toContain('rovid-titok')
  }
})

const sameKey = key()
describe('production refuses', () => {
  test.each<[string, string, Environment]>([
    ['another NODE_ENV', 'NODE_ENV', { NODE_ENV: 'development' }],
    ['no NODE_ENV', 'NODE_ENV', { NODE_ENV: undefined }],
    ['an address without TLS', 'PUBLIC_URL', { PUBLIC_URL: 'http://portal.hu' }],
    ['a proxy without an address', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.1, kapu' }],
    ['a proxy counted by hops', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '1' }],
    ['everybody as a proxy', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '0.0.0.0/0' }],
    ['a network that is none', 'TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/33' }],
    ['no connection for anybody', 'CONNECTIONS_PER_ADDRESS', { CONNECTIONS_PER_ADDRESS: '0' }],
    ['an address with a path', 'PUBLIC_URL', { PUBLIC_URL: 'https://portal.hu/portal' }],
    ['an address that is none', 'PUBLIC_URL', { PUBLIC_URL: 'portal.hu' }],
    ['a KAÜ without TLS', 'KAU_ISSUER', { KAU_ISSUER: 'http://kau.portal.hu' }],
    ['a KAÜ on this machine', 'KAU_ISSUER', { KAU_ISSUER: 'https://localhost:3001' }],
    ['a KAÜ on this machine, by its number', 'KAU_ISSUER', { KAU_ISSUER: 'https://127.0.0.1:3001' }],
    ['a KAÜ on this machine, by its long number', 'KAU_ISSUER', { KAU_ISSUER: 'https://[::1]:3001' }],
    ['a KAÜ for tests', 'KAU_ISSUER', { KAU_ISSUER: 'https://kau.test' }],
    ['a KAÜ for examples', 'KAU_ISSUER', { KAU_ISSUER: 'https://kau.example' }],
    ['a short secret of the KAÜ', 'KAU_CLIENT_SECRET', { KAU_CLIENT_SECRET: 'rovid-titok' }],
    ['a short session secret', 'SESSION_SECRET', { SESSION_SECRET: randomBytes(31).toString('base64') }],
    ['a session secret of one letter', 'SESSION_SECRET', { SESSION_SECRET: 'A'.repeat(44) }],
    [
      'a session secret of a word',
      'SESSION_SECRET',
      { SESSION_SECRET: Buffer.from('titok-'.repeat(8)).toString('base64') },
    ],
    ['a short key of persons', 'PERSON_KEYS', { PERSON_KEYS: randomBytes(16).toString('base64') }],
    ['a short data key', 'DATA_KEYS', { DATA_KEYS: randomBytes(16).toString('base64') }],
    [
      'a short data key beside a good one',
      'DATA_KEYS',
      { DATA_KEYS: `${key()},${randomBytes(31).toString('base64')}` },
    ],
    [
      'a data key of a word',
      'DATA_KEYS',
      { DATA_KEYS: Buffer.from('titok-titok-titok-titok-titok-ti').toString('base64') },
    ],
    ['one key for two things', 'DATA_KEYS', { SESSION_SECRET: sameKey, DATA_KEYS: sameKey }],
    ['requests without limits', 'REQUEST_LIMIT_FACTOR', { REQUEST_LIMIT_FACTOR: '1000' }],
    ['a longer idle time', 'SESSION_IDLE_MINUTES', { SESSION_IDLE_MINUTES: '31' }],
    ['a mode nobody knows', 'PORTAL_MODE', { PORTAL_MODE: 'prod' }],
  ])('%s', (_what, named, change) => {
    expect(refusal(readWebConfig, { ...web, ...change })).toMatch(new RegExp(`^ {2}${named}: `, 'm'))
  })

  test.each<[string, string, Environment]>([
    ['another NODE_ENV', 'NODE_ENV', { NODE_ENV: 'test' }],
    ['an address without TLS', 'PUBLIC_URL', { PUBLIC_URL: 'http://portal.hu' }],
    ['specialist systems without TLS', 'SPECIALIST_SYSTEM_URL', { SPECIALIST_SYSTEM_URL: 'http://szak.portal.hu' }],
    ['a short token', 'SPECIALIST_SYSTEM_TOKEN', { SPECIALIST_SYSTEM_TOKEN: 'rovid' }],
    ['a mail server that is none', 'SMTP_URL', { SMTP_URL: 'http://level.portal.hu' }],
    ['a key of another kind for the audit trail', 'AUDIT_KEY', { AUDIT_KEY: key() }],
  ])('in the worker, %s', (_what, named, change) => {
    expect(refusal(readWorkerConfig, { ...worker, ...change })).toMatch(new RegExp(`^ {2}${named}: `, 'm'))
  })

  const optional = new Set(['NODE_ENV'])
  test.each(Object.keys(web).filter((name) => !optional.has(name)))('the web process without %s', (name) => {
    for (const value of [undefined, '']) {
      expect(refusal(readWebConfig, { ...web, [name]: value })).toMatch(new RegExp(`^ {2}${name}: `, 'm'))
    }
  })
  test.each(Object.keys(worker).filter((name) => !optional.has(name)))('the worker without %s', (name) => {
    for (const value of [undefined, '']) {
      expect(refusal(readWorkerConfig, { ...worker, [name]: value })).toMatch(new RegExp(`^ {2}${name}: `, 'm'))
    }
  })
  test('migrations and the import of offices without their connection', () => {
    expect(refusal(readMigrationConfig, { DATABASE_APP_PASSWORD: 'x' })).toContain('DATABASE_OWNER_URL')
    expect(refusal(readMigrationConfig, { DATABASE_OWNER_URL: 'postgres://a@b/c' })).toContain('DATABASE_APP_PASSWORD')
    expect(refusal(readOfficeImportConfig, {})).toContain('KAU_ISSUER')
    expect(refusal(readOfficeImportConfig, {})).toContain('PERSON_KEYS')
  })

  test('verifying the audit trail with half of what proves the signed heads', () => {
    const owner = { DATABASE_OWNER_URL: 'postgres://a@b/c' }
    const proof = { AUDIT_HEADS_FILE: 'heads', AUDIT_PUBLIC_KEY: auditKeys.publicKey.toString('base64') }
    expect(readAuditConfig(owner).heads).toBeUndefined()
    expect(readAuditConfig({ ...owner, ...proof }).heads).toMatchObject({ file: 'heads' })
    for (const name of Object.keys(proof))
      expect(refusal(readAuditConfig, { ...owner, ...proof, [name]: undefined })).toContain('both or none')
    expect(refusal(readAuditConfig, { ...owner, ...proof, AUDIT_PUBLIC_KEY: key() })).toContain('  AUDIT_PUBLIC_KEY: ')
  })

  test('every secret that stands in this repository', () => {
    const written = ['docker-compose.yml', 'README.md', '.ci/run'].flatMap((file) =>
      [
        ...readFileSync(new URL(file, projectRoot), 'utf8').matchAll(
          /\b(SESSION_SECRET|DATA_KEYS|PERSON_KEYS|KAU_CLIENT_SECRET|SPECIALIST_SYSTEM_TOKEN)\b['"]?[:=]\s*['"]?([^\s'"]+)/g,
        ),
      ].map(([, name = '', value = '']) => ({ name, value })),
    )
    expect(written.length).toBeGreaterThan(3)
    for (const { name, value } of written) {
      const [read, environment] = name.startsWith('SPECIALIST') ? [readWorkerConfig, worker] : [readWebConfig, web]
      expect([name, refusal(read, { ...environment, [name]: value })]).toEqual([name, expect.stringContaining(name)])
    }
  })
})

test('a refusal names each thing that is wrong, and no value', () => {
  const values = {
    KAU_CLIENT_SECRET: 'titok-kau',
    SESSION_SECRET: 'titok-munkamenet',
    DATA_KEYS: 'titok-kulcs',
    PUBLIC_URL: 'titok-cim',
    DATABASE_URL: 'titok-adatbazis',
    KAU_ISSUER: 'titok-kiallito',
    OPERATOR_EMAIL: 'titok-cim',
    PORT: 'titok-kapu',
  }
  const said = refusal(readWebConfig, { ...web, ...values })
  expect(said).not.toContain('titok')
  for (const name of ['SESSION_SECRET', 'PUBLIC_URL', 'DATABASE_URL', 'KAU_ISSUER', 'OPERATOR_EMAIL', 'PORT'])
    expect(said).toContain(`  ${name}: `)
})

test('what only a demonstration may do needs its mode', () => {
  const demo = {
    ...web,
    PORTAL_MODE: 'demo',
    NODE_ENV: undefined,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    KAU_ISSUER: 'http://localhost:3001',
    KAU_CLIENT_SECRET: 'bemutato',
  }
  expect(refusal(readWebConfig, demo)).toBe('')
  for (const name of ['NODE_ENV', 'PUBLIC_URL', 'KAU_ISSUER', 'KAU_CLIENT_SECRET']) {
    expect(refusal(readWebConfig, { ...demo, PORTAL_MODE: undefined })).toContain(name)
  }
})

test.each(['web', 'worker'])('the process %s ends with a failure, and says why without a value', (name) => {
  const environment = { ...(name === 'web' ? web : worker), PUBLIC_URL: 'http://titok.hu', PATH: process.env['PATH'] }
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL(`src/${name}.ts`, projectRoot))],
    { cwd: fileURLToPath(projectRoot), env: environment, encoding: 'utf8', timeout: 30_000 },
  )
  expect(status).toBe(1)
  expect(stderr).toContain('PUBLIC_URL: must be https in production')
  expect(`${stderr}${stdout}`).not.toContain('titok')
})
