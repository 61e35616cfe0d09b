import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { runMigrations as prepareJobs } from 'graphile-worker'
import { Client, Pool } from 'pg'
import { readMigrationConfig } from './config.ts'
import { importSettlements } from './features/settlements/index.ts'
import { requireRealClockOf } from './platform/clock.ts'
import { jobsMigration } from './platform/jobs/schema.ts'
import { projectRoot } from './platform/project-root.ts'

export interface MigrationConfig {
  mode: 'production' | 'demo' | 'test'
  /** connection of the role that owns the tables */
  ownerUrl: string
  /** password for the login roles portal_app and portal_jobs */
  appPassword: string
}

/** Names that no other starter may hold at the same time. */
const migrationLock = 720_031

/**
 * Brings the database to the present shape: roles, tables, policies, the job queue and the settlements of the country.
 * Can be repeated, and run by several starters at once: they wait for each other.
 *
 * @throws Error in production, when the database's clock is one that tests or the demo have made movable
 */
export async function migrate({ mode, ownerUrl, appPassword }: MigrationConfig): Promise<void> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const db = drizzle(client, { casing: 'snake_case' })
    if (mode === 'production') await requireRealClockOf(db)
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await createRoles(client, appPassword)
    await applyMigrations(db, { migrationsFolder: fileURLToPath(new URL('migrations', projectRoot)) })
    await createJobQueue(client, ownerUrl, appPassword)
    await db.transaction((tx) => importSettlements(tx))
  } finally {
    await client.end()
  }
}

const actingRoles = ['portal_citizen', 'portal_clerk', 'portal_worker', 'portal_door', 'portal_sealer']

async function createRoles(client: Client, appPassword: string): Promise<void> {
  for (const role of actingRoles) await createRole(client, role, 'nologin')
  await createRole(client, 'portal_app', 'login noinherit')
  await createRole(client, 'portal_jobs', 'login noinherit')
  for (const role of ['portal_app', 'portal_jobs']) {
    const statement = await client.query<{ text: string }>(
      `select format('alter role %I password %L', $1::text, $2::text) as text`,
      [role, appPassword],
    )
    await client.query(statement.rows[0]?.text ?? '')
  }
  await client.query(`grant ${actingRoles.join(', ')} to portal_app`)
}

async function createRole(client: Client, role: string, options: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${role} ${options}`)
}

/** The queue belongs to portal_jobs, which sees nothing else; everyone else may only add to it. */
async function createJobQueue(client: Client, ownerUrl: string, appPassword: string): Promise<void> {
  await client.query(jobsMigration.schema)
  const url = new URL(ownerUrl)
  url.username = 'portal_jobs'
  url.password = appPassword
  const pool = new Pool({ connectionString: url.href, max: 2 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await prepareJobs({ pgPool: pool })
    await pool.query(jobsMigration.enqueue)
  } finally {
    await pool.end()
  }
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  try {
    await migrate(readMigrationConfig(process.env))
  } catch (error) {
    const causes = error instanceof Error ? [error, error.cause].filter((cause) => cause instanceof Error) : []
    process.stderr.write(`${causes.map(({ message }) => message).join('\n') || 'unknown'}\n`)
    process.exitCode = 1
  }
}
