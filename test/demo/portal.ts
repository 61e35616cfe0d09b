/**
 * The whole portal with all it depends on, as processes of their own on this machine: for the demo, and for journeys.
 *
 * The simulated KAÜ answers on `localhost`, the portal on `127.0.0.1`: two sites for a browser, as in life.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../src/platform/project-root.ts'
import { nationalIdentityControl } from '../simulators/national-identity/control-client.ts'
import {
  freePort,
  PortTaken,
  type PostgresServer,
  portIsFree,
  refuseWhenInUse,
  startPostgres,
} from '../support/postgres.ts'
import { type ProcessSettings, type RunningProcess, startProcess } from '../support/processes.ts'
import { demoSettings } from './settings.ts'

export interface PortalSettings {
  /** everything kept between starts is below this folder */
  dataDir: string
  /** free ones when left out; the KAÜ's is kept, since its address is part of whom people are */
  port?: number
  kauPort?: number
  /** whether a power failure may cost the data */
  durable: boolean
  mode: 'demo' | 'test'
  /** web and worker as `npm run build` made them, instead of from their source */
  built?: boolean
  /** for both processes of the portal, over what is set here */
  env?: Record<string, string>
  /** told what is being done, for people who wait */
  tell?: (step: string) => void
}

export interface RunningPortal {
  url: string
  kauUrl: string
  /** where the simulated KAÜ is steered from, and with it the time: control-client.ts */
  kauControlUrl: string
  /** how far the portal's time was ahead of the real one when it started, as it was left: it never goes back */
  clockSeconds: number
  /** page of the mail catcher */
  mailUrl: string
  /** page of the specialist systems' simulator */
  specialistUrl: string
  /** page of the tax system's simulator, where it can be told to be slow or dead */
  taxSystemUrl: string
  readonly postgres: PostgresServer
  /** every process there is now, by name: `web`, `worker` and the simulators */
  processes: ReadonlyMap<string, RunningProcess>
  /** starts a process of the portal again, with the same settings; for changes in the source and for accidents */
  restart(name: 'web' | 'worker'): Promise<void>
  /** starts the database again where it was, after it was stopped or killed */
  restartDatabase(): Promise<void>
  /** says which process ended by itself */
  accident: Promise<{ name: string; how: string }>
  stop(): Promise<void>
}

