import { randomBytes } from 'node:crypto'
import { startSimulatorProcess } from '../start-process.ts'

export interface NationalIdentitySimulatorOptions {
  /** the portal's addresses; they are registered exactly */
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  port?: number
  sessionSeconds?: number
  keySeed?: string
  pushedRequests?: boolean
}

export interface NationalIdentitySimulator {
  issuer: string
  clientId: string
  clientSecret: string
  /** moves the KAÜ's clock away from the real one */
  moveClock(offsetSeconds: number): Promise<void>
  /** ends a person's sessions at the KAÜ as another service would */
  endSessions(subject: string, options?: { report: boolean }): Promise<number>
  stop(): Promise<void>
}

/** Starts the simulated KAÜ as a process of its own; for tests. */
export async function startNationalIdentitySimulator(
  options: NationalIdentitySimulatorOptions,
): Promise<NationalIdentitySimulator> {
  const clientId = 'portal'
  // with the signs that need care in a header
  const clientSecret = `${randomBytes(32).toString('base64')}+/ %:`
  const simulator = await startSimulatorProcess('national-identity/server.ts', {
    KAU_SIMULATOR_PORT: String(options.port ?? 0),
    KAU_SIMULATOR_CONTROL_PORT: '0',
    KAU_CLIENT_ID: clientId,
    KAU_CLIENT_SECRET: clientSecret,
    KAU_REDIRECT_URIS: options.redirectUris.join(','),
    KAU_POST_LOGOUT_REDIRECT_URIS: options.postLogoutRedirectUris.join(','),
    ...(options.sessionSeconds === undefined ? {} : { KAU_SESSION_SECONDS: String(options.sessionSeconds) }),
    ...(options.keySeed === undefined ? {} : { KAU_KEY_SEED: options.keySeed }),
    ...(options.pushedRequests === true ? { KAU_PUSHED_REQUESTS: '1' } : {}),
  })

  async function steer(path: string, body: unknown): Promise<Record<string, unknown>> {
    const address = `http://127.0.0.1:${String(simulator.ready.controlPort)}${path}`
    const response = await fetch(address, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Record<string, unknown>
  }

  return {
    issuer: String(simulator.ready.issuer),
    clientId,
    clientSecret,
    async moveClock(offsetSeconds) {
      await steer('/clock', { offsetSeconds })
    },
    async endSessions(subject, { report } = { report: false }) {
      return Number((await steer('/sessions/end', { subject, report })).ended)
    },
    stop: simulator.stop,
  }
}
