import { randomBytes } from 'node:crypto'
import { startSimulatorProcess } from '../start-process.ts'
import { type NationalIdentityControl, nationalIdentityControl } from './control-client.ts'

export interface NationalIdentitySimulatorOptions {
  /** the portal's addresses; they are registered exactly */
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  /** where the end of a session is reported to; beside the first redirect address unless set */
  backchannelLogoutUri?: string
  port?: number
  sessionSeconds?: number
  keySeed?: string
  pushedRequests?: boolean
}

export interface NationalIdentitySimulator extends NationalIdentityControl {
  issuer: string
  clientId: string
  clientSecret: string
  /** the address of control.ts */
  controlUrl: string
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
    ...(options.backchannelLogoutUri === undefined ? {} : { KAU_BACKCHANNEL_LOGOUT_URI: options.backchannelLogoutUri }),
    ...(options.sessionSeconds === undefined ? {} : { KAU_SESSION_SECONDS: String(options.sessionSeconds) }),
    ...(options.keySeed === undefined ? {} : { KAU_KEY_SEED: options.keySeed }),
    ...(options.pushedRequests === true ? { KAU_PUSHED_REQUESTS: '1' } : {}),
  })
  const controlUrl = `http://127.0.0.1:${String(simulator.ready.controlPort)}`
  return {
    ...nationalIdentityControl(controlUrl),
    issuer: String(simulator.ready.issuer),
    clientId,
    clientSecret,
    controlUrl,
    stop: simulator.stop,
  }
}