/** @throws Error saying what to do: a port that is taken, a folder in use, a process that does not start */
export async function startPortal(settings: PortalSettings): Promise<RunningPortal> {
  const { dataDir, durable, mode, built = false, tell = () => {} } = settings
  const processes = new Map<string, RunningProcess>()
  const logs = join(dataDir, 'logs')
  const databaseDir = join(dataDir, 'database')
  mkdirSync(logs, { recursive: true })
  const beginnings: Promise<RunningProcess>[] = []
  let postgres: PostgresServer | undefined
  let stopping = false
  let reportAccident: (accident: { name: string; how: string }) => void = () => {}
  const accident = new Promise<{ name: string; how: string }>((report) => {
    reportAccident = report
  })

  const start = async (
    name: string,
    program: string,
    env: Record<string, string>,
    ready: ProcessSettings['ready'] = 'line',
  ) => {
    const beginning = startProcess({ name, program, env, ready, log: join(logs, `${name}.log`) })
    beginnings.push(beginning)
    const process = await beginning
    processes.set(name, process)
    void process.ended.then((how) => {
      if (!stopping && processes.get(name) === process) reportAccident({ name, how })
    })
    return process
  }

  const stop = async (): Promise<void> => {
    stopping = true
    // what is just beginning must not be left behind
    await Promise.allSettled(beginnings)
    // who asks before who answers
    await Promise.all(['web', 'worker'].map((name) => processes.get(name)?.stop() ?? Promise.resolve()))
    await Promise.all([...processes.values()].map((process) => process.stop()))
    await postgres?.stop()
  }

  try {
    refuseWhenInUse(databaseDir)
    const kept = demoSettings(dataDir)
    const port = settings.port ?? (await freePort())
    if (!(await portIsFree(port))) throw new PortTaken(port, 'the portal')
    const kauPort = settings.kauPort ?? kept.kauPort ?? (await freePort())
    if (!(await portIsFree(kauPort))) throw new PortTaken(kauPort, 'the KAÜ simulator')
    kept.keepKauPort(kauPort)
    const url = `http://127.0.0.1:${port}`
    const issuer = `http://localhost:${kauPort}`

    const simulators = Promise.all([
      start('national-identity', 'test/simulators/national-identity/server.ts', {
        KAU_SIMULATOR_PORT: String(kauPort),
        KAU_SIMULATOR_CONTROL_PORT: '0',
        KAU_ISSUER: issuer,
        KAU_CLIENT_ID: 'portal',
        KAU_CLIENT_SECRET: kept.secrets.kauClient,
        KAU_KEY_SEED: kept.secrets.kauKeySeed,
        KAU_REDIRECT_URIS: `${url}/kau/visszateres`,
        KAU_POST_LOGOUT_REDIRECT_URIS: `${url}/kijelentkezve`,
      }),
      start('mail', 'test/simulators/mail/server.ts', {}),
      start('virus-scanner', 'test/simulators/virus-scanner/server.ts', {}),
      start('specialist-systems', 'test/simulators/specialist-systems/server.ts', {
        SPECIALIST_SYSTEM_TOKEN: kept.secrets.specialistToken,
      }),
      start('tax-system', 'test/simulators/tax-system/server.ts', { TAX_SYSTEM_TOKEN: kept.secrets.taxToken }),
    ])
    // it may fail while the database is still starting; the failure is looked at below
    simulators.catch(() => {})

    tell('database')
    let database = await startPostgres({ dataDir: databaseDir, durable })
    postgres = database
    tell(database.isNew ? 'migrations, for the first time' : 'migrations')
    const appPassword = kept.secrets.appPassword
    const { migrate } = await import('../../src/migrate.ts')
    await migrate({ mode, ownerUrl: database.ownerUrl(), appPassword })
    tell('offices and tax registers')
    const { importDemoOffices } = await import('./offices.ts')
    await importDemoOffices(database.ownerUrl(), {
      kauIssuer: issuer,
      personKeys: [Buffer.from(kept.secrets.personKey, 'base64')],
    })
    const { importDemoTaxBooks } = await import('./tax-books.ts')
    await importDemoTaxBooks(database.ownerUrl(), [Buffer.from(kept.secrets.personKey, 'base64')])
    if (!built) {
      tell('styles and scripts')
      const { buildAssets } = await import('../../src/platform/assets/build.ts')
      await buildAssets(new URL('.cache/assets/', projectRoot))
    }
    const [kau, mail, scanner, specialist, taxes] = await simulators
    const kauControlUrl = `http://127.0.0.1:${String(kau.told.controlPort)}`
    const clockSeconds = await nationalIdentityControl(kauControlUrl).shareClock(database.ownerUrl())
    tell('web and worker')

    const shared = {
      PORTAL_MODE: mode,
      PUBLIC_URL: url,
      LOG_LEVEL: 'info',
      DATABASE_URL: database.loginUrl('portal_app', appPassword),
      ...settings.env,
    }
    const web = {
      ...shared,
      HOST: '127.0.0.1',
      PORT: String(port),
      OPERATOR_NAME: 'Mintapéldány Üzemeltető (kitalált)',
      OPERATOR_EMAIL: 'portal@example.hu',
      KAU_ISSUER: issuer,
      KAU_CLIENT_ID: 'portal',
      KAU_CLIENT_SECRET: kept.secrets.kauClient,
      SESSION_SECRET: kept.secrets.session,
      DATA_KEYS: kept.secrets.dataKey,
      PERSON_KEYS: kept.secrets.personKey,
      TAX_SYSTEM_URL: String(taxes.told.url),
      TAX_SYSTEM_TOKEN: kept.secrets.taxToken,
    }
    const worker = {
      ...shared,
      JOBS_DATABASE_URL: database.loginUrl('portal_jobs', appPassword),
      SMTP_URL: String(mail.told.smtpUrl),
      MAIL_FROM: 'Önkormányzati Hivatali Portál <portal@example.hu>',
      VIRUS_SCANNER_HOST: '127.0.0.1',
      VIRUS_SCANNER_PORT: String(scanner.told.port),
      SPECIALIST_SYSTEM_URL: String(specialist.told.url),
      SPECIALIST_SYSTEM_TOKEN: kept.secrets.specialistToken,
    }
    const program = (name: string) => (built ? `dist/${name}.js` : `src/${name}.ts`)
    const starters = {
      web: () => start('web', program('web'), web, () => answers(url)),
      worker: () => start('worker', program('worker'), worker, 'message'),
    }
    await Promise.all([starters.web(), starters.worker()])

    return {
      url,
      kauUrl: issuer,
      kauControlUrl,
      clockSeconds,
      mailUrl: `http://127.0.0.1:${String(mail.told.webPort)}`,
      specialistUrl: String(specialist.told.url),
      taxSystemUrl: String(taxes.told.url),
      get postgres() {
        return database
      },
      processes,
      accident,
      async restart(name) {
        const old = processes.get(name)
        processes.delete(name)
        await old?.stop()
        await starters[name]()
      },
      async restartDatabase() {
        const { port: samePort } = database
        await database.stop()
        database = await startPostgres({ dataDir: databaseDir, port: samePort, durable })
        postgres = database
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok
  } catch {
    return false
  }
}
